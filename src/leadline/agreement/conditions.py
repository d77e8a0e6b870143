"""The SQL that an agreement may contain: checked against the declared columns and kept as a typed tree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from leadline.agreement.expressions import Call, Column, Constant, Expression, Node, Operator
from leadline.agreement.sql import calls
from leadline.agreement.sql.patterns import check_pattern
from leadline.agreement.sql.text import (
    ConditionError,
    chain_of,
    column_of,
    did_you_mean,
    parse_sql,
    shortened,
    sql_of,
)
from leadline.clock import to_instant
from leadline.fields.catalogue import BOOLEAN, EVENT_PROPERTIES, NUMBER, TEXT, TIME, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlglot import exp

__all__ = [
    "ConditionError",
    "Scope",
    "did_you_mean",
    "parse_condition",
    "parse_expression",
    "parse_sql",
    "shortened",
]

ITEMS_MAX: Final = 500
YEARS: Final = (1900, 2999)
"""The years of time literals; one outside them is a slip of the pen, and far ones have no instant everywhere."""

ALLOWED_FUNCTIONS: Final = (
    "coalesce", "lower", "upper", "trim", "length", "starts_with", "contains", "split_part", "abs",
    "round", "in_list",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name: columns, their types, the values they can have, the lists, the time zone.

    ``elsewhere`` holds names that exist but not here, with the reason; ``broken`` names whose
    declaration has a problem of its own.
    """

    kind: str
    columns: Mapping[str, Type]
    choices: Mapping[str, tuple[str | float, ...]]
    lists: frozenset[str]
    timezone: str = "UTC"
    properties: bool = False
    elsewhere: Mapping[str, str] | None = None
    broken: frozenset[str] = frozenset()


def parse_condition(text: str, scope: Scope) -> Expression:
    """A boolean expression. Raises ``ConditionError``."""
    expression = parse_expression(text, scope)
    if expression.tree.type is not BOOLEAN:
        raise ConditionError(
            f"'{shortened(text)}' is a {expression.tree.type}, but a condition must be true or false. "
            "Compare it with something, for example with = or >=."
        )
    return expression


def parse_expression(text: str, scope: Scope) -> Expression:
    """An expression of any type. Raises ``ConditionError``."""
    tree = Checker(scope).node(parse_sql(text))
    if isinstance(tree, Constant) and tree.value is None:
        raise ConditionError("NULL alone says nothing. Write a condition such as title IS NOT NULL.")
    return Expression(tree, text.strip())


