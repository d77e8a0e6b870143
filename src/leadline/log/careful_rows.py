"""Reads a delimited file whose quotes are in disorder: a row that makes no sense costs itself, not its neighbours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from leadline.log.rows_of_text import Broken, Reader, text_rows
from leadline.log.unpacking import BLOCK, wrong_byte

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.log.dialect import Dialect
    from leadline.log.unpacking import Text

_ROWS_A_BATCH: Final = 20_000
_ROW_BYTES_MAX: Final = 16 * 2**20


def careful_rows(text: Text, dialect: Dialect, broken: Broken) -> Reader:
    """The rows of the rest of a file.

    A cell in quotes ends with a quote before a delimiter or the end of a line; a quote inside a cell without quotes
    is a letter like any other. Where a line begins no row of the header's width, only that line is broken.
    """
    width = len(dialect.names)
    numbers: list[int] = []
    rows: list[list[str]] = []
    for number, (cells, line) in enumerate(_records(text, dialect.delimiter, width), 1):
        if cells is None:
            broken.add(text.file.label, number, "its quotes or its number of cells are wrong", line)
            continue
        numbers.append(number)
        rows.append(cells)
        if len(rows) == _ROWS_A_BATCH:
            yield text_rows(dialect.names, numbers, rows)
            numbers, rows = [], []
    yield text_rows(dialect.names, numbers, rows)


def _records(text: Text, delimiter: str, width: int) -> Iterator[tuple[list[str] | None, str]]:
    sign = re.escape(delimiter)
    cell = rf'(?:"((?:[^"]|"")*+)"(?={sign}|[\r\n]|\Z)|([^"{sign}\r\n][^{sign}\r\n]*+|))'
    one = re.compile(rf"{cell}({sign}|\r\n|\r|\n|\Z)")
    for buffer, final in _buffers(text):
        place = 0
        while place < len(buffer.text):
            cells, end = _record(one, buffer.text, place, delimiter)
            if not final and (end >= len(buffer.text) - 1 or cells is None) and _may_grow(buffer.text, place):
                break
            if cells is None or (len(cells) != width and "\n" in buffer.text[place:end].strip("\r\n")):
                cells, end = None, _end_of_line(buffer.text, place)
            line = buffer.text[place:end].rstrip("\r\n")
            place = end
            if line:
                yield (cells if cells is not None and len(cells) == width else None), line
        buffer.text = buffer.text[place:]


def _may_grow(text: str, place: int) -> bool:
    """Whether what follows in the file can still change how the row at ``place`` is read."""
    return len(text) - place < _ROW_BYTES_MAX


def _record(one: re.Pattern[str], text: str, place: int, delimiter: str) -> tuple[list[str] | None, int]:
    cells: list[str] = []
    while found := one.match(text, place):
        quoted, plain, stop = found.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        place = found.end()
        if stop != delimiter:
            return cells, place
    return None, place


def _end_of_line(text: str, place: int) -> int:
    ends = [end + 1 for end in (text.find("\n", place), text.find("\r", place)) if end >= 0]
    return min(ends, default=len(text))


class _Buffer:
    def __init__(self) -> None:
        self.text = ""


def _buffers(text: Text) -> Iterator[tuple[_Buffer, bool]]:
    """What has been read and not yet used, again and again; the reader cuts off what it has used."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    buffer = _Buffer()
    while True:
        block = text.read(BLOCK)
        try:
            buffer.text += decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            raise wrong_byte(text.file) from error
        yield buffer, not block
        if not block:
            return
