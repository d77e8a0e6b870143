"""Comparisons of scores: what a criterion may say, parsed, checked against the agreement's names, kept as a typed tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from leadline.agreement.conditions import ConditionError, did_you_mean, parse_sql, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlglot import exp

Measure = Literal["fit", "engagement", "contribution", "count", "age_days", "persona", "grade", "level"]
Comparator = Literal["=", "<>", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number (or a name, for persona, grade and level) that the scores of a lead give at a moment.

    ``of`` names the rule or group for contribution, count and age_days.
    """

    measure: Measure
    of: str | None = None

    def __str__(self) -> str:
        if self.of is None:
            return self.measure
        return self.of if self.measure == "contribution" else f"{self.of}.{self.measure}"


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison; the right side is a number, a name, or another quantity."""

    left: Quantity
    comparator: Comparator
    right: Quantity | float | str

    def __str__(self) -> str:
        right = f"'{self.right}'" if isinstance(self.right, str) else self.right
        return (
            f"{self.left} {self.comparator} {right:g}"
            if isinstance(right, float)
            else f"{self.left} {self.comparator} {right}"
        )


@dataclass(frozen=True, slots=True)
class Logic:
    """AND, OR (two parts or more) or NOT (one part) in three-valued logic."""

    operator: Literal["and", "or", "not"]
    parts: tuple[Comparison, ...]


Comparison = Compare | Logic


@dataclass(frozen=True, slots=True)
class CriterionScope:
    """The names that a criterion may use; ``rules`` says of each rule whether it has hits (an ``on``)."""

    rules: Mapping[str, bool]
    groups: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    """For persona, grade and level: the names each can have."""


def parse_criterion(text: str, scope: CriterionScope) -> Comparison:
    """The comparison that a criterion states. Raises ``ConditionError``."""
    try:
        return _Checker(scope).comparison(parse_sql(text))
    except RecursionError:
        raise ConditionError("the criterion is nested too deeply. Split it into several criteria.") from None


def comparisons(tree: Comparison) -> Iterator[Compare]:
    """All single comparisons of a criterion, in the order of its text."""
    if isinstance(tree, Compare):
        yield tree
    else:
        for part in tree.parts:
            yield from comparisons(part)


def quantities(tree: Comparison) -> Iterator[Quantity]:
    """All quantities that a criterion looks at."""
    for compare in comparisons(tree):
        yield compare.left
        if isinstance(compare.right, Quantity):
            yield compare.right


_COMPARATORS: Final[dict[str, Comparator]] = {
    "EQ": "=",
    "NEQ": "<>",
    "LT": "<",
    "LTE": "<=",
    "GT": ">",
    "GTE": ">=",
}
_MIRRORED: Final[dict[Comparator, Comparator]] = {
    "=": "=",
    "<>": "<>",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}
_EXAMPLE: Final = "Write for example: fit >= 50 AND demo.age_days <= 30."


class _Checker:
    def __init__(self, scope: CriterionScope) -> None:
        self.scope = scope

    def comparison(self, tree: exp.Expression) -> Comparison:
        name = type(tree).__name__
        if name == "Paren":
            return self.comparison(tree.this)
        if name == "Not":
            return Logic("not", (self.comparison(tree.this),))
        if name in ("And", "Or"):
            operator: Literal["and", "or"] = "and" if name == "And" else "or"
            sides = (self.comparison(tree.this), self.comparison(tree.expression))
            return Logic(
                operator,
                tuple(
                    part
                    for side in sides
                    for part in (
                        side.parts if isinstance(side, Logic) and side.operator == operator else (side,)
                    )
                ),
            )
        if name in _COMPARATORS:
            return self.compare(tree, _COMPARATORS[name])
        raise ConditionError(
            f"'{shortened(tree.sql(dialect='postgres'))}' is not a comparison of scores. "
            f"A criterion knows >= > <= < = <>, AND, OR, NOT and parentheses. {_EXAMPLE}"
        )

    def compare(self, tree: exp.Expression, comparator: Comparator) -> Compare:
        left, right = self.operand(tree.this), self.operand(tree.expression)
        if not isinstance(left, Quantity):
            left, right, comparator = right, left, _MIRRORED[comparator]
        if not isinstance(left, Quantity):
            raise ConditionError(f"'{shortened(tree.sql())}' compares no score. {_EXAMPLE}")
        if left.measure in self.scope.names:
            self.check_name(left.measure, comparator, right)
        elif isinstance(right, str) or (isinstance(right, Quantity) and right.measure in self.scope.names):
            raise ConditionError(
                f"'{shortened(tree.sql())}' compares the number {left} with a name. {_EXAMPLE}"
            )
        return Compare(left, comparator, right)

    def check_name(self, measure: str, comparator: Comparator, right: Quantity | float | str) -> None:
        known = self.scope.names[measure]
        if comparator not in ("=", "<>"):
            raise ConditionError(f"{measure} is a name: only = and <> compare it, not {comparator}.")
        if not isinstance(right, str):
            raise ConditionError(f"{measure} is compared with a name in single quotes, such as '{known[0]}'.")
        if right not in known:
            guess = did_you_mean(right, known)
            raise ConditionError(f"there is no {measure} '{right}'; there is {', '.join(known)}.{guess}")

    def operand(self, tree: exp.Expression) -> Quantity | float | str:
        name = type(tree).__name__
        if name == "Paren":
            return self.operand(tree.this)
        if name == "Literal":
            return str(tree.this) if tree.args["is_string"] else float(tree.this)
        if name == "Neg":
            value = self.operand(tree.this)
            if isinstance(value, float):
                return -value
        if name == "Column":
            return self.quantity(".".join(part.name for part in tree.parts))  # type: ignore[attr-defined]
        raise ConditionError(
            f"'{shortened(tree.sql(dialect='postgres'))}' is neither a score nor a number. {_EXAMPLE}"
        )

    def quantity(self, name: str) -> Quantity:
        if name in ("fit", "engagement", "persona", "grade", "level"):
            return Quantity(name)
        of, _, measure = name.partition(".")
        if not measure and (of in self.scope.rules or of in self.scope.groups):
            return Quantity("contribution", of)
        if measure in ("count", "age_days") and of in self.scope.rules:
            if not self.scope.rules[of]:
                raise ConditionError(
                    f"{of} has no `on`, so it has no hits and no {measure}. Compare {of} itself."
                )
            return Quantity("count" if measure == "count" else "age_days", of)
        if measure and of in self.scope.rules:
            raise ConditionError(f"{of} has no '{measure}'. A rule has {of}, {of}.count and {of}.age_days.")
        known = ("fit", "engagement", "persona", "grade", "level", *self.scope.groups, *self.scope.rules)
        guess = did_you_mean(of, known) or f" Known are {', '.join(known[:12])}."
        raise ConditionError(f"'{of}' is no score, group or rule of engagement.{guess}")
