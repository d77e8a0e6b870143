"""Knock-outs that nobody meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.wording.phrasing import listed
from leadline.learning.linting.evidence import LEADS_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.learning.linting.evidence import Evidence, Finding

CHECK: Final = "knocks nobody out"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Each knock-out against all leads."""
    seen = evidence.seen
    if seen is None or len(seen.stand) < LEADS_MIN:
        return
    for place, knockout in enumerate(evidence.agreement.fit.knockouts):
        where = f"fit.knockouts.{knockout.name}"
        if where in evidence.doubted or seen.stand.knocked_out[:, place].any():
            continue
        message = f"{knockout.name} is true of none of {len(seen.stand):,} leads."
        lists = knockout.when.lists
        way_out = (
            f"Fill the list {listed(lists)} with the real names, as they stand in your leads, or remove the knock-out."
            if lists
            else "Compare the condition with real values, or remove the knock-out."
        )
        yield evidence.finding(CHECK, "minor", where, message, way_out, leads=len(seen.stand))
