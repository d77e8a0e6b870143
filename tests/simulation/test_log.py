"""The log looks as the rest of Leadline expects it: columns, ids, instants, words."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import duckdb

    from leadline.simulation import Company, Written

INSTANT = pa.timestamp("us", tz="UTC")
EVENT_COLUMNS = {
    "lead_id": pa.string(),
    "event_id": pa.string(),
    "event": pa.string(),
    "occurred_at": INSTANT,
    "received_at": INSTANT,
    "channel": pa.string(),
    "campaign": pa.string(),
    "source": pa.string(),
    "path": pa.string(),
    "url": pa.string(),
    "referrer": pa.string(),
    "asset": pa.string(),
    "asset_kind": pa.string(),
    "duration_s": pa.float64(),
    "value": pa.float64(),
    "direction": pa.string(),
    "is_machine": pa.bool_(),
    "properties": pa.string(),
}
LEAD_COLUMNS = (
    "lead_id created_at email phone handle first_name last_name title company company_revenue employees "
    "industry country seats_in_use source channel campaign account_is_customer account_has_open_opportunity"
)
EVENTS = """Page Viewed|Page Left|Content Downloaded|Webinar Registered|Webinar Attended|Email Sent
Email Delivered|Email Opened|Email Link Clicked|Email Replied|Unsubscribed|Form Submitted
Trial Started|Product Used|Demo Requested|Contact Requested|Chat Started|Call Connected
Call Attempted|Meeting Booked|Meeting Held|Lead Accepted|Lead Qualified|Opportunity Created
Deal Won|Deal Lost|Lead Rejected|Lead Recycled|Lead Disqualified|Lead Reopened"""


def count(tables: duckdb.DuckDBPyConnection, question: str) -> int:
    row = tables.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def test_columns_are_plain_texts_numbers_and_instants(written: Written) -> None:
    for part in written.events:
        schema = pq.read_schema(part)
        assert {name: schema.field(name).type for name in schema.names} == EVENT_COLUMNS
    assert pq.read_schema(written.leads).names == LEAD_COLUMNS.split()
    assert pq.read_schema(written.profiles).names == LEAD_COLUMNS.replace("created_at", "valid_from").split()


def test_rows_are_counted(written: Written, tables: duckdb.DuckDBPyConnection, company: Company) -> None:
    assert written.lead_rows == company.leads == count(tables, "SELECT count(DISTINCT lead_id) FROM leads")
    assert written.event_rows == count(tables, "SELECT count(*) FROM events")
    assert written.profile_rows == count(tables, "SELECT count(*) FROM profiles")
    assert written.machine_rows == count(tables, "SELECT count(*) FROM machines")


def test_ids_are_unique_and_every_event_has_its_lead(tables: duckdb.DuckDBPyConnection) -> None:
    assert count(tables, "SELECT count(*) - count(DISTINCT event_id) FROM events") == 0
    assert count(tables, "SELECT count(*) FROM events ANTI JOIN leads USING (lead_id)") == 0


def test_nothing_happens_outside_the_simulated_time(tables: duckdb.DuckDBPyConnection, company: Company) -> None:
    first = count(tables, "SELECT epoch_us(min(occurred_at)) FROM events")
    last = count(tables, "SELECT epoch_us(max(occurred_at)) FROM events")
    received = count(tables, "SELECT epoch_us(max(received_at)) FROM events")
    assert company.starts_at <= first < last < company.ends_at
    assert received <= company.ends_at
    assert count(tables, "SELECT count(*) FROM events WHERE received_at < occurred_at") == 0


def test_a_part_is_sorted(written: Written) -> None:
    for part in written.events:
        instants = pq.read_table(part, columns=["occurred_at"])["occurred_at"].cast(pa.int64()).to_numpy()
        assert (instants[1:] >= instants[:-1]).all()


def test_all_kinds_of_events_occur_under_their_exact_names(tables: duckdb.DuckDBPyConnection) -> None:
    names = {name for (name,) in tables.execute("SELECT DISTINCT event FROM events").fetchall()}
    assert names == set(EVENTS.replace("\n", "|").split("|"))


def test_some_events_come_late_and_most_within_seconds(tables: duckdb.DuckDBPyConnection) -> None:
    row = tables.execute(
        "SELECT avg(CAST(late < 60 AS INT)), avg(CAST(late > 3600 AS INT)), max(late) "
        "FROM (SELECT epoch(received_at) - epoch(occurred_at) AS late FROM events)"
    ).fetchone()
    assert row is not None
    assert 0.95 < row[0] < 0.995
    assert 0.001 < row[1] < 0.03
    assert row[2] > 86_400


def test_people_visit_before_they_are_known_but_get_no_mail(tables: duckdb.DuckDBPyConnection) -> None:
    before = "FROM events JOIN leads USING (lead_id) WHERE occurred_at < created_at"
    assert count(tables, f"SELECT count(*) {before}") > 0.03 * count(tables, "SELECT count(*) FROM events")
    assert (
        count(
            tables,
            f"SELECT count(*) {before} AND event NOT IN ('Page Viewed', 'Page Left', 'Form Submitted')",
        )
        == 0
    )


def test_every_lead_can_be_reached_and_much_is_missing(tables: duckdb.DuckDBPyConnection) -> None:
    assert count(tables, "SELECT count(*) FROM leads WHERE coalesce(email, phone, handle) IS NULL") == 0
    for field, low, high in (("title", 0.2, 0.5), ("company_revenue", 0.7, 0.95), ("phone", 0.5, 0.9)):
        missing = count(tables, f"SELECT count(*) FROM leads WHERE {field} IS NULL") / 3_000  # noqa: S608
        assert low < missing < high, field


def test_companies_live_under_reserved_names(tables: duckdb.DuckDBPyConnection) -> None:
    hosts = tables.execute("SELECT split_part(email, '@', 2) AS host, count(*) FROM leads GROUP BY 1").fetchall()
    reserved = sum(number for host, number in hosts if host and host.endswith(".example"))
    assert reserved > 2_000
    assert {"gmail.com", "mailinator.com"} <= {host for host, _ in hosts}


def test_profiles_are_learned_after_creation(tables: duckdb.DuckDBPyConnection) -> None:
    assert count(tables, "SELECT count(*) FROM profiles JOIN leads USING (lead_id) WHERE valid_from <= created_at") == 0
    assert count(tables, "SELECT count(*) FROM profiles WHERE company_revenue IS NOT NULL") > 300
    growing = "SELECT lead_id FROM profiles GROUP BY 1 HAVING count(DISTINCT seats_in_use) > 1"
    assert len(tables.execute(growing).fetchall()) > 10


def test_properties_are_json_and_deals_say_what_they_are_about(tables: duckdb.DuckDBPyConnection) -> None:
    for (text,) in tables.execute("SELECT DISTINCT properties FROM events WHERE properties IS NOT NULL").fetchall():
        assert isinstance(json.loads(text), dict)
    for event, value, text in tables.execute(
        "SELECT event, value, properties FROM events WHERE event LIKE 'Deal %'"
    ).fetchall():
        deal = json.loads(text)
        assert {"deal_id", "value", "currency", "close_date"} <= deal.keys(), event
        assert deal["value"] == value > 0


def test_costs_cover_every_month(written: Written) -> None:
    with written.costs.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["month", "channel", "campaign", "cost", "currency", "impressions", "clicks"]
    months = {row["month"] for row in rows}
    assert (min(months), max(months), len(months)) == ("2025-04", "2026-09", 18)
    assert len({(row["month"], row["channel"], row["campaign"]) for row in rows}) == len(rows)
    assert all(float(row["cost"]) >= 0 and int(row["impressions"]) >= int(row["clicks"]) for row in rows)
