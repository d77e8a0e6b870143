"""What would most likely bring more customers: each lever with its number, its interval, and the reasoning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from leadline import clock
from leadline.analytics.conversion import NOTHING, Breakdown, Group
from leadline.analytics.moments import NEVER
from leadline.analytics.shapes import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.analytics.duration import Duration
    from leadline.analytics.outcome import Ends
    from leadline.analytics.predictors import Predictor
    from leadline.estimates import Share

Kind = Literal["order", "shift", "rework", "trace", "ask", "value", "stale", "owners"]
SHOWN: Final = 3
MOVED: Final = 0.1
"""So much of the volume is moved in the reckoning; who moves more, gains in proportion."""
SHARE_LEAST: Final = 0.02
LEADS_LEAST: Final = 50
NAME_MOST: Final = 28
VALUED_LEAST: Final = 0.8
WORTH: Final = 0.005
"""What gains less than this is not worth a line."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing to do. ``gain`` is what it brings relative to the wins (or the value won) of today, with an interval;
    ``unit`` says of what. ``figure`` is the headline, ``reasons`` how it was reckoned, ``doubt`` what may be wrong."""

    kind: Kind
    title: str
    gain: float
    low: float
    high: float
    unit: str
    figure: str
    reasons: tuple[str, ...]
    doubt: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the other questions found: breakdowns by source and by owner, and what would be chosen first.

    ``by_value`` are columns by which the value of deals is looked at. ``first`` is (share of leads chosen, their won
    share, the won share of all, recall) of the draft's test, or of the model of all clean columns.
    """

    sources: tuple[Breakdown, ...]
    owners: Breakdown | None
    by_value: tuple[Breakdown, ...]
    predictors: tuple[Predictor, ...]
    duration: Duration | None
    first: tuple[Share, Share, Share, Share] | None
    drafted: bool = False


def levers_of(found: Found, ends: Ends, judged: npt.NDArray[np.bool_]) -> tuple[Lever, ...]:
    """All levers that the export supports, the strongest first, one of each kind."""
    wins = float((judged & ends.won).sum())
    if not wins:
        return ()
    levers = [_order(found), *_of_sources(found, wins), _ask(found), _stale(found, ends), _owners(found, wins)]
    levers.append(_value(found, ends))
    worth = [lever for lever in levers if lever is not None and lever.gain >= WORTH]
    each = sorted(worth, key=lambda one: (-one.low, -one.gain, one.kind))
    kinds: dict[str, Lever] = {}
    for lever in each:
        kinds.setdefault(lever.kind, lever)
    return tuple(kinds.values())


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if abs(share) < 0.0995 else f"{100 * share:.0f} %"


def _order(found: Found) -> Lever | None:
    """Working the likeliest first: more wins from the same number of calls."""
    if found.first is None:
        return None
    chosen, precision, base, recall = found.first
    if not base.hits or precision.low <= base.rate:
        return None
    gain, low, high = (one / base.rate - 1 for one in (precision.rate, precision.low, precision.high))
    by = "the draft agreement" if found.drafted else "a model of what is known at entry"
    return Lever(
        "order",
        "Work the leads in the order of their chance",
        gain,
        low,
        high,
        "wins from the same number of calls",
        f"{_percent(precision.rate)} instead of {_percent(base.rate)} of the leads called are won",
        (
            f"Among leads it had not seen, {by} puts {_percent(chosen.rate)} first; they hold {_percent(recall.rate)} "
            f"of all that were won (95 % interval {_percent(recall.low)} to {_percent(recall.high)}).",
            f"Of those put first {_percent(precision.rate)} were won ({_percent(precision.low)} to "
            f"{_percent(precision.high)}), of all {_percent(base.rate)}.",
        ),
        "It holds as long as calls are what is scarce; leads put last are won too, only more seldom.",
    )


def _name(group: Group) -> str:
    """A group in a title: what is longer than a word or three is cut."""
    return group.name if len(group.name) <= NAME_MOST else f"{group.name[: NAME_MOST - 1]}…"


def _is_named(group: Group) -> bool:
    return group.name != NOTHING and group.name.lower() not in PLACEHOLDERS


