"""What checks look at: the agreement with its places, and where there is a log, what happened under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from leadline.agreement.document import Agreement, FitRule, PointsRule, Rule, StateRule, ThresholdRule
    from leadline.agreement.expressions import Expression
    from leadline.errors import Problem
    from leadline.qualification.folding import Qualified

    Bools = npt.NDArray[np.bool_]
    Real = npt.NDArray[np.float64]

Severity = Literal["serious", "notable", "minor"]
SEVERITIES: tuple[Severity, ...] = ("serious", "notable", "minor")

LEADS_MIN = 200
"""With fewer leads, that something did not happen says nothing."""
QUALIFIED_MIN = 50
"""With fewer qualifications, that nothing would change without a rule says nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: where, what is so (with its numbers), and what to do about it.

    ``line`` counts from 1 (0: the whole file), ``place`` is the dotted path; ``examples`` come from the log, or are
    made up where there is none.
    """

    check: str
    severity: Severity
    line: int
    place: str
    message: str
    way_out: str
    numbers: tuple[tuple[str, float], ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often an event's name occurs, for how many leads."""

    name: str
    events: int
    leads: int


@dataclass(frozen=True, slots=True)
class Stand:
    """How n leads stood at their best moment before sales took them; leads without one are left out.

    Rules of engagement in file order (k), groups (g), fit rules of all personas in file order (f), knock-outs (q),
    criteria (c). ``hit`` says whether a rule was ever hit by then, or before sales took the lead for rules with
    negative points (the best moment comes before what lowers it); of state rules whether it is true. ``active``:
    whether it gave points. ``ever``: hits at any time. ``kept``: the part of accepted points that decay has left, NaN
    without any. ``over_rule``, ``over_group``: whether a cap takes something away; ``in_group``: whether there is
    anything to cap; ``over_total``, ``over_fit``: whether engagement, fit is cut at its max.
    """

    hit: Bools
    ever: Bools
    active: Bools
    counted: Real
    kept: Real
    over_rule: Bools
    in_group: Bools
    over_group: Bools
    over_total: Bools
    over_fit: Bools
    fit: Real
    engagement: Real
    persona: npt.NDArray[np.int64]
    fit_true: Bools
    fit_known: Bools
    knocked_out: Bools
    holds: Bools
    judged: Bools
    won: Bools

    def __len__(self) -> int:
        return len(self.fit)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a log says. ``requalified`` gives the qualifications under another agreement with the same conditions, as if
    the hits of some rules (bits) had not happened. ``values`` are the most frequent values of a column with their
    counts. ``names`` gives ids of leads.
    """

    stand: Stand
    events: tuple[Frequency, ...]
    qualified: Qualified
    requalified: Callable[[Agreement, Sequence[int]], Qualified]
    values: Callable[[str], Sequence[tuple[str, int]]]
    names: Callable[[Sequence[int]], tuple[str, ...]]
    horizon_days: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """An agreement to check. ``true_of`` says of which rows (column to value) an expression is true; ``warnings`` are
    those of the reader.
    """

    agreement: Agreement
    line: Callable[[str], int]
    true_of: Callable[[Expression, Sequence[Mapping[str, Any]]], list[bool]]
    warnings: tuple[Problem, ...] = ()
    seen: Seen | None = None

    @property
    def doubted(self) -> frozenset[str]:
        """Places that the reader has warned of: no check repeats it."""
        return frozenset(place for problem in self.warnings for place in _above(problem.place))

    def finding(
        self, check: str, severity: Severity, place: str, message: str, way_out: str, **numbers: float
    ) -> Finding:
        """A finding at a place of this agreement."""
        return Finding(check, severity, self.line(place), place, message, way_out, tuple(numbers.items()))

    @property
    def fit_rules(self) -> tuple[tuple[str, FitRule], ...]:
        """(persona, rule) in file order."""
        return tuple((persona.name, rule) for persona in self.agreement.fit.personas for rule in persona.rules)

    def words_of(self, rule: Rule | PointsRule | ThresholdRule | StateRule) -> str:
        """The name of a rule of engagement as a place."""
        return f"engagement.rules.{rule.name}"


def _above(place: str) -> tuple[str, ...]:
    parts = place.split(".")
    return tuple(".".join(parts[: end + 1]) for end in range(len(parts)))[2:] or (place,)


def percent(part: float, whole: float) -> str:
    """A share to read: ``12 %``, ``0.4 %``."""
    share = 100 * part / whole if whole else 0.0
    return f"{share:.1f} %" if 0 < share < 9.95 else f"{share:.0f} %"
