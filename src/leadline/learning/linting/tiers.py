"""Grades and levels that nobody reaches, kinds of buyers that nobody is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.learning.linting.evidence import LEADS_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from leadline.agreement.document import Tier
    from leadline.learning.linting.evidence import Evidence, Finding

CHECK: Final = "nobody reaches it"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Grades, levels and personas at the best moment of each lead."""
    seen = evidence.seen
    if seen is None or len(seen.stand) < LEADS_MIN:
        return
    agreement, stand = evidence.agreement, seen.stand
    yield from _tiers(evidence, ("fit.grades", "grade", "fit"), agreement.fit.grades, stand.fit)
    yield from _tiers(
        evidence, ("engagement.levels", "level", "engagement"), agreement.engagement.levels, stand.engagement
    )
    if len(agreement.fit.personas) < 2:
        return
    fitting = stand.persona[stand.fit > 0]
    if len(fitting) < LEADS_MIN:
        return
    for place, persona in enumerate(agreement.fit.personas):
        where = f"fit.personas.{persona.name}"
        if not (fitting == place).any() and where not in evidence.doubted:
            message = f"Of {len(fitting):,} leads that fit anybody, none fits {persona.label} best."
            way_out = "Give its rules more points, correct their conditions, or remove this kind of buyer."
            yield evidence.finding(CHECK, "notable", where, message, way_out, leads=len(fitting))


def _tiers(
    evidence: Evidence, names: tuple[str, str, str], tiers: tuple[Tier, ...], score: npt.NDArray[np.float64]
) -> Iterator[Finding]:
    place, kind, of = names
    above = float("inf")
    for name, bound in tiers:
        reached = int(((score >= bound) & (score < above)).sum())
        above = bound
        where = f"{place}.{name}"
        if not reached and where not in evidence.doubted:
            message = (
                f"None of {len(score):,} leads had {kind} {name} (from {bound:g}) at its best; "
                f"the highest {of} was {float(score.max()):g}."
            )
            way_out = f"Lower the bound to what leads reach, or remove the {kind}."
            yield evidence.finding(CHECK, "notable", where, message, way_out, leads=len(score))
