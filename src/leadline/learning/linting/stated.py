"""What the reader of the file doubts already: things that can never happen, whatever the log says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.wording.phrasing import capitalised
from leadline.learning.linting.evidence import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.learning.linting.evidence import Evidence

CHECK: Final = "cannot be meant"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every warning of the reader as a finding; the last sentence of its message is the way out."""
    for problem in evidence.warnings:
        sentences = problem.message.rstrip(".").rsplit(". ", 1)
        what, way_out = sentences if len(sentences) == 2 else (sentences[0], "Correct or remove it")
        yield Finding(
            CHECK, "serious", problem.line, problem.place, f"{capitalised(what)}.", f"{capitalised(way_out)}."
        )
