"""Reads times: what the input says plainly is taken, what it cannot say (a zone, an order) is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leadline.agreement.sql.text import shortened
from leadline.errors import InputError
from leadline.log.mapping import EPOCHS
from leadline.log.scan import fetched, readable
from leadline.log.sql import literal, select
from leadline.log.values import Cell, kind_of, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from leadline.log.mapping import TableMapping
    from leadline.log.scan import Column, Scan

_CLOCK: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
_LOOSE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
_OFFSET: Final = rf"{_CLOCK}(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)"
_LOOSE_OFFSET: Final = rf"{_LOOSE} *(Z|UTC|GMT|[+-][0-9]{{2}}(:?[0-9]{{2}})?)"
_NAIVE: Final = rf"{_CLOCK}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
_LOOSE_NAIVE: Final = _LOOSE
_EPOCH: Final = r"-?[0-9]{9,19}(\.[0-9]+)?"
_MICROSECONDS: Final = {"epoch_s": 1_000_000.0, "epoch_ms": 1_000.0, "epoch_us": 1.0, "epoch_ns": 0.001}
_FROM: Final = {"epoch_s": 1e8, "epoch_ms": 1e11, "epoch_us": 1e14, "epoch_ns": 1e17}
"""The least size of each epoch; seconds from 1973 on."""


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """A column of times in a scan: what it means, and what the caller or the mapping file says about it."""

    scan: Scan
    kind: str
    meaning: str
    columns: Sequence[Column]
    mapping: TableMapping
    timezone: str | None

    @property
    def place(self) -> str:
        """What messages call it."""
        return f"{self.scan.label}, column {' + '.join(column.name for column in self.columns)}"

    @property
    def written(self) -> str:
        """SQL of what is written, as text."""
        return plain(self.columns, self.mapping.unknown)


def time(connection: duckdb.DuckDBPyConnection, column: TimeColumn) -> Cell:
    """The instants of a column as TIMESTAMPTZ. Raises ``InputError`` where the input does not say enough."""
    with readable(column.place, "Say its `time_format:` in the mapping file."):
        if len(column.columns) > 1:
            return _of_text(connection, column)
        only = column.columns[0]
        kind = kind_of(only)
        if kind == "instant":
            return Cell(f"{only.sql}::TIMESTAMPTZ")
        if kind == "naive":
            return _of_naive(connection, column, only)
        if kind in ("whole", "number"):
            return _of_numbers(connection, column, only)
        if kind == "text":
            return _of_text(connection, column)
    raise InputError(
        f"{column.place}: its type is {only.type.lower()}, which is no time. Say which column is {column.meaning}."
    )


def _first(connection: duckdb.DuckDBPyConnection, scan: Scan, value: str, where: str) -> tuple[str, int] | None:
    """The first value that satisfies a condition, as text, with its row."""
    query = select({"value": f"({value})::VARCHAR", "number": scan.row}, scan.sql, where)
    found = fetched(connection, f"{query} LIMIT 1")
    return (str(found[0][0]), int(found[0][1])) if found else None


def _of_naive(connection: duckdb.DuckDBPyConnection, column: TimeColumn, only: Column) -> Cell:
    if column.timezone is None:
        first = _first(connection, column.scan, only.sql, f"{only.sql} IS NOT NULL")
        if first is None:
            return Cell("NULL::TIMESTAMPTZ")
        raise _no_zone(column, *first)
    return Cell(f"timezone({literal(column.timezone)}, {only.sql}::TIMESTAMP)")


def _of_numbers(connection: duckdb.DuckDBPyConnection, column: TimeColumn, only: Column) -> Cell:
    value = f"{only.sql}::DOUBLE"
    epochs = _epochs(connection, column, value)
    lost = f"coalesce(isfinite({value}), false)"
    if not epochs:
        return Cell("NULL::TIMESTAMPTZ", lost)
    exact = f"{only.sql}" if kind_of(only) == "whole" else ""
    instant = _from_epoch(epochs, value, exact)
    return Cell(instant, f"({lost} AND ({instant}) IS NULL)")


def _epochs(connection: duckdb.DuckDBPyConnection, column: TimeColumn, value: str) -> str:
    """Which epoch the numbers count in; empty where there are none."""
    if column.mapping.time_format in EPOCHS:
        return str(column.mapping.time_format)
    size = f"abs({value})"
    names = list(_FROM)
    bounds = [*_FROM.values(), 1e20]
    classes = " ".join(
        f"WHEN {size} >= {bounds[place]:.0f} AND {size} < {bounds[place + 1]:.0f} THEN '{name}'"
        for place, name in enumerate(names)
    )
    kind = f"CASE WHEN NOT coalesce(isfinite({value}), false) THEN NULL {classes} ELSE 'other' END"
    inner = select({"kind": kind, "value": f"({value})", "number": column.scan.row}, column.scan.sql)
    query = (
        f"SELECT kind, min_by(value, number), min(number) FROM ({inner}) WHERE kind IS NOT NULL GROUP BY ALL ORDER BY 3"
    )
    found = fetched(connection, query)
    return _one_epoch(column, [(str(kind), f"{number:.0f}", int(row)) for kind, number, row in found])


def _one_epoch(column: TimeColumn, found: list[tuple[str, str, int]]) -> str:
    epochs = [one for one in found if one[0] in EPOCHS]
    if len(epochs) > 1:
        (first, value, row), (second, other, later) = epochs[:2]
        raise InputError(
            f"{column.place}: {value} in row {row} looks like {first}, {other} in row {later} like {second}. "
            f"Say one of {', '.join(EPOCHS)} as `time_format:` under {column.kind} in the mapping file."
        )
    if found and not epochs:
        raise _no_format(column, found[0][1], found[0][2])
    return epochs[0][0] if epochs else ""


def _from_epoch(epoch: str, value: str, exact: str) -> str:
    factor = _MICROSECONDS[epoch]
    least = f"abs({value}) >= 0 AND abs({value}) * {factor!r} < 9e18"
    if exact:
        count = f"{exact}::BIGINT * {int(factor)}" if factor >= 1 else f"{exact}::BIGINT // 1000"
    else:
        count = f"round({value} * {factor!r})::BIGINT"
    return f"CASE WHEN {least} THEN make_timestamptz({count}) END"


def _of_text(connection: duckdb.DuckDBPyConnection, column: TimeColumn) -> Cell:
    written = column.written
    lost = f"({written} IS NOT NULL AND {{}} IS NULL)"
    if column.mapping.time_format is not None and column.mapping.time_format not in EPOCHS:
        value = _formatted(connection, column, column.mapping.time_format)
    else:
        value = _plain(connection, column)
    return Cell(value, lost.format(f"({value})"))


def _formatted(connection: duckdb.DuckDBPyConnection, column: TimeColumn, time_format: str) -> str:
    parsed = f"try_strptime({column.written}, {literal(time_format)})"
    first = _first(connection, column.scan, column.written, f"{column.written} IS NOT NULL")
    if first is None:
        return "NULL::TIMESTAMPTZ"
    if _first(connection, column.scan, parsed, f"{parsed} IS NOT NULL") is None:
        value, row = first
        raise InputError(
            f"{column.place}: no value fits the time format {time_format}; row {row} has '{shortened(value)}'. "
            f"Mend `time_format:` under {column.kind} in the mapping file."
        )
    if "%z" in time_format or "%Z" in time_format:
        return parsed
    if column.timezone is None:
        raise _no_zone(column, *first)
    return f"timezone({literal(column.timezone)}, {parsed})"


def _plain(connection: duckdb.DuckDBPyConnection, column: TimeColumn) -> str:
    """ISO 8601 and epochs, each value by its own form."""
    found = _forms(connection, column)
    zone = column.timezone
    naive = [one for one in found if one[0] in ("naive", "loose naive")]
    if naive and zone is None:
        raise _no_zone(column, naive[0][1], naive[0][2])
    if found and all(form == "other" for form, _, _ in found):
        raise _no_format(column, found[0][1], found[0][2])
    epoch = column.mapping.time_format or _one_epoch(column, [one for one in found if one[0] in EPOCHS])
    written = column.written
    numeric = f"TRY_CAST({written} AS DOUBLE)"
    tidy = rf"regexp_replace(replace({written}, ',', '.'), ' *(Z|UTC|GMT|[+-][0-9:]+)$', '\1')"
    in_utc = f"replace(replace({tidy}, 'UTC', 'Z'), 'GMT', 'Z')"
    values = {
        "offset": f"TRY_CAST({written} AS TIMESTAMPTZ)",
        "loose offset": f"TRY_CAST({in_utc} AS TIMESTAMPTZ)",
        "naive": f"timezone({literal(zone or 'UTC')}, TRY_CAST({written} AS TIMESTAMP))",
        "loose naive": f"timezone({literal(zone or 'UTC')}, TRY_CAST(replace({written}, ',', '.') AS TIMESTAMP))",
        **{name: _from_epoch(epoch or name, numeric, "") for name in EPOCHS},
    }
    present = {form for form, _, _ in found}
    if len(present) == 1 and (only := present.pop()) in values:
        return values[only]
    form = _form_of(column)
    cases = " ".join(f"WHEN '{name}' THEN {values[name]}" for name in sorted(present) if name in values)
    return f"CASE {form} {cases} END" if cases else "NULL::TIMESTAMPTZ"


def _form_of(column: TimeColumn) -> str:
    written = column.written
    patterns = {"offset": _OFFSET, "naive": _NAIVE, "loose offset": _LOOSE_OFFSET, "loose naive": _LOOSE_NAIVE}
    forms = [
        f"WHEN regexp_full_match({written}, {literal(pattern)}) THEN '{name}'" for name, pattern in patterns.items()
    ]
    number = f"abs(TRY_CAST({written} AS DOUBLE))"
    if column.mapping.time_format in EPOCHS:
        said = literal(column.mapping.time_format)
        return f"CASE WHEN {number} IS NOT NULL THEN {said} WHEN {written} IS NOT NULL THEN 'other' END"
    sizes = [f"WHEN {number} >= {least:.0f} THEN '{name}'" for name, least in reversed(_FROM.items())]
    epoch = f"WHEN regexp_full_match({written}, {literal(_EPOCH)}) THEN CASE {' '.join(sizes)} ELSE 'other' END"
    return f"CASE {' '.join(forms)} {epoch} WHEN {written} IS NOT NULL THEN 'other' END"


def _forms(connection: duckdb.DuckDBPyConnection, column: TimeColumn) -> list[tuple[str, str, int]]:
    """The forms that occur, each with its first value and row."""
    inner = select({"form": _form_of(column), "value": column.written, "number": column.scan.row}, column.scan.sql)
    query = (
        f"SELECT form, min_by(value, number), min(number) FROM ({inner}) WHERE form IS NOT NULL GROUP BY ALL ORDER BY 3"
    )
    return [(str(form), str(value), int(row)) for form, value, row in fetched(connection, query)]


def _no_zone(column: TimeColumn, value: str, row: int) -> InputError:
    return InputError(
        f"{column.place}: '{shortened(value)}' in row {row} has no offset, and the zone of such times is not said. "
        f"Say it with --timezone Europe/Berlin, or as `timezone:` under {column.kind} in the mapping file."
    )


def _no_format(column: TimeColumn, value: str, row: int) -> InputError:
    return InputError(
        f"{column.place}: '{shortened(value)}' in row {row} is not a time that can be told for sure. Say its format as "
        f'`time_format: "%d/%m/%Y %H:%M"` under {column.kind} in the mapping file, '
        f"or say which column is {column.meaning}."
    )
