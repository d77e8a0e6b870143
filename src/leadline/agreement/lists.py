"""Named lists: written in the agreement, or in a text or CSV file beside it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from leadline.agreement.document import NamedList

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.agreement.structure import Structure, Written

FILE_BYTES_MAX: Final = 32 * 1024 * 1024


def read_list(structure: Structure, folder: Path, name: str, entry: Written) -> NamedList | None:
    """The list behind a name; problems go to ``structure``."""
    values, file = entry.get("values"), entry.get("file")
    if (values is None) == (file is None):
        structure.report(entry.line, entry.place, "a list has either `values` or a `file`.")
        return None
    if values is not None:
        return NamedList(name, frozenset(values))
    try:
        return NamedList(name, _read_file(folder, file), file)
    except ValueError as error:
        structure.report(entry.line_of("file"), f"{entry.place}.file", str(error))
        return None


def _read_file(folder: Path, file: str) -> frozenset[str]:
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"'{file}' lies outside the agreement's folder. Put the file beside the agreement.")
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise ValueError(f"'{file}' has more than {FILE_BYTES_MAX // 2**20} MiB.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"'{file}' cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ValueError(f"'{file}' is not UTF-8. Save it as UTF-8.") from None
    delimiter = next((mark for mark in ("\t", ";", ",") if mark in text.partition("\n")[0]), ",")
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return frozenset(row[0].strip() for row in rows if row and row[0].strip() and not row[0].startswith("#"))
