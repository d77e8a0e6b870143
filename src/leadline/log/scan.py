"""What DuckDB can read: rows with the same columns, wherever they lie, each row with its place."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pyarrow as pa

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES_SHOWN: Final = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what people call it, how SQL names it, its type in DuckDB's words."""

    name: str
    sql: str
    type: str


@dataclass(frozen=True, slots=True)
class Scan:
    """Rows with the same columns. ``part`` and ``row`` are SQL: which of ``files``, and which data row of it."""

    sql: str
    columns: tuple[Column, ...]
    files: tuple[str, ...]
    part: str
    row: str
    rows: int

    @property
    def label(self) -> str:
        """What messages call it."""
        more = f" and {len(self.files) - 1} more" if len(self.files) > 1 else ""
        return f"{self.files[0]}{more}"


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that is no row of its file: too few or too many cells, quotes that do not close, no JSON."""

    file: str
    row: int
    reason: str
    text: str


@contextmanager
def readable(label: str, way_out: str = "Is the file complete? Write or export it again.") -> Iterator[None]:
    """Turns what DuckDB and Arrow say about content that cannot be read into an ``InputError`` that names it."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, UnicodeError, EOFError, OSError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()][:LINES_SHOWN]
        raise InputError(f"{label} cannot be read: {' '.join(lines)[:300]}. {way_out}") from error


def fetched(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """All rows of a small result; one that is not fetched to its end would keep the connection."""
    return list(connection.execute(query).fetchall())


def described(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, str]]:
    """Names and types of the columns of a relation."""
    found = fetched(connection, f"DESCRIBE FROM {sql}")
    return [(str(row[0]), str(row[1])) for row in found]