def _large(breakdown: Breakdown) -> list[Group]:
    least = max(LEADS_LEAST, SHARE_LEAST * breakdown.whole.trials)
    return [group for group in breakdown.groups if group.share.trials >= least]


def _of_sources(found: Found, wins: float) -> list[Lever | None]:
    levers: list[Lever | None] = []
    for breakdown in found.sources:
        groups = _large(breakdown)
        above = [group for group in groups if group.verdict == "above" and _is_named(group)]
        below = [group for group in groups if group.verdict == "below" and _is_named(group)]
        hidden = [group for group in groups if group.verdict == "above" and not _is_named(group)]
        if above and below:
            levers.append(_shift(breakdown, max(above, key=lambda one: one.share.low), below, wins))
        if below:
            levers.append(_rework(breakdown, max(below, key=_missing_wins), wins))
        if hidden and sum(group.share.trials for group in groups if not _is_named(group)) < breakdown.whole.trials / 2:
            levers.append(_trace(breakdown, hidden[0], wins))
    return levers


def _missing_wins(group: Group) -> float:
    return group.share.trials * (group.others.rate - group.share.rate)


def _difference(one: Share, two: Share) -> tuple[float, float, float]:
    """The difference of two shares with its interval (Newcombe 1998, method 10, from the intervals given)."""
    gap = one.rate - two.rate
    down = float(np.hypot(one.rate - one.low, two.high - two.rate))
    up = float(np.hypot(one.high - one.rate, two.rate - two.low))
    return gap, gap - down, gap + up


def _pooled(groups: Sequence[Group]) -> Share:
    from leadline.estimates import share

    return share(sum(group.share.hits for group in groups), sum(group.share.trials for group in groups))


def _shift(breakdown: Breakdown, best: Group, below: Sequence[Group], wins: float) -> Lever:
    poor = _pooled(below)
    moved = min(MOVED * breakdown.whole.trials, poor.trials, best.share.trials)
    gap, low, high = (moved * one / wins for one in _difference(best.share, poor))
    names = " and ".join(_name(group) for group in below[:2]) + (" …" if len(below) > 2 else "")
    return Lever(
        "shift",
        f"Bring more leads from {_name(best)}, fewer from {names}",
        gap,
        low,
        high,
        "wins from the same number of leads",
        f"{_name(best)}: {_percent(best.share.rate)} won; {names}: {_percent(poor.rate)}",
        (
            f"{breakdown.column} {best.name}: {best.won:,} of {best.share.trials:,.0f} won, {_percent(best.share.rate)} "
            f"({_percent(best.share.low)} to {_percent(best.share.high)}); all others {_percent(best.others.rate)}.",
            f"Moving {moved:,.0f} leads from the weaker sources to it gives {gap * wins:,.0f} wins more "
            f"({low * wins:,.0f} to {high * wins:,.0f}) on {wins:,.0f}.",
        ),
        "It supposes that further leads from there are like those so far: raise the volume in steps, and watch the rate.",
    )


def _rework(breakdown: Breakdown, group: Group, wins: float) -> Lever:
    gap, low, high = (group.share.trials * one / wins for one in _difference(group.others, group.share))
    whole = breakdown.whole
    return Lever(
        "rework",
        f"Rework or stop {_name(group)}",
        gap / 2,
        low / 2,
        high / 2,
        "wins, if it comes half way to the others",
        f"{_percent(group.share.trials / whole.trials)} of the leads, {_percent(group.share.hits / wins)} of the wins",
        (
            f"{breakdown.column} {group.name}: {group.won:,} of {group.share.trials:,.0f} won, "
            f"{_percent(group.share.rate)} ({_percent(group.share.low)} to {_percent(group.share.high)}); the others "
            f"{_percent(group.others.rate)}.",
            f"At the rate of the others it would bring {gap * wins:,.0f} wins more. Stopping it frees "
            f"{_percent(group.share.trials / whole.trials)} of the calls and costs {_percent(group.share.hits / wins)} "
            "of the wins.",
        ),
        "A source can be weak because its leads are answered late; compare the speed of the answers first.",
    )


