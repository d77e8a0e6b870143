"""From rows of leads and of profile changes to the relations ``leads`` and ``versions``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import InputError
from leadline.fields.email import emails
from leadline.log.arrival import SINCE, believed_versions, since
from leadline.log.scan import readable
from leadline.log.sql import identifier, select
from leadline.log.values import SQL_TYPES
from leadline.log.verdicts import Verdict

if TYPE_CHECKING:
    import duckdb

    from leadline.fields.catalogue import Type
    from leadline.log.rows import Rows

STATED: Final = "leads as stated"
BAD_EMAILS: Final = "e-mails that are none"
_BATCH: Final = 100_000
_LEADS_MAX: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class People:
    """``lead_ids`` (string) by place; ``verdicts`` counts the rows of each source by verdict."""

    lead_ids: pa.Array[Any]
    verdicts: dict[str, dict[Verdict, int]]


def verdict_of(rows: Rows, now: int | None) -> str:
    """SQL for why a row of leads or profiles is left out; 0 if it is not."""
    late = f"WHEN epoch_us({rows.at.value}) > {now} THEN {Verdict.IN_THE_FUTURE.value}" if now is not None else ""
    lost = f"WHEN {rows.at.lost} THEN {Verdict.TIME_UNREADABLE.value}" if rows.at.lost else ""
    return f"(CASE WHEN {rows.lead_id} IS NULL THEN {Verdict.NO_LEAD_ID.value} {lost} {late} ELSE 0 END)::UTINYINT"


def read_people(
    connection: duckdb.DuckDBPyConnection,
    every: list[Rows],
    fields: dict[str, Type],
    now: int | None,
    *,
    arrivals: bool = False,
) -> People:
    """Makes ``leads``, ``versions`` and the relation of e-mails that are none.

    With ``arrivals``, ``versions`` says when each was believed.
    """
    statements = _Statements(fields)
    for rows in every:
        with readable(rows.scan.label):
            query = _statement(rows, fields, now, arrivals=arrivals)
            reader = connection.sql(query).to_arrow_reader(_BATCH)
            for batch in reader:
                statements.add(rows.kind, batch)
    stated, ids = statements.finished()
    if len(ids) > _LEADS_MAX:
        raise InputError("more than two thousand million leads. Split the input.")
    connection.register(STATED, stated)
    connection.register(BAD_EMAILS, statements.bad_emails())
    places = pa.table({"lead": pa.array(np.arange(len(ids), dtype=np.int32)), "lead_id": ids})
    connection.register("lead ids", places)
    connection.execute(f"CREATE OR REPLACE TABLE leads AS FROM {identifier('lead ids')}")
    connection.unregister("lead ids")
    connection.execute(f"CREATE OR REPLACE TABLE versions AS {_all_versions(fields, stated, len(ids), arrivals)}")
    connection.unregister(STATED)
    return People(ids, statements.verdicts)


def _all_versions(fields: dict[str, Type], stated: pa.Table, leads: int, arrivals: bool) -> str:
    if arrivals:
        return believed_versions(
            identifier(STATED), {f"f{place}": identifier(name) for place, name in enumerate(fields)}
        )
    return _versions(fields, single=leads == stated.num_rows)


def _statement(rows: Rows, fields: dict[str, Type], now: int | None, *, arrivals: bool) -> str:
    stated = {
        name: f"({rows.cells[name].value})::{SQL_TYPES[kind]}" if name in rows.cells else f"NULL::{SQL_TYPES[kind]}"
        for name, kind in fields.items()
    }
    first = {"verdict": verdict_of(rows, now), "lead_id": rows.lead_id, "at": f"epoch_us({rows.at.value})"}
    values = {f"f{place}": value for place, value in enumerate(stated.values())}
    last = {SINCE: since(rows)} if arrivals else {}
    return select(first | values | last, rows.scan.sql)


class _Statements:
    """Rows that count, e-mails in their one form, as they are read."""

    def __init__(self, fields: dict[str, Type]) -> None:
        self.verdicts: dict[str, dict[Verdict, int]] = {}
        self._email = 2 + list(fields).index("email")
        self._batches: list[pa.Table] = []
        self._bad: list[pa.Array[Any]] = []

    def add(self, kind: str, batch: pa.RecordBatch) -> None:
        counts = np.bincount(batch.column(0).to_numpy(), minlength=len(Verdict))
        tally = self.verdicts.setdefault(kind, dict.fromkeys(Verdict, 0))
        for verdict in Verdict:
            tally[verdict] += int(counts[verdict])
        table = pa.Table.from_batches([batch])
        if counts[Verdict.GOOD] < batch.num_rows:
            table = table.filter(pc.equal(table.column(0), pa.scalar(0, pa.uint8())))
        table = table.remove_column(0)
        written = table.column(self._email)
        valid = emails(written).email if written.null_count < len(written) else written
        bad = pc.and_(pc.is_valid(written), pc.is_null(valid))
        if pc.any(bad).as_py():
            self._bad.append(pc.unique(written.filter(bad)))
        self._batches.append(table.set_column(self._email, table.schema.names[self._email], valid))

    def bad_emails(self) -> pa.Table:
        """What was written as an e-mail and is none."""
        texts = pa.concat_arrays(self._bad).unique() if self._bad else pa.array([], pa.string())
        return pa.table({"email": texts})

    def finished(self) -> tuple[pa.Table, pa.Array[Any]]:
        """All statements with the places of their leads, and the ids in order of first appearance."""
        whole = pa.concat_tables(self._batches).combine_chunks() if self._batches else None
        if whole is None or not whole.num_rows:
            raise InputError("no lead is left: there are no rows of leads that can be used. Look at the file of leads.")
        encoded = whole.column("lead_id").combine_chunks().cast(pa.large_string()).dictionary_encode()
        return whole.set_column(0, "lead", encoded.indices.cast(pa.int32())), encoded.dictionary.cast(pa.string())


def _versions(fields: dict[str, Type], *, single: bool) -> str:
    """What is known of each lead since when: of one instant the greater value, then carried forward field by field."""
    names = {f"f{place}": identifier(name) for place, name in enumerate(fields)}
    if single:
        columns = ", ".join(f"{inner} AS {name}" for inner, name in names.items())
        return f'SELECT lead, "at", {columns} FROM {identifier(STATED)} ORDER BY lead'
    greatest = ", ".join(f"max({inner}) AS {inner}" for inner in names)
    latest = ", ".join(f"last_value({inner} IGNORE NULLS) OVER known AS {name}" for inner, name in names.items())
    return (
        f'SELECT lead, "at", {latest} '
        f'FROM (SELECT lead, "at", {greatest} FROM {identifier(STATED)} GROUP BY lead, "at") '
        'WINDOW known AS (PARTITION BY lead ORDER BY "at" NULLS FIRST ROWS UNBOUNDED PRECEDING) '
        'ORDER BY lead, "at" NULLS FIRST'
    )


def unreadable_email(rows: Rows) -> str:
    """SQL for whether an e-mail is written that is none."""
    written = rows.cells["email"].value
    return f"({written}) IN (SELECT email FROM {identifier(BAD_EMAILS)})"
