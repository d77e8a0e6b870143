"""Whether a criterion can be met at all, or is met by everybody: by the ranges of the scores it compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from leadline.agreement.checking.domains import Domain
from leadline.agreement.checking.satisfiable import ALWAYS, NEGATED, NEVER, Either, Outcome, joined, possible
from leadline.agreement.criteria import Compare, Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.checking.score_ranges import Ranges
    from leadline.agreement.criteria import Comparison
    from leadline.agreement.document import Tier

_OPPOSITE: Final = {"=": "<>", "<>": "=", ">=": "<", ">": "<=", "<=": ">", "<": ">="}


@dataclass(frozen=True, slots=True)
class _Fact:
    quantity: Quantity
    comparator: str
    value: float | str


class CriterionSense:
    """Answers about the criteria of one agreement."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        agreement = ranges.agreement
        self.grades = dict(_tier_domains(agreement.fit.grades, "D"))
        self.levels = dict(_tier_domains(agreement.engagement.levels, "cold"))

    def can_be_met(self, tree: Comparison) -> bool:
        """False only if no lead can meet the criterion."""
        return possible(self._form(tree, "true"), self._agree)

    def always_met(self, tree: Comparison) -> bool:
        """True only if every lead meets the criterion at any moment."""
        return not possible(self._form(tree, "not true"), self._agree)

    def _form(self, tree: Comparison, outcome: Outcome) -> Any:
        if not isinstance(tree, Compare):
            if tree.operator == "not":
                return self._form(tree.parts[0], NEGATED[outcome])
            return joined(tree.operator, outcome, tuple(self._form(part, outcome) for part in tree.parts))
        plainly = self._fact(tree, tree.comparator if outcome in ("true", "not false") else _OPPOSITE[tree.comparator])
        ages = [q for q in (tree.left, tree.right) if isinstance(q, Quantity) and q.measure == "age_days"]
        return Either((plainly, ALWAYS)) if outcome.startswith("not ") and ages else plainly

    def _fact(self, compare: Compare, comparator: str) -> Any:
        right = compare.right
        if not isinstance(right, Quantity):
            return _Fact(compare.left, comparator, right)
        if right == compare.left:
            return ALWAYS if comparator in ("=", ">=", "<=") else NEVER
        return ALWAYS if _can_compare(self.ranges.of(compare.left), comparator, self.ranges.of(right)) else NEVER

    def _agree(self, facts: tuple[_Fact, ...]) -> bool:
        domains: dict[Quantity, Domain] = {}
        for fact in facts:
            start = domains.get(fact.quantity) or self._start(fact.quantity)
            domains[fact.quantity] = start.compared(fact.comparator, fact.value)
        if any(domain.empty for domain in domains.values()):
            return False
        return self._people_agree(domains) and self._levels_agree(domains)

    def _start(self, quantity: Quantity) -> Domain:
        names = {"persona": self.ranges.fit_of, "grade": self.grades, "level": self.levels}
        if quantity.measure in names:
            return Domain(only=frozenset(names[quantity.measure]))
        return self.ranges.of(quantity)

    def _people_agree(self, domains: dict[Quantity, Domain]) -> bool:
        """Whether some persona with some grade can have such a fit."""
        fit = domains.get(Quantity("fit")) or self.ranges.fit
        personas = (domains.get(Quantity("persona")) or self._start(Quantity("persona"))).values or frozenset()
        grades = (domains.get(Quantity("grade")) or self._start(Quantity("grade"))).values or frozenset()
        for persona in personas:
            reachable = fit.bounded("<=", self.ranges.fit_of[str(persona)].high)
            if any(reachable.meets(self.grades[str(grade)]) for grade in grades):
                return True
        return False

    def _levels_agree(self, domains: dict[Quantity, Domain]) -> bool:
        engagement = domains.get(Quantity("engagement")) or self.ranges.engagement
        levels = (domains.get(Quantity("level")) or self._start(Quantity("level"))).values or frozenset()
        return any(engagement.meets(self.levels[str(level)]) for level in levels)


def _tier_domains(tiers: tuple[Tier, ...], lowest: str) -> Iterator[tuple[str, Domain]]:
    above = Domain()
    for name, bound in tiers:
        yield name, above.bounded(">=", bound)
        above = Domain().bounded("<", bound)
    yield lowest, above


def _can_compare(left: Domain, comparator: str, right: Domain) -> bool:
    if left.empty or right.empty:
        return False
    if comparator in (">", ">="):
        return left.high > right.low or (comparator == ">=" and left.high >= right.low)
    if comparator in ("<", "<="):
        return left.low < right.high or (comparator == "<=" and left.low <= right.high)
    if comparator == "=":
        return left.meets(right)
    return not (left.low == left.high == right.low == right.high)
