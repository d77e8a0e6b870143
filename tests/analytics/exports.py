"""Makes exports for tests: files from rows, and the export that the analysis sees in them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from leadline.analytics.columns import understand
from leadline.analytics.joining import Export, Tableau, join
from leadline.analytics.tables import read_tables
from leadline.engines.duckdb import connect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def written(folder: Path, name: str, columns: Mapping[str, Sequence[object]]) -> Path:
    """A CSV file of columns."""
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
    return path


def seen(folder: Path, **tables: Mapping[str, Sequence[object]]) -> Export:
    """The export that files of these tables are together."""
    connection = connect()
    paths = [written(folder, name, columns) for name, columns in tables.items()]
    read = read_tables(connection, paths)
    return join([Tableau(table, understand(connection, table)) for table in read.tables])


def days(count: int, start: str = "2024-01-01") -> list[str]:
    """One day after another."""
    import numpy as np

    first = np.datetime64(start)
    return [str(first + np.timedelta64(day, "D")) for day in range(count)]
