"""Matching in process, in DuckDB: streams leads' profiles and events through one SELECT each into a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from sqlglot import exp

from leadline.agreement.usage import lead_fields_used
from leadline.engines.duckdb_sql import INLINE_VALUES_MAX, Translator, list_table
from leadline.fields.derivation import with_derived
from leadline.qualification.layout import NEVER
from leadline.qualification.matching import (
    EVENT,
    EVENT_CODE,
    KNOWN_FROM,
    KNOWN_UNTIL,
    column,
    event_names,
    event_selection,
    number,
    profile_selection,
    unsure_selection,
)
from leadline.qualification.timeline import Found, Profiles, Timeline

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    import numpy.typing as npt

    from leadline.agreement.document import Agreement

EVENTS_A_BATCH: Final = 122_880
PROFILES_A_BATCH: Final = 131_072


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory, as matching needs it: instants in UTC, rows in the order of the input."""
    import duckdb

    connection = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "2GiB"})
    connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true; SET enable_progress_bar = false")
    return connection


@dataclass(frozen=True, slots=True)
class Judged:
    """What conditions make of profile versions: ``truths``, ``unsure`` one bit a condition, ``known`` one a field."""

    reachable: npt.NDArray[np.uint8]
    truths: npt.NDArray[np.int64]
    known: npt.NDArray[np.int64]
    unsure: npt.NDArray[np.int64]


