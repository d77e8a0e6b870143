"""Asks DuckDB and the reference the same: what an expression is worth on given rows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
from sqlglot import exp

from engines.trees import COLUMNS, LISTS, Row, columns_of
from leadline.agreement.conditions import Scope, parse_expression
from leadline.engines.duckdb import connect
from leadline.engines.duckdb_sql import INLINE_VALUES_MAX, Translator, list_table
from leadline.fields.catalogue import TIME
from qualification.running import ARROW
from reference.values import Value, value_of

if TYPE_CHECKING:
    import duckdb

    from leadline.agreement.expressions import Node

SCOPE: Final = Scope("column", COLUMNS, {}, frozenset(LISTS), timezone="Europe/Berlin", properties=True)


@cache
def database() -> duckdb.DuckDBPyConnection:
    """One for all tests of a process, with the large lists as ``Matcher`` registers them."""
    connection = connect()
    for name, values in LISTS.items():
        if len(values) > INLINE_VALUES_MAX:
            connection.register(list_table(name), pa.table({"value": pa.array(sorted(values), pa.string())}))
    return connection


def answers(node: Node, rows: list[Row]) -> list[Value]:
    """What DuckDB makes of an expression, instants in µs."""
    columns = {"row": pa.array(range(len(rows)))} | {
        name: pa.array([row.get(name) for row in rows], ARROW[kind]) for name, kind in columns_of(node).items()
    }
    database().register("rows", pa.table(columns))
    found = Translator(LISTS)(node)
    if node.type is TIME:
        found = exp.func("epoch_us", found)
    query = exp.select(exp.alias_(found, "answer")).from_(exp.to_table("rows"))
    values: list[Value] = database().sql(query.sql(dialect="duckdb")).to_arrow_table()["answer"].to_pylist()
    return values


def agree(node: Node, rows: list[Row]) -> None:
    """Holds DuckDB's answers against the reference's."""
    for row, found in zip(rows, answers(node, rows), strict=True):
        expected = value_of(node, row, LISTS)
        assert found == expected, row
        assert type(found) is type(expected), row


def answer(text: str, **row: Any) -> Value:
    """What DuckDB makes of a written expression on one row, the reference agreeing."""
    agree(parse_expression(text, SCOPE).tree, [row])
    return answer_alone(text, **row)


def answer_alone(text: str, **row: Any) -> Value:
    """The same where the reference, being Python, means something else."""
    return answers(parse_expression(text, SCOPE).tree, [row])[0]
