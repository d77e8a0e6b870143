"""Scans Parquet files where they lie: runs of files with the same columns, checked before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leadline.errors import InputError
from leadline.log.dialect import unique
from leadline.log.scan import Column, Scan, described, readable
from leadline.log.sql import literal

if TYPE_CHECKING:
    import duckdb

    from leadline.log.files import File


def parquet_scans(connection: duckdb.DuckDBPyConnection, files: list[File]) -> list[Scan]:
    """One scan for each run of files with the same columns."""
    scans: list[Scan] = []
    run: list[File] = []
    rows = 0
    schema: Any = None
    for file in files:
        found, count = _footer(file)
        if run and not found.equals(schema):
            scans.append(_scan(connection, run, schema.names, rows))
            run, rows = [], 0
        run.append(file)
        rows += count
        schema = found
    return [*scans, _scan(connection, run, schema.names, rows)] if run else scans


def _footer(file: File) -> tuple[Any, int]:
    from pyarrow import parquet

    if file.packing:
        raise InputError(f"{file.label}: Parquet is packed inside already. Unpack the file first.")
    with readable(file.label), parquet.ParquetFile(file.path) as opened:
        return opened.schema_arrow.remove_metadata(), opened.metadata.num_rows


def _scan(connection: duckdb.DuckDBPyConnection, files: list[File], names: list[str], rows: int) -> Scan:
    paths = ", ".join(literal(str(file.path)) for file in files)
    sql = f"read_parquet([{paths}], hive_partitioning=false)"
    with readable(files[0].label):
        types = described(connection, sql)
    own = {name.lower() for name, _ in types} & {"file_index", "file_row_number"}
    if own:
        raise InputError(f"{files[0].label} has a column {own.pop()}, a name that DuckDB needs. Rename the column.")
    columns = [
        Column(shown, '"' + inner.replace('"', '""') + '"', kind)
        for shown, (inner, kind) in zip(unique(names), types, strict=True)
    ]
    labels = tuple(file.label for file in files)
    return Scan(sql, tuple(columns), labels, "file_index", "(file_row_number + 1)", rows)
