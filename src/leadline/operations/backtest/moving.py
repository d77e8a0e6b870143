"""Who enters and who leaves when one agreement takes another's place, each with the figures that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.clock import DAY
from leadline.estimates.shares import share
from leadline.learning.backtest.findings import Moved, Mover, Movers, Shift
from leadline.learning.backtest.measures import enter_and_leave, judge
from leadline.operations.backtest.standing import standing_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.learning.backtest.measures import Yardstick
    from leadline.operations.backtest.origins import Origins
    from leadline.operations.backtest.sides import Side
    from leadline.qualification.outcomes import Outcomes

SHOWN: Final = 100


def moved_between(before: Side, after: Side, yardstick: Yardstick, origins: Origins) -> Moved:
    """What changes when ``after`` takes the place of ``before``."""
    found = enter_and_leave(yardstick.weeks, (before.leads, before.firsts), (after.leads, after.firsts))
    moving = found.earlier[found.earlier != 0]
    return Moved(
        _movers(after, before, (found.entering, found.entering_at), yardstick, origins),
        _movers(before, after, (found.leaving, found.leaving_at), yardstick, origins),
        Shift(
            len(found.staying),
            int((moving > 0).sum()),
            int((moving < 0).sum()),
            float(np.median(moving)) / DAY if len(moving) else None,
        ),
    )


def _movers(
    side: Side,
    other: Side,
    found: tuple[npt.NDArray[np.integer], npt.NDArray[np.int64]],
    yardstick: Yardstick,
    origins: Origins,
) -> Movers:
    leads, at = found
    verdicts = judge(yardstick.outcomes, leads, at, yardstick.horizon)
    judged = int(verdicts.judged.sum())
    latest = np.lexsort((leads, -at))[:SHOWN]
    return Movers(
        len(leads),
        share(int(verdicts.won.sum()), judged),
        share(int(verdicts.sql.sum()), judged),
        int(yardstick.outcomes.won[leads].sum()),
        tuple(mover_of(side, other, int(leads[row]), yardstick.outcomes, origins) for row in latest),
    )


def mover_of(side: Side, other: Side | None, lead: int, outcomes: Outcomes, origins: Origins) -> Mover:
    """A lead at its first hand-off under ``side``, and what ``other`` said of it then."""
    row = int(np.searchsorted(side.replayed.lead, lead))
    at = int(side.replayed.at[row])
    since = int(side.replayed.qualified_at[row])
    standing = standing_of(side.agreement, *side.history.examine(side.agreement, lead, since, known_at=at))
    return Mover(
        lead_id=side.history.lead_ids[lead].as_py(),
        name=origins.name_of(lead),
        at=at,
        because=side.because(row),
        fit=standing.fit,
        engagement=standing.engagement,
        reason=standing.reason,
        instead="" if other is None else _instead(other, lead, at),
        became=became(outcomes, lead),
    )


def _instead(other: Side, lead: int, at: int) -> str:
    place = int(np.searchsorted(other.leads, lead))
    if place < len(other.leads) and other.leads[place] == lead:
        return "handed over before" if other.firsts[place] <= at else "handed over later"
    standing = standing_of(other.agreement, *other.history.examine(other.agreement, lead, at, known_at=at))
    return standing.obstacle


def became(outcomes: Outcomes, lead: int) -> str:
    """What became of a lead, in a word."""
    if outcomes.won[lead]:
        return "customer"
    if not outcomes.stated[lead]:
        return "unknown"
    if outcomes.lost[lead]:
        return "lost"
    return "SQL" if outcomes.sql[lead] else "open"
