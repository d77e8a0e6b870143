"""Whether a criterion holds (semantics, section 7): comparisons of what the scores are at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.agreement.criteria import Compare, Comparison, Quantity
from leadline.clock import DAY
from reference.rounding import rounded
from reference.values import Value, all_of, any_of, compared

if TYPE_CHECKING:
    from reference.engagement import Contribution


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything that can be compared at an instant: fit and engagement rounded, the rest as summed."""

    t: int
    fit: float
    persona: str
    grade: str
    engagement: float
    level: str
    groups: dict[str, float]
    contributions: list[Contribution]


def truth(comparison: Comparison, scores: Scores) -> bool | None:
    """True, false or unknown."""
    if isinstance(comparison, Compare):
        right = comparison.right
        value = quantity(right, scores) if isinstance(right, Quantity) else right
        return compared(quantity(comparison.left, scores), comparison.comparator, value)
    parts: list[Value] = [truth(part, scores) for part in comparison.parts]
    if comparison.operator == "not":
        return None if parts[0] is None else not parts[0]
    return all_of(parts) if comparison.operator == "and" else any_of(parts)


def quantity(asked: Quantity, scores: Scores) -> Value:
    """What a criterion's name stands for; only `age_days` can be unknown."""
    if asked.of is None:
        value: Value = getattr(scores, asked.measure)
        return value
    if asked.of in scores.groups:
        return rounded(scores.groups[asked.of])
    given = next(given for given in scores.contributions if given.rule.name == asked.of)
    if asked.measure == "contribution":
        return rounded(given.capped)
    if asked.measure == "count":
        return given.count
    return None if given.last_hit is None else (scores.t - given.last_hit) / DAY
