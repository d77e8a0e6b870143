"""Random expressions as the checker builds them, and rows for them: awkward values, many of them equal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from leadline.agreement.expressions import Call, Column, Constant, Node, Operator, walk
from leadline.clock import to_instant
from leadline.fields.catalogue import BOOLEAN, NUMBER, TEXT, TIME, Type

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from hypothesis.strategies import DrawFn, SearchStrategy

    Some = Callable[[Type], Node]
    Arguments = Callable[[DrawFn, Some, Type], list[Node]]

Row = dict[str, Any]

COLUMNS: Final[dict[str, Type]] = {
    "title": TEXT,
    "properties.order": TEXT,
    "select": TEXT,
    "seats": NUMBER,
    "value": NUMBER,
    "group": NUMBER,
    "member": BOOLEAN,
    "null": BOOLEAN,
    "renewal": TIME,
    "timestamp": TIME,
}
LISTS: Final = {
    "few": frozenset({"", "acme", "Ärger", "it's", "a\\b", "'; DROP TABLE rows; --"}),
    "many": frozenset({f"{number}.example" for number in range(250)} | {"acme", "", "𝔘", "'"}),
    "none": frozenset[str](),
    "targets": frozenset({"acme.example", "acme"}),
}

TEXTS: Final = (
    *("", " ", "a", "A", "ab", "aB/ab", "a%b", "a_b", "a\\b", "%", "_", "\\", "acme", "ACME", "249.example"),
    *("é", "É", "e\u0301", "Ärger", "Я", "日本", "𝔘", "\uffff", "👩‍👧", "Z", "\u00a0a\u00a0", "\ta", " a b "),
    *("it's", '"', "'; DROP TABLE rows; --", "50%", "$1", "?", ":a", "{}", "--", "/*", "NULL", "null"),
)
NUMBER_TEXTS: Final = (
    *("5", " 60 ", "1e1", ".5", "5.", "-3", "+0.1", "1e999", "-1e999", "1e-999", "00012", "1.7976931348623157e308"),
    *("1,000", "1_000", "0x10", "nan", "inf", "5 €", "5%", "--5", "+-5", ".", "e5", "5e", "٣", "\u00a05", "5\t", "1 2"),
    *("9007199254740993", "123456789012345678901234567890", "0." + "3" * 40, "-0.0", "true"),
)
BOOLEAN_TEXTS: Final = ("yes", " T ", "TRUE", "1", "oN", "y", "0", "off", "N", "False", "f", "no", "maybe", "2", "tr")
TIME_TEXTS: Final = (
    *(
        "2026-03-01",
        "2026-03-01T12:00:00+02:00",
        "2026-03-01 12:00:00Z",
        " 2026-03-01T10:00 ",
        "2026-03-01T10:00:00-0530",
    ),
    *("2026-03-01 12:00:00+02", "2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00,123456+02:00", "1969-12-31T23:59:59.9Z"),
    *("2026-03-01T12:00:00.123456789Z", "0001-01-01", "9999-12-31T23:59:59.999999-05:00", "2024-02-29", "1582-10-10"),
    *("0001-01-01T00:00:00+10:00", "2026-02-29", "2026-13-01", "0000-01-01", "0000-00-00", "2026-03-01T25:00", "soon"),
    *("2026-03-01T10:00:60Z", "2026-03-01T10:00+24:00", "2026-03-01T10:00+02:60", "20260301", "2026-W09-7", "26-03-01"),
    *("2026-3-1", "2026-03-01T", "2026-03-01T10", "2026-03-01x10:00", "01.03.2026", "1772366400", "infinity", "now"),
    *("today", "epoch", "2026-03-01T10:00:00 Europe/Berlin", "2026-03-01T10:00:00.1234567890Z", "-infinity"),
)
NUMBERS: Final = (
    *(0.0, -0.0, 1.0, -1.0, 2.0, 3.0, 10.0, 0.1, 0.2, 0.3, 0.5, -0.5, 1.5, 2.5, -2.5, 0.125, 0.285, 1.005, 1e-9, 60.0),
    *(0.49999999999999994, 4503599627370497.5, 1e15, 1e300, -1e300, 1.7976931348623157e308, 5e-324, 2.0**53),
)
TIMES: Final = tuple(
    to_instant(moment)
    for moment in (
        datetime(2026, 3, 1, 10, tzinfo=UTC),
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    )
)
LETTERS: Final = "aAbB%_\\'\";.- 01éÉñЯя日𝔘😀\u0301\u00a0/"
"""No letters that change their number when their case does: Python and DuckDB differ there, see the test of case."""

_OWN: Final[dict[Type, tuple[Any, ...]]] = {
    TEXT: (*TEXTS, *NUMBER_TEXTS, *BOOLEAN_TEXTS, *TIME_TEXTS),
    NUMBER: NUMBERS,
    BOOLEAN: (True, False),
    TIME: TIMES,
}
_REGEX_PIECES: Final = (
    *("a", "B", "é", "日", ".", "[aB]", "[^a]", "[a-c]", "\\d", "\\w", "\\W", "\\s", "\\b", "^", "$", "%", "_", "'"),
    *("a*", "(a|b)", "(?:é|B)+", "b?", ".{2}", ".*", "\\.", "\\\\", "/"),
)

_texts = st.one_of(st.sampled_from(_OWN[TEXT]), st.text(LETTERS, max_size=6))
_like_patterns = st.lists(
    st.sampled_from(("%", "_", "a", "B", "é", "\\%", "\\_", "\\\\", "'", "日", "\\a")), max_size=5
)
_regexes = st.lists(st.sampled_from(_REGEX_PIECES), max_size=4).map("".join)
_folding_regexes = _regexes.map(
    lambda pattern: pattern.replace("é", "日")
)  # Python's flags fold ASCII or all, not both


def literals(kind: Type) -> SearchStrategy[Constant]:
    """Literals as the checker lets them through."""
    values = _texts if kind is TEXT else st.sampled_from(_OWN[kind])
    return values.map(lambda value: Constant(value, kind))


def _leaves(kind: Type) -> SearchStrategy[Node]:
    columns: list[Node] = [Column(name, of) for name, of in COLUMNS.items() if of is kind]
    return st.one_of(st.sampled_from(columns), st.sampled_from(columns), literals(kind), st.just(Constant(None, kind)))


_BY_TYPE: Final[dict[Type, tuple[Operator, ...]]] = {
    TEXT: ("lower", "upper", "trim", "split_part", "case", "coalesce"),
    NUMBER: ("+", "-", "*", "/", "negate", "to_number", "length", "abs", "round", "case", "coalesce"),
    BOOLEAN: (
        *("and", "or", "not", "=", "<>", "<", "<=", ">", ">=", "in", "like", "ilike", "~", "~*", "is_null"),
        *("to_boolean", "starts_with", "contains", "in_list", "case", "coalesce"),
    ),
    TIME: ("to_time", "case", "coalesce"),
}
BUILT: Final = frozenset(operator for operators in _BY_TYPE.values() for operator in operators)
"""Every operator that trees are built with."""

_any_type: Final = st.sampled_from(tuple(Type))
_orderly: Final = st.sampled_from((TEXT, NUMBER, TIME))


def trees(kind: Type, depth: int) -> SearchStrategy[Node]:
    """Expressions of a type, at most so deep."""
    if depth == 0:
        return _leaves(kind)
    deeper = st.sampled_from(_BY_TYPE[kind]).flatmap(lambda operator: applied(operator, kind, depth))
    return st.one_of(_leaves(kind), deeper, deeper, deeper)


def expressions(operator: Operator, depth: int) -> SearchStrategy[Node]:
    """Expressions with an operator at their top, of any type that it can have."""
    kinds = [kind for kind, operators in _BY_TYPE.items() if operator in operators]
    return st.sampled_from(kinds).flatmap(lambda kind: applied(operator, kind, depth))


@st.composite
def applied(draw: DrawFn, operator: Operator, kind: Type, depth: int) -> Node:
    """An operator with arguments that suit it."""

    def some(of: Type) -> Node:
        return draw(trees(of, depth - 1))

    return Call(operator, tuple(_ARGUMENTS[operator](draw, some, kind)), kind)


def _texts_of(count: int) -> Arguments:
    return lambda _draw, some, _kind: [some(TEXT) for _ in range(count)]


def _numbers_of(count: int) -> Arguments:
    return lambda _draw, some, _kind: [some(NUMBER) for _ in range(count)]


def _truths(draw: DrawFn, some: Some, _kind: Type) -> list[Node]:
    return [some(BOOLEAN) for _ in range(draw(st.integers(2, 4)))]


def _equal(draw: DrawFn, some: Some, _kind: Type) -> list[Node]:
    kind = draw(_any_type)
    return [some(kind), some(kind)]


def _ordered(draw: DrawFn, some: Some, _kind: Type) -> list[Node]:
    kind = draw(_orderly)
    return [some(kind), some(kind)]


def _member(draw: DrawFn, some: Some, _kind: Type) -> list[Node]:
    kind = draw(_any_type)
    return [some(kind), *draw(st.lists(literals(kind), min_size=1, max_size=5))]


def _patterned(patterns: SearchStrategy[str]) -> Arguments:
    return lambda draw, some, _kind: [some(TEXT), Constant(draw(patterns), TEXT)]


def _case(draw: DrawFn, some: Some, kind: Type) -> list[Node]:
    pairs = [node for _ in range(draw(st.integers(1, 2))) for node in (some(BOOLEAN), some(kind))]
    return [*pairs, some(kind)]


_ARGUMENTS: Final[dict[Operator, Arguments]] = {
    "and": _truths,
    "or": _truths,
    "not": lambda _draw, some, _kind: [some(BOOLEAN)],
    "=": _equal,
    "<>": _equal,
    "<": _ordered,
    "<=": _ordered,
    ">": _ordered,
    ">=": _ordered,
    "in": _member,
    "like": _patterned(_like_patterns.map("".join)),
    "ilike": _patterned(_like_patterns.map("".join)),
    "~": _patterned(_regexes),
    "~*": _patterned(_folding_regexes),
    "is_null": lambda draw, some, _kind: [some(draw(_any_type))],
    "+": _numbers_of(2),
    "-": _numbers_of(2),
    "*": _numbers_of(2),
    "/": _numbers_of(2),
    "negate": _numbers_of(1),
    "case": _case,
    "coalesce": lambda draw, some, kind: [some(kind) for _ in range(draw(st.integers(1, 3)))],
    "to_number": _texts_of(1),
    "to_boolean": _texts_of(1),
    "to_time": _texts_of(1),
    "lower": _texts_of(1),
    "upper": _texts_of(1),
    "trim": _texts_of(1),
    "length": _texts_of(1),
    "starts_with": _texts_of(2),
    "contains": _texts_of(2),
    "split_part": lambda draw, some, _kind: [
        *(some(TEXT), some(TEXT)),
        Constant(float(draw(st.integers(1, 4))), NUMBER),
    ],
    "abs": _numbers_of(1),
    "round": lambda draw, some, _kind: [some(NUMBER), Constant(float(draw(st.integers(0, 9))), NUMBER)],
    "in_list": lambda draw, some, _kind: [some(TEXT), Constant(draw(st.sampled_from(tuple(LISTS))), TEXT)],
}


def columns_of(node: Node) -> dict[str, Type]:
    """The columns that an expression names."""
    return {part.name: part.type for part in walk(node) if isinstance(part, Column)}


def rows_of(random: Random, node: Node, count: int = 60) -> list[Row]:
    """Rows of the columns that an expression names: with awkward values, its own literals, and unknown ones."""
    columns = columns_of(node)
    literals = [part for part in walk(node) if isinstance(part, Constant) and part.value is not None]
    beside = {kind: [part.value for part in literals if part.type is kind] or [None] for kind in Type}

    def value(kind: Type) -> Any:
        return random.choice((None, random.choice(beside[kind]), *random.choices(_OWN[kind], k=4)))

    return [{name: value(kind) for name, kind in columns.items()} for _ in range(count)]