class Checker:
    """Turns a parsed SQL tree into ours, refusing everything that is not on the list."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def node(self, tree: exp.Expr) -> Node:
        """The typed node of a parsed one. Raises ``ConditionError``."""
        rule = _RULES.get(type(tree).__name__)
        if rule is None:
            raise ConditionError(_refusal(tree), column_of(tree))
        for name, part in tree.args.items():
            if part and name not in _PARTS:
                written = shortened(sql_of(tree))
                message = f"'{written}' says more than a condition can ({name.upper()}). Leave that out."
                raise ConditionError(message, column_of(tree))
        return rule(self, tree)

    def text(self, tree: exp.Expr) -> Node:
        """A part that must be a text."""
        return self._typed(tree, TEXT)

    def number(self, tree: exp.Expr) -> Node:
        """A part that must be a number."""
        return self._typed(tree, NUMBER)

    def _typed(self, tree: exp.Expr, wanted: Type) -> Node:
        node = self.node(tree)
        if isinstance(node, Constant) and node.value is None:
            return Constant(None, wanted)
        if node.type is not wanted:
            hint = _cast_hint(node, Constant(0.0, wanted))
            message = f"'{shortened(sql_of(tree))}' is a {node.type}, but a {wanted} is needed here.{hint}"
            raise ConditionError(message, column_of(tree))
        return node

    def boolean(self, tree: exp.Expr) -> Node:
        """A part that must be a condition."""
        node = self.node(tree)
        if isinstance(node, Constant) and node.value is None:
            return Constant(None, BOOLEAN)
        if node.type is not BOOLEAN:
            message = f"AND, OR and NOT join conditions, but '{shortened(sql_of(tree))}' is a {node.type}."
            hint = " Compare it with something, or use IN for several values."
            raise ConditionError(message + hint, column_of(tree))
        return node

    # Names and literals

    def column(self, tree: exp.Expr) -> Node:
        parts = [part.name for part in tree.parts]  # type: ignore[attr-defined]
        name = ".".join(parts)
        if type(tree.this).__name__ == "Star":
            raise ConditionError("'*' is no column. Name the column that is meant.", column_of(tree))
        if name != name.lower():
            raise ConditionError(
                f"'{shortened(name)}' has capitals, but names are lower case. Write "
                f"{shortened(name.lower())}, or "
                f"'{shortened(name)}' in single quotes if it is a text.",
                column_of(tree),
            )
        if self.scope.properties and len(parts) == 2 and parts[0] == EVENT_PROPERTIES:
            return Column(name, TEXT)
        if name in self.scope.columns:
            return Column(name, self.scope.columns[name])
        if name in self.scope.broken:
            raise ConditionError(f"'{name}' has a problem of its own.", column_of(tree), follows=True)
        quoted = bool(tree.this.args.get("quoted"))
        raise ConditionError(self._unknown(name, quoted=quoted), column_of(tree))

    def _unknown(self, name: str, *, quoted: bool) -> str:
        if self.scope.elsewhere and name in self.scope.elsewhere:
            return f"'{name}' is no {self.scope.kind}: {self.scope.elsewhere[name]}"
        shown, bare = shortened(name), shortened(name.rsplit(".", maxsplit=1)[-1])
        if quoted:
            way_out = f" A text stands in single quotes: '{bare}'."
        elif self.scope.properties:
            known = ", ".join(self.scope.columns)
            way_out = f" Event columns are {known}; anything else is properties.{bare}."
        else:
            way_out = f" Declare it under `fields:`, for example: {bare}: {{type: text, label: …}}."
        return f"'{shown}' is no {self.scope.kind}.{did_you_mean(name, self.scope.columns) or way_out}"

    def literal(self, tree: exp.Expr) -> Node:
        if tree.args["is_string"]:
            return Constant(str(tree.this), TEXT)
        try:
            number = float(tree.this)
        except ValueError:
            raise ConditionError(f"'{shortened(str(tree.this))}' is not a number.", column_of(tree)) from None
        if not math.isfinite(number):
            raise ConditionError(f"{shortened(str(tree.this))} is too large a number.", column_of(tree))
        return Constant(number, NUMBER)

    def null(self, _tree: exp.Expr) -> Node:
        return Constant(None, TEXT)

    def truth(self, tree: exp.Expr) -> Node:
        return Constant(bool(tree.this), BOOLEAN)

    def paren(self, tree: exp.Expr) -> Node:
        return self.node(tree.this)

    # Logic

    def connective(self, tree: exp.Expr) -> Node:
        operator: Operator = "and" if type(tree).__name__ == "And" else "or"
        sides = tuple(self.boolean(side) for side in chain_of(tree))
        flat = tuple(
            part
            for side in sides
            for part in (side.arguments if isinstance(side, Call) and side.operator == operator else (side,))
        )
        return Call(operator, flat, BOOLEAN)

    def negation(self, tree: exp.Expr) -> Node:
        return Call("not", (self.boolean(tree.this),), BOOLEAN)

    # Comparisons

    def comparison(self, tree: exp.Expr) -> Node:
        operator = _COMPARISON[type(tree).__name__]
        left, right = self.alike(tree, self.node(tree.this), self.node(tree.expression))
        if operator not in ("=", "<>") and left.type is BOOLEAN:
            message = f"'{shortened(sql_of(tree))}' orders true and false. Write the condition itself, or NOT."
            raise ConditionError(message, column_of(tree))
        self.check_choice(left, right)
        self.check_choice(right, left)
        return Call(operator, (left, right), BOOLEAN)

    def alike(self, tree: exp.Expr, left: Node, right: Node) -> tuple[Node, Node]:
        """Both sides of a comparison in one type."""
        left, right = self.as_time(left, right), self.as_time(right, left)
        for side in (left, right):
            if isinstance(side, Constant) and side.value is None:
                message = "a comparison with NULL is never true. Write IS NULL or IS NOT NULL."
                raise ConditionError(message, column_of(tree))
        if left.type is right.type:
            return left, right
        message = f"'{shortened(sql_of(tree))}' compares a {left.type} with a {right.type}."
        raise ConditionError(message + _cast_hint(left, right), column_of(tree))

    def as_time(self, node: Node, other: Node) -> Node:
        """A text literal beside a time, as the instant that it names."""
        if other.type is not TIME or not (isinstance(node, Constant) and isinstance(node.value, str)):
            return node
        try:
            moment = datetime.fromisoformat(node.value)
        except ValueError:
            raise ConditionError(
                f"'{shortened(node.value)}' is not a time. Write '2026-03-31' or '2026-03-31T14:00:00+02:00'."
            ) from None
        if not YEARS[0] <= moment.year <= YEARS[1]:
            raise ConditionError(f"the year of '{node.value}' is not between {YEARS[0]} and {YEARS[1]}. Correct it.")
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.scope.timezone))
        return Constant(to_instant(zoned), TIME)

    def check_choice(self, column: Node, value: Node) -> None:
        """Refuses a value that the column never has."""
        if not (isinstance(column, Column) and isinstance(value, Constant)):
            return
        choices = self.scope.choices.get(column.name)
        if choices and value.value not in choices:
            listed = ", ".join(str(choice) for choice in choices[:20])
            guess = did_you_mean(str(value.value), choices)
            shown = shortened(str(value.value))
            raise ConditionError(f"{column.name} is never '{shown}'; it is one of {listed}.{guess}")

    def between(self, tree: exp.Expr) -> Node:
        value = self.node(tree.this)
        low, high = self.node(tree.args["low"]), self.node(tree.args["high"])
        value, low = self.alike(tree, value, low)
        value, high = self.alike(tree, value, high)
        if isinstance(low, Constant) and isinstance(high, Constant) and low.value > high.value:  # type: ignore[operator]
            message = f"'{shortened(sql_of(tree))}' is never true: the lower bound stands first."
            raise ConditionError(message, column_of(tree))
        return Call("and", (Call(">=", (value, low), BOOLEAN), Call("<=", (value, high), BOOLEAN)), BOOLEAN)

    def membership(self, tree: exp.Expr) -> Node:
        items = tree.args.get("expressions") or []
        if tree.args.get("query") or tree.args.get("unnest") or not items:
            raise ConditionError("IN takes a list of values: country IN ('US', 'DE'). Sub-queries are not allowed.")
        if len(items) > ITEMS_MAX:
            many = f"IN has {len(items):,} values; {ITEMS_MAX} is the most."
            raise ConditionError(f"{many} Put them into `lists:` and use in_list().")
        value = self.node(tree.this)
        values: list[Node] = []
        for item in items:
            value, literal = self.alike(tree, value, self.node(item))
            if not isinstance(literal, Constant):
                message = "IN takes literal values. Use OR to compare with other columns."
                raise ConditionError(message, column_of(tree))
            self.check_choice(value, literal)
            values.append(literal)
        return Call("in", (value, *dict.fromkeys(values)), BOOLEAN)

    def pattern(self, tree: exp.Expr) -> Node:
        operator = _PATTERN[type(tree).__name__]
        value, pattern = self.text(tree.this), self.node(tree.expression)
        if not (isinstance(pattern, Constant) and isinstance(pattern.value, str)):
            message = f"the pattern after {operator.upper()} must be a text in single quotes."
            raise ConditionError(message, column_of(tree))
        check_pattern(operator, pattern.value)
        match = Call(operator, (value, pattern), BOOLEAN)
        return Call("not", (match,), BOOLEAN) if tree.args.get("negate") else match

    def is_null(self, tree: exp.Expr) -> Node:
        if type(tree.expression).__name__ != "Null":
            message = "IS takes NULL or NOT NULL. For true or false, write the column itself, or NOT."
            raise ConditionError(message, column_of(tree))
        test = Call("is_null", (self.node(tree.this),), BOOLEAN)
        return Call("not", (test,), BOOLEAN) if tree.args.get("negate") else test

    # Arithmetic

    def arithmetic(self, tree: exp.Expr) -> Node:
        sides = (self.number(tree.this), self.number(tree.expression))
        return Call(_ARITHMETIC[type(tree).__name__], sides, NUMBER)

    def negative(self, tree: exp.Expr) -> Node:
        value = self.number(tree.this)
        if isinstance(value, Constant) and isinstance(value.value, float):
            return Constant(-value.value, NUMBER)
        return Call("negate", (value,), NUMBER)


def _cast_hint(left: Node, right: Node) -> str:
    types = {left.type, right.type}
    if types == {TEXT, BOOLEAN}:
        return " Write true or false without quotes, or the column alone."
    if types != {TEXT, NUMBER}:
        return ""
    text = left if left.type is TEXT else right
    if isinstance(text, Constant):
        number = str(text.value)
        return (
            f" Write the number without quotes: {number}." if _is_number(number) else " Numbers stand without quotes."
        )
    if isinstance(text, Column) and text.name.startswith(f"{EVENT_PROPERTIES}."):
        return f" Properties are texts: write CAST({text.name} AS double precision)."
    return " Put the value in single quotes."


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


_CLOCK: Final = "a condition does not read the clock; use half_life, expires, within or age_days for time."
_SUB_QUERY: Final = "sub-queries are not allowed in a condition."
_PARAMETER: Final = "parameters are not allowed in a condition; write the value itself."
_REASONS: Final = {
    "Select": _SUB_QUERY,
    "Subquery": _SUB_QUERY,
    "Exists": _SUB_QUERY,
    "CurrentTimestamp": _CLOCK,
    "CurrentDate": _CLOCK,
    "CurrentTime": _CLOCK,
    "Placeholder": _PARAMETER,
    "Parameter": _PARAMETER,
    "Escape": "LIKE escapes with a backslash; leave ESCAPE out.",
    "DPipe": "texts cannot be joined; compare the parts one by one.",
    "Mod": "% is not known; only + - * / calculate.",
}


def _refusal(tree: exp.Expr) -> str:
    name = type(tree).__name__
    if name in _REASONS:
        return _REASONS[name]
    called = str(tree.name or name).lower() if name == "Anonymous" else name
    guess = did_you_mean(called, ALLOWED_FUNCTIONS) if name == "Anonymous" else ""
    allowed = f"Functions are {', '.join(ALLOWED_FUNCTIONS)}."
    return f"'{shortened(sql_of(tree))}' ({shortened(called)}) is not allowed in a condition.{guess} {allowed}"


def _function(checker: Checker, tree: exp.Expr) -> Node:
    if str(tree.this).lower() != "in_list":
        raise ConditionError(_refusal(tree), column_of(tree))
    return calls.in_list(checker, tree)


_PARTS: Final = frozenset(
    [
        *(
            "this",
            "expression",
            "expressions",
            "table",
            "db",
            "catalog",
            "is_string",
            "quoted",
            "negate",
            "low",
        ),
        *("high", "query", "unnest", "ifs", "true", "default", "to", "decimals", "delimiter", "part_index"),
        *("typed", "position", "collation"),
    ]
)
"""The parts of a parsed node that some rule here looks at; any other would be lost unnoticed."""
_COMPARISON: Final[dict[str, Operator]] = {
    "EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=",
}  # fmt: skip
_PATTERN: Final[dict[str, Operator]] = {
    "Like": "like", "ILike": "ilike", "RegexpLike": "~", "RegexpILike": "~*",
}  # fmt: skip
_ARITHMETIC: Final[dict[str, Operator]] = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/"}

_RULES: Final[dict[str, Callable[[Checker, exp.Expr], Node]]] = {
    "Column": Checker.column,
    "Literal": Checker.literal,
    "Null": Checker.null,
    "Boolean": Checker.truth,
    "And": Checker.connective,
    "Or": Checker.connective,
    "Not": Checker.negation,
    "Between": Checker.between,
    "In": Checker.membership,
    "Is": Checker.is_null,
    "Neg": Checker.negative,
    "Paren": Checker.paren,
    "Case": calls.case,
    "Coalesce": calls.coalesce,
    "Cast": calls.cast,
    "StartsWith": calls.text_test,
    "Contains": calls.text_test,
    "SplitPart": calls.split_part,
    "Abs": calls.absolute,
    "Round": calls.rounded,
    "Anonymous": _function,
    **dict.fromkeys(_COMPARISON, Checker.comparison),
    **dict.fromkeys(_PATTERN, Checker.pattern),
    **dict.fromkeys(_ARITHMETIC, Checker.arithmetic),
    **dict.fromkeys(calls.TEXT_FUNCTIONS, calls.text_function),
}
