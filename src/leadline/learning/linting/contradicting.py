"""Rules that contradict outcomes: points up and wins down, or points down and wins up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.estimates.shares import Share, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from leadline.learning.linting.evidence import Evidence, Finding, Seen

CHECK: Final = "contradicts outcomes"
_LEVEL: Final = 0.99
"""Many rules are looked at; at 95 % one in twenty would look guilty by luck."""
_SIDE_MIN: Final = 50
_WINS_MIN: Final = 20
_STRATA: Final = 5


def check(evidence: Evidence) -> Iterator[Finding]:
    """Compares the wins of leads with and without each rule, overall and among leads of like remaining score."""
    seen = evidence.seen
    if seen is None or int((seen.stand.won & seen.stand.judged).sum()) < _WINS_MIN:
        return
    stand = seen.stand
    score = stand.fit + stand.engagement
    for place, rule in enumerate(evidence.agreement.engagement.rules):
        fires = stand.active[:, place] if rule.points > 0 else stand.hit[:, place]
        rest = score - stand.counted[:, place]
        yield from _compared(
            evidence, (f"engagement.rules.{rule.name}.points", rule.name, rule.points), fires, stand.judged, rest
        )
    personas = [persona.name for persona in evidence.agreement.fit.personas]
    for place, (persona, fit_rule) in enumerate(evidence.fit_rules):
        fires = stand.fit_true[:, place]
        chosen = stand.judged & stand.fit_known[:, place] & (stand.persona == personas.index(persona))
        rest = score - np.where(fires, fit_rule.points, 0.0)
        where = f"fit.personas.{persona}.rules.{fit_rule.name}.points"
        yield from _compared(evidence, (where, f"{fit_rule.name} of {persona}", fit_rule.points), fires, chosen, rest)


def _compared(
    evidence: Evidence,
    rule: tuple[str, str, float],
    fires: npt.NDArray[np.bool_],
    chosen: npt.NDArray[np.bool_],
    rest: npt.NDArray[np.float64],
) -> Iterator[Finding]:
    seen = evidence.seen
    points = rule[2]
    if seen is None or not points:
        return
    won = seen.stand.won
    having, lacking = chosen & fires, chosen & ~fires
    if min(int(having.sum()), int(lacking.sum())) < _SIDE_MIN:
        return
    with_it, without = _share(won, having), _share(won, lacking)
    against = with_it.high < without.low if points > 0 else with_it.low > without.high
    ratio = odds_ratio(fires[chosen], won[chosen], rest[chosen])
    if not against or (ratio < 1) is not (points > 0):
        return
    yield _finding(evidence, seen, rule, with_it, without)


def _share(won: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> Share:
    return share(float(won[among].sum()), float(among.sum()), _LEVEL)


def _finding(evidence: Evidence, seen: Seen, rule: tuple[str, str, float], with_it: Share, without: Share) -> Finding:
    place, name, points = rule
    days = f"{seen.horizon_days:g} days"
    message = (
        f"{name} gives {points:+g} points, but of {with_it.trials:,.0f} leads with it {_said(with_it)} became "
        f"customers within {days}, of {without.trials:,.0f} without it {_said(without)}. "
        "The same holds among leads whose other points are alike."
    )
    way_out = (
        "Set its points to 0 or below, or ask why such leads do not buy."
        if points > 0
        else "Set its points to 0, or ask whether the rule meets other people than it is meant for."
    )
    return evidence.finding(
        CHECK, "serious", place, message, way_out,
        leads_with=with_it.trials, wins_with=with_it.hits, leads_without=without.trials, wins_without=without.hits,
    )  # fmt: skip


def _said(found: Share) -> str:
    return f"{100 * found.rate:.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f})"


def odds_ratio(fires: npt.NDArray[np.bool_], won: npt.NDArray[np.bool_], rest: npt.NDArray[np.float64]) -> float:
    """Odds of winning with a rule over those without, among leads of like remaining score: five strata of equal size,
    pooled (Mantel, Haenszel 1959); NaN where nothing can be compared."""
    bounds = np.quantile(rest, np.linspace(0, 1, _STRATA + 1)[1:-1])
    stratum = np.searchsorted(bounds, rest, side="right")
    above = below = 0.0
    for number in range(_STRATA):
        here = stratum == number
        total = int(here.sum())
        if total:
            above += float((fires & won & here).sum()) * float((~fires & ~won & here).sum()) / total
            below += float((fires & ~won & here).sum()) * float((~fires & won & here).sum()) / total
    return above / below if below else np.nan
