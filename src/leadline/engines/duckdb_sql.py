"""How DuckDB spells a condition: each operator of an expression as a SQLGlot tree with exactly its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from leadline.agreement.expressions import Call, Column, Constant, Node, constant
from leadline.fields.catalogue import BOOLEAN, NUMBER, TEXT, TIME, Type
from leadline.fields.spelling import FALSE_TEXTS, NUMBER_PATTERN, TRUE_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOUBLE: Final = exp.DType.DOUBLE
INTEGER: Final = exp.DType.INT
TIMESTAMPTZ: Final = exp.DType.TIMESTAMPTZ
TYPES: Final[dict[Type, exp.DType]] = {
    TEXT: exp.DType.VARCHAR,
    NUMBER: DOUBLE,
    BOOLEAN: exp.DType.BOOLEAN,
    TIME: TIMESTAMPTZ,
}
INLINE_VALUES_MAX: Final = 200
TIME_PATTERN: Final = (
    r"([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?)?"
)
"""A day from year 1 on, or an instant with or without an offset; what is finer than a microsecond is cut off."""

_VALUE: Final = "a value"
_OTHER: Final = "another value"
"""What lambdas call their parameters; their bodies name nothing else."""


class Translator:
    """Translates expressions; large lists are looked up in tables that the caller has made (``list_table``).

    No argument is ever spelled twice: deep expressions would grow without bounds.
    """

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
    finite_ones = _lambda(exp.func("isfinite", _parameter(_VALUE)), _VALUE)
    kept = _called("list_filter")([exp.array(value), finite_ones])
    return _called("list_extract")([kept, exp.Literal.number(1)])


def to_number(text: exp.Expr) -> exp.Expr:
    """A text as a double, NULL where it is not a number."""
    return finite(exp.TryCast(this=_shaped(text, NUMBER_PATTERN), to=exp.DataType.build(DOUBLE)))


def to_boolean(text: exp.Expr) -> exp.Expr:
    """A text as true or false, NULL where it is neither."""
    words = exp.array(*map(exp.Literal.string, (*TRUE_TEXTS, *FALSE_TEXTS)))
    place = _called("list_position")([words, exp.func("lower", _trimmed(text))])
    return _paren(exp.LTE(this=place, expression=exp.Literal.number(len(TRUE_TEXTS))))


def to_time(text: exp.Expr) -> exp.Expr:
    """A text in ISO 8601 as an instant (the session's time zone is UTC), NULL where it is none."""
    pointed = _called("replace")([_shaped(text, TIME_PATTERN), exp.Literal.string(","), exp.Literal.string(".")])
    return exp.TryCast(this=pointed, to=exp.DataType.build(TIMESTAMPTZ))


def _shaped(text: exp.Expr, pattern: str) -> exp.Expr:
    """A text without the spaces around it, empty where it does not have the pattern's shape."""
    shape = exp.Literal.string(f"^ *({pattern}) *$")
    return _called("regexp_extract")([text, shape, exp.Literal.number(1)])


def _trimmed(text: exp.Expr) -> exp.Expr:
    return _called("trim")([text, exp.Literal.string(" ")])


def _constant(node: Constant) -> exp.Expr:
    if node.value is None:
        return exp.cast(exp.null(), TYPES[node.type])
    if isinstance(node.value, bool):
        return exp.true() if node.value else exp.false()
    if node.type is TIME:
        return _called("make_timestamptz")([exp.cast(exp.Literal.string(str(node.value)), exp.DType.BIGINT)])
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


def _lambda(body: exp.Expr, *parameters: str) -> exp.Lambda:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name, quoted=True) for name in parameters])


def _parameter(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)


def _called(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    return lambda arguments: exp.Anonymous(this=name, expressions=arguments)


def _split_part(arguments: list[exp.Expr]) -> exp.Expr:
    """DuckDB splits at an empty separator between all characters; PostgreSQL nowhere."""
    text, separator, number = arguments
    place = exp.cast(number, INTEGER)
    if separator.is_string and separator.name:
        return _called("split_part")([text, separator, place])
    whole, divider = _parameter(_VALUE), _parameter(_OTHER)
    nothing = _called("left")([whole, exp.Literal.number(0)])
    undivided = exp.Case().when(place.eq(1), whole).else_(nothing)
    part = _called("split_part")([whole, divider, place])
    either = exp.Case().when(divider.eq(exp.Literal.string("")), undivided).else_(part)
    return _called("list_reduce")([exp.array(text, separator), _lambda(either, _VALUE, _OTHER)])


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
_ARITHMETIC: Final[dict[str, type[exp.Binary]]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
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
    "negate": lambda arguments: _paren(exp.Neg(this=_paren(arguments[0]))),
    "case": _case,
    "coalesce": _called("coalesce"),
    "to_number": lambda arguments: to_number(arguments[0]),
    "to_boolean": lambda arguments: to_boolean(arguments[0]),
    "to_time": lambda arguments: to_time(arguments[0]),
    "lower": _called("lower"),
    "upper": _called("upper"),
    "trim": lambda arguments: _trimmed(arguments[0]),
    "length": lambda arguments: exp.cast(_called("length")(arguments), DOUBLE),
    "starts_with": _called("starts_with"),
    "contains": _called("contains"),
    "split_part": _split_part,
    "abs": _called("abs"),
    "round": _rounded,
}
