"""People keep office hours, weekends, summers and Christmas, each in their own time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

PAGES = "FROM events JOIN leads USING (lead_id) WHERE event = 'Page Viewed' AND NOT is_machine"


def test_weekends_are_quiet(tables: duckdb.DuckDBPyConnection) -> None:
    days = dict(tables.execute(f"SELECT isodow(occurred_at), count(*) {PAGES} GROUP BY 1").fetchall())
    workday = sum(days[day] for day in (1, 2, 3, 4)) / 4
    assert days[6] < 0.4 * workday
    assert days[7] < 0.4 * workday
    assert days[5] < workday


def test_august_and_christmas_dip(tables: duckdb.DuckDBPyConnection) -> None:
    weeks = dict(
        tables.execute(
            f"SELECT strftime(occurred_at, '%Y-%m'), count(*) / count(DISTINCT occurred_at::DATE) {PAGES} GROUP BY 1"
        ).fetchall()
    )
    assert weeks["2026-08"] < 0.85 * (weeks["2026-06"] + weeks["2026-09"]) / 2
    christmas = tables.execute(
        f"SELECT count(*) {PAGES} AND occurred_at BETWEEN '2025-12-23' AND '2026-01-01'"
    ).fetchone()
    before = tables.execute(f"SELECT count(*) {PAGES} AND occurred_at BETWEEN '2025-12-08' AND '2025-12-17'").fetchone()
    assert christmas is not None
    assert before is not None
    assert christmas[0] < 0.5 * before[0]


@pytest.mark.parametrize(
    ("country", "zone"), [("DE", "Europe/Berlin"), ("US", "America/Chicago"), ("IN", "Asia/Kolkata")]
)
def test_hours_are_local(tables: duckdb.DuckDBPyConnection, country: str, zone: str) -> None:
    row = tables.execute(
        f"SELECT avg(CAST(hour(timezone('{zone}', occurred_at)) BETWEEN 7 AND 19 AS INT)) {PAGES} "
        f"AND country = '{country}'"
    ).fetchone()
    assert row is not None
    assert row[0] > 0.72
