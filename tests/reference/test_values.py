"""The reference's reading of conditions, held against section 4 case by case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.agreement.conditions import Scope, parse_expression
from leadline.clock import to_instant
from leadline.fields.catalogue import BOOLEAN, NUMBER, TEXT, TIME
from reference.values import Value, value_of

SCOPE = Scope(
    kind="column",
    columns={"a": NUMBER, "b": NUMBER, "yes": BOOLEAN, "t": TEXT, "at": TIME},
    choices={},
    lists=frozenset({"friends"}),
    timezone="Europe/Berlin",
    properties=True,
)
NOON = to_instant(datetime(2026, 3, 1, 12, tzinfo=UTC))


def value(text: str, **row: Any) -> Value:
    return value_of(parse_expression(text, SCOPE).tree, row, {"friends": frozenset({"acme", "umbrella"})})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes AND a > 0", None),
        ("yes AND b > 0", False),
        ("yes OR a = 1", True),
        ("yes OR b > 0", None),
        ("NOT yes", None),
        ("yes IS NULL", True),
        ("coalesce(yes, true)", True),
        ("CASE WHEN yes THEN 1 WHEN a = 1 THEN 2 ELSE 3 END = 2", True),
        ("CASE WHEN yes THEN 1 END = 1", None),
        ("t IN ('x')", None),
        ("a IN (1, 2)", True),
        ("a BETWEEN 1 AND 2", True),
        ("in_list(t, 'friends')", None),
    ],
)
def test_unknown_is_neither_true_nor_false(text: str, expected: Value) -> None:
    a = -1.0 if text == "yes AND b > 0" else 1.0
    known = {"yes AND a > 0": {}, "yes OR b > 0": {"b": 0.0}, "yes AND b > 0": {"b": -1.0}}.get(text, {"a": a})
    assert value(text, **known) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a / b", None),
        ("a / 4", 1.75),
        ("a * 1e308", None),
        ("a - 8", -1.0),
        ("-a", -7.0),
        ("abs(b - 2)", 2.0),
        ("round(a / 2)", 4.0),
        ("round(-a / 2)", -4.0),
        ("round(0.25, 1)", 0.3),
        ("round(-2.5)", -3.0),
        ("round(0.49999999999999994)", 0.0),
    ],
)
def test_arithmetic(text: str, expected: Value) -> None:
    assert value(text, a=7.0, b=0.0) == expected


def test_a_number_that_is_not_finite_is_unknown() -> None:
    assert value("a IS NULL", a=float("nan")) is True
    assert value("a > 0", a=float("inf")) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12.0), (" -1.5e2 ", -150.0), (".5", 0.5), ("+3", 3.0), ("1E-2", 0.01),
        ("5.", 5.0), ("1e999", None), ("0x10", None), ("nan", None), ("inf", None), ("1_000", None),
        ("\t1", None), ("", None), ("١", None), (None, None),
    ],
)  # fmt: skip
def test_text_to_number(text: str | None, expected: float | None) -> None:
    assert value("CAST(t AS double precision)", t=text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TRUE", True),
        (" y ", True),
        ("On", True),
        ("1", True),
        ("f", False),
        ("off", False),
        ("2", None),
        ("", None),
    ],
)
def test_text_to_boolean(text: str, expected: bool | None) -> None:
    assert value("CAST(t AS boolean)", t=text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01 13:00:00+01:00", NOON),
        ("2026-03-01T12:00:00", NOON),
        ("first of March", None),
    ],
)
def test_text_to_time(text: str, expected: int | None) -> None:
    assert value("CAST(t AS timestamptz)", t=text) == expected


def test_a_written_time_is_local_and_a_cast_one_is_utc() -> None:
    assert value("at = '2026-03-01T13:00:00'", at=NOON) is True
    assert value("at = CAST('2026-03-01T12:00:00' AS timestamptz)", at=NOON) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t LIKE '/pri%'", True),
        ("t LIKE '/pric_ng'", True),
        ("t LIKE 'pricing'", False),
        (r"t LIKE '/pric\_ng'", False),
        ("t LIKE '/PRI%'", False),
        ("t ILIKE '/PRI%'", True),
        ("t NOT LIKE '%x%'", True),
        ("t ~ 'ric'", True),
        ("t ~ '^ric'", False),
        ("t ~* 'RIC[A-Z]{3}$'", True),
        ("upper(t) = '/PRICING'", True),
        ("length(trim(t)) = 8", True),
        ("starts_with(t, '/p')", True),
        ("contains(t, 'cin')", True),
        ("split_part(t, '/', 2) = 'pricing'", True),
        ("split_part(t, '/', 3) = ''", True),
        ("t = '/Pricing'", False),
        ("t < '/q'", True),
    ],
)
def test_text(text: str, expected: bool) -> None:
    assert value(text, t="/pricing") is expected


def test_a_property_is_a_text() -> None:
    assert value("properties.plan = 'pro'", **{"properties.plan": "pro"}) is True
    assert value("properties.plan = 'pro'") is None
