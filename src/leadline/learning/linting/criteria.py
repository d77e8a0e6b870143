"""Ways to qualify that nobody met, or that nearly everybody meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.criteria import comparisons
from leadline.learning.linting.evidence import LEADS_MIN, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.document import Criterion
    from leadline.learning.linting.evidence import Evidence, Finding, Seen

CHECK: Final = "nobody qualifies so"
EVERYBODY: Final = "everybody qualifies so"
_EVERYBODY: Final = 0.9


def check(evidence: Evidence) -> Iterator[Finding]:
    """Each criterion against all qualifications, and against all leads at their best moment."""
    seen = evidence.seen
    if seen is None or len(seen.stand) < LEADS_MIN:
        return
    leads = len(seen.stand)
    for place, criterion in enumerate(evidence.agreement.mql.criteria):
        where = f"mql.when.{criterion.name}"
        held = int((seen.qualified.because[:, place // 62] >> (place % 62) & 1).sum())
        met = int(seen.stand.holds[:, place].sum())
        if not held and not met and where not in evidence.doubted:
            message = f"None of {leads:,} leads ever met {criterion.name} ({criterion.text}).{_reach(criterion, seen)}"
            way_out = "Lower its thresholds to what leads reach, or remove it."
            yield evidence.finding(CHECK, "serious", where, message, way_out, leads=leads)
        elif met >= _EVERYBODY * leads:
            message = f"{percent(met, leads)} of {leads:,} leads met {criterion.name} ({criterion.text}) at their best."
            way_out = "Raise its thresholds: sales would be handed nearly everybody."
            yield evidence.finding(EVERYBODY, "serious", where, message, way_out, leads=leads, met=met)


def _reach(criterion: Criterion, seen: Seen) -> str:
    """How far the scores went that it compares."""
    measures = {compare.left.measure for compare in comparisons(criterion.when)}
    reached = [
        f"the highest {name} of any was {float(values.max()):g}"
        for name, values in (("fit", seen.stand.fit), ("engagement", seen.stand.engagement))
        if name in measures
    ]
    return f" At best moments {' and '.join(reached)}." if reached else ""
