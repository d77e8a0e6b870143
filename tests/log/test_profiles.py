"""What is known of a lead since when: several rows, several sources, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.profile import profile_as_of, statements

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from leadline.agreement.document import Agreement
    from log.conftest import Read

INSTANT = pa.timestamp("us", "UTC")
TYPES = {
    "lead_id": pa.string(),
    "email": pa.string(),
    "phone": pa.string(),
    "title": pa.string(),
    "revenue": pa.float64(),
    "partner": pa.bool_(),
    "renewal": INSTANT,
}


def table(rows: list[dict[str, Any]], since: str) -> pa.Table:
    """Rows with the types of a table of leads."""
    types = TYPES | {since: INSTANT}
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in types.items()})


def test_field_by_field_the_latest_known_value(read: Read, rows: Callable[[str], list[Any]]) -> None:
    leads: list[dict[str, Any]] = [
        {"lead_id": "b", "created_at": 30, "title": "VP"},
        {"lead_id": "a", "created_at": 10, "title": "CTO", "email": "ANN@x.example"},
        {"lead_id": "a", "created_at": None, "title": "old", "revenue": 1.0},
    ]
    profiles: list[dict[str, Any]] = [
        {"lead_id": "a", "valid_from": 20, "title": " ", "revenue": float("nan"), "email": "none"},
        {"lead_id": "c", "valid_from": 5, "phone": "1"},
        {"lead_id": "a", "valid_from": 20, "title": "VP", "partner": False},
        {"lead_id": "a", "valid_from": 20, "title": "Zoo", "partner": True},
    ]
    read(table(leads, "created_at"), profiles=table(profiles, "valid_from"))
    assert [row["lead_id"] for row in rows("FROM leads")] == ["b", "a", "c"]
    found = [(r["lead"], r["at"], r["title"], r["email"], r["revenue"], r["partner"]) for r in rows("FROM versions")]
    assert found == [
        (0, 30, "VP", None, None, None),
        (1, None, "old", None, 1.0, None),
        (1, 10, "CTO", "ann@x.example", 1.0, None),
        (1, 20, "Zoo", "ann@x.example", 1.0, True),
        (2, 5, None, None, None, None),
    ]


def test_rows_that_do_not_count(read: Read) -> None:
    leads = pa.table({"lead_id": ["a", None, " ", "d", "e"], "created_at": pa.array([1, 2, 3, 99, None], INSTANT)})
    inputs = read(leads, now=50)
    assert inputs.lead_ids.to_pylist() == ["a", "e"]
    assert [(row["row"], row["reason"], row["lead_id"]) for row in inputs.rejects().to_pylist()] == [
        (2, "no lead id", None),
        (3, "no lead id", None),
        (4, "in the future", "d"),
    ]
    assert inputs.counts().rows_left_out == 3
    assert read(leads).lead_ids.to_pylist() == ["a", "d", "e"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12.0), ("-1.5e3", -1500.0), (" 7 ", 7.0), (".5", 0.5), ("+3", 3.0), ("5.", 5.0),
        ("1.234,56", "lost"), ("1,234", "lost"), ("1 234", "lost"), ("1_000", "lost"), ("12%", "lost"),
        ("€5", "lost"), ("0x10", "lost"), ("ten", "lost"),
        ("nan", None), ("Infinity", None), ("", None), ("1e999", None),
    ],
)  # fmt: skip
def test_numbers_in_text(written: str, value: Any, read: Read, rows: Callable[[str], list[Any]]) -> None:
    inputs = read(pa.table({"lead_id": ["a"], "revenue": [written]}))
    assert rows("FROM versions")[0]["revenue"] == (None if value == "lost" else value)
    rejects = [(row["reason"], row["effect"]) for row in inputs.rejects().to_pylist()]
    assert rejects == ([("revenue cannot be read", "value left out")] if value == "lost" else [])
    assert inputs.counts().values == ({("leads", "revenue"): 1} if value == "lost" else {})


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("YES", True),
        ("1", True),
        ("False", False),
        ("no", False),
        ("0", False),
        ("", None),
        ("maybe", "lost"),
    ],
)
def test_truths_in_text(written: str, value: Any, read: Read, rows: Callable[[str], list[Any]]) -> None:
    inputs = read(pa.table({"lead_id": ["a"], "partner": [written]}))
    assert rows("FROM versions")[0]["partner"] == (None if value == "lost" else value)
    assert inputs.rejects().num_rows == (value == "lost")


def test_ids_of_any_type_meet(read: Read, rows: Callable[[str], list[Any]]) -> None:
    """Pandas turns whole numbers into floats as soon as one is missing."""
    events = pa.table(
        {"lead_id": pa.array([1001.0, None, 7.5]), "occurred_at": pa.array([1, 2, 3], INSTANT), "event": ["E"] * 3}
    )
    read(pa.table({"lead_id": [1001, 7]}), events)
    assert [(row["lead"], row["verdict"]) for row in rows('FROM events ORDER BY "at"')] == [
        (0, 0),
        (None, 1),
        (None, 4),
    ]


MOMENTS = st.none() | st.integers(0, 4)
ROWS = st.fixed_dictionaries(
    {
        "lead_id": st.sampled_from("abc"),
        "email": st.sampled_from([None, " ", "Ann@x.example", "bob@y.example", "none"]),
        "phone": st.sampled_from([None, "", "1"]),
        "title": st.sampled_from([None, "  ", "VP", "vp", "Ätna", "CTO"]),
        "revenue": st.sampled_from([None, float("nan"), float("inf"), 0.0, 5.0, -1.0]),
        "partner": st.sampled_from([None, True, False]),
        "renewal": st.sampled_from([None, 0, 3]),
        "since": MOMENTS,
    }
)


@given(leads=st.lists(ROWS, min_size=1, max_size=6), profiles=st.lists(ROWS, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_versions_are_what_the_reference_knows(
    leads: list[dict[str, Any]],
    profiles: list[dict[str, Any]],
    read: Read,
    agreement: Agreement,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    leads = [row | {"created_at": row["since"]} for row in leads]
    profiles = [row | {"valid_from": row["since"]} for row in profiles]
    inputs = read(table(leads, "created_at"), profiles=table(profiles, "valid_from"))
    query = "SELECT * REPLACE (epoch_us(renewal) AS renewal) FROM versions"
    versions = connection.sql(query).to_arrow_table().to_pylist()
    assert versions == sorted(versions, key=lambda row: (row["lead"], -1 if row["at"] is None else row["at"]))
    for place, lead_id in enumerate(inputs.lead_ids.to_pylist()):
        stated = statements(lead_id, leads, profiles)
        mine = [row for row in versions if row["lead"] == place]
        assert {row["at"] for row in mine} == {None if since < 0 else since for since, _ in stated}
        for row in mine:
            expected = profile_as_of(agreement, stated, -1 if row["at"] is None else row["at"])
            assert {name: expected[name] for name in TYPES if name != "lead_id"} == {
                name: row[name] for name in TYPES if name != "lead_id"
            }
