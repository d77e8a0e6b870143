"""The back-test of a version, with arrival times, equals the decisions made then: on a small simulated company, against
a slow loop that asks `leadline.qualify` about every lead at every arrival, with the rows that were there by then."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import leadline
from leadline import clock
from leadline.agreement.reading import parse_agreement
from leadline.agreement.template import template_text
from leadline.clock import DAY, HOUR, to_datetime, to_instant
from leadline.log.reading import Sources
from leadline.operations.replay import read_history
from leadline.simulation import Company, simulate

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

Row = dict[str, Any]
Tables = dict[str, list[Row]]
CONSEQUENCES = ("Lead Handed Over", "Lead Accepted", "Lead Qualified", "Opportunity Created")
EVENTS_MAX = 60
LEADS = 150


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, dict[str, pa.Schema]]:
    """Some of a company's leads, with late links, machines that were found out later, and profiles that came late."""
    written = tmp_path_factory.mktemp("company") / "company"
    simulate(Company(seed=5, leads=1_500, months=18), written)
    whole = {
        "leads": pq.read_table(written / "leads.parquet"),
        "profiles": pq.read_table(written / "profiles.parquet"),
        "events": pq.read_table(written / "events"),
    }
    counts = whole["events"].group_by("lead_id").aggregate([([], "count_all")])
    lively = counts.filter(pc.and_(pc.less(counts["count_all"], EVENTS_MAX), pc.greater(counts["count_all"], 15)))
    chosen = sorted(lively["lead_id"].to_pylist())[:LEADS]
    some = {name: table.filter(pc.is_in(table["lead_id"], pa.array(chosen))) for name, table in whole.items()}
    tables = {name: table.to_pylist() for name, table in some.items()}
    for rows in (tables["events"], tables["profiles"]):
        _arrive_late(rows, random.Random(8))  # noqa: S311 - for variety, not for secrets
    kinds = pa.timestamp("us", "UTC")
    schemas = {name: table.schema for name, table in some.items()}
    schemas["events"] = schemas["events"].append(pa.field("linked_at", kinds)).append(pa.field("flagged_at", kinds))
    schemas["profiles"] = schemas["profiles"].append(pa.field("received_at", kinds))
    return tables, schemas


def _arrive_late(rows: list[Row], dice: random.Random) -> None:
    for row in rows:
        since = row.get("received_at") or row["valid_from"]
        late = to_datetime(to_instant(since) + dice.choice((HOUR, 2 * DAY, 30 * DAY)))
        if "valid_from" in row:
            row["received_at"] = late if dice.random() < 0.3 else None
        else:
            row["linked_at"] = late if dice.random() < 0.05 else None
            row["flagged_at"] = to_datetime(to_instant(since) + 3 * DAY) if row["is_machine"] else None


def known_from(row: Row) -> int:
    """When a row was there (µs): not before it happened."""
    own = row.get("occurred_at") or row.get("valid_from") or row["created_at"]
    times = [own, row.get("received_at"), row.get("linked_at")]
    return max(to_instant(time) for time in times if time is not None)


def by_lead(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["lead_id"], []).append(row)
    return found


def lived(agreement: Agreement, tables: Tables, schemas: dict[str, pa.Schema]) -> list[tuple[str, int, int]]:
    """Lead, instant and qualification of every hand-off: all arrivals are decided side by side, each as a lead of its
    own, again and again until no hand-off of an earlier arrival changes a later one."""
    rows = {name: by_lead(some) for name, some in tables.items()}
    arrivals = {lead: _arrivals(lead, rows) for lead in rows["leads"]}
    facts: dict[str, list[tuple[int, int]]] = {lead: [] for lead in arrivals}
    decided_until = dict.fromkeys(arrivals, 0)
    open_leads = set(arrivals)
    while open_leads:
        asked = [(lead, at) for lead in sorted(open_leads) for at in arrivals[lead] if at > decided_until[lead]]
        found = _decided(agreement, asked, rows, schemas, facts)
        handed_over: set[str] = set()
        for lead, at in asked:
            qualified = found.get((lead, at))
            last = max((fact for fact, _ in facts[lead]), default=0)
            if lead not in handed_over and qualified is not None and qualified > last:
                facts[lead].append((at, qualified))
                decided_until[lead] = at
                handed_over.add(lead)
        open_leads = handed_over
    return sorted((lead, at, qualified) for lead, some in facts.items() for at, qualified in some)


def _arrivals(lead: str, rows: dict[str, dict[str, list[Row]]]) -> list[int]:
    instants = {known_from(row) for some in rows.values() for row in some.get(lead, [])}
    flagged = {to_instant(row["flagged_at"]) for row in rows["events"].get(lead, []) if row["flagged_at"]}
    return sorted(instants | flagged)


def _decided(
    agreement: Agreement,
    asked: list[tuple[str, int]],
    rows: dict[str, dict[str, list[Row]]],
    schemas: dict[str, pa.Schema],
    facts: dict[str, list[tuple[int, int]]],
) -> dict[tuple[str, int], int]:
    """The latest qualification of each lead that stands as MQL at an arrival."""
    seen: Tables = {"leads": [], "profiles": [], "events": []}
    for lead, at in asked:
        name = f"{lead}@{at}"
        for kind, some in rows.items():
            seen[kind] += [_as_known(row, name, at) for row in some.get(lead, []) if known_from(row) <= at]
        for fact, _ in facts[lead]:
            seen["events"].append(
                {"lead_id": name, "event_id": f"{name}-{fact}", "event": "Lead Handed Over", "is_machine": False}
                | {"occurred_at": to_datetime(fact)}
            )
    events = [row for row in seen["events"] if row["event"] not in CONSEQUENCES or row["event_id"].count("@") == 1]
    tables = {
        name: pa.Table.from_pylist(some, schema=schemas[name]) for name, some in (seen | {"events": events}).items()
    }
    decisions = leadline.qualify(agreement, **tables)
    found = {}
    for row in decisions.select(["lead_id", "stage", "qualifications"]).to_pylist():
        if row["stage"] == "mql" and row["qualifications"]:
            lead, _, at = row["lead_id"].partition("@")
            found[lead, int(at)] = to_instant(row["qualifications"][-1]["at"])
    return found


def _as_known(row: Row, name: str, at: int) -> Row:
    known = row | {"lead_id": name}
    if "event_id" in row:
        known["event_id"] = f"{row['event_id']}/{name.replace('@', '/')}"
        known["is_machine"] = row["is_machine"] and to_instant(row["flagged_at"]) <= at
    return known


def test_the_replay_equals_the_decisions_made_then(company: tuple[Tables, dict[str, pa.Schema]]) -> None:
    tables, schemas = company
    easier = template_text().replace("fit >= 50 AND engagement >= 60", "fit >= 15 AND engagement >= 15")
    agreement = parse_agreement(easier)
    sources = Sources(**{name: pa.Table.from_pylist(rows, schema=schemas[name]) for name, rows in tables.items()})
    history = read_history(agreement, sources, clock.now())
    assert history.knows_arrivals
    found = history.hand_offs(agreement, clock.now())
    ids = history.lead_ids.to_pylist()
    columns = (found.lead.tolist(), found.at.tolist(), found.qualified_at.tolist())
    replayed = sorted((ids[lead], at, since) for lead, at, since in zip(*columns, strict=True))
    then = lived(agreement, tables, schemas)
    assert replayed == then
    late = [at for _, at, since in then if at > since + HOUR]
    assert len(then) > 20
    assert late, "some hand-offs waited for what arrived late"