def _trace(breakdown: Breakdown, group: Group, wins: float) -> Lever:
    gap, low, high = _difference(group.share, group.others)
    moved = min(MOVED * breakdown.whole.trials, group.share.trials)
    name = "without a source" if group.name == NOTHING else f"'{group.name}'"
    return Lever(
        "trace",
        f"Find out where the leads {name} come from",
        gap * moved / wins,
        low * moved / wins,
        high * moved / wins,
        "wins, if their source can bring a tenth more of all leads",
        f"{_percent(group.share.rate)} of them are won, {_percent(group.others.rate)} of the others",
        (
            f"{breakdown.column} {group.name}: {group.won:,} of {group.share.trials:,.0f} won "
            f"({_percent(group.share.low)} to {_percent(group.share.high)}); no named source need be better than what "
            "nobody tracks.",
            "Without knowing the source nobody can bring more of them.",
        ),
        "Perhaps the source is only asked of leads that are not won; then the entry is an effect of winning.",
    )


def _ask(found: Found) -> Lever | None:
    """A column that tells much and is empty for many: what is unknown cannot be ranked."""
    best: Lever | None = None
    for one in found.predictors:
        unknown = 1 - one.filled
        known = [rated for rated in one.levels if rated.level.label not in ("unknown", "filled", "all others")]
        if not 0.15 <= unknown <= 0.9 or not one.tells or not known or one.feature.derived:
            continue
        top = known[0]
        if top.lift_low <= 1.2 or top.share.trials < LEADS_LEAST:
            continue
        rate = sum(rated.share.hits for rated in one.levels) / sum(rated.share.trials for rated in one.levels)
        part = top.share.trials / sum(rated.share.trials for rated in known)
        gain, low, high = (
            unknown * part * (end - rate) / rate for end in (top.share.rate, top.share.low, top.share.high)
        )
        lever = Lever(
            "ask",
            f"Ask every lead for '{one.name}'",
            gain / 2,
            low / 2,
            high / 2,
            "wins told apart, if half of the unknown answer as the others did",
            f"unknown for {_percent(unknown)} of the leads, and it tells much",
            (
                f"'{top.level.label}' is won {_percent(top.share.rate)} of the time ({_percent(top.share.low)} to "
                f"{_percent(top.share.high)}), all leads {_percent(rate)}.",
                f"{_percent(unknown)} of the leads have no answer: they can neither be put first nor be left for later.",
            ),
            "Those who did not answer may differ from those who did; every further question costs some sign-ups.",
        )
        if best is None or lever.low > best.low:
            best = lever
    return best


def _stale(found: Found, ends: Ends) -> Lever | None:
    """Open leads older than nearly every lead ever was when it was won."""
    duration = found.duration
    if duration is None or not ends.lost_is_said or len(duration.recorded) < LEADS_LEAST:
        return None
    limit = duration.recorded_quantile(0.9)
    age = (ends.until - ends.created_at) / clock.DAY
    still_open = ends.open & (ends.created_at != NEVER)
    stale = int((still_open & (age > limit)).sum())
    total = int(still_open.sum())
    if total < LEADS_LEAST or stale < 0.05 * total:
        return None
    wins = int(ends.won.sum())
    return Lever(
        "stale",
        f"Decide the {stale:,} open leads older than {limit:.0f} days",
        0.1 * stale / wins,
        0.02 * stale / wins,
        0.2 * stale / wins,
        "wins, if every tenth of them can still be won (every fiftieth to every fifth)",
        f"{_percent(stale / total)} of {total:,} open leads are older than nine of ten were when they were won",
        (
            f"Nine of ten won leads were won within {limit:.0f} days; half of them within "
            f"{duration.recorded_quantile(0.5):.0f}.",
            "A lead past that age is a question for its owner this week: win it, close it, or give it back to marketing.",
        ),
        "What share of them can be won is not in the export: the reckoning supposes it, and says so.",
    )


