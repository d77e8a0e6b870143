"""What every test of reading needs: a database, an agreement, and a way to read small tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from leadline.agreement.reading import parse_agreement
from leadline.log.reading import Inputs, Sources, read_inputs

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

AGREEMENT = """
leadline: 1
name: test
fields:
  title: {type: text, label: Job title}
  revenue: {type: number, label: Yearly revenue}
  partner: {type: boolean}
  renewal: {type: time}
fit:
  personas:
    any:
      rules:
        senior: {when: "job_level = 'vp'", points: 40}
        rich: {when: "revenue > 5 AND partner AND renewal > '2026-01-01'", points: 40}
engagement:
  rules:
    pricing: {on: Page Viewed, when: "path LIKE '/pricing%' AND properties.plan = 'pro'", points: 10}
    long: {on: Page Left, sum: duration_s, at_least: 60, within: 7d, points: 5}
mql:
  when:
    engaged: "engagement >= 10"
"""

Read = Callable[..., Inputs]


@pytest.fixture
def agreement() -> Agreement:
    return parse_agreement(AGREEMENT)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    opened = duckdb.connect(config={"threads": 2})
    opened.execute("SET TimeZone = 'UTC'")
    opened.execute("SET preserve_insertion_order = true")
    yield opened
    opened.close()


@pytest.fixture
def read(connection: duckdb.DuckDBPyConnection, agreement: Agreement) -> Read:
    def reading(leads: Any, events: Any = None, **more: Any) -> Inputs:
        limits = {name: more.pop(name) for name in ("as_of", "now") if name in more}
        return read_inputs(connection, Sources(leads, events, **more), agreement, **limits)

    return reading


@pytest.fixture
def rows(connection: duckdb.DuckDBPyConnection) -> Callable[[str], list[dict[str, Any]]]:
    """The rows of a query, events in the order of time."""

    def fetched(query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = connection.sql(query).to_arrow_table().to_pylist()
        return found

    return fetched