class Matcher:
    """Finds what an agreement's rules need in the relations ``versions`` and ``events`` of a connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, agreement: Agreement) -> None:
        self.connection = connection
        self.agreement = agreement
        self.translate = Translator({named.name: named.values for named in agreement.lists})
        for named in agreement.lists:
            if len(named.values) > INLINE_VALUES_MAX:
                values = pa.table({"value": pa.array(sorted(named.values), pa.string())})
                connection.register(list_table(named.name), values)

    def profiles(self, leads: int) -> Profiles:
        """All profile versions; ``leads`` is their number."""
        versions = self.connection.sql("SELECT * FROM versions").to_arrow_table()
        pieces = [
            self._profile_batch(versions.slice(start, PROFILES_A_BATCH))
            for start in range(0, max(1, versions.num_rows), PROFILES_A_BATCH)
        ]
        lead, at, reachable, truths, known = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
        begins = np.searchsorted(lead, np.arange(leads + 1)).astype(np.int64)
        believed = {}
        if KNOWN_FROM in versions.column_names:
            believed["known_from"] = _numbers(versions[KNOWN_FROM], np.int64)
            believed["known_until"] = _numbers(versions[KNOWN_UNTIL], np.int64)
        return Profiles(begins=begins, known_at=at, truths=truths, reachable=reachable, known=known, **believed)

    def _profile_batch(self, batch: pa.Table) -> tuple[npt.NDArray[Any], ...]:
        found = self._judged(batch, profile_selection(self.agreement, self.translate))
        return (
            _numbers(batch["lead"], np.int32),
            _numbers(batch["at"].fill_null(NEVER), np.int64),
            _numbers(found["reachable"], np.uint8),
            _words(found, "truths", np.int64),
            _words(found, "known", np.int64),
        )

    def versions_of(self, lead: int) -> pa.Table:
        """The profile versions of one lead: the columns of ``versions``, by instant."""
        one = exp.select("*").from_(exp.to_table("versions")).where(column("lead").eq(lead))
        return self.connection.sql(one.sql(dialect="duckdb")).to_arrow_table()

    def judge(self, versions: pa.Table) -> Judged:
        """What the agreement's conditions make of any profile versions."""
        self.connection.register("judged", with_derived(versions, lead_fields_used(self.agreement)))
        found = self.connection.sql(self._judging).to_arrow_table().combine_chunks()
        return Judged(
            reachable=_numbers(found["reachable"], np.uint8),
            truths=_words(found, "truths", np.int64),
            known=_words(found, "known", np.int64),
            unsure=_words(found, "unsure", np.int64),
        )

    @cached_property
    def _judging(self) -> str:
        """The query that judges, spelled once: to spell it takes longer than to run it on a few rows."""
        selection = [
            *profile_selection(self.agreement, self.translate),
            *unsure_selection(self.agreement, self.translate),
        ]
        query = exp.select(*selection).from_(exp.to_table("judged", quoted=True))
        return str(query.sql(dialect="duckdb"))

    def _judged(self, versions: pa.Table, selection: list[exp.Expr]) -> pa.Table:
        self.connection.register("judged", with_derived(versions, lead_fields_used(self.agreement)))
        return self._select(selection, "judged").to_arrow_table().combine_chunks()

    def _blank(self) -> npt.NDArray[np.int64]:
        """The conditions that are true of a lead of whom nothing is known: such as ask for that."""
        names = self.connection.sql("SELECT * FROM versions LIMIT 0").to_arrow_table().schema
        return self.judge(pa.Table.from_pylist([{}], schema=names)).truths

    def events(self, leads: int, progress: Callable[[int], None] | None = None, *, only: int | None = None) -> Timeline:
        """All good events in a timeline, or those of the lead ``only``, which is then lead 0.

        ``progress`` hears how many have been read.
        """
        timeline = Timeline(leads, self._blank())
        lead = column("lead") if only is None else exp.alias_(number(0), "lead")
        selection = [lead, column("at"), *event_selection(self.agreement, self.translate)]
        shown = self.connection.sql('SELECT * FROM "events" LIMIT 0').columns
        selection += [column(name) for name in (KNOWN_FROM, KNOWN_UNTIL) if name in shown]
        good = column("verdict").eq(0)
        wanted = good if only is None else good.and_(column("lead").eq(only))
        coded = exp.select("*", self._event_code()).from_(exp.to_table("events", quoted=True)).where(wanted)
        query = exp.select(*selection).from_(coded.subquery("coded"))
        read = 0
        for batch in self._run(query).to_arrow_reader(EVENTS_A_BATCH):
            timeline.add(_found(batch))
            read += batch.num_rows
            if progress is not None:
                progress(read)
        timeline.add(_found(self._run(query.limit(0)).to_arrow_table()))
        return timeline

    def _event_code(self) -> exp.Expr:
        """DuckDB looks a name up once for each entry of a column's dictionary, not once for each row."""
        names = exp.array(*map(exp.Literal.string, event_names(self.agreement)))
        position = exp.Anonymous(this="list_position", expressions=[names, column(EVENT)])
        return exp.alias_(exp.cast(position, exp.DType.USMALLINT), EVENT_CODE)

    def _select(self, selection: list[exp.Expr], relation: str) -> duckdb.DuckDBPyRelation:
        return self._run(exp.select(*selection).from_(exp.to_table(relation, quoted=True)))

    def _run(self, query: exp.Select) -> duckdb.DuckDBPyRelation:
        return self.connection.sql(query.sql(dialect="duckdb"))


def _found(batch: pa.Table | pa.RecordBatch) -> Found:
    believed = {}
    if KNOWN_FROM in batch.schema.names:
        believed["known_from"] = _numbers(batch[KNOWN_FROM], np.int64)
        believed["known_until"] = _numbers(batch[KNOWN_UNTIL], np.int64)
    return Found(
        lead=_numbers(batch["lead"], np.int32),
        at=_numbers(batch["at"], np.int64),
        flags=_numbers(batch["flags"], np.uint8),
        hits=_words(batch, "hits", np.int64),
        values=_words(batch, "value", np.float64),
        keys=_words(batch, "key", np.uint64),
        **believed,
    )


def _numbers(values: pa.Array | pa.ChunkedArray, kind: type) -> npt.NDArray[Any]:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if values.null_count and pa.types.is_floating(values.type):
        values = values.fill_null(float("nan"))
    return np.asarray(values.to_numpy(zero_copy_only=False), kind)


def _words(batch: pa.Table | pa.RecordBatch, name: str, kind: type) -> npt.NDArray[Any]:
    """The columns ``name``0, ``name``1, … side by side: (rows, columns)."""
    columns = [_numbers(batch[found], kind) for found in batch.schema.names if found.rstrip("0123456789") == name]
    return np.stack(columns, axis=1) if columns else np.empty((batch.num_rows, 0), kind)
