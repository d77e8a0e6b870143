"""Entrance of the log: reads leads, profiles and events from whatever people have into three relations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from leadline.fields.catalogue import EVENT_PROPERTIES
from leadline.log.arrival import said
from leadline.log.events import REPEATS, Events, empty_events, with_properties
from leadline.log.loading import Loaded, Loader, Source
from leadline.log.mapping import Mapping, TableMapping, checked_timezone
from leadline.log.meanings import (
    PREFIX,
    arrival_meanings,
    check_names,
    event_meanings,
    event_names,
    fields_needed,
    lead_meanings,
    profile_meanings,
)
from leadline.log.profiles import People, read_people
from leadline.log.rejects import (
    SCHEMA,
    Counts,
    broken_rejects,
    event_rejects,
    lost_columns,
    lost_of_people,
    people_rejects,
    unread,
)
from leadline.log.repeats import find_repeats
from leadline.log.rows import Rows, Settings, understand
from leadline.log.scan import fetched, readable
from leadline.log.sql import identifier, inside, select
from leadline.log.verdicts import BROKEN, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from leadline.agreement.document import Agreement
    from leadline.log.columns import Meaning


@dataclass(frozen=True, slots=True)
class Sources:
    """Where leads, events and profiles come from.

    Each is a path, a list of paths, a folder or a glob, an Arrow table or reader, or anything with an Arrow C stream
    (pandas, Polars, DuckDB). ``timezone`` is the zone of times that carry no offset; a mapping file's own goes first.
    With ``arrivals``, and where the input says when something became known, ``versions`` and ``events`` also say from
    when until when (µs) each row was believed, and hold what was believed once: only a replay can fold them.
    """

    leads: Source
    events: Source | None = None
    profiles: Source | None = None
    mapping: Mapping | None = None
    timezone: str | None = None
    arrivals: bool = False


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was read. ``lead_ids`` (string): its places are the values of ``lead``.

    The connection has three relations, to be read through it (a cursor does not see them all):

    * ``leads`` (lead INTEGER, lead_id VARCHAR): each lead once, in order of first appearance.
    * ``versions`` (lead INTEGER, at BIGINT or NULL for before all time, a column for each lead field needed): what is
      known of the lead as of ``at``, ordered by lead and time.
    * ``events`` (lead INTEGER, at BIGINT, verdict UTINYINT, event, is_machine, direction, and every column and
      ``properties.<name>`` that conditions read): a view, about in the order of the input, without events that came
      again the same; rows with a verdict other than 0 do not count (see ``Verdict``).
    """

    lead_ids: pa.Array[Any]
    event_rows: int | None
    notes: tuple[str, ...]
    connection: duckdb.DuckDBPyConnection = field(repr=False)
    _loaded: dict[str, Loaded] = field(repr=False)
    _people: People = field(repr=False)
    _profiles: tuple[Rows, ...] = field(repr=False)
    _events: tuple[Events, ...] = field(repr=False)
    _now: int | None = None

    def reject_tables(self) -> Iterator[pa.Table]:
        """The rejects a piece at a time: leads, profiles, events."""
        for kind, loaded in self._loaded.items():
            yield from broken_rejects(kind, loaded.broken)
            for rows in self._profiles:
                if rows.kind == kind:
                    yield from people_rejects(self.connection, rows, self._now)
            for events in self._events if kind == "events" else ():
                yield from event_rejects(self.connection, replace(events, as_of=None))

    def rejects(self) -> pa.Table:
        """Every row and value left out: source, file, row, reason, effect, lead_id, content (the row as JSON)."""
        return pa.concat_tables([SCHEMA.empty_table(), *self.reject_tables()])

    def counts(self, event_verdicts: Sequence[int] | None = None) -> Counts:
        """How much was read and left out.

        ``event_verdicts`` are numbers of events by verdict, from whoever has streamed ``events`` to its end; without
        them the events are read once more.
        """
        rows = {
            kind: sum(scan.rows for scan in loaded.scans) + len(loaded.broken) for kind, loaded in self._loaded.items()
        }
        if event_verdicts is None:
            event_verdicts = self._event_verdicts()
        tallies = dict(self._people.verdicts)
        tallies["events"] = {
            verdict: int(event_verdicts[verdict]) for verdict in Verdict if verdict < len(event_verdicts)
        }
        rejected = {(kind, BROKEN): len(loaded.broken) for kind, loaded in self._loaded.items()}
        rejected |= {
            (kind, verdict.reason): count
            for kind, tally in tallies.items()
            for verdict, count in tally.items()
            if verdict
        }
        return Counts(
            rows, {key: count for key, count in rejected.items() if count}, self._duplicates(), self._values()
        )

    def _event_verdicts(self) -> list[int]:
        counts = [0] * len(Verdict)
        for events in self._events:
            query = f"SELECT verdict, count(*) FROM ({replace(events, names=(), as_of=None).query()}) GROUP BY verdict"
            for verdict, count in fetched(self.connection, query):
                counts[verdict] += count
        return counts

    def _duplicates(self) -> int:
        if not any(events.repeats for events in self._events):
            return 0
        return int(fetched(self.connection, f"SELECT count(*) FROM {identifier(REPEATS)} WHERE same")[0][0])

    def _values(self) -> dict[tuple[str, str], int]:
        values: dict[tuple[str, str], int] = {}
        for rows in self._profiles:
            self._count_values(rows, lost_of_people(rows), values)
        for events in self._events:
            self._count_values(events.rows, events.rows.lost, values)
        return values

    def _count_values(self, rows: Rows, lost: dict[str, str], values: dict[tuple[str, str], int]) -> None:
        if not lost:
            return
        source = inside(select(lost_columns(lost), rows.scan.sql), "q")
        counted = select({f"n{place}": f"count(*) FILTER (WHERE lost{place})" for place in range(len(lost))}, source)
        found = fetched(self.connection, counted)[0]
        for name, count in zip(lost, found, strict=True):
            if count:
                key = (rows.kind, unread(name))
                values[key] = values.get(key, 0) + int(count)


