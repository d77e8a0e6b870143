"""Reads a sheet of an Excel or LibreOffice workbook as columns of text, as if it had been exported as CSV."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING, Final

from leadline.agreement.sql.text import did_you_mean
from leadline.errors import InputError
from leadline.log.dialect import unique
from leadline.log.rows_of_text import Reader, text_rows
from leadline.log.unpacking import open_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leadline.log.files import File

_ROWS_A_BATCH: Final = 20_000
_EXACT: Final = 2**53


def workbook(file: File, sheet: str | None, notes: list[str]) -> Reader:
    """The rows of the named sheet, or of the first one. The first row that is not blank has the names."""
    import python_calamine

    try:
        with open_bytes(file) as opened:
            book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(opened.read()))
        name = _sheet(file, book.sheet_names, sheet, notes)
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(
            f"{file.label} cannot be read as a workbook: {error}. Save it again, or export it as CSV."
        ) from error
    rows = enumerate([_text(cell) for cell in row] for row in cells)
    header = next((row for _, row in rows if any(row)), None)
    if header is None:
        raise InputError(
            f"{file.label}: the sheet '{name}' is empty. Name another one as `sheet:` in the mapping file."
        )
    yield from _batches(header, (row for _, row in rows))


def _sheet(file: File, names: list[str], wanted: str | None, notes: list[str]) -> str:
    if wanted is not None and wanted not in names:
        raise InputError(
            f"{file.label} has no sheet '{wanted}'.{did_you_mean(wanted, names)} It has {', '.join(names)}."
        )
    if not names:
        raise InputError(f"{file.label} has no sheets. Save it again.")
    if wanted is None and len(names) > 1:
        notes.append(
            f"{file.label}: only its first sheet '{names[0]}' was read; `sheet:` in the mapping file names another."
        )
    return wanted or names[0]


def _batches(header: list[str], rows: Iterable[list[str]]) -> Reader:
    width = max((place + 1 for place, name in enumerate(header) if name), default=0)
    names = unique(header[:width])
    yield text_rows(names, [], [])
    numbers: list[int] = []
    kept: list[list[str]] = []
    for number, row in enumerate(rows, 1):
        if not any(row):
            continue
        numbers.append(number)
        kept.append([*row[:width], *[""] * (width - len(row))])
        if len(kept) == _ROWS_A_BATCH:
            yield text_rows(names, numbers, kept)
            numbers, kept = [], []
    yield text_rows(names, numbers, kept)


def _text(cell: object) -> str:
    """A cell as CSV would have it: whole numbers without a point, times in ISO 8601."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
