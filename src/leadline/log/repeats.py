"""Finds events that came again: one pass of hashes over all ids, and an exact look only where hashes agree."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from leadline.log.events import REPEATS, Events
from leadline.log.scan import fetched, readable
from leadline.log.sql import identifier, literal, select
from leadline.log.values import as_text, text

if TYPE_CHECKING:
    import duckdb
    import numpy.typing as npt

    from leadline.log.scan import Column, Scan

_BATCH: Final = 500_000
_MIDDLE: Final = np.uint64(1 << 63)
_SUSPECTS: Final = "suspected repeats"


def find_repeats(connection: duckdb.DuckDBPyConnection, every: list[Events]) -> bool:
    """Makes the relation of repeated events if there are any.

    An event whose id was seen before is the ``same`` when all columns of its row say the same. Rows that are left out
    for another reason, and events after ``as_of``, take no part: they neither repeat nor are repeated.
    """
    numbered = [events for events in every if "event_id" in events.rows.columns]
    suspects = _equal(_hashes(connection, numbered)) if numbered else np.empty(0, np.uint64)
    blank = np.array(fetched(connection, "SELECT hash(NULL::VARCHAR), hash('')")[0], np.uint64)
    suspects = suspects[~np.isin(suspects, blank)]
    if not len(suspects):
        return False
    connection.register(_SUSPECTS, pa.table({"hash": pa.array(suspects)}))
    union = " UNION ALL ".join(_suspected(events) for events in numbered)
    order = "PARTITION BY id ORDER BY scan, part, number"
    looked = (
        f"SELECT scan, part, number, body = first(body) OVER ({order}) AS same, row_number() OVER ({order}) AS time "
        f"FROM ({union})"
    )
    with readable("events"):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {identifier(REPEATS)} AS "
            f"SELECT scan, part, number, same FROM ({looked}) WHERE time > 1"
        )
    connection.unregister(_SUSPECTS)
    return bool(fetched(connection, f"SELECT 1 FROM {identifier(REPEATS)} LIMIT 1"))


def body(scan: Scan) -> dict[str, str]:
    """SQL for a row as it was read: as JSON with its columns' names, whatever their order."""
    columns = sorted(scan.columns, key=lambda column: column.name)
    pairs = ", ".join(f"{literal(column.name)}, {column.sql}" for column in columns)
    return {"body": f"json_object({pairs})::VARCHAR"}


def _id_of(columns: tuple[Column, ...]) -> str:
    return as_text(columns[0]) if len(columns) == 1 else text(columns)


def _hashes(connection: duckdb.DuckDBPyConnection, every: list[Events]) -> npt.NDArray[np.uint64]:
    """A hash of every id, of all scans."""
    hashes = np.empty(sum(events.rows.scan.rows for events in every), np.uint64)
    filled = 0
    for events in every:
        rows = events.rows
        query = select({"hash": f"hash({_id_of(rows.columns['event_id'])})"}, rows.scan.sql)
        with readable(rows.scan.label):
            for batch in connection.sql(query).to_arrow_reader(_BATCH):
                hashes[filled : filled + batch.num_rows] = batch.column(0).to_numpy()
                filled += batch.num_rows
    return hashes[:filled]


def _equal(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The values that occur more than once: each half of them is sorted by a thread of its own."""
    low = hashes < _MIDDLE
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(_equal_in_half, (hashes[low], hashes[~low]))))


def _equal_in_half(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _suspected(events: Events) -> str:
    rows = events.rows
    name = _id_of(rows.columns["event_id"])
    whole = body(rows.scan)["body"]
    extras: dict[str, Any] = {
        "part": rows.scan.part,
        "number": rows.scan.row,
        "id": name,
        "body": f"md5_number({whole})",
    }
    suspected = f"hash({name}) IN (SELECT hash FROM {identifier(_SUSPECTS)})"
    query = events.query(extras, suspected)
    seen = "trim(id) <> '' AND verdict = 0"
    return f"SELECT {events.place} AS scan, part, number, id, body FROM ({query}) WHERE {seen}"
