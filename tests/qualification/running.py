"""Runs the engine on rows as the reference takes them, without files: relations made here, then match, fold, decide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from leadline.agreement.usage import event_columns_used, lead_fields_used
from leadline.engines.duckdb import Matcher, connect
from leadline.fields.catalogue import (
    CONTACT_FIELDS,
    DERIVED_FROM,
    EVENT_COLUMNS,
    GIVEN_FIELDS,
    TEXT,
    Type,
)
from leadline.qualification.deciding import Decisions
from leadline.qualification.folding import fold_part, fold_spans
from leadline.qualification.layout import NEVER, Spans
from leadline.qualification.planning import compile_plan
from reference.profile import known

if TYPE_CHECKING:
    import duckdb

    from leadline.agreement.document import Agreement
    from leadline.qualification.timeline import Profiles, Timeline
    from strategies import History

Row = dict[str, Any]

ARROW: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.TIME: pa.timestamp("us", "UTC"),
}


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One database for all runs of a process."""
    return connect()


@dataclass(frozen=True, slots=True)
class Matched:
    """A history that has been matched; ``decide`` may be asked with any agreement of the same conditions."""

    lead_ids: list[str]
    timeline: Timeline
    profiles: Profiles

    def decide(self, agreement: Agreement, as_of: int) -> dict[str, Row]:
        """The decision row of each lead that has one, instants in µs."""
        plan, decisions = compile_plan(agreement), Decisions(agreement, agreement.version)
        ids = pa.array(self.lead_ids, pa.string())
        rows = []
        for part in self.timeline.each_part(self.profiles, lambda part: (part, fold_part(plan, part, as_of))):
            records, answers = part
            some = ids.slice(records.first_lead, records.end_lead - records.first_lead)
            moments = np.full(len(some), as_of)
            rows += rows_of(decisions.table(answers, moments, records.known, records.log.reachable, some))
        return {row["lead_id"]: row for row in rows}

    def history(self, agreement: Agreement, lead_id: str, moments: list[int]) -> list[Row]:
        """The decision rows of one lead as of several moments, walked side by side."""
        place = self.lead_ids.index(lead_id)
        number, inside = divmod(place, self.timeline.leads_a_part)
        part = self.timeline.part(number, self.profiles)
        count = len(moments)
        spans = Spans(
            np.full(count, part.event_begins[inside]),
            np.full(count, part.event_begins[inside + 1]),
            np.full(count, part.profile_begins[inside]),
            np.full(count, part.profile_begins[inside + 1]),
            np.array(moments, np.int64),
        )
        answers = fold_spans(compile_plan(agreement), part.log, spans)
        ids = pa.array([lead_id] * count, pa.string())
        table = Decisions(agreement, agreement.version).table(answers, spans.as_of, part.known, part.log.reachable, ids)
        return rows_of(table)


def matched(agreement: Agreement, history: History) -> Matched:
    """The rows of a history, matched."""
    lead_ids = list(dict.fromkeys(row["lead_id"] for row in (*history.leads, *history.profiles)))
    database = connection()
    database.register("versions", versions_of(agreement, history, lead_ids))
    database.register("events", events_of(agreement, history, lead_ids))
    matcher = Matcher(database, agreement)
    profiles = matcher.profiles(len(lead_ids))
    return Matched(lead_ids, matcher.events(len(lead_ids)), profiles)


def decided(agreement: Agreement, history: History, as_of: int) -> dict[str, Row]:
    """Decision rows as of one moment."""
    return matched(agreement, history).decide(agreement, as_of)


def rows_of(table: pa.Table) -> list[Row]:
    """Rows of decisions as plain values: instants are µs."""
    plain = []
    for name in table.column_names:
        column = table[name].combine_chunks()
        plain.append(column.cast(_without_instants(column.type)).to_pylist())
    return [dict(zip(table.column_names, values, strict=True)) for values in zip(*plain, strict=True)]


def _without_instants(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.int64()
    if pa.types.is_list(kind):
        return pa.list_(_without_instants(kind.value_type))
    if pa.types.is_struct(kind):
        fields = [kind.field(place) for place in range(kind.num_fields)]
        return pa.struct([(field.name, _without_instants(field.type)) for field in fields])
    return kind


def versions_of(agreement: Agreement, history: History, lead_ids: list[str]) -> pa.Table:
    """The relation ``versions``: all that is known of a lead from each instant on."""
    types = {"title": TEXT} | {field.name: field.type for field in agreement.fields} | GIVEN_FIELDS
    used = (DERIVED_FROM.get(name, name) for name in lead_fields_used(agreement))
    names = list(dict.fromkeys((*CONTACT_FIELDS, *used)))
    columns: dict[str, list[Any]] = {name: [] for name in ("lead", "at", *names)}
    for place, lead_id in enumerate(lead_ids):
        stated: dict[int | None, list[Row]] = {}
        for rows, since in ((history.leads, "created_at"), (history.profiles, "valid_from")):
            for row in rows:
                if row["lead_id"] == lead_id:
                    stated.setdefault(row.get(since), []).append(row)
        profile: Row = dict.fromkeys(names)
        for at in sorted(stated, key=lambda at: NEVER if at is None else at):
            for name in names:
                values = [known(name, types[name], row.get(name)) for row in stated[at]]
                profile[name] = max((value for value in values if value is not None), default=profile[name])
            for name, value in ({"lead": place, "at": at} | profile).items():
                columns[name].append(value)
    arrow = {"lead": pa.int32(), "at": pa.int64()} | {name: ARROW[types[name]] for name in names}
    return pa.table({name: pa.array(values, arrow[name]) for name, values in columns.items()})


def events_of(agreement: Agreement, history: History, lead_ids: list[str]) -> pa.Table:
    """The relation ``events``, in order of arrival: all are good."""
    places = {lead_id: place for place, lead_id in enumerate(lead_ids)}
    types: dict[str, pa.DataType] = {"lead": pa.int32(), "at": pa.int64(), "verdict": pa.uint8()}
    names = dict.fromkeys(("event", "is_machine", "direction", *event_columns_used(agreement)))
    types |= {name: ARROW[EVENT_COLUMNS.get(name, TEXT)] for name in names}
    columns: dict[str, list[Any]] = {name: [] for name in types}
    for event in history.events:
        row = {"lead": places[event["lead_id"]], "at": event["occurred_at"], "verdict": 0}
        for name in names:
            row[name] = _event_value(event, name)
        row["is_machine"] = bool(row["is_machine"])
        for name, value in row.items():
            columns[name].append(value)
    return pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})


def _event_value(event: Row, name: str) -> Any:
    if name.startswith("properties."):
        return (event.get("properties") or {}).get(name.removeprefix("properties."))
    value = event.get(name)
    return known(name, EVENT_COLUMNS[name], value) if isinstance(value, float) else value
