"""A scan whose columns are understood: SQL for the id, the time and every value that somebody asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from leadline.fields.catalogue import BOOLEAN, NUMBER, TIME
from leadline.log.columns import Assignment, Meaning, assign, property_of, shown
from leadline.log.sql import literal
from leadline.log.times import TimeColumn, time
from leadline.log.values import SQL_TYPES, Cell, boolean, constant, fixed_time, number, plain, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from leadline.log.mapping import TableMapping
    from leadline.log.scan import Column, Scan


@dataclass(frozen=True, slots=True)
class Settings:
    """How one source is to be understood; ``since`` is the meaning that says when a row holds.

    ``properties`` are read from columns of any name.
    """

    kind: str
    since: str
    meanings: tuple[Meaning, ...]
    mapping: TableMapping
    timezone: str | None
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rows:
    """``lead_id`` is SQL for a text, ``at`` for a TIMESTAMPTZ, ``cells`` for every meaning."""

    scan: Scan
    kind: str
    lead_id: str
    at: Cell
    cells: dict[str, Cell]
    columns: dict[str, tuple[Column, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def lost(self) -> dict[str, str]:
        """Of each meaning that may be unreadable, SQL for whether it is."""
        return {name: cell.lost for name, cell in self.cells.items() if cell.lost}


def understand(connection: duckdb.DuckDBPyConnection, scan: Scan, settings: Settings) -> Rows:
    """Raises ``InputError`` for columns that are missing, ambiguous, or do not say enough."""
    found = assign(scan, settings.kind, settings.meanings, settings.mapping)
    cells = {meaning.name: _cell(connection, scan, settings, meaning, found) for meaning in settings.meanings}
    lead_id = plain(found.columns["lead_id"], settings.mapping.unknown)
    at = cells.get(settings.since, Cell("NULL::TIMESTAMPTZ"))
    wanted = {name: cell for name, cell in cells.items() if name not in ("lead_id", "event_id")}
    return Rows(scan, settings.kind, lead_id, at, wanted, found.columns, _notes(scan, settings, found, cells))


def _cell(
    connection: duckdb.DuckDBPyConnection, scan: Scan, settings: Settings, meaning: Meaning, found: Assignment
) -> Cell:
    columns: Sequence[Column] = found.columns.get(meaning.name, ())
    mapping = settings.mapping
    if meaning.name in mapping.constants:
        written = mapping.constants[meaning.name]
        place = f"{settings.kind}.constants.{meaning.name}"
        if meaning.type is TIME:
            return fixed_time(written, mapping.timezone or settings.timezone, place)
        return constant(written, meaning.type, place)
    if not columns:
        return Cell(f"NULL::{SQL_TYPES[meaning.type]}")
    if meaning.type is TIME:
        return time(connection, TimeColumn(scan, settings.kind, meaning.name, columns, mapping, settings.timezone))
    if meaning.type is NUMBER:
        return number(columns, mapping.unknown)
    if meaning.type is BOOLEAN:
        return boolean(columns, mapping.unknown)
    cell = Cell(text(columns, mapping.unknown, lightly=settings.kind == "events"))
    return replace(cell, value=_renamed(cell.value, mapping.events)) if meaning.name == "event" else cell


def _renamed(value: str, names: object) -> str:
    if not isinstance(names, dict) or not names:
        return value
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in names.items())
    return f"CASE {value} {cases} ELSE {value} END"


def _notes(scan: Scan, settings: Settings, found: Assignment, cells: dict[str, Cell]) -> tuple[str, ...]:
    notes = []
    if found.renamed:
        taken = ", ".join(f"{name} from {column}" for name, column in found.renamed)
        notes.append(f"{scan.label}: took {taken}")
    absent = [
        meaning.name
        for meaning in settings.meanings
        if meaning.name not in found.columns
        and meaning.name not in settings.mapping.constants
        and meaning.name not in _QUIET
    ]
    if absent:
        notes.append(f"{scan.label}: no column for {', '.join(absent)}; unknown here")
    unused = [column.name for column in found.left_over if property_of(column.name) not in settings.properties]
    if unused:
        notes.append(f"{scan.label}: not used: {shown(unused)}")
    zone = literal(settings.timezone or "")
    naive = [name for name, cell in cells.items() if f"timezone({zone}, " in cell.value]
    if naive and settings.timezone:
        notes.append(f"{scan.label}: times without offset are taken as {settings.timezone} ({', '.join(naive)})")
    return tuple(notes)


_QUIET = (
    *("event_id", "is_machine", "direction", "phone", "handle", "created_at"),
    *("received_at", "flagged_at", "linked_at"),
)
"""Meanings that are often not there, without anybody missing them."""
