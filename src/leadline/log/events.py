"""From rows of events to the relation ``events``: each with its lead, its instant and a verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from leadline.fields.catalogue import EVENT_COLUMNS, EVENT_PROPERTIES, TEXT
from leadline.log.arrival import event_interval, said, was_taken_for_human
from leadline.log.columns import property_column
from leadline.log.meanings import FLAGGED, PREFIX
from leadline.log.sql import identifier, inside, literal, select
from leadline.log.values import SQL_TYPES, Cell, as_text, kind_of, lightly_known, text
from leadline.log.verdicts import Verdict
from leadline.qualification.matching import KNOWN_FROM, KNOWN_UNTIL

if TYPE_CHECKING:
    from leadline.log.mapping import TableMapping
    from leadline.log.rows import Rows

REPEATS: Final = "repeated events"
_CANONICAL: Final = ("lead_id", "event_id", EVENT_PROPERTIES, *EVENT_COLUMNS)
_FOUND: Final = "properties found"


@dataclass(frozen=True, slots=True)
class Events:
    """Rows of events of one scan. ``place`` numbers the scan, ``names`` are the columns after ``verdict``.

    ``now``: later events lie in the future; ``as_of``: later events are not shown.
    """

    rows: Rows
    place: int
    names: tuple[str, ...]
    now: int | None = None
    as_of: int | None = None
    repeats: bool = False

    def query(self, extras: dict[str, str] | None = None, where: str = "") -> str:
        """SQL for the relation; ``extras`` are further columns, ``where`` a condition, both SQL over the scan."""
        extras = extras or {}
        shown = {name: self._shown(name) for name in self.names}
        columns = {"lead": "l.lead", "at": "epoch_us(e.occurred)", "verdict": self._verdict()} | shown
        columns |= {name: f"e.{identifier(name)}" for name in extras}
        return select(columns, self._source(extras, where), " AND ".join(self._conditions()))

    def believed(self) -> str:
        """SQL for the relation with the interval in which each event was believed.

        An event that was found to be a machine's only after it arrived stands there twice: before, it was a person's.
        """
        arrivals = said(self.rows)
        names = list(arrivals)
        source, conditions = self._source(arrivals, ""), self._conditions()
        shown = {name: self._shown(name) for name in self.names}
        columns = {"lead": "l.lead", "at": "epoch_us(e.occurred)", "verdict": self._verdict()} | shown
        query = select(columns | event_interval(names, flagged=False), source, " AND ".join(conditions))
        if FLAGGED not in names:
            return query
        before = columns | {"is_machine": "false"} | event_interval(names, flagged=True)
        human = select(before, source, " AND ".join([*conditions, was_taken_for_human(names)]))
        return f"{query} UNION ALL {human}"

    def _source(self, extras: dict[str, str], where: str) -> str:
        source = f"{inside(self._inner(extras, where), 'e')} LEFT JOIN leads l ON l.lead_id = e.lead_id"
        if not self.repeats:
            return source
        on = f"r.scan = {self.place} AND r.part = e.part AND r.number = e.number"
        return f"{source} LEFT JOIN {identifier(REPEATS)} r ON {on}"

    def _conditions(self) -> list[str]:
        conditions = ["r.same IS DISTINCT FROM true"] if self.repeats else []
        if self.as_of is not None:
            conditions.append(f"({self._verdict()} <> 0 OR epoch_us(e.occurred) <= {self.as_of})")
        return conditions

    def _inner(self, extras: dict[str, str], where: str) -> str:
        """What is read of the scan, before the join."""
        rows = self.rows
        columns = {"lead_id": rows.lead_id, "occurred": rows.at.value}
        if rows.at.lost:
            columns["time lost"] = rows.at.lost
        columns |= {name: rows.cells[name].value for name in self.names if name in rows.cells and name != "occurred_at"}
        wanted = [name for name in self.names if name.startswith(PREFIX)]
        if wanted and _FOUND in rows.cells:
            columns[_FOUND] = rows.cells[_FOUND].value
        if self.repeats:
            columns |= {"part": rows.scan.part, "number": rows.scan.row}
        return select(columns | extras, rows.scan.sql, where)

    def _shown(self, name: str) -> str:
        own = f"e.{identifier(name)}"
        if name == "is_machine":
            return f"coalesce({own}, false)"
        if name == "occurred_at":
            return "e.occurred"
        if name.startswith(PREFIX) and _FOUND in self.rows.cells:
            place = [name for name in self.names if name.startswith(PREFIX)].index(name) + 1
            found = f"e.{identifier(_FOUND)}[{place}]"
            return lightly_known(f"coalesce({found}, {own})" if name in self.rows.cells else found)
        return own if name in self.rows.cells else f"NULL::{SQL_TYPES[EVENT_COLUMNS.get(name, TEXT)]}"

    def _verdict(self) -> str:
        lost = f'WHEN e."time lost" THEN {Verdict.TIME_UNREADABLE.value}' if self.rows.at.lost else ""
        late = (
            f"WHEN epoch_us(e.occurred) > {self.now} THEN {Verdict.IN_THE_FUTURE.value}" if self.now is not None else ""
        )
        again = f"WHEN r.same = false THEN {Verdict.OTHER_CONTENT.value}" if self.repeats else ""
        return (
            f"(CASE WHEN e.lead_id IS NULL THEN {Verdict.NO_LEAD_ID.value} {lost} "
            f"WHEN e.occurred IS NULL THEN {Verdict.NO_TIME.value} "
            f"WHEN l.lead IS NULL THEN {Verdict.UNKNOWN_LEAD.value} {late} {again} ELSE 0 END)::UTINYINT"
        )


def with_properties(rows: Rows, names: tuple[str, ...], mapping: TableMapping) -> Rows:
    """The rows with a cell for each property: from a column of that name, and from a column of JSON, which wins."""
    wanted = [name for name in names if name.startswith(PREFIX)]
    cells = dict(rows.cells)
    for name in wanted:
        column = None if name in cells else property_column(rows.scan, "events", name.removeprefix(PREFIX), _CANONICAL)
        if column is not None:
            cells[name] = Cell(text((column,), mapping.unknown, lightly=True))
    said = mapping.columns.get(EVENT_PROPERTIES, (EVENT_PROPERTIES,))
    whole = next((column for column in rows.scan.columns if column.name in said), None)
    if wanted and whole is not None:
        keys = [name.removeprefix(PREFIX) for name in wanted]
        paths = ", ".join(literal("/" + key.replace("~", "~0").replace("/", "~1")) for key in keys)
        if kind_of(whole) == "other":
            cells[_FOUND] = Cell(f"json_extract_string(to_json({whole.sql}), [{paths}])")
        else:
            written = lightly_known(as_text(whole))
            valid = f"CASE WHEN json_valid({written}) THEN json_extract_string({written}, [{paths}]) END"
            cells[_FOUND] = Cell(valid, f"coalesce(NOT json_valid({written}), false)")
    return replace(rows, cells=cells)


def empty_events(names: tuple[str, ...], *, arrivals: bool = False) -> str:
    """The relation without a row, where there is no log."""
    types = {name: SQL_TYPES[EVENT_COLUMNS.get(name, TEXT)] for name in names}
    columns = {"lead": "NULL::INTEGER", "at": "NULL::BIGINT", "verdict": "0::UTINYINT"}
    if arrivals:
        columns |= {KNOWN_FROM: "NULL::BIGINT", KNOWN_UNTIL: "NULL::BIGINT"}
    return select(columns | {name: f"NULL::{kind}" for name, kind in types.items()}, "range(0)")
