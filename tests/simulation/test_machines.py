"""Scanners click within seconds, proxies open, and not every machine is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def test_scanners_click_within_seconds_of_delivery(tables: duckdb.DuckDBPyConnection) -> None:
    row = tables.execute(
        "SELECT count(*), max(wait) FROM (SELECT epoch(c.occurred_at) - epoch(max(d.occurred_at)) AS wait "
        "FROM events c JOIN machines m USING (event_id) JOIN events d ON d.lead_id = c.lead_id "
        "AND d.event = 'Email Delivered' AND d.occurred_at < c.occurred_at "
        "WHERE c.event = 'Email Link Clicked' GROUP BY c.event_id, c.occurred_at)"
    ).fetchone()
    assert row is not None
    assert row[0] > 100
    assert row[1] < 10


def test_people_click_later_than_scanners(tables: duckdb.DuckDBPyConnection) -> None:
    row = tables.execute(
        "SELECT median(wait) FROM (SELECT epoch(c.occurred_at) - epoch(max(d.occurred_at)) AS wait "
        "FROM (FROM events ANTI JOIN machines USING (event_id)) c JOIN events d ON d.lead_id = c.lead_id "
        "AND d.event = 'Email Delivered' AND d.occurred_at < c.occurred_at "
        "WHERE c.event = 'Email Link Clicked' GROUP BY c.event_id, c.occurred_at)"
    ).fetchone()
    assert row is not None
    assert row[0] > 600


def test_most_machines_are_flagged_and_no_person_is(tables: duckdb.DuckDBPyConnection) -> None:
    row = tables.execute("SELECT avg(CAST(flagged AS INT)), count(*) FROM machines").fetchone()
    assert row is not None
    assert 0.7 < row[0] < 0.95
    wrong = tables.execute(
        "SELECT count(*) FROM events e LEFT JOIN machines m USING (event_id) "
        "WHERE e.is_machine <> coalesce(m.flagged, false)"
    ).fetchone()
    assert wrong == (0,)


def test_machines_make_a_part_of_the_mail_events(tables: duckdb.DuckDBPyConnection) -> None:
    row = tables.execute(
        "SELECT count(m.event_id) / count(*) FROM events LEFT JOIN machines m USING (event_id) "
        "WHERE event LIKE 'Email %'"
    ).fetchone()
    assert row is not None
    assert 0.03 < row[0] < 0.12
