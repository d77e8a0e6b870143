"""Lists what was left out, with the reason, the place and the row itself, so that nothing ever vanishes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from leadline.log.profiles import unreadable_email, verdict_of
from leadline.log.scan import fetched, readable
from leadline.log.sql import identifier, inside, literal, select
from leadline.log.verdicts import BROKEN, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from leadline.log.events import Events
    from leadline.log.rows import Rows
    from leadline.log.scan import BrokenRow, Scan

SCHEMA: Final = pa.schema(
    [
        ("source", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("reason", pa.string()),
        ("effect", pa.string()),
        ("lead_id", pa.string()),
        ("content", pa.string()),
    ]
)
"""``row`` counts the rows of data of a file from 1 (of JSON Lines, its lines); ``content`` is the row as JSON."""

ROW_LEFT_OUT: Final = "row left out"
VALUE_LEFT_OUT: Final = "value left out"
_BATCH: Final = 50_000
_REJECTED: Final = "rejected rows"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was read and how much of it left out.

    ``rows``: rows read by source, broken ones included. ``rejected``: (source, reason) to rows left out.
    ``duplicates``: events that came again the same, and count once. ``values``: (source, column) to values that
    could not be read and are unknown.
    """

    rows: dict[str, int] = field(default_factory=dict)
    rejected: dict[tuple[str, str], int] = field(default_factory=dict)
    duplicates: int = 0
    values: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def rows_left_out(self) -> int:
        """All rejected rows."""
        return sum(self.rejected.values())


def broken_rejects(kind: str, rows: list[BrokenRow]) -> Iterator[pa.Table]:
    """Rows that are none."""
    if rows:
        columns = [
            [kind] * len(rows),
            [row.file for row in rows],
            [row.row for row in rows],
            [f"{BROKEN}: {row.reason}" for row in rows],
            [ROW_LEFT_OUT] * len(rows),
            [None] * len(rows),
            [json.dumps({"line": row.text}, ensure_ascii=False) for row in rows],
        ]
        yield pa.Table.from_arrays(
            [pa.array(column, kind_.type) for column, kind_ in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
        )


def people_rejects(connection: duckdb.DuckDBPyConnection, rows: Rows, now: int | None) -> Iterator[pa.Table]:
    """Rows of leads or profiles left out, and values left out of the others."""
    lost = lost_of_people(rows)
    extras = _place(rows.scan) | {"id": rows.lead_id} | lost_columns(lost)
    query = select({"verdict": verdict_of(rows, now)} | extras, rows.scan.sql)
    yield from _rejects(connection, rows, query, lost)


def event_rejects(connection: duckdb.DuckDBPyConnection, events: Events) -> Iterator[pa.Table]:
    """Events left out, and values left out of the others."""
    rows = events.rows
    query = events.query(_place(rows.scan) | {"id": rows.lead_id} | lost_columns(rows.lost))
    yield from _rejects(connection, rows, query, rows.lost)


def lost_of_people(rows: Rows) -> dict[str, str]:
    """Of each field that may be unreadable, SQL for whether it is; a lead's own time is judged by the verdict."""
    lost = {name: sql for name, sql in rows.lost.items() if sql != rows.at.lost}
    return lost | ({"email": unreadable_email(rows)} if "email" in rows.columns else {})


def lost_columns(lost: dict[str, str]) -> dict[str, str]:
    """The conditions as columns ``lost0``, ``lost1`` …."""
    return {f"lost{place}": sql for place, sql in enumerate(lost.values())}


def _place(scan: Scan) -> dict[str, str]:
    return {"source part": scan.part, "source row": scan.row}


def _rejects(connection: duckdb.DuckDBPyConnection, rows: Rows, query: str, lost: dict[str, str]) -> Iterator[pa.Table]:
    bad = " OR ".join(["verdict <> 0", *(f"lost{place}" for place in range(len(lost)))])
    cases = " ".join(f"WHEN {verdict.value} THEN {literal(verdict.reason)}" for verdict in Verdict if verdict)
    values = [
        f"CASE WHEN verdict = 0 AND lost{place} THEN {literal(f'{unread(name)} cannot be read')} END"
        for place, name in enumerate(lost)
    ]
    reasons = ", ".join([f"CASE verdict {cases} END", *values])
    columns = {
        "rejected part": '"source part"',
        "rejected row": '"source row"',
        "reason": f"unnest([{reasons}])",
        "effect": f"CASE WHEN verdict = 0 THEN {literal(VALUE_LEFT_OUT)} ELSE {literal(ROW_LEFT_OUT)} END",
        "lead_id": "id",
    }
    each = select(columns, inside(query, "q"), bad)
    table = identifier(_REJECTED)
    with readable(rows.scan.label):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM ({each}) WHERE reason IS NOT NULL")
        if fetched(connection, f"SELECT 1 FROM {table} LIMIT 1"):
            for batch in connection.sql(_with_content(rows.scan)).to_arrow_reader(_BATCH):
                yield _as_rejects(rows, batch)


def _with_content(scan: Scan) -> str:
    """The rejected rows beside what was read of them."""
    columns = {"part": 'r."rejected part"', "row": 'r."rejected row"', "reason": "r.reason", "effect": "r.effect"}
    columns["lead_id"] = "r.lead_id"
    place = {"place part": scan.part, "place row": scan.row}
    whole = select(place | {f"c{number}": column.sql for number, column in enumerate(scan.columns)}, scan.sql)
    pairs = ", ".join(f"{literal(column.name)}, s.c{number}" for number, column in enumerate(scan.columns))
    columns["content"] = f"json_object({pairs})::VARCHAR"
    on = 's."place part" = r."rejected part" AND s."place row" = r."rejected row"'
    source = f"{inside(whole, 's')} JOIN {identifier(_REJECTED)} r ON {on}"
    return f"{select(columns, source)} ORDER BY part, row, reason"


def _as_rejects(rows: Rows, batch: pa.RecordBatch) -> pa.Table:
    table = pa.Table.from_batches([batch])
    places: Any = table.column("part").combine_chunks().cast(pa.int64())
    kinds = pa.array([rows.kind] * table.num_rows, pa.string())
    rest = [table.column(name) for name in SCHEMA.names[2:]]
    files = pa.array(rows.scan.files).take(places)
    return pa.Table.from_arrays([kinds, files, *rest], names=SCHEMA.names).cast(SCHEMA)


def unread(name: str) -> str:
    """What a cell is called when it cannot be read."""
    return "properties" if name == "properties found" else name
