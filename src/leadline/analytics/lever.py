"""A lever: one thing to do that would bring more customers, and the values and words that all of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from leadline.analytics.conversion import NOTHING
from leadline.analytics.shapes import PLACEHOLDERS
from leadline.estimates.shares import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.analytics.conversion import Breakdown, Group
    from leadline.analytics.duration import Duration
    from leadline.analytics.predictors import Predictor
    from leadline.estimates.shares import Share

Kind = Literal["order", "shift", "campaign", "rework", "trace", "ask", "value", "stale", "complete", "owners"]
SHOWN: Final = 3
MOVED: Final = 0.1
"""So much of the volume is moved in the reckoning; who moves more, gains in proportion."""
SHARE_LEAST: Final = 0.02
LEADS_LEAST: Final = 50
NAME_MOST: Final = 28
CODE_MOST: Final = 8
VALUED_LEAST: Final = 0.8
WORTH: Final = 0.005
"""What gains less than this is not worth a line."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing to do.

    ``gain`` is what it brings relative to the wins (or the value won) of today, with an interval; ``unit`` says of
    what. ``figure`` is the headline, ``reasons`` how it was reckoned, ``doubt`` what may be wrong. ``about`` are the
    groups of leads that it names, (won, judged) each: levers about the same leads are one finding.
    """

    kind: Kind
    title: str
    gain: float
    low: float
    high: float
    unit: str
    figure: str
    reasons: tuple[str, ...]
    doubt: str
    about: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What the other questions found: breakdowns by source and by owner, and what would be chosen first.

    ``sources`` are those by source or channel, ``campaigns`` those by campaign or landing page; ``holes`` are (column,
    whether it is known (n)) of columns that people fill in. ``by_value`` are columns by which the value of deals is
    looked at. ``first`` is (share of leads chosen, their won share, the won share of all, recall) of the draft's test,
    or of the model of all clean columns.
    """

    sources: tuple[Breakdown, ...]
    campaigns: tuple[Breakdown, ...]
    holes: tuple[tuple[str, npt.NDArray[np.bool_]], ...]
    owners: Breakdown | None
    by_value: tuple[Breakdown, ...]
    predictors: tuple[Predictor, ...]
    duration: Duration | None
    first: tuple[Share, Share, Share, Share] | None
    drafted: bool = False


def percent(share: float) -> str:
    return f"{100 * share:.1f}%" if abs(share) < 0.0995 else f"{100 * share:.0f}%"


def group_name(group: Group) -> str:
    """A group in a sentence: what is longer than a few words is cut, what is a code is cut short."""
    most = NAME_MOST if " " in group.name or "/" in group.name else CODE_MOST
    return group.name if len(group.name) <= max(most, CODE_MOST + 12) else f"{group.name[:most]}…"


def group_names(groups: Sequence[Group]) -> str:
    """Two groups by name, the rest by number."""
    named = [group_name(group) for group in groups[:2]]
    return f"{', '.join(named)} and {len(groups) - 2} more" if len(groups) > 2 else " and ".join(named)


def leads_of(groups: Sequence[Group]) -> tuple[tuple[int, int], ...]:
    """What tells groups of leads apart, whatever column names them: (won, judged) of each."""
    return tuple((group.won, int(group.share.trials)) for group in groups)


def is_named(group: Group) -> bool:
    return group.name != NOTHING and group.name.lower() not in PLACEHOLDERS


def large_groups(breakdown: Breakdown) -> list[Group]:
    least = max(LEADS_LEAST, SHARE_LEAST * breakdown.whole.trials)
    return [group for group in breakdown.groups if group.share.trials >= least]


def difference(one: Share, two: Share) -> tuple[float, float, float]:
    """The difference of two shares with its interval (Newcombe 1998, method 10, from the intervals given)."""
    gap = one.rate - two.rate
    down = float(np.hypot(one.rate - one.low, two.high - two.rate))
    up = float(np.hypot(one.high - one.rate, two.rate - two.low))
    return gap, gap - down, gap + up


def pooled(groups: Sequence[Group]) -> Share:
    return share(sum(group.share.hits for group in groups), sum(group.share.trials for group in groups))


def missing_wins(group: Group) -> float:
    return group.share.trials * (group.others.rate - group.share.rate)
