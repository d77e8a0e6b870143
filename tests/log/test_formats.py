"""The same content gives the same relations, whatever it is written in, packed in or cut into."""

from __future__ import annotations

import bz2
import csv
import datetime as dt
import gzip
import io
import json
import lzma
import zipfile
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from log.workbooks import write_ods, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from log.conftest import Read

LEADS: list[dict[str, Any]] = [
    {"lead_id": "007", "email": "ann@acme.example", "title": "VP, Sales", "revenue": 12.5, "partner": True},
    {"lead_id": "8", "email": "ben@acme.example", "title": 'the "boss"\nof all', "revenue": 3.0, "partner": False},
    {"lead_id": "9", "email": None, "title": "Geschäftsführer; CEO", "revenue": None, "partner": None},
]
EVENTS: list[dict[str, Any]] = [
    {
        "lead_id": ("007", "8", "9")[place % 3],
        "occurred_at": f"2026-03-01T10:{place:02d}:00.250Z",
        "event": "Page Left" if place % 2 else "Page Viewed",
        "event_id": f"e{place // 2 * 2}" if place in (10, 11) else f"e{place}",
        "path": None if place % 5 == 0 else f"/pricing/{place}",
        "duration_s": None if place % 4 == 0 else place * 1.5,
        "is_machine": place % 7 == 0,
        "plan": ("pro", "free", None)[place % 3],
    }
    for place in range(20)
]
EVENTS.append(dict(EVENTS[13]))


def arrow(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as Arrow, times as instants."""
    table = pa.Table.from_pylist(rows)
    if "occurred_at" in table.column_names:
        place = table.column_names.index("occurred_at")
        times = pa.array([pd.Timestamp(row["occurred_at"]) for row in rows], pa.timestamp("us", "UTC"))
        table = table.set_column(place, "occurred_at", times)
    return table


def delimited(rows: list[dict[str, Any]], sign: str = ",") -> bytes:
    """Rows as text, true and false in lower case."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=sign)
    writer.writeheader()
    writer.writerows(
        {name: str(value).lower() if isinstance(value, bool) else value for name, value in row.items()} for row in rows
    )
    return out.getvalue().encode()


def lines(rows: list[dict[str, Any]]) -> bytes:
    """Rows as JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def zipped(content: bytes) -> bytes:
    """A zip file of one CSV file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside.csv", content)
    return out.getvalue()


def zstd(content: bytes) -> bytes:
    """Packed by Zstandard."""
    packed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return packed


WRITTEN: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "a.csv": delimited,
    "semicolon.csv": lambda rows: delimited(rows, ";"),
    "bar.txt": lambda rows: delimited(rows, "|"),
    "a.tsv": lambda rows: delimited(rows, "\t"),
    "bom.csv": lambda rows: b"\xef\xbb\xbf" + delimited(rows),
    "utf16.csv": lambda rows: delimited(rows).decode().encode("utf-16"),
    "excel.csv": lambda rows: b"sep=;\r\n" + delimited(rows, ";"),
    "a.csv.gz": lambda rows: gzip.compress(delimited(rows)),
    "a.csv.bz2": lambda rows: bz2.compress(delimited(rows)),
    "a.csv.xz": lambda rows: lzma.compress(delimited(rows)),
    "a.csv.zst": lambda rows: zstd(delimited(rows)),
    "a.zip": lambda rows: zipped(delimited(rows)),
    "packed": lambda rows: gzip.compress(delimited(rows)),
    "a.jsonl": lines,
    "a.ndjson.gz": lambda rows: gzip.compress(lines(rows)),
    "list.json": lambda rows: json.dumps(rows, indent=1).encode(),
    "lines.json": lines,
}
RELATIONS = (
    "SELECT * FROM leads ORDER BY ALL",
    "SELECT * FROM versions ORDER BY ALL",
    "SELECT * FROM events ORDER BY ALL",
)


@pytest.fixture
def found(read: Read, connection: duckdb.DuckDBPyConnection) -> Callable[[Any, Any], list[Any]]:
    def relations(leads: Any, events: Any) -> list[Any]:
        inputs = read(leads, events)
        counts = inputs.counts()
        known = (counts.rejected, counts.duplicates, counts.values)
        assert inputs.event_rows == len(EVENTS)
        return [*(connection.sql(query).to_arrow_table().to_pylist() for query in RELATIONS), known]

    return relations


@pytest.fixture
def expected(found: Callable[[Any, Any], list[Any]]) -> list[Any]:
    return found(arrow(LEADS), arrow(EVENTS))


def test_the_relations_are_as_written(expected: list[Any]) -> None:
    leads, versions, events, (rejected, duplicates, values) = expected
    assert [row["lead_id"] for row in leads] == ["007", "8", "9"]
    assert [row["title"] for row in versions] == ["VP, Sales", 'the "boss"\nof all', "Geschäftsführer; CEO"]
    assert [row["partner"] for row in versions] == [True, False, None]
    assert len(events) == 20
    assert duplicates == 1
    assert rejected == {("events", "event_id seen before with other content"): 1}
    assert values == {}
    assert {row["properties.plan"] for row in events} == {"pro", "free", None}


