"""Reads exports as they are into columns of distinct texts and codes; nothing is typed yet."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import InputError
from leadline.log.files import find_files
from leadline.log.loading import Loader
from leadline.log.mapping import TableMapping
from leadline.log.scan import readable
from leadline.log.sql import select
from leadline.log.unpacking import BLOCK, open_bytes
from leadline.log.values import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb
    import numpy.typing as npt

    from leadline.log.files import File
    from leadline.log.loading import Loaded
    from leadline.log.scan import BrokenRow, Scan

MISSING: Final = -1
COLUMNS_A_QUERY: Final = (32, 500)
CELLS_A_QUERY: Final = 16_000_000
"""As many columns at once as this allows, within bounds: each query of a wide table costs time for all its columns."""
COLUMNS_MAX: Final = 20_000
SAME_LAYOUT: Final = 0.7
"""Files of one argument with this share of column names in common are one table."""
_FALLBACKS: Final = ("cp1252", "latin-1")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``codes`` (n) are places in ``values``, ``MISSING`` where nothing is written.

    ``values`` are distinct and stand in the order in which they first appear; ``counts`` says in how many rows each
    does. Blanks around them are taken off; ``padded`` rows had some.
    """

    name: str
    codes: npt.NDArray[np.int32]
    values: pa.Array[Any]
    counts: npt.NDArray[np.int64]
    padded: int = 0

    @property
    def filled(self) -> int:
        """Rows in which something is written."""
        return int(self.counts.sum())

    def texts(self) -> list[str]:
        """The distinct values as texts."""
        return [str(value) for value in self.values.to_pylist()]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an export. ``files`` are what it was read from, ``encoding`` is said where it is not UTF-8."""

    name: str
    rows: int
    columns: tuple[Column, ...]
    files: tuple[str, ...]
    encoding: str | None = None

    def column(self, name: str) -> Column | None:
        """The column with a name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: tables in the order of the arguments, remarks, and rows that are no rows of their file."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    broken: tuple[BrokenRow, ...]


