"""Levers on what is done with leads: their order, what is asked, what lies open, who works on them, their worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline import clock
from leadline.analytics.lever import (
    LEADS_LEAST,
    MOVED,
    VALUED_LEAST,
    Found,
    Lever,
    group_name,
    is_named,
    large_groups,
    leads_of,
    missing_wins,
    percent,
)
from leadline.analytics.moments import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analytics.conversion import Breakdown, Group
    from leadline.analytics.outcome import Ends


def order_lever(found: Found) -> Lever | None:
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
        f"{percent(precision.rate)} instead of {percent(base.rate)} of the leads called are won",
        (
            (
                f"Among leads it had not seen, {by} puts {percent(chosen.rate)} first; they hold "
                f"{percent(recall.rate)} "
                f"of all that were won (95% interval {percent(recall.low)} to {percent(recall.high)})."
            ),
            (
                f"Of those put first {percent(precision.rate)} were won ({percent(precision.low)} to "
                f"{percent(precision.high)}), of all {percent(base.rate)}."
            ),
        ),
        "It holds as long as calls are what is scarce; leads put last are won too, only more seldom.",
    )


def question_lever(found: Found) -> Lever | None:
    """A column that tells much and is empty for many: what is unknown cannot be ranked."""
    best: Lever | None = None
    for one in found.predictors:
        unknown = 1 - one.filled
        known = [rated for rated in one.levels if rated.level.label not in ("unknown", "filled", "all others")]
        if not 0.15 <= unknown <= 0.9 or not one.tells or not known or one.feature.derived:
            continue
        top = known[0]
        # Against those who answered: that somebody answers at all is no merit of the question.
        answered = sum(rated.share.hits for rated in known) / sum(rated.share.trials for rated in known)
        if top.share.low <= 1.2 * answered or top.share.trials < LEADS_LEAST:
            continue
        rate = sum(rated.share.hits for rated in one.levels) / sum(rated.share.trials for rated in one.levels)
        part = top.share.trials / sum(rated.share.trials for rated in known)
        gain, low, high = (
            unknown * part * (end - answered) / rate for end in (top.share.rate, top.share.low, top.share.high)
        )
        lever = Lever(
            "ask",
            f"Ask every lead for '{one.name}'",
            gain / 2,
            low / 2,
            high / 2,
            "wins told apart, if half of the unknown answer as the others did",
            f"unknown for {percent(unknown)} of the leads, and it tells much",
            (
                (
                    f"'{top.level.label}' is won {percent(top.share.rate)} of the time ({percent(top.share.low)} to "
                    f"{percent(top.share.high)}), of all who answered {percent(answered)}."
                ),
                f"{percent(unknown)} of the leads have no answer: they can neither be put first nor be left for later.",
            ),
            "Those who did not answer may differ from those who did; every further question costs some sign-ups.",
        )
        if best is None or lever.low > best.low:
            best = lever
    return best


def stale_lever(found: Found, ends: Ends) -> Lever | None:
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
        f"{percent(stale / total)} of {total:,} open leads are older than nine of ten were when they were won",
        (
            (
                f"Nine of ten won leads were won within {limit:.0f} days; half of them within "
                f"{duration.recorded_quantile(0.5):.0f}."
            ),
            (
                "A lead past that age is a question for its owner this week: win it, close it, or give it back to "
                "marketing."
            ),
        ),
        "What share of them can be won is not in the export: the reckoning supposes it, and says so.",
    )


def completion_lever(found: Found, ends: Ends) -> Lever | None:
    """A column that is empty for leads that are never decided."""
    if not ends.lost_is_said:
        return None
    best: tuple[int, str, float, float] | None = None
    for column, known in found.holes:
        waiting = int((~known & ends.open).sum())
        without, with_it = float(ends.decided[~known].mean()), float(ends.decided[known].mean())
        if waiting >= LEADS_LEAST and without < 0.2 and with_it > 0.6 and (best is None or waiting > best[0]):
            best = (waiting, column, without, with_it)
    if best is None:
        return None
    waiting, column, without, with_it = best
    wins, rate = int(ends.won.sum()), float(ends.won.sum() / ends.decided.sum())
    return Lever(
        "complete",
        f"Complete '{column}' of the {waiting:,} open leads without it",
        0.1 * waiting * rate / wins,
        0.02 * waiting * rate / wins,
        0.2 * waiting * rate / wins,
        "wins, if every tenth of them is then decided like the others (every fiftieth to every fifth)",
        f"{percent(without)} of the leads without it were decided, {percent(with_it)} of the others",
        (
            (
                f"{waiting:,} leads have no '{column}' and are still open. A lead of whom that is not known is "
                "hardly ever "
                "worked to an end."
            ),
            f"Of the leads that were decided {percent(rate)} were won.",
        ),
        "Perhaps it is filled in when a deal is closed; then it follows from the end, and does not bring it about.",
    )


def owner_lever(found: Found, wins: float) -> Lever | None:
    """Owners whose rate lies below that of the others, after drawing all of them to the mean as chance demands."""
    owners = found.owners
    if owners is None:
        return None
    groups = [group for group in owners.groups if group.share.trials >= LEADS_LEAST and is_named(group)]
    below = [group for group in groups if group.verdict == "below"]
    between = _spread(groups)
    if not below or between <= 0:
        return None
    lack = sum(missing_wins(group) * _kept(group, between) for group in below)
    low = min(lack, sum(group.share.trials * max(0.0, group.others.rate - group.share.high) for group in below))
    high = sum(missing_wins(group) for group in below)
    names = ", ".join(group_name(group) for group in below[:3])
    return Lever(
        "owners",
        f"Bring {names} to the rate of the others" + (" …" if len(below) > 3 else ""),
        lack / wins,
        low / wins,
        high / wins,
        "wins from the same leads",
        f"{len(below)} of {len(groups)} owners win less often than the others, beyond chance",
        tuple(
            f"{group.name}: {percent(group.share.rate)} of {group.share.trials:,.0f} ({percent(group.share.low)} to "
            f"{percent(group.share.high)}), the others {percent(group.others.rate)}."
            for group in below[:3]
        ),
        f"Of {len(groups)} owners about {len(groups) * 0.025:.0f} would look weak by chance alone; leads may be "
        "dealt unevenly.",
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


def value_lever(found: Found, ends: Ends) -> Lever | None:
    """Groups whose deals are worth more a lead: where the same effort brings more money."""
    if (~np.isnan(ends.value)).sum() < VALUED_LEAST * ends.won.sum():
        return None
    best: Lever | None = None
    for breakdown in found.by_value:
        groups = [group for group in large_groups(breakdown) if is_named(group)]
        total = sum(group.worth for group in breakdown.groups)
        if len(groups) < 2 or not total:
            continue
        lever = _richer(breakdown, groups, total)
        if lever is not None and (best is None or lever.low > best.low):
            best = lever
    return best


def _richer(breakdown: Breakdown, groups: Sequence[Group], total: float) -> Lever | None:
    worth = {group.name: group.worth / group.share.trials for group in groups}
    rich = max(groups, key=lambda group: (worth[group.name], group.name))
    rest = [group for group in groups if group is not rich]
    plain, plain_error = _mean_worth(rest)
    mean, error = _mean_worth([rich])
    moved = min(MOVED * breakdown.whole.trials, rich.share.trials, sum(group.share.trials for group in rest))
    gain = moved * (mean - plain) / total
    if gain < 0.01 or rich.won < 20:
        return None
    spread = 1.96 * float(np.hypot(error, plain_error))
    low, high = (moved * (mean - plain + side * spread) / total for side in (-1, 1))
    return Lever(
        "value",
        f"Look for leads with {breakdown.column} {group_name(rich)}",
        gain,
        low,
        high,
        "value won, from the same number of leads",
        f"a lead there is worth {worth[rich.name]:,.0f}, elsewhere {plain:,.0f}",
        (
            (
                f"{breakdown.column} {group_name(rich)}: {rich.won:,} of {rich.share.trials:,.0f} won, "
                f"{rich.worth / rich.won:,.0f} a win; together "
                f"{percent(rich.worth / total)} of all value from "
                f"{percent(rich.share.trials / breakdown.whole.trials)} "
                "of the leads."
            ),
            f"Moving {moved:,.0f} leads there gives {percent(gain)} more value.",
        ),
        "It supposes that more such leads can be found, and that they are worth what the others were.",
        leads_of([rich]),
    )


def _mean_worth(groups: Sequence[Group]) -> tuple[float, float]:
    """What a judged lead of some groups is worth, lost ones included, with its standard error: few deals of very
    different size say little."""
    leads = sum(group.share.trials for group in groups)
    mean = sum(group.worth for group in groups) / leads
    variance = max(0.0, sum(group.squares for group in groups) / leads - mean**2)
    return mean, float(np.sqrt(variance / leads))