def _owners(found: Found, wins: float) -> Lever | None:
    """Owners whose rate lies below that of the others, after drawing all of them to the mean as chance demands."""
    owners = found.owners
    if owners is None:
        return None
    groups = [group for group in owners.groups if group.share.trials >= LEADS_LEAST and _is_named(group)]
    below = [group for group in groups if group.verdict == "below"]
    between = _spread(groups)
    if not below or between <= 0:
        return None
    lack = sum(_missing_wins(group) * _kept(group, between) for group in below)
    low = min(lack, sum(group.share.trials * max(0.0, group.others.rate - group.share.high) for group in below))
    high = sum(_missing_wins(group) for group in below)
    names = ", ".join(_name(group) for group in below[:3])
    return Lever(
        "owners",
        f"Bring {names} to the rate of the others" + (" …" if len(below) > 3 else ""),
        lack / wins,
        low / wins,
        high / wins,
        "wins from the same leads",
        f"{len(below)} of {len(groups)} owners win less often than the others, beyond chance",
        tuple(
            f"{group.name}: {_percent(group.share.rate)} of {group.share.trials:,.0f} ({_percent(group.share.low)} to "
            f"{_percent(group.share.high)}), the others {_percent(group.others.rate)}."
            for group in below[:3]
        ),
        f"Of {len(groups)} owners about {len(groups) * 0.025:.0f} would look weak by chance alone; leads may be dealt unevenly.",
    )


def _spread(groups: Sequence[Group]) -> float:
    """Variance of the owners' true rates: what is seen, less what chance explains (method of moments)."""
    rates = np.array([group.share.rate for group in groups])
    trials = np.array([group.share.trials for group in groups])
    if len(rates) < 3:
        return 0.0
    mean = float((rates * trials).sum() / trials.sum())
    seen = float((trials * (rates - mean) ** 2).sum() / trials.sum())
    return seen - float((mean * (1 - mean) * len(rates)) / trials.sum())


def _kept(group: Group, between: float) -> float:
    rate = group.share.rate
    within = max(1e-9, rate * (1 - rate) / group.share.trials)
    return between / (between + within)


def _value(found: Found, ends: Ends) -> Lever | None:
    """Groups whose deals are worth more a lead: where the same effort brings more money."""
    total = float(np.nansum(ends.value))
    if (~np.isnan(ends.value)).sum() < VALUED_LEAST * ends.won.sum():
        return None
    best: Lever | None = None
    for breakdown in found.by_value:
        groups = [group for group in _large(breakdown) if _is_named(group)]
        if len(groups) < 2 or not total:
            continue
        lever = _richer(breakdown, groups, total)
        if lever is not None and (best is None or lever.low > best.low):
            best = lever
    return best


def _richer(breakdown: Breakdown, groups: Sequence[Group], total: float) -> Lever | None:
    worth = {group.name: group.value / group.share.trials for group in groups}
    rich = max(groups, key=lambda group: (worth[group.name], group.name))
    others = sum(group.value for group in groups) - rich.value
    trials = sum(group.share.trials for group in groups) - rich.share.trials
    plain = others / trials
    moved = min(MOVED * breakdown.whole.trials, rich.share.trials, trials)
    gain = moved * (worth[rich.name] - plain) / total
    if gain < 0.01 or rich.won < 20:
        return None
    # The value of a win is taken as it was; what chance moves is the share won.
    mean = rich.value / max(1, rich.won)
    low, high = (moved * (end * mean - plain) / total for end in (rich.share.low, rich.share.high))
    return Lever(
        "value",
        f"Look for leads with {breakdown.column} {_name(rich)}",
        gain,
        low,
        high,
        "value won, from the same number of leads",
        f"a lead there is worth {worth[rich.name]:,.0f}, elsewhere {plain:,.0f}",
        (
            f"{breakdown.column} {rich.name}: {rich.won:,} of {rich.share.trials:,.0f} won, {mean:,.0f} a win; together "
            f"{_percent(rich.value / total)} of all value from {_percent(rich.share.trials / breakdown.whole.trials)} of the leads.",
            f"Moving {moved:,.0f} leads there gives {_percent(gain)} more value.",
        ),
        "It supposes that more such leads can be found, and that they are worth what the others were.",
    )
