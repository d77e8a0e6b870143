"""DuckDB's answer to a condition is the reference's, row by row: true, false or unknown, and every value."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, get_args

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from engines.asking import SCOPE, agree, answer, answer_alone, answers, database
from engines.trees import BUILT, LISTS, Row, expressions, rows_of, trees
from leadline.agreement.conditions import Scope, parse_condition
from leadline.agreement.expressions import Call, Column, Constant, Node, Operator
from leadline.agreement.reading import parse_agreement
from leadline.clock import to_instant
from leadline.engines.duckdb import Matcher, connect
from leadline.engines.duckdb_sql import Translator
from leadline.fields.catalogue import BOOLEAN, EVENT_COLUMNS, LEAD_FIELDS, NUMBER, TEXT, Type
from leadline.log.reading import Sources, read_inputs
from leadline.qualification.matching import EVENT_CODE, event_selection
from qualification.running import ARROW
from strategies import conditions
from strategies.written import EVENT_CONDITIONS, FIELDS, LEAD_CONDITIONS

if TYPE_CHECKING:
    from random import Random

    from leadline.agreement.document import Agreement

OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)
WRITTEN: Final = Scope(
    "column",
    EVENT_COLUMNS | LEAD_FIELDS | {name: Type(field["type"]) for name, field in FIELDS.items()},
    {},
    frozenset(LISTS),
    timezone="Asia/Kathmandu",
    properties=True,
)
AGREEMENT: Final = """
leadline: 1
name: small
fields: {seats: {type: number, label: Seats}}
fit:
  personas: {any: {rules: {many: {when: "seats > 1", points: 10}}}}
engagement:
  rules:
    by_asset: {on: Download, points: 1, at_most: 1 ever by asset}
    amounts: {on: any, distinct: value, at_least: 1, within: 1d, points: 1}
    machines: {on: any, distinct: is_machine, at_least: 1, within: 1d, points: 1}
    plans: {on: any, distinct: lower(properties.plan), at_least: 1, within: 1d, points: 1}
mql:
  when: {any_interest: "fit > 0 AND engagement > 0"}
