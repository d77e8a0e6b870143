"""The SQL that an agreement may contain: parsed by SQLGlot, checked against the declared columns, kept as a typed tree."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from leadline.agreement.expressions import Call, Column, Constant, Expression, Node, Operator
from leadline.clock import to_instant
from leadline.fields.catalogue import BOOLEAN, EVENT_PROPERTIES, NUMBER, TEXT, TIME, Type

if TYPE_CHECKING:
    import duckdb
    from sqlglot import exp

LENGTH_MAX: Final = 4_000
ITEMS_MAX: Final = 500
PATTERN_LENGTH_MAX: Final = 500

ALLOWED_FUNCTIONS: Final = (
    ["coalesce", "lower", "upper", "trim", "length", "starts_with", "contains", "split_part", "abs", "round", "in_list"]
)


class ConditionError(Exception):
    """What is wrong with an expression, and the way out; ``column`` counts from 1, 0 where it is the whole."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name: columns with their types, the values they can have, the lists, the time zone."""

    kind: str
    columns: Mapping[str, Type]
    choices: Mapping[str, tuple[str | float, ...]]
    lists: frozenset[str]
    timezone: str = "UTC"
    properties: bool = False
    elsewhere: Mapping[str, str] | None = None
    """Names that exist but not here, with the reason."""


def did_you_mean(name: str, known: object) -> str:
    """The nearest known names as a question, or nothing."""
    near = difflib.get_close_matches(name, [str(item) for item in known], n=2, cutoff=0.6)  # type: ignore[call-overload]
    return f" Did you mean {' or '.join(near)}?" if near else ""


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
    try:
        tree = _Checker(scope).node(parse_sql(text))
    except RecursionError:
        raise ConditionError("the condition is nested too deeply. Split it into several rules.") from None
    if isinstance(tree, Constant) and tree.value is None:
        raise ConditionError("NULL alone says nothing. Write a condition such as title IS NOT NULL.")
    return Expression(tree, text.strip())