def read_tables(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[str | Path],
    encoding: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Read:
    """Every table of the files, folders or globs.

    Raises ``InputError`` for what cannot be read, and where all of it is empty.
    """
    tables: list[Table] = []
    notes: list[str] = []
    broken: list[BrokenRow] = []
    for place, source in enumerate(sources):
        loaded, used = _loaded(connection, source, encoding, _unique(Path(source).stem or str(source), tables))
        if used != encoding:
            notes.append(f"{source}: not UTF-8; read as {used}")
        notes += loaded.notes
        broken += loaded.broken
        for scans in _alike(loaded.scans):
            name = _unique(Path(scans[0].files[0]).name.partition(".")[0], tables)
            tables.append(_table(connection, name, scans, used))
        if progress is not None:
            progress(place + 1, len(sources))
    _refuse_nothing(tables, [str(source) for source in sources])
    return Read(tuple(tables), tuple(notes), tuple(broken))


def _refuse_nothing(tables: Sequence[Table], sources: Sequence[str]) -> None:
    shown = ", ".join(sources[:3])
    if not any(table.rows for table in tables):
        raise InputError(f"{shown}: there are no rows to analyse. Name an export with a header and at least one row.")
    if not any(column.filled for table in tables for column in table.columns):
        raise InputError(f"{shown}: every cell is empty. Export the leads again, with their values.")


def _loaded(
    connection: duckdb.DuckDBPyConnection, source: str | Path, encoding: str | None, kind: str
) -> tuple[Loaded, str | None]:
    """The source, in the encoding asked for or found out."""
    used = encoding or _encoding(source)
    return Loader(connection, kind, TableMapping(encoding=used)).load(source), used


def _encoding(source: str | Path) -> str | None:
    """What its text is written in where that is not UTF-8: nearly always Windows' western encoding.

    It is found out before anything is read, so that the readers meet no bytes that they have to stumble over.
    """
    texts = [file for file in find_files(source).found if file.format in ("text", "json")]
    for name in (None, *_FALLBACKS):
        if all(_is_written_in(file, name) for file in texts):
            return name
    return None


def _is_written_in(file: File, encoding: str | None) -> bool:
    with readable(file.label), open_bytes(file) as opened:
        decoder = codecs.getincrementaldecoder(encoding or "utf-8")()
        block = opened.read(BLOCK)
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)):
            return True
        try:
            while block:
                decoder.decode(block)
                block = opened.read(BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _unique(name: str, tables: Sequence[Table]) -> str:
    taken = {table.name for table in tables}
    number = 2
    found = name
    while found in taken:
        found, number = f"{name} ({number})", number + 1
    return found


def _alike(scans: Sequence[Scan]) -> list[list[Scan]]:
    """Scans that are pieces of one table: monthly files, of which a later one may have a column more."""
    groups: list[list[Scan]] = []
    for scan in scans:
        names = {column.name for column in scan.columns}
        for group in groups:
            other = {column.name for column in group[0].columns}
            if len(names & other) >= SAME_LAYOUT * len(names | other):
                group.append(scan)
                break
        else:
            groups.append([scan])
    return groups


def _table(connection: duckdb.DuckDBPyConnection, name: str, scans: Sequence[Scan], encoding: str | None) -> Table:
    names = list(dict.fromkeys(column.name for scan in scans for column in scan.columns))
    if len(names) > COLUMNS_MAX:
        raise InputError(f"{scans[0].label} has {len(names):,} columns; {COLUMNS_MAX:,} are the most. Export fewer.")
    columns: list[Column] = []
    rows = sum(scan.rows for scan in scans)
    step = max(COLUMNS_A_QUERY[0], min(COLUMNS_A_QUERY[1], CELLS_A_QUERY // max(1, rows)))
    for start in range(0, len(names), step):
        wanted = names[start : start + step]
        pieces = [_texts(connection, scan, wanted) for scan in scans]
        for place, one in enumerate(wanted):
            texts = pa.chunked_array([chunk for piece in pieces for chunk in piece.column(place).chunks], pa.string())
            columns.append(encoded(one, texts))
    files = tuple(dict.fromkeys(file for scan in scans for file in scan.files))
    return Table(name, rows, tuple(columns), files, encoding)


def _texts(connection: duckdb.DuckDBPyConnection, scan: Scan, names: Sequence[str]) -> pa.Table:
    """Columns of a scan as texts, NULL where the scan has none of that name."""
    has = {column.name: column for column in scan.columns}
    chosen = {
        f"v{place}": f"({as_text(has[name])})::VARCHAR" if name in has else "NULL::VARCHAR"
        for place, name in enumerate(names)
    }
    with readable(scan.label):
        return connection.sql(select(chosen, scan.sql)).to_arrow_table()


def encoded(name: str, texts: pa.ChunkedArray | pa.Array[Any]) -> Column:
    """A column of texts as codes of its distinct values, blanks around them taken off; blank is missing."""
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    whole = pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())
    found = pc.dictionary_encode(whole.cast(pa.string()))
    codes = np.asarray(pc.fill_null(found.indices, MISSING), dtype=np.int32)
    trimmed = pc.utf8_trim_whitespace(found.dictionary)
    padded = np.asarray(pc.not_equal(trimmed, found.dictionary), bool)
    values, rows_padded = found.dictionary, 0
    if padded.any() or pc.any(pc.equal(trimmed, "")).as_py():
        counts = np.bincount(codes[codes >= 0], minlength=len(padded))
        again = pc.dictionary_encode(pc.if_else(pc.equal(trimmed, ""), None, trimmed))
        places = np.append(np.asarray(pc.fill_null(again.indices, MISSING), np.int32), np.int32(MISSING))
        rows_padded = int(counts[padded & (places[:-1] >= 0)].sum())
        codes, values = places[codes], again.dictionary
    counts = np.bincount(codes[codes >= 0], minlength=len(values)).astype(np.int64)
    return Column(name, codes, values, counts, rows_padded)
