"""Reads CSV and its relatives as text: fast where all quotes are in order, row by row where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from leadline.log.careful_rows import careful_rows
from leadline.log.dialect import Dialect, dialect_of
from leadline.log.quoting import DisorderError, QuoteCheck
from leadline.log.rows_of_text import Broken, Reader, TextRows, text_rows
from leadline.log.scan import readable
from leadline.log.unpacking import BLOCK, Text, as_stream, wrong_byte

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadline.log.files import File

_TOO_LONG: Final = "straddling"
_NOT_UTF8: Final = "invalid UTF8"


class StartAgainError(Exception):
    """The fast reader met what only the careful one reads; what was read so far does not count."""


def delimited(file: File, encoding: str | None, delimiter: str | None, broken: Broken) -> Reader:
    """The rows of a file; first an empty batch that tells the columns. Raises ``StartAgainError``, ``InputError``."""
    yield from _read(file, encoding, delimiter, broken, _fast_rows)


def delimited_with_care(file: File, encoding: str | None, delimiter: str | None, broken: Broken) -> Reader:
    """The same for a file whose quotes are in disorder: every broken row is told apart from its neighbours."""
    yield from _read(file, encoding, delimiter, broken, careful_rows)


def _read(
    file: File,
    encoding: str | None,
    delimiter: str | None,
    broken: Broken,
    rows: Callable[[Text, Dialect, Broken], Reader],
) -> Reader:
    with Text(file, encoding) as text:
        dialect = dialect_of(text, delimiter)
        yield text_rows(dialect.names, [], [])
        text.read(dialect.begins)
        yield from rows(text, dialect, broken)


def _fast_rows(text: Text, dialect: Dialect, broken: Broken) -> Reader:
    watched = _Watched(text, QuoteCheck(dialect.delimiter))
    if not watched.has_rows():
        return
    skipped: list[int] = []
    number = 0
    try:
        for batch in _opened(watched, dialect, broken, skipped):
            found = batch.num_rows
            numbers = _numbers(number, found, skipped)
            number = int(numbers[-1]) if found else number
            yield TextRows(dialect.names, numbers, tuple(batch.columns))
    except DisorderError:
        raise StartAgainError from None
    except pa.ArrowInvalid as error:
        if watched.disorder or _TOO_LONG in str(error):
            raise StartAgainError from error
        if _NOT_UTF8 in str(error):
            raise wrong_byte(text.file) from error
        with readable(text.file.label):
            raise


def _numbers(last: int, found: int, skipped: list[int]) -> Any:
    """The numbers of the next rows: one after another, without those of broken rows."""
    following = np.arange(last + 1, last + 1 + found + len(skipped), dtype=np.int64)
    kept = following[~np.isin(following, skipped)][:found]
    if found:
        skipped[:] = [number for number in skipped if number > kept[-1]]
    return kept


def _opened(watched: _Watched, dialect: Dialect, broken: Broken, skipped: list[int]) -> Any:
    from pyarrow import csv

    names = [f"c{place}" for place in range(len(dialect.names))]

    def is_broken(row: Any) -> str:
        number = int(row.number)
        skipped.append(number)
        broken.add(watched.label, number, miscounted(row.actual_columns, row.expected_columns), str(row.text))
        return "skip"

    return csv.open_csv(
        as_stream(watched),
        read_options=csv.ReadOptions(column_names=names, block_size=BLOCK, use_threads=False),
        parse_options=csv.ParseOptions(
            delimiter=dialect.delimiter, newlines_in_values=True, invalid_row_handler=is_broken
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, null_values=[]
        ),
    )


def miscounted(found: int, expected: int) -> str:
    """Why a row is broken."""
    return f"it has {found} cell{'s' if found != 1 else ''}, the header has {expected}"


class _Watched:
    """The bytes that Arrow reads, looked at on their way."""

    def __init__(self, text: Text, check: QuoteCheck) -> None:
        self.label = text.file.label
        self.disorder = False
        self._text = text
        self._check = check
        self._first = b""
        self._ended = False

    def has_rows(self) -> bool:
        while not self._first.strip(b"\r\n"):
            block = self._text.read(BLOCK)
            if not block:
                return False
            self._first += block
        return True

    def read(self, size: int = -1) -> bytes:
        if self._first:
            block, self._first = self._first[:size], self._first[size:]
        else:
            block = self._text.read(size)
        try:
            if block:
                self._check.look(block)
            elif not self._ended:
                self._ended = True
                self._check.finish()
        except DisorderError:
            self.disorder = True
            raise
        return block