@pytest.mark.parametrize("name", WRITTEN)
def test_written_files(name: str, tmp_path: Path, found: Callable[[Any, Any], list[Any]], expected: list[Any]) -> None:
    leads, events = tmp_path / f"leads-{name}", tmp_path / f"events-{name}"
    leads.write_bytes(WRITTEN[name](LEADS))
    events.write_bytes(WRITTEN[name](EVENTS))
    assert found(leads, events) == expected


def test_parquet_and_arrow_files(tmp_path: Path, found: Callable[[Any, Any], list[Any]], expected: list[Any]) -> None:
    parquet.write_table(arrow(LEADS), tmp_path / "l.parquet")
    parquet.write_table(arrow(EVENTS), tmp_path / "e.parquet", row_group_size=3)
    feather.write_feather(arrow(LEADS), tmp_path / "l.feather")
    feather.write_feather(arrow(EVENTS), tmp_path / "e.arrow", chunksize=4)
    assert found(tmp_path / "l.parquet", str(tmp_path / "e.parquet")) == expected
    assert found(tmp_path / "l.feather", tmp_path / "e.arrow") == expected


def test_workbooks(tmp_path: Path, found: Callable[[Any, Any], list[Any]], expected: list[Any]) -> None:
    for name, rows in (("l", LEADS), ("e", EVENTS)):
        cells = [list(rows[0]), *(list(row.values()) for row in rows)]
        write_xlsx(tmp_path / f"{name}.xlsx", cells)
        write_ods(tmp_path / f"{name}.ods", [[], *cells])
    assert found(tmp_path / "l.xlsx", tmp_path / "e.xlsx") == expected
    assert found(tmp_path / "l.ods", tmp_path / "e.ods") == expected


def test_numbers_and_dates_of_a_workbook(tmp_path: Path, read: Read, rows: Callable[[str], list[Any]]) -> None:
    day = dt.datetime(2026, 3, 1, 12, 30)  # noqa: DTZ001 - Excel knows no zones
    write_xlsx(tmp_path / "l.xlsx", [["Lead ID", "Created", "Yearly revenue"], [1001, day, 0.1], [2.5, None, 1e20]])
    read(tmp_path / "l.xlsx", timezone="UTC")
    assert [row["lead_id"] for row in rows("FROM leads")] == ["1001", "2.5"]
    assert [(row["at"], row["revenue"]) for row in rows("FROM versions")] == [
        (1_772_368_200_000_000, 0.1),
        (None, 1e20),
    ]


def test_frames_and_streams(
    found: Callable[[Any, Any], list[Any]], expected: list[Any], connection: duckdb.DuckDBPyConnection
) -> None:
    leads, events = arrow(LEADS), arrow(EVENTS)
    assert found(leads.to_pandas(), events.to_pandas()) == expected
    assert found(pl.from_arrow(leads), pl.from_arrow(events)) == expected
    assert found(leads.to_reader(1), events.to_reader(3)) == expected
    connection.register("given", events)
    assert found(leads, connection.sql("SELECT * FROM given")) == expected


def test_folders_lists_and_globs(tmp_path: Path, found: Callable[[Any, Any], list[Any]], expected: list[Any]) -> None:
    leads, events = arrow(LEADS), arrow(EVENTS)
    folder = tmp_path / "events"
    (folder / "month=1").mkdir(parents=True)
    parquet.write_table(events.slice(0, 5), folder / "month=1" / "part-0.parquet")
    (folder / "part-1.csv").write_bytes(delimited(EVENTS[5:9]))
    (folder / "part-2.csv").write_bytes(delimited([dict(reversed(row.items())) for row in EVENTS[9:12]]))
    (folder / "part-3.jsonl").write_bytes(lines(EVENTS[12:]))
    (folder / "_SUCCESS").write_bytes(b"")
    (folder / ".hidden.csv").write_bytes(b"x")
    assert found(leads, folder) == expected
    assert found(leads, f"{folder}/**/*.*") == expected
    parts = [folder / "month=1" / "part-0.parquet", *(folder / f"part-{n}" for n in ("1.csv", "2.csv", "3.jsonl"))]
    assert found(leads, parts) == expected
    assert found(leads, [str(part) for part in parts]) == expected


def test_large_files_are_spooled(
    tmp_path: Path,
    found: Callable[[Any, Any], list[Any]],
    expected: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("leadline.log.spool.KEPT_BYTES_MAX", 100)
    monkeypatch.setattr("leadline.log.delimited.BLOCK", 400)
    monkeypatch.setattr("leadline.log.unpacking.BLOCK", 4096)
    (tmp_path / "l.csv").write_bytes(delimited(LEADS))
    (tmp_path / "e.csv").write_bytes(delimited(EVENTS))
    assert found(tmp_path / "l.csv", tmp_path / "e.csv") == expected
    assert found(arrow(LEADS).to_reader(1), arrow(EVENTS).to_reader(3)) == expected
