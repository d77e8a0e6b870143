"""Lists what was left out, with the reason, the place and the row itself, so that nothing ever vanishes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from leadline.log.profiles import unreadable_email, verdict_of
from leadline.log.scan import readable
from leadline.log.sql import inside, literal, select
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
        yield pa.Table.from_arrays([pa.array(column, kind_.type) for column, kind_ in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


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
    pairs = ", ".join(f"{literal(column.name)}, {column.sql}" for column in scan.columns)
    return {"source part": scan.part, "source row": scan.row, "content": f"json_object({pairs})::VARCHAR"}


def _rejects(connection: duckdb.DuckDBPyConnection, rows: Rows, query: str, lost: dict[str, str]) -> Iterator[pa.Table]:
    bad = " OR ".join(["verdict <> 0", *(f"lost{place}" for place in range(len(lost)))])
    cases = " ".join(f"WHEN {verdict.value} THEN {literal(verdict.reason)}" for verdict in Verdict if verdict)
    values = [
        f"CASE WHEN verdict = 0 AND lost{place} THEN {literal(f'{unread(name)} cannot be read')} END" for place, name in enumerate(lost)
    ]
    reasons = ", ".join([f"CASE verdict {cases} END", *values])
    columns = {
        "part": '"source part"',
        "row": '"source row"',
        "reason": f"unnest([{reasons}])",
        "effect": f"CASE WHEN verdict = 0 THEN {literal(VALUE_LEFT_OUT)} ELSE {literal(ROW_LEFT_OUT)} END",
        "lead_id": "id",
        "content": "content",
    }
    each = select(columns, inside(query, "q"), bad)
    names = pa.array(rows.scan.files)
    with readable(rows.scan.label):
        for batch in connection.sql(f"FROM ({each}) WHERE reason IS NOT NULL").to_arrow_reader(_BATCH):
            table = pa.Table.from_batches([batch])
            files: Any = names.take(table.column("part").combine_chunks().cast(pa.int64()))
            kinds = pa.array([rows.kind] * table.num_rows, pa.string())
            rest = [table.column(name) for name in SCHEMA.names[2:]]
            yield pa.Table.from_arrays([kinds, files, *rest], names=SCHEMA.names).cast(SCHEMA)


def unread(name: str) -> str:
    """What a cell is called when it cannot be read."""
    return "properties" if name == "properties found" else name
