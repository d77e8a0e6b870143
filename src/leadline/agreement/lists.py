"""Named lists: written in the agreement, or in a text or CSV file beside it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from leadline.agreement.document import NamedList
from leadline.agreement.sql.text import shortened

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.agreement.format.structure import Structure, Written

FILE_BYTES_MAX: Final = 32 * 1024 * 1024


def read_list(structure: Structure, folder: Path, name: str, entry: Written) -> NamedList | None:
    """The list behind a name; problems go to ``structure``."""
    if ("values" in entry.key_lines) == ("file" in entry.key_lines):
        message = "a list has either `values: [a, b]` or `file: name.csv`. Write one of them."
        structure.report(entry.line, entry.place, message)
        return None
    values, file = entry.get("values"), entry.get("file")
    if values is None and file is None:
        return None
    if values is not None:
        return NamedList(name, frozenset(values))
    try:
        return NamedList(name, _read_file(folder, file), file)
    except ValueError as error:
        structure.report(entry.line_of("file"), f"{entry.place}.file", str(error))
        return None


def _read_file(folder: Path, file: str) -> frozenset[str]:
    shown = shortened(file)
    try:
        path = (folder / file).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise ValueError(f"'{shown}' lies outside the agreement's folder. Put it beside the agreement.")
        if not path.is_file():
            raise ValueError(f"'{shown}' is no file beside the agreement. Check its name.")
        with path.open("rb") as opened:
            content = opened.read(FILE_BYTES_MAX + 1)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "its links run in a circle"
        raise ValueError(f"'{shown}' cannot be read: {reason}. Check the file and its rights.") from None
    if len(content) > FILE_BYTES_MAX:
        raise ValueError(f"'{shown}' has more than {FILE_BYTES_MAX // 2**20} MiB. Split it into several lists.")
    try:
        return _first_column(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError(f"'{shown}' is not UTF-8. Save it as UTF-8.") from None
    except csv.Error as error:
        raise ValueError(f"'{shown}' is no CSV file: {error}. Write one value a line.") from None


def _first_column(text: str) -> frozenset[str]:
    delimiter = next((mark for mark in ("\t", ";", ",") if mark in text.partition("\n")[0]), ",")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return frozenset(row[0].strip() for row in rows if row and row[0].strip() and not row[0].startswith("#"))
