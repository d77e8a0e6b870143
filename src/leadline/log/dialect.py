"""Tells how a text file is laid out: what separates its cells, and what its header says."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leadline.errors import InputError

if TYPE_CHECKING:
    from leadline.log.unpacking import Text

DELIMITERS: Final = (",", ";", "\t", "|")
SPOKEN: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_ROWS_LOOKED_AT: Final = 50
_EXCEL_HINT: Final = re.compile(r"sep=(.)\r?\n")


@dataclass(frozen=True, slots=True)
class Dialect:
    """``names`` as the header says them, made unique; ``begins`` is the length of the header in bytes."""

    delimiter: str
    names: tuple[str, ...]
    begins: int


def dialect_of(text: Text, delimiter: str | None) -> Dialect:
    """The layout of a file. Raises ``InputError`` where it cannot be told."""
    head = text.peek()
    sample = head.decode("utf-8", "replace")
    hint = _EXCEL_HINT.match(sample)
    if hint:
        delimiter = delimiter or hint[1]
        sample = sample[hint.end() :]
    blank = len(sample) - len(sample.lstrip("\r\n"))
    sample = sample[blank:]
    if not sample.strip():
        raise InputError(f"{text.file.label} is empty. It needs a first line with the names of its columns.")
    lines = sample.splitlines(keepends=True)[: 20 * _ROWS_LOOKED_AT]
    delimiter = delimiter or _delimiter(text.file.label, lines)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        header = next(reader)
    except csv.Error as error:
        raise InputError(f"{text.file.label}: the header cannot be read: {error}. Mend its first line.") from error
    consumed = "".join(lines[: reader.line_num])
    begins = (hint.end() if hint else 0) + blank + len(consumed.encode("utf-8"))
    return Dialect(delimiter, unique([name.strip() for name in header]), begins)


def unique(names: list[str]) -> tuple[str, ...]:
    """Names of columns, the later ones of equal names numbered: ``email``, ``email (2)``; nameless ones by place."""
    seen: dict[str, int] = {}
    taken = []
    for place, written in enumerate(names):
        name = written.replace("\x00", "").strip("\ufeff \t") or f"column {place + 1}"
        seen[name] = seen.get(name, 0) + 1
        taken.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(taken)


def _delimiter(label: str, lines: list[str]) -> str:
    """The one sign by which header and rows have the same number of cells, more than one."""
    agreeing = {sign: _agreement(lines, sign) for sign in DELIMITERS}
    whole = [sign for sign, share in agreeing.items() if share == 1]
    most = whole or [sign for sign, share in agreeing.items() if share >= 0.5]
    if len(most) > 1:
        header = lines[0]
        most = [sign for sign in most if header.count(sign) == max(header.count(other) for other in most)]
    if len(most) > 1:
        signs = " or ".join(SPOKEN[sign] for sign in most)
        raise InputError(
            f"{label}: cells may be separated by {signs}; the file cannot tell. Say `delimiter:` in the mapping file."
        )
    if most:
        return most[0]
    present = [sign for sign, share in agreeing.items() if share > 0]
    if len(present) > 1:
        raise InputError(f"{label}: it cannot be told what separates the cells. Say `delimiter:` in the mapping file.")
    return present[0] if present else ","


def _agreement(lines: list[str], sign: str) -> float:
    """The share of the first rows that have as many cells as the header; 0 where the header has only one."""
    reader = csv.reader(lines, delimiter=sign)
    try:
        width = len(next(reader))
        if width < 2:
            return 0
        counts = [
            len(row) == width for row, _ in zip((row for row in reader if row), range(_ROWS_LOOKED_AT), strict=False)
        ]
    except csv.Error:
        return 0.01
    return (sum(counts) + 0.01) / (len(counts) + 0.01) if not all(counts) else 1.0