"""


# Everything at random


def test_every_operator_is_built() -> None:
    assert frozenset(OPERATORS) == BUILT


@pytest.mark.parametrize("operator", OPERATORS)
@settings(max_examples=max(25, settings().max_examples // 10))
@given(data=st.data(), random=st.randoms(use_true_random=True))
def test_each_operator(operator: Operator, data: st.DataObject, random: Random) -> None:
    node = data.draw(expressions(operator, 2))
    agree(node, rows_of(random, node))


@given(node=st.sampled_from(tuple(Type)).flatmap(lambda kind: trees(kind, 5)), random=st.randoms(use_true_random=True))
def test_whole_expressions(node: Node, random: Random) -> None:
    agree(node, rows_of(random, node))


@given(text=conditions((*LEAD_CONDITIONS, *EVENT_CONDITIONS)), random=st.randoms(use_true_random=True))
def test_written_conditions(text: str, random: Random) -> None:
    node = parse_condition(text, WRITTEN).tree
    agree(node, rows_of(random, node))


# Times


def instant(text: str) -> int:
    return to_instant(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00+00:00"),
        ("2026-03-01 12:00:00+02", "2026-03-01T10:00:00+00:00"),
        ("2026-03-01T12:00:00-0530", "2026-03-01T17:30:00+00:00"),
        ("2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00.123456+00:00"),
        ("2026-03-01T12:00:00,5Z", "2026-03-01T12:00:00.500000+00:00"),
        ("2026-03-01T12:00", "2026-03-01T12:00:00+00:00"),
        ("  2026-03-01  ", "2026-03-01T00:00:00+00:00"),
    ],
)
def test_a_text_as_a_time(written: str, expected: str) -> None:
    assert answer("CAST(title AS timestamptz)", title=written) == instant(expected)


@pytest.mark.parametrize("junk", ["2026-02-29", "soon", "", "now", "infinity", "20260301", "2026-03-01T10:00+99"])
def test_what_is_no_time_is_unknown(junk: str) -> None:
    assert answer("CAST(title AS timestamptz) IS NULL", title=junk) is True


def test_midnight_at_the_end_of_a_day() -> None:
    found = answer_alone("CAST(title AS timestamptz)", title="2026-03-01T24:00:00Z")
    assert found == instant("2026-03-02T00:00:00+00:00")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-01", "2026-02-28T23:00:00+00:00"),
        ("2026-07-01T12:00:00", "2026-07-01T10:00:00+00:00"),
        ("2026-07-01T12:00:00.000001Z", "2026-07-01T12:00:00.000001+00:00"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999+00:00"),
    ],
)
def test_a_literal_time_is_in_the_zone_of_the_agreement(written: str, expected: str) -> None:
    assert answer(f"renewal = '{written}'", renewal=instant(expected)) is True
    assert answer(f"renewal > '{written}'", renewal=instant(expected) + 1) is True
    assert answer(f"renewal >= '{written}'", renewal=instant(expected) - 1) is False


@pytest.mark.parametrize("written", ["1900-01-01", "2999-12-31T23:59:59.999999-12:00"])
def test_the_first_and_the_last_literal_time(written: str) -> None:
    assert answer(f"renewal = '{written}'", renewal=0) is False


# Texts


def test_an_empty_text_is_not_unknown() -> None:
    assert answer("title IS NULL", title="") is False
    assert answer("title = ''", title="") is True
    assert answer("title = ''") is None
    assert answer("length(title)", title="") == 0.0
    assert answer("title IN ('', 'a')") is None
    assert answer("in_list(title, 'few')", title="") is True
    assert answer("CAST(title AS double precision) IS NULL", title="") is True


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"50\%", "50%", True),
        (r"50\%", "500", False),
        ("50%", "500", True),
        (r"a\_b", "a_b", True),
        (r"a\_b", "axb", False),
        (r"a\\b", r"a\b", True),
        (r"\a%", "ab", True),
        ("_", "𝔘", True),
        ("_", "", False),
        ("%", "", True),
        ("a_b", "a\nb", True),
        ("a%", "a\nb", True),
    ],
)
def test_like_escapes_with_a_backslash(pattern: str, text: str, expected: bool) -> None:
    assert answer(f"title LIKE '{pattern}'", title=text) is expected
    assert answer(f"title ILIKE '{pattern.upper()}'", title=text.swapcase()) is expected
    assert answer(f"title NOT LIKE '{pattern}'", title=text) is not expected


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE x; --", "' OR '1'='1", "it's", '"', "\\", "\\'", "a;b", "--", "/* */", "$1", "?", "{{}}", "''"],
)
def test_a_literal_is_only_a_text(text: str) -> None:
    database().execute("CREATE OR REPLACE TABLE x AS SELECT 1 AS there")
    written = text.replace("'", "''")
    pattern = written.replace("\\", "\\\\")
    for condition in (
        f"title = '{written}'",
        f"title IN ('other', '{written}')",
        f"title LIKE '{pattern}'",
        f"title ILIKE '{pattern}'",
        f"starts_with(title, '{written}')",
        f"split_part(title, 'none', 1) = '{written}'",
        f"coalesce(NULL, '{written}') = title",
    ):
        assert answer(condition, title=text) is True, condition
        assert answer(condition, title=f"x{text}x") is False, condition
    assert database().execute("SELECT there FROM x").fetchall() == [(1,)]


@pytest.mark.parametrize("name", ["few", "many"])
def test_entries_of_a_list_are_only_texts(name: str) -> None:
    condition = Call("in_list", (Column("title", TEXT), Constant(name, TEXT)), BOOLEAN)
    agree(condition, [{"title": text} for text in sorted(LISTS[name])])
    assert answer(f"in_list(title, '{name}')", title="none of them") is False
    assert answer(f"NOT in_list(title, '{name}')") is None
    assert answer(f"CASE WHEN in_list(title, '{name}') THEN 1 ELSE 2 END * 2", title="other") == 4.0


@pytest.mark.parametrize("name", ["select", "null", "order", "a value", "x.y", 'x"y', "x; DROP", "LOWER", "ü"])
def test_columns_of_any_name(name: str) -> None:
    for column in (name, f"properties.{name}"):
        is_a = Call("=", (Column(column, TEXT), Constant("a", TEXT)), BOOLEAN)
        agree(is_a, [{column: "a"}, {column: "b"}, {column: None}])
    if name == name.lower():
        quoted = name.replace('"', '""')
        assert answer(f"""properties."{quoted}" = 'a'""", **{f"properties.{name}": "a"}) is True


def test_very_long_texts() -> None:
    text = "aé𝔘'" * 250_000
    longer = {"properties.order": f"{text}a"}
    assert answer("length(title)", title=text) == 1_000_000.0
    assert answer("title LIKE 'a%é𝔘'''", title=text) is True
    assert answer("title = properties.order", title=text, **longer) is False
    assert answer("title < properties.order", title=text, **longer) is True
    assert answer("CAST(title AS double precision)", title="1" * 1_000) is None
    assert answer("CAST(title AS double precision)", title="0." + "1" * 100_000) == 1 / 9


def test_texts_are_in_the_order_of_code_points() -> None:
    ordered = ["", " ", "A", "Z", "a", "z", "É", "é", "Я", "日", "\uffff", "𝔘", "😀"]
    pairs = [(left, right) for left in range(len(ordered)) for right in range(len(ordered))]
    before = Call("<", (Column("title", TEXT), Column("select", TEXT)), BOOLEAN)
    rows: list[Row] = [{"title": ordered[left], "select": ordered[right]} for left, right in pairs]
    assert answers(before, rows) == [left < right for left, right in pairs]


def test_letters_change_their_case_one_by_one() -> None:
    assert answer_alone("upper(title)", title="straße ﬁ") == "STRAẞE ﬁ"
    assert answer_alone("lower(title)", title="İΑΣ") == "iασ"
    assert answer_alone("title ILIKE 'ÅΣ'", title="åσ") is True


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^a$", "a\n", False),
        ("a.b", "a\nb", False),
        ("^b", "a\nb", False),
        ("(?s)a.b", "a\nb", True),
        ("^.$", "𝔘", True),
        (r"\w", "é", False),
        (r"\d", "٣", False),
        (r"\pL", "é", True),
        ("É", "é", False),
    ],
)
def test_regular_expressions_are_those_of_re2(pattern: str, text: str, expected: bool) -> None:
    assert answer_alone(f"title ~ '{pattern}'", title=text) is expected


def test_regular_expressions_without_case() -> None:
    assert answer_alone("title ~* 'É'", title="é") is True
    assert answer("title ~* '^vp'", title="VP Sales") is True
    assert answer("NOT title ~* '^vp'", title="VP Sales") is False


def test_blanks_that_are_no_spaces_stay() -> None:
    assert answer("trim(title)", title=" \u00a0a\t ") == "\u00a0a\t"
    assert answer("CAST(title AS double precision)", title="\u00a05") is None


@pytest.mark.parametrize("separator", ["''", "properties.blank"])
def test_an_empty_separator_separates_nothing(separator: str) -> None:
    row = {"properties.blank": "", "properties.order": None}
    assert answer(f"split_part(title, {separator}, 1)", title="a/b", **row) == "a/b"
    assert answer(f"split_part(title, {separator}, 2)", title="a/b", **row) == ""
    assert answer(f"split_part(properties.order, {separator}, 2)", **row) is None


# Numbers


def test_both_zeros_are_the_same() -> None:
    assert answer("seats = 0", seats=-0.0) is True
    assert answer("seats < 0", seats=-0.0) is False
    assert answer("seats IN (0)", seats=-0.0) is True
    assert answer("seats = -0.0", seats=0.0) is True
    assert answer("1 / seats IS NULL", seats=-0.0) is True
    assert answer("round(seats) = 0", seats=-0.4) is True


@pytest.mark.parametrize("text", ["seats + 1e308", "seats - -1e308", "seats * 10", "seats / 1e-300", "-seats * 10"])
def test_what_is_too_large_is_unknown(text: str) -> None:
    assert answer(text, seats=1.7e308) is None
    assert answer(f"({text}) IS NULL", seats=1.7e308) is True
    assert answer(f"1 / ({text})", seats=1.7e308) is None
    assert answer(f"coalesce({text}, 3)", seats=1.7e308) == 3.0


@pytest.mark.parametrize("divisor", [0.0, -0.0])
@pytest.mark.parametrize("seats", [1.0, 0.0, -1.0])
def test_division_by_zero_is_unknown(seats: float, divisor: float) -> None:
    assert answer("seats / value", seats=seats, value=divisor) is None
    assert answer("seats / value > 1 OR member", seats=seats, value=divisor, member=True) is True


@pytest.mark.parametrize(
    ("number", "digits", "expected"),
    [
        *((0.5, 0, 1.0), (-0.5, 0, -1.0), (2.5, 0, 3.0), (-2.5, 0, -3.0)),
        *((0.25, 1, 0.3), (0.125, 2, 0.13), (1e300, 9, 1e300), (0.49999999999999994, 0, 0.0)),
    ],
)
def test_halves_are_rounded_away_from_zero(number: float, digits: int, expected: float) -> None:
    assert answer(f"round(seats, {digits})", seats=number) == expected


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_none_are_unknown_once_read(number: float) -> None:
    leads = pa.table({"lead_id": ["a", "b"], "email": ["a@a.example", "b@a.example"], "seats": [number, 2.0]})
    connection, agreement = connect(), parse_agreement(AGREEMENT)
    read_inputs(connection, Sources(leads), agreement)
    versions = connection.sql("SELECT * FROM versions ORDER BY lead").to_arrow_table()
    assert versions["seats"].to_pylist() == [None, 2.0]
    judged = Matcher(connection, agreement).judge(versions)
    assert judged.truths[:, 0].tolist() == [0, 1]
    assert judged.unsure[:, 0].tolist() == [1, 0]


# Awkward shapes


@pytest.mark.parametrize(
    "text",
    [
        "NULL + NULL > 1",
        "contains(NULL, NULL)",
        "length(NULL) = 1",
        "abs(NULL) = round(NULL)",
        "NULL AND NULL",
        "NOT NULL",
        "split_part(NULL, NULL, 1) = 'a'",
        "CASE WHEN NULL THEN title END = 'a'",
        "CASE WHEN member THEN renewal END < renewal",
        "in_list(NULL, 'many')",
        "NULL LIKE 'a'",
        "NULL ~ 'a'",
        "starts_with(lower(NULL), trim(NULL))",
    ],
)
def test_null_as_a_literal(text: str) -> None:
    assert answer(text, title="a", renewal=0) is None


@pytest.mark.parametrize(
    "text",
    [
        " + ".join(["seats"] * 36) + " = 36",
        " / ".join(["seats"] * 36) + " = 1",
        "coalesce(" * 18 + "seats" + " * 1, 2)" * 18 + " = 1",
        "split_part(" * 36 + "title" + ", title, 1)" * 36 + " = ''",
        "CAST(CASE WHEN " * 11 + "member" + " THEN '1' END AS boolean)" * 11,
        "CAST(CASE WHEN " * 8 + "member" + " THEN '1' END AS double precision) = 1" * 8,
        "round(" * 36 + "seats" + ")" * 36 + " = 1",
    ],
)
def test_deep_expressions_grow_no_faster_than_their_text(text: str) -> None:
    condition = parse_condition(text, SCOPE).tree
    assert len(Translator(LISTS)(condition).sql(dialect="duckdb")) < 20_000
    agree(condition, [{"seats": 1.0, "title": "a", "member": True}, {}])


# What is counted by its hash


def test_a_key_is_0_for_unknown_alone() -> None:
    rows: list[Row] = [
        {},
        {"asset": "", "value": 0.0, "is_machine": False, "properties.plan": ""},
        {"asset": "a", "value": -0.0, "is_machine": True, "properties.plan": "A"},
        {"asset": "a", "value": 1.0, "is_machine": True, "properties.plan": "a"},
    ]
    unknown, blank, one, other = keys_of(parse_agreement(AGREEMENT), rows)
    assert set(unknown) == {0}
    assert 0 not in (*blank, *one, *other)
    assert [left == right for left, right in zip(blank, one, strict=True)] == [False, True, False, False]
    assert [left == right for left, right in zip(one, other, strict=True)] == [True, False, True, True]


def keys_of(agreement: Agreement, rows: list[Row]) -> list[tuple[int, ...]]:
    """The keys of asset, value, is_machine and plan, row by row."""
    kinds = {"asset": TEXT, "value": NUMBER, "is_machine": BOOLEAN, "properties.plan": TEXT, "direction": TEXT}
    columns = {name: pa.array([row.get(name) for row in rows], ARROW[kind]) for name, kind in kinds.items()}
    database().register("rows", pa.table(columns | {EVENT_CODE: pa.array([1] * len(rows), pa.uint16())}))
    query = exp.select(*event_selection(agreement, Translator({}))).from_(exp.to_table("rows"))
    found = database().sql(query.sql(dialect="duckdb")).to_arrow_table()
    keys = [found[name].to_pylist() for name in found.schema.names if name.startswith("key")]
    return list(zip(*keys, strict=True))
