"""How near a lead was to qualifying at a moment, said in figures: the short reason beside a lead that comes or goes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leadline.agreement.criteria import comparisons
from leadline.reporting.figures import points

if TYPE_CHECKING:
    from leadline.agreement.criteria import Compare
    from leadline.agreement.document import Agreement
    from leadline.qualification.layout import Answers, Examination

_SIGNS: Final = {">=": "≥", "<=": "≤", "<>": "≠"}
_OPPOSITE: Final = {">=": "<", ">": "≤", "<=": ">", "<": "≥", "=": "≠", "<>": "="}
TRUE: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion at the moment: whether it held, and its comparisons with figures, those that failed apart."""

    name: str
    holds: bool
    met: tuple[str, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A lead at a moment under one agreement."""

    fit: float
    engagement: float
    persona: str
    lines: tuple[Line, ...]
    knocked_out: bool

    @property
    def reason(self) -> str:
        """The first criterion that held, with its figures."""
        held = next((line for line in self.lines if line.holds), None)
        return f"{' and '.join(held.met)} ({held.name})" if held else ""

    @property
    def obstacle(self) -> str:
        """What was missing: the comparisons that failed in the criterion with the fewest."""
        if self.knocked_out:
            return "knocked out"
        if any(line.holds for line in self.lines):
            return ""
        nearest = min(self.lines, key=lambda line: len(line.missed), default=None)
        return f"{' and '.join(nearest.missed)} ({nearest.name})" if nearest else ""


def standing_of(agreement: Agreement, answers: Answers, examination: Examination) -> Standing:
    """The standing of the only lead of an examination."""
    lead = answers.leads[0]
    lines, place = [], 0
    for number, criterion in enumerate(agreement.mql.criteria):
        met: list[str] = []
        missed: list[str] = []
        for compare in comparisons(criterion.when):
            left, right = float(examination.left[0, place]), float(examination.right[0, place])
            true = int(examination.compared[0, place]) == TRUE
            (met if true else missed).append(_said(compare, left, right, true=true))
            place += 1
        holds = int(examination.holds[0, number]) == TRUE
        lines.append(Line(criterion.name, holds, tuple(met), tuple(missed)))
    return Standing(
        float(lead["fit"]),
        float(lead["engagement"]),
        agreement.fit.personas[int(lead["persona"])].name,
        tuple(lines),
        bool(examination.knocked_out[0]),
    )


def _said(compare: Compare, left: float, right: float, *, true: bool) -> str:
    """``engagement 64 ≥ 60``, or of a comparison that failed ``engagement 48 < 60``."""
    comparator = compare.comparator if true else _OPPOSITE[compare.comparator]
    sign = _SIGNS.get(comparator, comparator)
    if isinstance(compare.right, str):
        return f"{compare.left} {sign} {compare.right}"
    if math.isnan(left):
        return f"{compare.left} unknown"
    return f"{compare.left} {points(left)} {sign} {points(right)}"
