"""How DuckDB spells a condition: each operator of an expression as a SQLGlot tree with exactly its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from leadline.agreement.expressions import Call, Column, Constant, Node, constant
from leadline.clock import to_datetime
from leadline.fields.catalogue import NUMBER, TIME
from leadline.fields.spelling import FALSE_TEXTS, NUMBER_PATTERN, TRUE_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOUBLE: Final = exp.DType.DOUBLE
INTEGER: Final = exp.DType.INT
TIMESTAMPTZ: Final = exp.DType.TIMESTAMPTZ
INLINE_VALUES_MAX: Final = 200
TIME_PATTERN: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


class Translator:
    """Translates expressions; large lists are looked up in tables that the caller has made (``list_table``)."""

    def __init__(self, lists: Mapping[str, frozenset[str]]) -> None:
        self.lists = lists

    def __call__(self, node: Node) -> exp.Expr:
        """The tree of a node."""
        if isinstance(node, Column):
            return exp.column(node.name, quoted=True)
        if isinstance(node, Constant):
            return _constant(node)
        if node.operator == "in_list":
            return self._in_list(node)
        arguments = [self(argument) for argument in node.arguments]
        if node.operator in _BINARY:
            return _paren(_BINARY[node.operator](this=arguments[0], expression=arguments[1]))
        if node.operator in _ARITHMETIC:
            return finite(_paren(_ARITHMETIC[node.operator](this=arguments[0], expression=arguments[1])))
        return _SPELLED[node.operator](arguments)

    def _in_list(self, node: Call) -> exp.Expr:
        value = self(node.arguments[0])
        name = str(constant(node.arguments[1]))
        values = sorted(self.lists[name])
        if len(values) <= INLINE_VALUES_MAX:
            return _member([value, *map(exp.Literal.string, values)])
        query = exp.select(exp.column("value", quoted=True)).from_(exp.to_table(list_table(name), quoted=True))
        return exp.In(this=value, query=exp.Subquery(this=query))


def list_table(name: str) -> str:
    """The table that holds a large list."""
    return f"list {name}"


def finite(value: exp.Expr) -> exp.Expr:
    """A number, or NULL where it is none that can be reckoned with."""
    return exp.Case().when(exp.func("isfinite", value.copy()), value)


def to_number(text: exp.Expr) -> exp.Expr:
    """A text as a double, NULL where it is not a number."""
    trimmed = exp.func("trim", text)
    matches = exp.func("regexp_full_match", trimmed.copy(), exp.Literal.string(NUMBER_PATTERN))
    number = exp.TryCast(this=trimmed, to=exp.DataType.build(DOUBLE))
    return exp.Case().when(matches, finite(number))


def to_boolean(text: exp.Expr) -> exp.Expr:
    """A text as true or false, NULL where it is neither."""
    lowered = exp.func("lower", exp.func("trim", text))
    return (
        exp.Case()
        .when(lowered.isin(*map(exp.Literal.string, TRUE_TEXTS)), exp.true())
        .when(lowered.copy().isin(*map(exp.Literal.string, FALSE_TEXTS)), exp.false())
    )


def to_time(text: exp.Expr) -> exp.Expr:
    """A text in ISO 8601 as an instant (the session's time zone is UTC), NULL where it is none."""
    trimmed = exp.func("trim", text)
    matches = exp.func("regexp_full_match", trimmed.copy(), exp.Literal.string(TIME_PATTERN))
    return exp.Case().when(matches, exp.TryCast(this=trimmed, to=exp.DataType.build(TIMESTAMPTZ)))


def _constant(node: Constant) -> exp.Expr:
    if node.value is None:
        return exp.null()
    if isinstance(node.value, bool):
        return exp.true() if node.value else exp.false()
    if node.type is TIME:
        return exp.cast(exp.Literal.string(to_datetime(int(node.value)).isoformat()), TIMESTAMPTZ)
    if node.type is NUMBER:
        return exp.cast(exp.Literal.string(repr(float(node.value))), DOUBLE)
    return exp.Literal.string(str(node.value))


def _paren(tree: exp.Expr) -> exp.Expr:
    return exp.Paren(this=tree)


def _member(arguments: list[exp.Expr]) -> exp.Expr:
    value, *items = arguments
    if not items:
        return exp.Case().when(value.is_(exp.null()).not_(), exp.false())
    return value.isin(*items)


def _like(kind: type[exp.Like | exp.ILike]) -> Callable[[list[exp.Expr]], exp.Expr]:
    def spelled(arguments: list[exp.Expr]) -> exp.Expr:
        like = kind(this=arguments[0], expression=arguments[1])
        return _paren(exp.Escape(this=like, expression=exp.Literal.string("\\")))

    return spelled


def _matches(options: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    def spelled(arguments: list[exp.Expr]) -> exp.Expr:
        return exp.func("regexp_matches", *arguments, exp.Literal.string(options))

    return spelled


def _case(arguments: list[exp.Expr]) -> exp.Expr:
    case = exp.Case()
    for place in range(0, len(arguments) - 1, 2):
        case = case.when(arguments[place], arguments[place + 1])
    return case.else_(arguments[-1])


def _divided(arguments: list[exp.Expr]) -> exp.Expr:
    divisor = exp.func("nullif", arguments[1], exp.cast(exp.Literal.number(0), DOUBLE))
    return finite(_paren(exp.Div(this=arguments[0], expression=divisor)))


def _called(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    return lambda arguments: exp.Anonymous(this=name, expressions=arguments)


def _split_part(arguments: list[exp.Expr]) -> exp.Expr:
    return exp.Anonymous(this="split_part", expressions=[*arguments[:2], exp.cast(arguments[2], INTEGER)])


def _rounded(arguments: list[exp.Expr]) -> exp.Expr:
    return finite(exp.Anonymous(this="round", expressions=[arguments[0], exp.cast(arguments[1], INTEGER)]))


_BINARY: Final[dict[str, type[exp.Binary]]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_ARITHMETIC: Final[dict[str, type[exp.Binary]]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}
_SPELLED: Final[dict[str, Callable[[list[exp.Expr]], exp.Expr]]] = {
    "and": lambda arguments: _paren(exp.and_(*arguments)),
    "or": lambda arguments: _paren(exp.or_(*arguments)),
    "not": lambda arguments: _paren(exp.Not(this=_paren(arguments[0]))),
    "in": _member,
    "is_null": lambda arguments: _paren(arguments[0].is_(exp.null())),
    "like": _like(exp.Like),
    "ilike": _like(exp.ILike),
    "~": _matches("c"),
    "~*": _matches("i"),
    "/": _divided,
    "negate": lambda arguments: _paren(exp.Neg(this=_paren(arguments[0]))),
    "case": _case,
    "coalesce": _called("coalesce"),
    "to_number": lambda arguments: to_number(arguments[0]),
    "to_boolean": lambda arguments: to_boolean(arguments[0]),
    "to_time": lambda arguments: to_time(arguments[0]),
    "lower": _called("lower"),
    "upper": _called("upper"),
    "trim": _called("trim"),
    "length": lambda arguments: exp.cast(_called("length")(arguments), DOUBLE),
    "starts_with": _called("starts_with"),
    "contains": _called("contains"),
    "split_part": _split_part,
    "abs": _called("abs"),
    "round": _rounded,
}