def read_inputs(
    connection: duckdb.DuckDBPyConnection,
    sources: Sources,
    agreement: Agreement,
    *,
    as_of: int | None = None,
    now: int | None = None,
    further: tuple[str, ...] = (),
) -> Inputs:
    """Reads everything but the events themselves, which the view ``events`` streams.

    The connection's ``TimeZone`` must be UTC and ``preserve_insertion_order`` on. Events after ``as_of`` are left out
    of the view; rows after ``now`` are rejected. ``further`` are event columns that the view shows beside those of
    conditions. Raises ``InputError`` for whatever cannot be read or is not said.
    """
    reader = _Reading(connection, sources, agreement, now)
    reader.further = further
    profiles = [*reader.rows("leads", sources.leads, "created_at", lead_meanings(agreement))]
    if sources.profiles is not None:
        profiles += reader.rows("profiles", sources.profiles, "valid_from", profile_meanings(agreement))
    scans = reader.event_rows()
    reader.arrivals = any(said(rows) for rows in (*profiles, *scans))
    people = read_people(connection, profiles, fields_needed(agreement), now, arrivals=reader.arrivals)
    events = reader.events(scans, as_of)
    loaded = reader.loaded.get("events")
    event_rows = sum(scan.rows for scan in loaded.scans) if loaded else 0
    return Inputs(
        people.lead_ids,
        event_rows,
        tuple(reader.notes),
        connection,
        reader.loaded,
        people,
        tuple(profiles),
        tuple(events),
        now,
    )


class _Reading:
    """One reading of all sources: what was loaded so far, and what a person should know."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, sources: Sources, agreement: Agreement, now: int | None
    ) -> None:
        self.loaded: dict[str, Loaded] = {}
        self.notes: list[str] = []
        self.further: tuple[str, ...] = ()
        self.arrivals = False
        self._connection = connection
        self._sources = sources
        self._agreement = agreement
        self._now = now
        self._zone = None if sources.timezone is None else checked_timezone(sources.timezone)

    def rows(self, kind: str, source: Source, since: str, meanings: tuple[Meaning, ...]) -> list[Rows]:
        """The scans of a source, understood."""
        mapping = self._mapping(kind)
        check_names(kind, self._agreement, mapping)
        if self._sources.arrivals:
            meanings = (*meanings, *arrival_meanings(kind))
        loaded = Loader(self._connection, kind, mapping).load(source)
        self.loaded[kind] = loaded
        settings = Settings(kind, since, meanings, mapping, mapping.timezone or self._zone, self._properties(kind))
        understood = [understand(self._connection, scan, settings) for scan in loaded.scans]
        notes = (*loaded.notes, *(note for rows in understood for note in rows.notes))
        self.notes += dict.fromkeys(notes)
        return understood

    def _properties(self, kind: str) -> frozenset[str]:
        names = event_names(self._agreement) if kind == "events" else ()
        return frozenset(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)) | {EVENT_PROPERTIES}

    def _mapping(self, kind: str) -> TableMapping:
        mapping = self._sources.mapping or Mapping()
        return {"leads": mapping.leads, "profiles": mapping.profiles, "events": mapping.events}[kind]

    def event_rows(self) -> list[Rows]:
        """The scans of events, understood."""
        if self._sources.events is None:
            return []
        return self.rows(
            "events", self._sources.events, "occurred_at", event_meanings(self._names(), self._mapping("events"))
        )

    def _names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*event_names(self._agreement), *self.further)))

    def events(self, found: list[Rows], as_of: int | None) -> list[Events]:
        """Makes the view ``events``."""
        names, mapping = self._names(), self._mapping("events")
        every = [
            Events(with_properties(rows, names, mapping), place, names, self._now, as_of)
            for place, rows in enumerate(found)
        ]
        if every and find_repeats(self._connection, every):
            every = [replace(events, repeats=True) for events in every]
        queries = (events.believed() if self.arrivals else events.query() for events in every)
        query = " UNION ALL ".join(queries) or empty_events(names, arrivals=self.arrivals)
        with readable("events"):
            self._connection.execute(f"CREATE OR REPLACE VIEW events AS {query}")
        return every
