"""Levers on where leads come from: more of the good, less of the weak, and tracing what nobody tracks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leadline.analytics.conversion import NOTHING
from leadline.analytics.lever import (
    MOVED,
    Found,
    Lever,
    difference,
    group_name,
    group_names,
    is_named,
    large_groups,
    leads_of,
    missing_wins,
    percent,
    pooled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analytics.conversion import Breakdown, Group


def source_levers(found: Found, wins: float) -> list[Lever | None]:
    levers: list[Lever | None] = []
    for breakdown in found.sources:
        groups = large_groups(breakdown)
        above = [group for group in groups if group.verdict == "above" and is_named(group)]
        below = [group for group in groups if group.verdict == "below" and is_named(group)]
        hidden = [group for group in groups if group.verdict == "above" and not is_named(group)]
        if above and below:
            levers.append(_shift(breakdown, max(above, key=lambda one: one.share.low), below, wins))
        if below:
            levers.append(_rework(breakdown, max(below, key=missing_wins), wins))
        if hidden and sum(group.share.trials for group in groups if not is_named(group)) < breakdown.whole.trials / 2:
            levers.append(_trace(breakdown, hidden[0], wins))
    return levers


def campaign_levers(found: Found, wins: float) -> list[Lever | None]:
    levers: list[Lever | None] = []
    for breakdown in found.campaigns:
        groups = [group for group in large_groups(breakdown) if is_named(group)]
        above = [group for group in groups if group.verdict == "above"]
        below = [group for group in groups if group.verdict == "below"]
        if above and below:
            best = max(above, key=lambda one: one.share.low)
            lever = _shift(breakdown, best, below, wins)
            title = f"Lead more people to {breakdown.column} {group_name(best)}, fewer to {group_names(below)}"
            levers.append(replace(lever, kind="campaign", title=title))
    return levers


def _shift(breakdown: Breakdown, best: Group, below: Sequence[Group], wins: float) -> Lever:
    poor = pooled(below)
    moved = min(MOVED * breakdown.whole.trials, poor.trials, best.share.trials)
    gap, low, high = (moved * one / wins for one in difference(best.share, poor))
    names = group_names(below)
    return Lever(
        "shift",
        f"Bring more leads from {group_name(best)}, fewer from {names}",
        gap,
        low,
        high,
        "wins from the same number of leads",
        f"{group_name(best)}: {percent(best.share.rate)} won; {names}: {percent(poor.rate)}",
        (
            (
                f"{breakdown.column} {group_name(best)}: {best.won:,} of {best.share.trials:,.0f} won, "
                f"{percent(best.share.rate)} "
                f"({percent(best.share.low)} to {percent(best.share.high)}); all others {percent(best.others.rate)}."
            ),
            (
                f"Moving {moved:,.0f} leads from the weaker sources to it gives {gap * wins:,.0f} wins more "
                f"({low * wins:,.0f} to {high * wins:,.0f}) on {wins:,.0f}."
            ),
        ),
        "It supposes that further leads from there are like those so far: raise the volume in steps, and watch the "
        "rate.",
        leads_of([best, *below]),
    )


def _rework(breakdown: Breakdown, group: Group, wins: float) -> Lever:
    gap, low, high = (group.share.trials * one / wins for one in difference(group.others, group.share))
    whole = breakdown.whole
    return Lever(
        "rework",
        f"Rework or stop {group_name(group)}",
        gap / 2,
        low / 2,
        high / 2,
        "wins, if it comes half way to the others",
        f"{percent(group.share.trials / whole.trials)} of the leads, {percent(group.share.hits / wins)} of the wins",
        (
            (
                f"{breakdown.column} {group_name(group)}: {group.won:,} of {group.share.trials:,.0f} won, "
                f"{percent(group.share.rate)} ({percent(group.share.low)} to {percent(group.share.high)}); the others "
                f"{percent(group.others.rate)}."
            ),
            (
                f"At the rate of the others it would bring {gap * wins:,.0f} wins more. Stopping it frees "
                f"{percent(group.share.trials / whole.trials)} of the calls and costs "
                f"{percent(group.share.hits / wins)} "
                "of the wins."
            ),
        ),
        "A source can be weak because its leads are answered late; compare the speed of the answers first.",
        leads_of([group]),
    )


def _trace(breakdown: Breakdown, group: Group, wins: float) -> Lever:
    gap, low, high = difference(group.share, group.others)
    moved = min(MOVED * breakdown.whole.trials, group.share.trials)
    name = "without a source" if group.name == NOTHING else f"'{group.name}'"
    return Lever(
        "trace",
        f"Find out where the leads {name} come from",
        gap * moved / wins,
        low * moved / wins,
        high * moved / wins,
        "wins, if their source can bring a tenth more of all leads",
        f"{percent(group.share.rate)} of them are won, {percent(group.others.rate)} of the others",
        (
            (
                f"{breakdown.column} {group_name(group)}: {group.won:,} of {group.share.trials:,.0f} won "
                f"({percent(group.share.low)} to {percent(group.share.high)}); no named source need be better than "
                "what "
                "nobody tracks."
            ),
            "Without knowing the source nobody can bring more of them.",
        ),
        "Perhaps the source is only asked of leads that are not won; then the entry is an effect of winning.",
    )