def parse_sql(text: str) -> exp.Expression:
    """One SQL expression as SQLGlot reads it, nothing checked but its size. Raises ``ConditionError``."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    if len(text) > LENGTH_MAX:
        raise ConditionError(
            f"the condition has {len(text):,} characters; {LENGTH_MAX:,} is the most. Put long sets into `lists:`."
        )
    if not text.strip():
        raise ConditionError("the condition is empty. Write a comparison, or leave `when` out.")
    try:
        statements = sqlglot.parse(text, dialect="postgres")
    except SqlglotError as error:
        raise ConditionError(_syntax_message(text, error)) from None
    if len(statements) != 1 or statements[0] is None:
        raise ConditionError("a condition is one expression, without semicolons.")
    return statements[0]  # type: ignore[return-value]


def _syntax_message(text: str, error: Exception) -> str:
    details = getattr(error, "errors", None) or [{}]
    near = str(details[0].get("highlight") or "").strip()
    where = f" near '{shortened(near)}'" if near else ""
    hint = (
        " Texts stand in single quotes, with a quote inside doubled: 'it''s'."
        if text.count("'") % 2
        else " Write for example: country IN ('US', 'DE') AND company_revenue >= 10e6."
    )
    return f"'{shortened(text)}' is not a condition that can be read{where}.{hint}"


def shortened(text: str, limit: int = 60) -> str:
    """A text on one line, cut with an ellipsis, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class _Checker:
    """Turns a parsed SQL tree into ours, refusing everything that is not on the list."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def node(self, tree: exp.Expression) -> Node:
        name = type(tree).__name__
        rule = _RULES.get(name)
        if rule is None:
            raise ConditionError(_refusal(tree), _column_of(tree))
        built: Node = rule(self, tree)
        return built

    # Names and literals

    def column(self, tree: exp.Expression) -> Node:
        parts = [identifier.name for identifier in tree.parts]  # type: ignore[attr-defined]
        name = ".".join(parts)
        if any(part.this != part.this.lower() for part in tree.parts):  # type: ignore[attr-defined]
            raise ConditionError(
                f"'{name}' has capitals, but names are lower case. Write {name.lower()}, or '{name}' in single quotes "
                "if it is a text.",
                _column_of(tree),
            )
        if self.scope.properties and len(parts) == 2 and parts[0] == EVENT_PROPERTIES:
            return Column(name, TEXT)
        if name in self.scope.columns:
            return Column(name, self.scope.columns[name])
        raise ConditionError(self._unknown(name), _column_of(tree))

    def _unknown(self, name: str) -> str:
        if self.scope.elsewhere and name in self.scope.elsewhere:
            return f"'{name}' is no {self.scope.kind}: {self.scope.elsewhere[name]}"
        guess = did_you_mean(name, self.scope.columns)
        way_out = (
            " Event columns are "
            + ", ".join(self.scope.columns)
            + f"; anything else is properties.{name.rsplit('.', maxsplit=1)[-1]}."
            if self.scope.properties
            else f" Declare it under `fields:`, for example: {name.rsplit('.', maxsplit=1)[-1]}: {{type: text, label: …}}."
        )
        return f"'{name}' is no {self.scope.kind}.{guess or way_out}"

    def literal(self, tree: exp.Expression) -> Node:
        if tree.args["is_string"]:
            return Constant(str(tree.this), TEXT)
        number = float(tree.this)
        if not math.isfinite(number):
            raise ConditionError(f"{tree.this} is too large a number.", _column_of(tree))
        return Constant(number, NUMBER)

    def null(self, _tree: exp.Expression) -> Node:
        return Constant(None, TEXT)

    def boolean(self, tree: exp.Expression) -> Node:
        return Constant(bool(tree.this), BOOLEAN)

    # Logic

    def connective(self, tree: exp.Expression) -> Node:
        operator: Operator = "and" if type(tree).__name__ == "And" else "or"
        sides = tuple(self._boolean(side) for side in (tree.this, tree.expression))
        flat = tuple(
            part
            for side in sides
            for part in (side.arguments if isinstance(side, Call) and side.operator == operator else (side,))
        )
        return Call(operator, flat, BOOLEAN)

    def negation(self, tree: exp.Expression) -> Node:
        return Call("not", (self._boolean(tree.this),), BOOLEAN)

    def _boolean(self, tree: exp.Expression) -> Node:
        node = self.node(tree)
        if node.type is not BOOLEAN:
            raise ConditionError(
                f"AND, OR and NOT join conditions, but '{shortened(_sql(tree))}' is a {node.type}.",
                _column_of(tree),
            )
        return node

    # Comparisons

    def comparison(self, tree: exp.Expression) -> Node:
        operator = _COMPARISON[type(tree).__name__]
        left, right = self._alike(tree, self.node(tree.this), self.node(tree.expression))
        if operator not in ("=", "<>") and left.type is BOOLEAN:
            raise ConditionError(
                f"'{shortened(_sql(tree))}' orders true and false. Write the condition itself, or NOT.",
                _column_of(tree),
            )
        self._check_choice(left, right)
        self._check_choice(right, left)
        return Call(operator, (left, right), BOOLEAN)

    def _alike(self, tree: exp.Expression, left: Node, right: Node) -> tuple[Node, Node]:
        left, right = self._as_time(left, right), self._as_time(right, left)
        for side in (left, right):
            if isinstance(side, Constant) and side.value is None:
                raise ConditionError(
                    "a comparison with NULL is never true. Write IS NULL or IS NOT NULL.", _column_of(tree)
                )
        if left.type is right.type:
            return left, right
        message = f"'{shortened(_sql(tree))}' compares a {left.type} with a {right.type}."
        raise ConditionError(message + _cast_hint(left, right), _column_of(tree))

    def _as_time(self, node: Node, other: Node) -> Node:
        if other.type is not TIME or not (isinstance(node, Constant) and isinstance(node.value, str)):
            return node
        try:
            moment = datetime.fromisoformat(node.value)
        except ValueError:
            raise ConditionError(
                f"'{shortened(node.value)}' is not a time. Write '2026-03-31' or '2026-03-31T14:00:00+02:00'."
            ) from None
        return Constant(
            to_instant(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.scope.timezone))),
            TIME,
        )

    def _check_choice(self, column: Node, value: Node) -> None:
        if not (isinstance(column, Column) and isinstance(value, Constant)):
            return
        choices = self.scope.choices.get(column.name)
        if choices and value.value not in choices:
            listed = ", ".join(str(choice) for choice in choices)
            guess = did_you_mean(str(value.value), choices)
            raise ConditionError(f"{column.name} is never '{value.value}'; it is one of {listed}.{guess}")

    def between(self, tree: exp.Expression) -> Node:
        value = self.node(tree.this)
        low, high = self.node(tree.args["low"]), self.node(tree.args["high"])
        value, low = self._alike(tree, value, low)
        value, high = self._alike(tree, value, high)
        if isinstance(low, Constant) and isinstance(high, Constant) and low.value > high.value:  # type: ignore[operator]
            raise ConditionError(
                f"'{shortened(_sql(tree))}' is never true: the lower bound stands first.", _column_of(tree)
            )
        return Call("and", (Call(">=", (value, low), BOOLEAN), Call("<=", (value, high), BOOLEAN)), BOOLEAN)

    def membership(self, tree: exp.Expression) -> Node:
        items = tree.args.get("expressions") or []
        if tree.args.get("query") or tree.args.get("unnest") or not items:
            raise ConditionError(
                "IN takes a list of values: country IN ('US', 'DE'). Sub-queries are not allowed."
            )
        if len(items) > ITEMS_MAX:
            raise ConditionError(
                f"IN has {len(items):,} values; {ITEMS_MAX} is the most. Put them into `lists:` and use in_list()."
            )
        value = self.node(tree.this)
        values: list[Node] = []
        for item in items:
            _, literal = self._alike(tree, value, self.node(item))
            if not isinstance(literal, Constant):
                raise ConditionError(
                    "IN takes literal values. Use OR to compare with other columns.", _column_of(tree)
                )
            self._check_choice(value, literal)
            values.append(literal)
        return Call("in", (value, *dict.fromkeys(values)), BOOLEAN)

    def pattern(self, tree: exp.Expression) -> Node:
        operator = _PATTERN[type(tree).__name__]
        value, pattern = self._text(tree.this), self.node(tree.expression)
        if not (isinstance(pattern, Constant) and isinstance(pattern.value, str)):
            raise ConditionError(
                f"the pattern after {operator.upper()} must be a text in single quotes.", _column_of(tree)
            )
        if len(pattern.value) > PATTERN_LENGTH_MAX:
            raise ConditionError(
                f"the pattern has {len(pattern.value):,} characters; {PATTERN_LENGTH_MAX} is the most."
            )
        if operator in ("~", "~*"):
            _compile(pattern.value)
        elif (len(pattern.value) - len(pattern.value.rstrip("\\"))) % 2:
            raise ConditionError(
                f"the pattern '{shortened(pattern.value)}' ends with a backslash, which escapes nothing. Write it twice.",
                _column_of(tree),
            )
        match = Call(operator, (value, pattern), BOOLEAN)
        return Call("not", (match,), BOOLEAN) if tree.args.get("negate") else match

    def is_null(self, tree: exp.Expression) -> Node:
        if type(tree.expression).__name__ != "Null":
            raise ConditionError(
                "IS takes NULL or NOT NULL. For true or false, write the column itself, or NOT.",
                _column_of(tree),
            )
        test = Call("is_null", (self.node(tree.this),), BOOLEAN)
        return Call("not", (test,), BOOLEAN) if tree.args.get("negate") else test

    # Arithmetic, CASE, casts and functions

    def arithmetic(self, tree: exp.Expression) -> Node:
        return Call(
            _ARITHMETIC[type(tree).__name__], (self._number(tree.this), self._number(tree.expression)), NUMBER
        )

    def negative(self, tree: exp.Expression) -> Node:
        value = self._number(tree.this)
        if isinstance(value, Constant) and isinstance(value.value, float):
            return Constant(-value.value, NUMBER)
        return Call("negate", (value,), NUMBER)

    def paren(self, tree: exp.Expression) -> Node:
        return self.node(tree.this)

    def case(self, tree: exp.Expression) -> Node:
        if tree.this is not None:
            raise ConditionError("write CASE WHEN condition THEN value … ELSE value END.", _column_of(tree))
        branches = tree.args["ifs"]
        results = [self.node(branch.args["true"]) for branch in branches]
        default = tree.args.get("default")
        results.append(self.node(default) if default is not None else Constant(None, TEXT))
        typed = self._one_type(tree, results)
        pairs = [
            node
            for branch, result in zip(branches, typed, strict=False)
            for node in (self._boolean(branch.this), result)
        ]
        return Call("case", (*pairs, typed[-1]), typed[-1].type)

    def coalesce(self, tree: exp.Expression) -> Node:
        typed = self._one_type(tree, [self.node(item) for item in (tree.this, *tree.expressions)])
        return Call("coalesce", tuple(typed), typed[0].type)

    def _one_type(self, tree: exp.Expression, nodes: list[Node]) -> list[Node]:
        known = [node for node in nodes if not (isinstance(node, Constant) and node.value is None)]
        if not known:
            raise ConditionError(f"'{shortened(_sql(tree))}' is always NULL.", _column_of(tree))
        target = next((node for node in known if not isinstance(node, Constant)), known[0])
        typed = [self._as_time(node, target) for node in nodes]
        for node in typed:
            if node.type is not target.type and not (isinstance(node, Constant) and node.value is None):
                raise ConditionError(
                    f"'{shortened(_sql(tree))}' mixes a {target.type} with a {node.type}; all results must be of one type.",
                    _column_of(tree),
                )
        return [
            Constant(None, target.type) if isinstance(n, Constant) and n.value is None else n for n in typed
        ]

    def cast(self, tree: exp.Expression) -> Node:
        value = self.node(tree.this)
        wanted = str(tree.args["to"].sql(dialect="postgres")).lower().split("(")[0].strip()
        target = _CAST_TYPES.get(wanted)
        if target is None:
            raise ConditionError(
                f"CAST to {wanted} is not possible. Cast to double precision, boolean, timestamptz or text; "
                "numbers are doubles, round() makes them whole.",
                _column_of(tree),
            )
        if value.type is target:
            return value
        if value.type is not TEXT:
            raise ConditionError(
                f"a {value.type} cannot be cast to {target}; only texts can.", _column_of(tree)
            )
        operators: dict[Type, Operator] = {NUMBER: "to_number", BOOLEAN: "to_boolean", TIME: "to_time"}
        return Call(operators[target], (value,), target)

    def text_function(self, tree: exp.Expression) -> Node:
        name = _TEXT_FUNCTIONS[type(tree).__name__]
        if any(tree.args.get(extra) for extra in ("position", "expression", "collation") if name == "trim"):
            raise ConditionError("trim takes one text and removes the spaces around it.", _column_of(tree))
        return Call(name, (self._text(tree.this),), NUMBER if name == "length" else TEXT)

    def text_test(self, tree: exp.Expression) -> Node:
        operator: Operator = "starts_with" if type(tree).__name__ == "StartsWith" else "contains"
        return Call(operator, (self._text(tree.this), self._text(tree.expression)), BOOLEAN)

    def split_part(self, tree: exp.Expression) -> Node:
        index = self.node(tree.args["part_index"])
        if not (
            isinstance(index, Constant)
            and isinstance(index.value, float)
            and index.value >= 1
            and index.value.is_integer()
        ):
            raise ConditionError(
                "split_part(text, separator, n) takes a whole number n from 1.", _column_of(tree)
            )
        return Call("split_part", (self._text(tree.this), self._text(tree.args["delimiter"]), index), TEXT)

    def absolute(self, tree: exp.Expression) -> Node:
        return Call("abs", (self._number(tree.this),), NUMBER)

    def rounded(self, tree: exp.Expression) -> Node:
        decimals = tree.args.get("decimals")
        digits = self.node(decimals) if decimals is not None else Constant(0.0, NUMBER)
        if not (isinstance(digits, Constant) and digits.value in [float(n) for n in range(10)]):
            raise ConditionError(
                "round(number, digits) takes a whole number of digits from 0 to 9.", _column_of(tree)
            )
        return Call("round", (self._number(tree.this), digits), NUMBER)

    def function(self, tree: exp.Expression) -> Node:
        name = str(tree.this).lower()
        if name != "in_list":
            raise ConditionError(_refusal(tree), _column_of(tree))
        arguments = tree.expressions
        listed = arguments[1].this if len(arguments) == 2 and arguments[1].is_string else None
        if listed is None:
            raise ConditionError(
                "in_list takes a text and the name of a list: in_list(email_domain, 'competitors')."
            )
        if listed not in self.scope.lists:
            known = did_you_mean(listed, self.scope.lists) or " Declare it under `lists:`."
            raise ConditionError(f"there is no list '{listed}'.{known}", _column_of(tree))
        return Call("in_list", (self._text(arguments[0]), Constant(listed, TEXT)), BOOLEAN)

    def _text(self, tree: exp.Expression) -> Node:
        return self._typed(tree, TEXT)

    def _number(self, tree: exp.Expression) -> Node:
        return self._typed(tree, NUMBER)

    def _typed(self, tree: exp.Expression, wanted: Type) -> Node:
        node = self.node(tree)
        if isinstance(node, Constant) and node.value is None:
            return Constant(None, wanted)
        if node.type is not wanted:
            hint = _cast_hint(node, Constant(0.0, wanted))
            raise ConditionError(
                f"'{shortened(_sql(tree))}' is a {node.type}, but a {wanted} is needed here.{hint}",
                _column_of(tree),
            )
        return node


def _cast_hint(left: Node, right: Node) -> str:
    types = {left.type, right.type}
    if types == {TEXT, NUMBER}:
        text = left if left.type is TEXT else right
        if isinstance(text, Constant):
            return (
                f" Write the number without quotes: {text.value}."
                if _is_number(text.value)
                else " Numbers stand without quotes."
            )
        if isinstance(text, Column) and text.name.startswith(f"{EVENT_PROPERTIES}."):
            return f" Properties are texts: write CAST({text.name} AS double precision)."
        return " Put the value in single quotes."
    if types == {TEXT, BOOLEAN}:
        return " Write true or false without quotes, or the column alone."
    return ""


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _compile(pattern: str) -> None:
    """Refuses what RE2 does not compile, by compiling it there."""
    import duckdb

    try:
        _re2().execute("SELECT regexp_matches('', ?)", [pattern])
    except duckdb.Error as error:
        reason = str(error).removeprefix("Invalid Input Error: ").strip()
        raise ConditionError(
            f"the regular expression '{shortened(pattern)}' cannot be used: {reason}. "
            "Look-around and back-references are not part of RE2, and repetitions go up to 1,000."
        ) from None


@cache
def _re2() -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(":memory:", config={"threads": 1})


def _sql(tree: exp.Expression) -> str:
    return str(tree.sql(dialect="postgres", comments=False))


def _column_of(tree: exp.Expression) -> int:
    return int(next((node.meta["col"] for node in tree.walk() if "col" in node.meta), 0))


def _refusal(tree: exp.Expression) -> str:
    name = type(tree).__name__
    reasons = {
        "Select": "sub-queries are not allowed in a condition.",
        "Subquery": "sub-queries are not allowed in a condition.",
        "Exists": "sub-queries are not allowed in a condition.",
        "CurrentTimestamp": "a condition does not read the clock; use half_life, expires, within or age_days for time.",
        "CurrentDate": "a condition does not read the clock; use half_life, expires, within or age_days for time.",
        "Placeholder": "parameters are not allowed in a condition; write the value itself.",
        "Parameter": "parameters are not allowed in a condition; write the value itself.",
        "Escape": "LIKE escapes with a backslash; leave ESCAPE out.",
        "DPipe": "texts cannot be joined; compare the parts one by one.",
    }
    if name in reasons:
        return reasons[name]
    called = str(tree.name or name).lower() if name == "Anonymous" else name
    return f"'{shortened(_sql(tree))}' ({called}) is not allowed in a condition. Functions are {', '.join(ALLOWED_FUNCTIONS)}."


_COMPARISON: Final[dict[str, Operator]] = {
    "EQ": "=",
    "NEQ": "<>",
    "LT": "<",
    "LTE": "<=",
    "GT": ">",
    "GTE": ">=",
}
_PATTERN: Final[dict[str, Operator]] = {
    "Like": "like",
    "ILike": "ilike",
    "RegexpLike": "~",
    "RegexpILike": "~*",
}
_ARITHMETIC: Final[dict[str, Operator]] = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/"}
_TEXT_FUNCTIONS: Final[dict[str, Operator]] = {
    "Lower": "lower",
    "Upper": "upper",
    "Trim": "trim",
    "Length": "length",
}
_CAST_TYPES: Final[dict[str, Type]] = {
    "double precision": NUMBER, "numeric": NUMBER, "decimal": NUMBER, "real": NUMBER, "float": NUMBER,
    "boolean": BOOLEAN, "timestamptz": TIME, "timestamp": TIME, "text": TEXT, "varchar": TEXT,
}  # fmt: skip
_RULES: Final = {
    "Column": _Checker.column,
    "Literal": _Checker.literal,
    "Null": _Checker.null,
    "Boolean": _Checker.boolean,
    "And": _Checker.connective,
    "Or": _Checker.connective,
    "Not": _Checker.negation,
    "Between": _Checker.between,
    "In": _Checker.membership,
    "Is": _Checker.is_null,
    "Neg": _Checker.negative,
    "Paren": _Checker.paren,
    "Case": _Checker.case,
    "Coalesce": _Checker.coalesce,
    "Cast": _Checker.cast,
    "StartsWith": _Checker.text_test,
    "Contains": _Checker.text_test,
    "SplitPart": _Checker.split_part,
    "Abs": _Checker.absolute,
    "Round": _Checker.rounded,
    "Anonymous": _Checker.function,
    **dict.fromkeys(_COMPARISON, _Checker.comparison),
    **dict.fromkeys(_PATTERN, _Checker.pattern),
    **dict.fromkeys(_ARITHMETIC, _Checker.arithmetic),
    **dict.fromkeys(_TEXT_FUNCTIONS, _Checker.text_function),
}
