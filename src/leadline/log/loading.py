"""Makes scans of a source: Parquet is read where it lies, everything else is spooled once as text or as Arrow."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa

from leadline.errors import InputError
from leadline.log.delimited import StartAgainError, delimited, delimited_with_care
from leadline.log.dialect import unique
from leadline.log.files import File, find_files
from leadline.log.json_rows import json_rows
from leadline.log.parquet import parquet_scans
from leadline.log.rows_of_text import Broken, Reader
from leadline.log.scan import BrokenRow, Column, Scan, described, readable
from leadline.log.spool import PART, ROW, Spool
from leadline.log.sql import identifier
from leadline.log.unpacking import unpacked
from leadline.log.workbook import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import duckdb

    from leadline.log.mapping import TableMapping

Source: TypeAlias = "str | Path | Iterable[str | Path] | Any"
"""A path, a list of paths, a folder, a glob; an Arrow table or reader; anything with an Arrow C stream."""


@dataclass(slots=True)
class Loaded:
    """A source that DuckDB can read. ``broken`` rows are in none of the scans."""

    scans: list[Scan] = field(default_factory=list)
    broken: list[BrokenRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Loader:
    """Loads one source; ``kind`` (leads, profiles, events) names it in messages and in the database."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, kind: str, mapping: TableMapping) -> None:
        self._connection = connection
        self._kind = kind
        self._mapping = mapping
        self._loaded = Loaded()
        self._broken = Broken()

    def load(self, source: Source) -> Loaded:
        """Raises ``InputError`` for what cannot be read at all."""
        if hasattr(source, "__arrow_c_stream__") or isinstance(source, pa.RecordBatch):
            self._load_arrow(source)
        elif isinstance(source, str | Path) or _is_list_of_paths(source):
            self._load_files(source)
        else:
            raise InputError(
                f"{self._kind}: {type(source).__name__} cannot be read. Give a path, a list of paths, an Arrow table, "
                "or a pandas or Polars data frame."
            )
        self._loaded.broken = self._broken.rows
        return self._loaded

    def _load_files(self, source: Any) -> None:
        files = find_files(source)
        if files.left_out:
            self._loaded.notes.append(
                f"{self._kind}: left out, not a format that can be read: {', '.join(files.left_out)}"
            )
        found = [file for file in files.found if not (files.several and self._is_empty(file))]
        if not found:
            raise InputError(f"{self._kind}: all files are empty. Name files with a header and rows.")
        for format_, group in _runs(found):
            if format_ == "parquet":
                self._loaded.scans += parquet_scans(self._connection, group)
            elif format_ == "arrow":
                for file in group:
                    self._load_arrow_file(file)
            else:
                self._load_text(group)

    def _is_empty(self, file: File) -> bool:
        empty = not file.member and file.path.stat().st_size == 0
        if empty:
            self._loaded.notes.append(f"{file.label} is empty and was left out")
        return empty

    def _load_text(self, files: list[File]) -> None:
        texts = _Texts()
        for file in files:
            with readable(file.label):
                try:
                    texts.take(file, self._reader(file, delimited))
                except StartAgainError:
                    texts.forget()
                    self._broken.rows[:] = [row for row in self._broken.rows if row.file != file.label]
                    texts.take(file, self._reader(file, delimited_with_care))
        for names, labels, spool in texts.spools:
            self._register(spool.table(), names, labels)

    def _reader(self, file: File, read_text: Callable[..., Reader]) -> Reader:
        if file.format == "workbook":
            return workbook(file, self._mapping.sheet, self._loaded.notes)
        if file.format == "json":
            return json_rows(file, self._mapping.encoding, self._broken)
        return read_text(file, self._mapping.encoding, self._mapping.delimiter, self._broken)

    def _load_arrow_file(self, file: File) -> None:
        from pyarrow import feather, ipc

        with unpacked(file) as path, readable(file.label):
            try:
                table = feather.read_table(path, memory_map=not file.packing)
            except pa.ArrowInvalid:
                table = ipc.open_stream(path.read_bytes()).read_all()
        self._take_table(table, file.label)

    def _load_arrow(self, source: Any) -> None:
        with readable(self._kind, "Give the column one type, or save the data as CSV."):
            if isinstance(source, pa.RecordBatch):
                source = pa.Table.from_batches([source])
            if isinstance(source, pa.Table):
                table = source
            elif isinstance(source, pa.RecordBatchReader) or "duckdb" in type(source).__module__:
                reader = (
                    source if isinstance(source, pa.RecordBatchReader) else pa.RecordBatchReader.from_stream(source)
                )
                self._spool_batches(reader)
                return
            else:
                table = pa.table(source)
        self._take_table(table, self._kind)

    def _take_table(self, table: pa.Table, label: str) -> None:
        rows = pa.array(np.arange(1, table.num_rows + 1, dtype=np.int64))
        parts = pa.array(np.zeros(table.num_rows, np.int32))
        arrays = [_plain(column) for column in table.columns]
        inner = [PART, ROW, *(f"c{place}" for place in range(len(arrays)))]
        self._register(
            pa.Table.from_arrays([pa.chunked_array([parts]), pa.chunked_array([rows]), *arrays], inner),
            unique(table.column_names),
            [label],
        )

    def _spool_batches(self, reader: pa.RecordBatchReader) -> None:
        names = unique(reader.schema.names)
        spool = Spool([_plain_type(kind) for kind in reader.schema.types])
        number = 0
        for batch in reader:
            numbers = np.arange(number + 1, number + 1 + batch.num_rows, dtype=np.int64)
            spool.add(0, numbers, [_plain(column) for column in batch.columns])
            number += batch.num_rows
        self._register(spool.table(), names, [self._kind])

    def _register(self, table: pa.Table, names: tuple[str, ...], labels: list[str]) -> None:
        name = f"{self._kind} as read {len(self._loaded.scans)}"
        self._connection.register(name, table)
        with readable(labels[0], "Give its columns plain types: text, numbers, true or false, times."):
            types = described(self._connection, identifier(name))[2:]
        columns = [Column(name, identifier(inner), kind) for name, (inner, kind) in zip(names, types, strict=True)]
        scan = Scan(identifier(name), tuple(columns), tuple(labels), identifier(PART), identifier(ROW), table.num_rows)
        self._loaded.scans.append(scan)


