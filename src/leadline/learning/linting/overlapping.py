"""Rules that fire together: points for the same thing twice."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from leadline.learning.linting.evidence import LEADS_MIN, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from leadline.learning.linting.evidence import Evidence, Finding

CHECK: Final = "fire together"
_TOGETHER: Final = 0.95
_FIRING_MIN: Final = 50
_EVERYBODY: Final = 0.9
"""Rules that fire for nearly everybody fire together with anything; that is another finding."""


def check(evidence: Evidence) -> Iterator[Finding]:
    """Pairs of rules of engagement, and of rules of the same persona, of which each nearly implies the other."""
    seen = evidence.seen
    if seen is None or len(seen.stand) < LEADS_MIN:
        return
    rules = evidence.agreement.engagement.rules
    names = [(rule.name, f"engagement.rules.{rule.name}", rule.points) for rule in rules]
    yield from _pairs(evidence, names, seen.stand.active)
    start = 0
    for persona in evidence.agreement.fit.personas:
        end = start + len(persona.rules)
        names = [(rule.name, f"fit.personas.{persona.name}.rules.{rule.name}", rule.points) for rule in persona.rules]
        yield from _pairs(evidence, names, seen.stand.fit_true[:, start:end])
        start = end


def _pairs(evidence: Evidence, names: list[tuple[str, str, float]], fires: npt.NDArray[np.bool_]) -> Iterator[Finding]:
    counts = fires.sum(axis=0)
    for first, second in combinations(range(len(names)), 2):
        one, other = int(counts[first]), int(counts[second])
        if min(one, other) < _FIRING_MIN or max(one, other) > _EVERYBODY * len(fires):
            continue
        if min(one, other) <= _TOGETHER * max(one, other) or names[first][2] * names[second][2] <= 0:
            continue
        both = int((fires[:, first] & fires[:, second]).sum())
        if both > _TOGETHER * max(one, other):
            (name, _, points), (partner, place, more) = names[first], names[second]
            message = (
                f"{name} and {partner} fire together: of {one:,} leads with {name}, {percent(both, one)} have "
                f"{partner}, and of {other:,} with {partner}, {percent(both, other)} have {name}. "
                f"Together they are one rule worth {points + more:g} points."
            )
            way_out = "Keep one of them and give it the points that both are meant to be worth, or tell them apart."
            yield evidence.finding(CHECK, "notable", place, message, way_out, first=one, second=other, both=both)
