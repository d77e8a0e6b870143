"""Comparisons of scores: what a criterion may say, checked against names, kept as a typed tree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from leadline.agreement.sql.text import (
    ConditionError,
    chain_of,
    did_you_mean,
    parse_sql,
    shortened,
    sql_of,
)

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
        right = self.right
        if isinstance(right, str):
            shown = f"'{right}'"
        elif isinstance(right, float):
            shown = f"{right:g}" if float(f"{right:g}") == right else repr(right)
        else:
            shown = str(right)
        return f"{self.left} {self.comparator} {shown}"


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
    return _Checker(scope).comparison(parse_sql(text))


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
_SCORES: Final[dict[str, Measure]] = {
    "fit": "fit", "engagement": "engagement", "persona": "persona", "grade": "grade", "level": "level",
}  # fmt: skip
_EXAMPLE: Final = "Write for example: fit >= 50 AND demo.age_days <= 30."


class _Checker:
    def __init__(self, scope: CriterionScope) -> None:
        self.scope = scope

    def comparison(self, tree: exp.Expr) -> Comparison:
        name = type(tree).__name__
        if name == "Paren":
            return self.comparison(tree.this)
        if name == "Not":
            return Logic("not", (self.comparison(tree.this),))
        if name in ("And", "Or"):
            operator: Literal["and", "or"] = "and" if name == "And" else "or"
            sides = tuple(self.comparison(side) for side in chain_of(tree))
            return Logic(
                operator,
                tuple(
                    part
                    for side in sides
                    for part in (side.parts if isinstance(side, Logic) and side.operator == operator else (side,))
                ),
            )
        if name in _COMPARATORS:
            return self.compare(tree, _COMPARATORS[name])
        raise ConditionError(
            f"'{shortened(sql_of(tree))}' is not a comparison of scores. "
            f"A criterion knows >= > <= < = <>, AND, OR, NOT and parentheses. {_EXAMPLE}"
        )

    def compare(self, tree: exp.Expr, comparator: Comparator) -> Compare:
        left, right = self.operand(tree.this), self.operand(tree.expression)
        if not isinstance(left, Quantity):
            left, right, comparator = right, left, _MIRRORED[comparator]
        if not isinstance(left, Quantity):
            raise ConditionError(f"'{shortened(sql_of(tree))}' compares no score. {_EXAMPLE}")
        if left.measure in self.scope.names:
            self.check_name(left.measure, comparator, right)
        elif isinstance(right, str) or (isinstance(right, Quantity) and right.measure in self.scope.names):
            raise ConditionError(f"'{shortened(sql_of(tree))}' compares the number {left} with a name. {_EXAMPLE}")
        return Compare(left, comparator, right)

    def check_name(self, measure: str, comparator: Comparator, right: Quantity | float | str) -> None:
        known = self.scope.names[measure]
        if comparator not in ("=", "<>"):
            raise ConditionError(f"{measure} is a name: only = and <> compare it, not {comparator}.")
        if not isinstance(right, str):
            raise ConditionError(f"{measure} is compared with a name in single quotes, such as '{known[0]}'.")
        if right not in known:
            guess = did_you_mean(right, known)
            raise ConditionError(f"there is no {measure} '{shortened(right)}'; there is {', '.join(known)}.{guess}")

    def operand(self, tree: exp.Expr) -> Quantity | float | str:
        name = type(tree).__name__
        if name == "Paren":
            return self.operand(tree.this)
        if name == "Literal":
            return str(tree.this) if tree.args["is_string"] else self.number(str(tree.this))
        if name == "Neg":
            value = self.operand(tree.this)
            if isinstance(value, float):
                return -value
        if name == "Column":
            return self.quantity(".".join(part.name for part in tree.parts))  # type: ignore[attr-defined]
        raise ConditionError(f"'{shortened(sql_of(tree))}' is neither a score nor a number. {_EXAMPLE}")

    def number(self, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.inf
        if not math.isfinite(value):
            raise ConditionError(f"{shortened(text)} is no number that can be compared. {_EXAMPLE}")
        return value

    def quantity(self, name: str) -> Quantity:
        if name in _SCORES:
            return Quantity(_SCORES[name])
        of, _, measure = name.partition(".")
        if not measure and (of in self.scope.rules or of in self.scope.groups):
            return Quantity("contribution", of)
        if measure in ("count", "age_days") and of in self.scope.rules:
            if not self.scope.rules[of]:
                raise ConditionError(f"{of} has no `on`, so it has no hits and no {measure}. Compare {of} itself.")
            return Quantity("count" if measure == "count" else "age_days", of)
        if measure and of in self.scope.rules:
            raise ConditionError(f"{of} has no '{shortened(measure)}'. A rule has {of}, {of}.count and {of}.age_days.")
        known = (*_SCORES, *self.scope.groups, *self.scope.rules)
        guess = did_you_mean(of, known) or f" Known are {', '.join(known[:12])}."
        raise ConditionError(f"'{shortened(of)}' is no score, group or rule of engagement.{guess}")