class _Texts:
    """Spools of text: files one after another share one as long as they have the same columns."""

    def __init__(self) -> None:
        self.spools: list[tuple[tuple[str, ...], list[str], Spool]] = []
        self._mark = 0

    def take(self, file: File, reader: Reader) -> None:
        """Reads a file to its end."""
        self._mark = self.spools[-1][2].mark() if self.spools else 0
        begun = False
        for batch in reader:
            if not self.spools or self.spools[-1][0] != batch.names:
                self.spools.append((batch.names, [], Spool([pa.string()] * len(batch.names))))
                self._mark, begun = 0, False
            _, labels, spool = self.spools[-1]
            if not begun:
                labels.append(file.label)
                begun = True
            spool.add(len(labels) - 1, batch.numbers, batch.columns)

    def forget(self) -> None:
        """Drops what was read of the last file."""
        _, labels, spool = self.spools[-1]
        spool.drop_since(self._mark)
        labels.pop()


def _runs(files: list[File]) -> Iterator[tuple[str, list[File]]]:
    """Files one after another that are read in the same way."""
    for way, group in groupby(files, _way):
        yield way, list(group)


def _way(file: File) -> str:
    return file.format if file.format in ("parquet", "arrow") else "text"


def _is_list_of_paths(source: object) -> bool:
    return isinstance(source, list | tuple) and all(isinstance(one, str | Path) for one in source)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """A type that DuckDB reads, for those it does not."""
    if isinstance(kind, pa.ExtensionType):
        return _plain_type(kind.storage_type)
    if pa.types.is_float16(kind):
        return pa.float32()
    if pa.types.is_null(kind):
        return pa.string()
    return kind


def _plain(column: Any) -> Any:
    wanted = _plain_type(column.type)
    if isinstance(column.type, pa.ExtensionType):
        column = (
            pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
            if isinstance(column, pa.ChunkedArray)
            else column.storage
        )
    return column if column.type == wanted else column.cast(wanted)
