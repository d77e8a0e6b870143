"""Events: verdicts, duplicates, the relation's columns, and what comes after the moment asked about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.log.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from log.conftest import Read

INSTANT = pa.timestamp("us", "UTC")
LEADS = pa.table({"lead_id": ["a", "b"]})


def events(rows: list[tuple[str | None, int | None, str | None, str | None]]) -> pa.Table:
    """Events as (lead, instant, id, path)."""
    lead, at, event_id, path = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "lead_id": pa.array(lead, pa.string()),
            "occurred_at": pa.array(at, INSTANT),
            "event_id": pa.array(event_id, pa.string()),
            "path": pa.array(path, pa.string()),
            "event": pa.array(["E"] * len(rows), pa.string()),
        }
    )


def test_verdicts(read: Read, rows: Callable[[str], list[Any]]) -> None:
    table = events(
        [("a", 1, None, "/"), (" ", 1, None, ""), ("b", None, None, None), ("x", 2, None, " "), ("a", 9, None, "/")]
    )
    inputs = read(LEADS, table, now=5)
    found = [(row["lead"], row["at"], row["verdict"], row["path"]) for row in rows("FROM events")]
    assert Counter(found) == Counter(
        [(0, 1, 0, "/"), (None, 1, 1, None), (1, None, 2, None), (None, 2, 4, None), (0, 9, 5, "/")]
    )
    rejects = [(row["row"], row["reason"], row["lead_id"]) for row in inputs.rejects().to_pylist()]
    assert rejects == [
        (2, "no lead id", None),
        (3, "no time", "b"),
        (4, "unknown lead", "x"),
        (5, "in the future", "a"),
    ]
    assert inputs.counts() == inputs.counts([1, 1, 1, 0, 1, 1])
    assert inputs.counts().rejected == {("events", reason): 1 for _, reason, _ in rejects}


def test_no_events(read: Read, connection: duckdb.DuckDBPyConnection) -> None:
    inputs = read(LEADS)
    nothing = connection.sql("FROM events").to_arrow_table()
    assert nothing.num_rows == 0 == inputs.event_rows
    read(LEADS, events([]))
    assert connection.sql("FROM events").to_arrow_table().schema == nothing.schema
    assert nothing.column_names[:6] == ["lead", "at", "verdict", "event", "is_machine", "direction"]
    assert [str(kind) for kind in nothing.schema.types[:5]] == ["int32", "int64", "uint8", "string", "bool"]


def test_the_same_again_is_one_event(read: Read, rows: Callable[[str], list[Any]]) -> None:
    table = events(
        [
            ("a", 1, "e1", "/"),
            ("a", 1, "e1", "/"),
            ("a", 1, "e1", "/other"),
            ("a", 1, None, "/"),
            ("a", 1, None, "/"),
            ("a", 1, "", "/"),
            ("a", 1, " ", "/"),
            ("a", 1, " ", "/"),
            ("x", 1, "e2", "/rejected anyway"),
            ("b", 1, "e2", "/good"),
        ]
    )
    inputs = read(LEADS, table)
    assert Counter(row["verdict"] for row in rows("FROM events")) == {0: 7, 4: 1, 6: 1}
    counts = inputs.counts()
    assert counts.duplicates == 1
    assert [(row["row"], row["reason"]) for row in inputs.rejects().to_pylist()] == [
        (3, "event_id seen before with other content"),
        (9, "unknown lead"),
    ]


def test_what_comes_later_changes_nothing(read: Read, rows: Callable[[str], list[Any]]) -> None:
    """Not even whether an id was seen before."""
    inputs = read(LEADS, events([("a", 9, "e", "/late"), ("a", 1, "e", "/early"), ("x", None, None, "")]), as_of=5)
    assert sorted((row["at"] or 0, row["verdict"]) for row in rows("FROM events")) == [(0, 1 + 1), (1, 0)]
    assert inputs.rejects().num_rows == 1


def test_reading_again_forgets_the_last_time(read: Read, rows: Callable[[str], list[Any]]) -> None:
    twice = events([("a", 1, "e", "/"), ("a", 1, "e", "/")])
    assert read(LEADS, twice).counts().duplicates == 1
    assert read(LEADS, events([("a", 1, "e", "/"), ("b", 1, "f", "/")])).counts().duplicates == 0
    assert len(rows("FROM events")) == 2


@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_duplicates_in_many_files(batch: int, tmp_path: Any, read: Read, rows: Callable[[str], list[Any]]) -> None:
    from pyarrow import parquet

    whole = events([("a", place, f"e{place % 40}", str(place % 40 if place < 80 else place)) for place in range(100)])
    whole = whole.set_column(1, "occurred_at", pa.array([place % 40 for place in range(100)], INSTANT))
    for start in range(0, 100, batch):
        parquet.write_table(whole.slice(start, batch), tmp_path / f"{start:04d}.parquet")
    inputs = read(LEADS, tmp_path)
    assert Counter(row["verdict"] for row in rows("FROM events")) == {0: 40, 6: 20}
    assert inputs.counts().duplicates == 40
    assert inputs.rejects().num_rows == 20


@given(
    found=st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "x", None]),
            st.sampled_from([None, 1, 2, 9]),
            st.sampled_from([None, "", "e", "f"]),
            st.sampled_from([None, "/", "/p"]),
        ),
        max_size=12,
    ),
    as_of=st.sampled_from([None, 2]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_every_row_is_somewhere(
    found: list[Any], as_of: int | None, read: Read, rows: Callable[[str], list[Any]]
) -> None:
    """Against a plain walk over the rows."""
    inputs = read(LEADS, events(found), now=5, as_of=as_of)
    kept: dict[str, Any] = {}
    outcomes: Counter[str] = Counter()
    for lead, at, event_id, path in found:
        verdict = _alone(lead, at)
        if verdict:
            outcomes[verdict.reason] += 1
        elif as_of is not None and at > as_of:
            outcomes["later"] += 1
        elif event_id and event_id in kept:
            same = kept[event_id] == (lead, at, path)
            outcomes["duplicate" if same else Verdict.OTHER_CONTENT.reason] += 1
        else:
            kept[event_id or ""] = (lead, at, path)
            outcomes["good"] += 1
    counts = inputs.counts()
    rejected = {reason: outcomes[reason] for verdict in Verdict if (reason := verdict.reason) in outcomes}
    assert counts.duplicates == outcomes["duplicate"]
    assert counts.rejected == {("events", reason): count for reason, count in rejected.items()}
    assert inputs.rejects().num_rows == sum(rejected.values())
    assert Counter(row["verdict"] == 0 for row in rows("FROM events"))[True] == outcomes["good"]


def _alone(lead: str | None, at: int | None) -> Verdict:
    """What a row is worth by itself, in a log read at instant 5."""
    if lead is None:
        return Verdict.NO_LEAD_ID
    if at is None:
        return Verdict.NO_TIME
    if lead == "x":
        return Verdict.UNKNOWN_LEAD
    return Verdict.IN_THE_FUTURE if at > 5 else Verdict.GOOD
