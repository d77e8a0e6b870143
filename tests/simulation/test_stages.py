"""Sales follows the order of stages, and a deal is one deal whoever is named in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# What may follow what: the stage after which a record is legal, and the stage it begins.
NEXT: dict[str, tuple[set[str], str]] = {
    "Lead Accepted": ({"lead", "nurture", "reopened"}, "sal"),
    "Lead Qualified": ({"sal"}, "sql"),
    "Opportunity Created": ({"sql", "reopened"}, "opportunity"),
    "Deal Won": ({"opportunity"}, "customer"),
    "Deal Lost": ({"opportunity"}, "lost"),
    "Lead Rejected": ({"lead", "nurture", "reopened"}, "nurture"),
    "Lead Recycled": ({"sal", "sql"}, "nurture"),
    "Lead Disqualified": ({"lead", "nurture", "reopened"}, "disqualified"),
    "Lead Reopened": ({"disqualified", "lost"}, "reopened"),
}


def test_stage_records_come_in_a_legal_order(tables: duckdb.DuckDBPyConnection) -> None:
    rows = tables.execute(
        "SELECT lead_id, event FROM events WHERE event LIKE 'Lead %' OR event LIKE 'Deal %' "
        "OR event = 'Opportunity Created' ORDER BY lead_id, occurred_at"
    ).fetchall()
    stage: dict[str, str] = {}
    for lead, event in rows:
        allowed, begins = NEXT[event]
        assert stage.get(lead, "lead") in allowed, (lead, event, stage.get(lead))
        stage[lead] = begins
    assert {"customer", "lost", "nurture", "disqualified", "opportunity"} <= set(stage.values())


def test_sales_starts_only_after_the_contact_is_known(tables: duckdb.DuckDBPyConnection) -> None:
    early = tables.execute(
        "SELECT count(*) FROM events JOIN leads USING (lead_id) WHERE occurred_at < created_at "
        "AND (event LIKE 'Lead %' OR event LIKE 'Deal %' OR event LIKE 'Call %' OR event LIKE 'Meeting %')"
    ).fetchone()
    assert early == (0,)


def test_recycled_and_rejected_leads_say_why_and_some_return(tables: duckdb.DuckDBPyConnection) -> None:
    reasons = tables.execute(
        "SELECT count(*), count(properties ->> 'reason'), count(DISTINCT properties ->> 'reason') "
        "FROM events WHERE event IN ('Lead Recycled', 'Lead Rejected', 'Lead Disqualified')"
    ).fetchone()
    assert reasons is not None
    assert reasons[0] == reasons[1] > 100
    assert reasons[2] >= 8
    again = tables.execute(
        "SELECT count(*) FROM (SELECT lead_id FROM events WHERE event = 'Lead Accepted' GROUP BY 1 HAVING count(*) > 1)"
    ).fetchone()
    assert again is not None
    assert again[0] > 5


def test_a_deal_has_one_outcome_value_and_date(tables: duckdb.DuckDBPyConnection) -> None:
    deals = tables.execute(
        "SELECT properties ->> 'deal_id', count(DISTINCT event), count(DISTINCT value), "
        "count(DISTINCT properties ->> 'close_date'), count(DISTINCT lead_id) FROM events "
        "WHERE event LIKE 'Deal %' GROUP BY 1"
    ).fetchall()
    assert all((events, values, dates) == (1, 1, 1) for _, events, values, dates, _ in deals)
    assert any(leads > 1 for *_, leads in deals)


def test_customers_in_the_log_are_customers_in_truth(tables: duckdb.DuckDBPyConnection) -> None:
    differences = tables.execute(
        "SELECT count(*) FROM (SELECT lead_id, min(occurred_at) AS won_at FROM events "
        "WHERE event = 'Deal Won' GROUP BY 1) FULL JOIN "
        "(SELECT lead_id, became_customer_at FROM truth WHERE became_customer_at IS NOT NULL) "
        "USING (lead_id) "
        "WHERE won_at IS DISTINCT FROM became_customer_at"
    ).fetchone()
    assert differences == (0,)
