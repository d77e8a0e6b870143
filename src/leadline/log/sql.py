"""Writes SQL for DuckDB: names and texts are quoted here, so that no stranger's column is ever read as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def identifier(name: str) -> str:
    """A name of a column or a relation."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Texts in parentheses, for ``IN``."""
    return f"({', '.join(map(literal, texts))})"


def select(columns: Mapping[str, str], source: str, where: str = "") -> str:
    """Expressions under their new names, from a relation."""
    chosen = ", ".join(f"{value} AS {identifier(name)}" for name, value in columns.items())
    condition = f" WHERE {where}" if where else ""
    return f"SELECT {chosen} FROM {source}{condition}"


def inside(query: str, name: str) -> str:
    """A query as a relation with a name."""
    return f"({query}) AS {identifier(name)}"
