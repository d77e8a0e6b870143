"""Answers of a sitting are what the engine says of the amended file, with the hand-offs of the past left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pytest

import leadline
from leadline.clock import to_instant
from leadline.operations.explain import explain
from leadline.operations.whatif.past import SupersededError

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.operations.whatif.session import Session

HIDDEN = ("Lead Handed Over", "Lead Accepted", "Lead Qualified", "Opportunity Created")
TRIALS = [
    {},
    {"engagement.rules.pricing_page.points": "25", "engagement.half_life": "60d"},
    {"mql.when.fit_and_engaged": "fit >= 30 AND engagement >= 40", "engagement.max": "80"},
    {"mql.when.hand_raiser": "", "engagement.groups.content.max": "10", "fit.max": "90"},
    {"engagement.levels.hot": "50", "mql.when.fit_and_engaged": "level = 'hot' AND grade <> 'D'"},
]


def first_qualifications(company: Path, text: str, as_of: int) -> dict[str, int]:
    """By the public library, over the events without the hand-offs of the past."""
    events = company / "company" / "events" / "*.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        kept = connection.read_parquet(str(events)).filter(f"event NOT IN {HIDDEN}").to_arrow_table()
    files = company / "company"
    decisions = leadline.qualify(
        text, leads=files / "leads.parquet", profiles=files / "profiles.parquet", events=kept, as_of=as_of
    )
    rows: list[dict[str, Any]] = decisions.select(["lead_id", "mql_at"]).to_pylist()
    return {row["lead_id"]: to_instant(row["mql_at"]) for row in rows if row["mql_at"] is not None}


@pytest.mark.parametrize("asked", TRIALS, ids=lambda asked: "+".join(asked) or "nothing")
def test_volume_enter_and_leave_are_those_of_the_engine(session: Session, company: Path, asked: dict[str, str]) -> None:
    trial = session.attempt(asked)
    assert trial.agreement is not None
    answer = session.answer(trial.agreement)
    as_of = session.past.as_of
    before = first_qualifications(company, session.basis.text, as_of)
    after = first_qualifications(company, session.basis.amended_text(trial), as_of)
    assert (answer.before.mqls, answer.after.mqls) == (len(before), len(after))
    entering = {one.lead_id: one.at for one in session.movers(trial.agreement, entering=True)}
    leaving = {one.lead_id: one.at for one in session.movers(trial.agreement, entering=False)}
    assert entering == {lead: at for lead, at in after.items() if lead not in before}
    assert leaving == {lead: at for lead, at in before.items() if lead not in after}
    assert (answer.entering.count, answer.leaving.count) == (len(entering), len(leaving))
    assert answer.sooner == sum(at < before[lead] for lead, at in after.items() if lead in before)
    assert answer.later == sum(at > before[lead] for lead, at in after.items() if lead in before)
    assert len(before) > 50


def test_precision_recall_and_load_by_hand(session: Session, company: Path) -> None:
    trial = session.attempt({"mql.when.fit_and_engaged": "fit >= 30 AND engagement >= 40"})
    assert trial.agreement is not None
    answer = session.answer(trial.agreement)
    first = first_qualifications(company, session.basis.amended_text(trial), session.past.as_of)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        events = connection.read_parquet(str(company / "company" / "events" / "*.parquet"))
        won = dict(
            events.filter("event = 'Deal Won'").aggregate("lead_id, epoch_us(min(occurred_at))", "lead_id").fetchall()
        )
    horizon, until = session.yardstick.horizon, session.past.as_of
    open_ = {lead: at for lead, at in first.items() if not (lead in won and won[lead] <= at)}
    judged = {lead: at for lead, at in open_.items() if at + horizon <= until}
    bought = [lead for lead, at in judged.items() if lead in won and won[lead] <= at + horizon]
    assert (answer.after.judged, answer.after.won) == (len(judged), len(bought))
    caught = [lead for lead in won if lead in first and first[lead] < won[lead]]
    assert (answer.after.recall.hits, answer.after.recall.trials) == (len(caught), len(won))
    assert answer.after.load.over == int((answer.after.weekly[np.array(answer.full)] > 2).sum())
    assert answer.after.won > 5


def test_personas_of_movers_are_those_of_their_receipts(session: Session) -> None:
    trial = session.attempt({"mql.when.fit_and_engaged": "fit >= 20 AND engagement >= 30"})
    assert trial.agreement is not None
    movers = session.movers(trial.agreement, entering=True)[:8]
    labels = {persona.name: persona.label for persona in trial.agreement.fit.personas}
    assert movers
    for mover in movers:
        receipts = session.receipts(trial.agreement, mover.lead_id, mover.at)
        assert labels[receipts.after.receipt.persona] == mover.persona
        assert receipts.after.receipt.qualifications[0] == (mover.at, mover.because)
        assert receipts.before.receipt.qualifications == ()


def test_the_receipt_is_that_of_explain(session: Session, company: Path) -> None:
    """Of a lead that sales never had, the receipt from the matched past is the one that reading the files gives."""
    from leadline.operations.case import read_case
    from web.conftest import sources_in

    with duckdb.connect() as connection:
        events = connection.read_parquet(str(company / "company" / "events" / "*.parquet"))
        counted = events.aggregate(f"lead_id, count(*) AS n, count(*) FILTER (event IN {HIDDEN}) AS hidden", "lead_id")
        lead_id = counted.filter("hidden = 0 AND n > 9").order("lead_id").limit(1).fetchall()[0][0]
    case = read_case(session.basis.agreement, sources_in(company), lead_id, now=session.past.as_of)
    expected = explain(case, session.past.as_of)
    found = session.receipts(session.basis.agreement, lead_id, session.past.as_of)
    assert repr(found.before) == repr(found.after) == repr(expected)  # an unknown number is no number, not even equal


def test_agreements_are_judged_as_the_back_test_judges_them(session: Session, company: Path) -> None:
    """Of a log without arrival times a back-test and a sitting say the same of the agreement as it stands."""
    from leadline.operations.backtest.run import backtest
    from leadline.operations.backtest.terms import Terms
    from web.conftest import sources_in

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        events = connection.read_parquet(str(company / "company" / "events" / "*.parquet")).to_arrow_table()
    sources = replace(sources_in(company), events=events.drop_columns(["received_at"]))
    found = backtest(session.path, sources, Terms(capacity=2, draw_curve=False))
    assert not found.arrivals
    answer = session.answer(session.basis.agreement)
    assert found.yardstick.horizon == session.yardstick.horizon
    assert np.array_equal(found.yardstick.entered, session.yardstick.entered)
    assert repr(found.side.measures) == repr(answer.before)


def test_segments_add_up(session: Session) -> None:
    trial = session.attempt({"engagement.half_life": "90d"})
    assert trial.agreement is not None
    answer = session.answer(trial.agreement)
    assert [table.title for table in answer.tables] == ["Persona", "Channel", "Source"]
    for table in answer.tables:
        assert sum(row.after.mqls for row in table.rows) == answer.after.mqls
        assert sum(row.before.won for row in table.rows) == answer.before.won


def test_progress_is_heard_piece_by_piece(session: Session) -> None:
    trial = session.attempt({"engagement.half_life": "33d"})
    assert trial.agreement is not None
    steps: list[tuple[str, int, int | None]] = []
    session.answer(trial.agreement, progress=lambda step, done, total: steps.append((step, done, total)))
    pieces = len(session.past.pieces)
    assert steps == [("Folding", done, pieces) for done in range(1, pieces + 1)]


def test_a_stale_move_ends_without_an_answer(session: Session) -> None:
    trial = session.attempt({"engagement.half_life": "77d"})
    assert trial.agreement is not None
    with pytest.raises(SupersededError):
        session.answer(trial.agreement, stop=lambda: True)
    assert session.answer(trial.agreement).after.mqls > 0
