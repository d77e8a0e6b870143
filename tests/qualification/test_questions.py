"""The next best question: its range holds whatever is answered, and what it claims comes true when decided again."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leadline
from leadline.agreement.reading import parse_agreement
from leadline.errors import UnknownLeadError
from leadline.log.reading import Sources
from leadline.operations.ask import Asking
from leadline.operations.score import match

if TYPE_CHECKING:
    from leadline.qualification.questions import NextQuestion

AS_OF = datetime(2026, 2, 1, 12, tzinfo=UTC)
CREATED = datetime(2026, 1, 1, tzinfo=UTC)

AGREEMENT = """\
leadline: 1
name: questions
fields:
  title: {type: text, label: Job title}
  revenue: {type: number, label: Yearly revenue}
  employees: {type: number, label: Employees}
  country: {type: text, label: Country, choices: [DE, US, FR]}
  wants_demo: {type: boolean, label: Wants a demo}
  seats: {type: number, label: Seats in use, ask: false}
fit:
  max: 90
  knockouts: {student: "job_level = 'student'"}
  personas:
    leader:
      rules:
        decides: {when: "job_level IN ('c_level', 'vp', 'director')", points: 40}
        recommends: {when: "job_level = 'manager'", points: 20}
        can_pay: {when: "revenue >= 1e6", points: 30}
        home_or_large: {when: "country = 'DE' OR employees > 500", points: 15}
        abroad: {when: "country <> 'DE'", points: -10}
        silent: {when: "country IS NULL", points: 5}
    maker:
      rules:
        builds: {when: "job_function = 'engineering'", points: 50}
        small: {when: "employees < 50 AND coalesce(revenue, 0) < 1e6", points: 25}
        free: {when: "email_is_free", points: -20}
engagement:
  groups: {product: {max: 30}}
  rules:
    page: {on: Page Viewed, points: 10, half_life: 30d}
    demo: {on: Demo Requested, points: 50}
    power_user: {when: "seats >= 5", points: 20, group: product}
    asked: {when: "wants_demo", points: 15, group: product}
    far: {when: "country = 'FR'", points: -5}
mql:
  when:
    both: "fit >= 50 AND engagement >= 30"
    raised: "fit >= 20 AND demo.age_days <= 14"
chance:
  horizon: 90d
  curve:
    - {score: 0, chance: 0.01, low: 0.005, high: 0.02}
    - {score: 150, chance: 0.4, low: 0.3, high: 0.5}
"""

KINDS: dict[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(["CEO", "Marketing Manager", "Software Engineer", "Student", "VP Sales", "Florist"]),
    "revenue": st.sampled_from([0.0, 5e5, 1e6, 2e7]),
    "employees": st.sampled_from([1.0, 49.0, 50.0, 501.0]),
    "country": st.sampled_from(["DE", "US", "FR"]),
    "wants_demo": st.booleans(),
    "seats": st.sampled_from([0.0, 5.0, 9.0]),
    "email": st.sampled_from(["a@gmail.com", "a@acme.example"]),
}
TYPES = {"revenue": pa.float64(), "employees": pa.float64(), "seats": pa.float64(), "wants_demo": pa.bool_()}
Row = dict[str, Any]


def table(rows: list[Row], extra: dict[str, pa.DataType]) -> pa.Table:
    types = {"lead_id": pa.string(), **extra, "phone": pa.string()}
    types |= {name: TYPES.get(name, pa.string()) for name in KINDS}
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in types.items()})


INSTANT = pa.timestamp("us", "UTC")


def leads_of(rows: list[Row]) -> pa.Table:
    return table([row | {"created_at": CREATED} for row in rows], {"created_at": INSTANT})


def events_of(rows: list[Row], pages: int = 2) -> pa.Table:
    """Some page views of every lead."""
    seen = [(row["lead_id"], number) for row in rows for number in range(pages)]
    return pa.table(
        {
            "event_id": [f"{lead}-{number}" for lead, number in seen],
            "lead_id": [lead for lead, _ in seen],
            "event": ["Page Viewed"] * len(seen),
            "occurred_at": pa.array([datetime(2026, 1, 20 + number, tzinfo=UTC) for _, number in seen], INSTANT),
        }
    )


def asked(rows: list[Row]) -> dict[str, NextQuestion]:
    found = leadline.next_question(AGREEMENT, leads=leads_of(rows), events=events_of(rows), as_of=AS_OF)
    return {one.lead_id: one for one in found}


def answered(rows: list[Row], answers: list[Row]) -> dict[str, Row]:
    """Decision rows after the leads told more at the moment."""
    profiles = table([row | {"valid_from": AS_OF} for row in answers], {"valid_from": INSTANT})
    decisions = leadline.qualify(
        AGREEMENT, leads=leads_of(rows), events=events_of(rows), profiles=profiles, as_of=AS_OF
    )
    return {row["lead_id"]: row for row in decisions.to_pylist()}


def some_of(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({}, optional=fields)


@settings(max_examples=3, deadline=None)
@given(st.lists(st.tuples(some_of(KINDS), st.fixed_dictionaries(KINDS), some_of(KINDS)), min_size=20, max_size=40))
def test_the_range_holds_whatever_is_answered(cases: list[tuple[Row, Row, Row]]) -> None:
    rows: list[Row] = [
        known | {"lead_id": f"l{number}", "phone": "+49 30 1234567"} for number, (known, _, _) in enumerate(cases)
    ]
    questions = asked(rows)
    for everything in (True, False):
        answers = [
            {"lead_id": row["lead_id"]}
            | {name: value for name, value in (full if everything else part).items() if name not in row}
            for row, (_, full, part) in zip(rows, cases, strict=True)
        ]
        for lead_id, decision in answered(rows, answers).items():
            span = questions[lead_id].range
            assert span.fit[0] - 1e-9 <= decision["fit"] <= span.fit[1] + 1e-9, (lead_id, answers)
            assert span.engagement[0] - 1e-9 <= decision["engagement"] <= span.engagement[1] + 1e-9
            assert span.chance is not None
            if decision["chance"] is not None:
                assert span.chance[0] - 1e-9 <= decision["chance"] <= span.chance[1] + 1e-9


@settings(max_examples=2, deadline=None)
@given(st.lists(some_of(KINDS), min_size=25, max_size=40))
def test_what_is_claimed_of_answers_comes_true(cases: list[Row]) -> None:
    rows = [known | {"lead_id": f"l{number}", "phone": "+49 30 1234567"} for number, known in enumerate(cases)]
    questions = asked(rows)
    moment = AS_OF.replace(tzinfo=UTC)
    most = max((len(one.ask.answers) for one in questions.values() if one.ask is not None), default=0)
    for number in range(most):
        claims = {
            lead_id: (one.ask.field, one.ask.answers[number])
            for lead_id, one in questions.items()
            if one.ask is not None and number < len(one.ask.answers)
        }
        answers = [{"lead_id": lead_id, field: answer.value} for lead_id, (field, answer) in claims.items()]
        decisions = answered(rows, answers)
        for lead_id, (field, answer) in claims.items():
            decision = decisions[lead_id]
            now = [one["because"] for one in decision["qualifications"] if one["at"] == moment]
            assert tuple(now[0] if now else ()) == answer.because, (lead_id, field, answer)
            assert decision["fit"] == pytest.approx(answer.fit)
            assert decision["engagement"] == pytest.approx(answer.engagement)


def test_the_field_that_decides_is_asked_first() -> None:
    others = [
        {"lead_id": f"known{n}", "email": "x@acme.example", "country": "FR", "revenue": 2e6 if n < 30 else 0.0}
        for n in range(40)
    ]
    lead = {"lead_id": "ann", "email": "ann@acme.example", "title": "CEO", "employees": 100.0, "seats": 9.0}
    question = asked([lead, *others])["ann"]
    assert question.ask is not None
    assert (question.ask.field, question.ask.label) == ("revenue", "Yearly revenue")
    assert question.ask.known_of == 40
    assert question.ask.decides == pytest.approx(0.75)
    assert question.unknown_fields == ("revenue", "country", "wants_demo")


def test_without_known_answers_each_kind_is_as_likely() -> None:
    lead = {"lead_id": "ann", "email": "ann@acme.example", "title": "CEO", "employees": 100.0, "seats": 9.0}
    question = asked([lead])["ann"]
    assert question.ask is not None
    assert question.ask.known_of == 0
    assert sum(answer.share for answer in question.ask.answers) == pytest.approx(1)


def test_nothing_unknown_leaves_nothing_open() -> None:
    lead = {
        "lead_id": "ann", "email": "a@acme.example", "phone": "+49 30 1234567", "title": "CEO", "revenue": 1e6,
        "employees": 9.0, "country": "FR", "wants_demo": False, "seats": 1.0,
    }  # fmt: skip
    question = asked([lead])["ann"]
    assert question.ask is None
    assert question.unknown_fields == ()
    assert question.range.fit == (60.0, 60.0)
    assert question.range.engagement[0] == question.range.engagement[1] == question.engagement


def test_rules_that_exclude_each_other_do_not_add_up() -> None:
    lead = {"lead_id": "ann", "phone": "+49 30 1234567", "revenue": 0.0, "employees": 100.0, "country": "FR"}
    assert asked([lead])["ann"].range.fit == (0.0, 50.0)  # an engineer; as a leader 40 or 20, not 60


def test_nobody_else_s_address_is_shown() -> None:
    rows: list[Row] = [{"lead_id": f"l{n}", "email": f"person{n}@gmail.com"} for n in range(30)]
    question = asked([{"lead_id": "who", "title": "CEO", "revenue": 1e6}, *rows])["who"]
    assert "person" not in repr(question)


def test_the_event_that_would_qualify_does() -> None:
    lead = {"lead_id": "ann", "email": "a@acme.example", "title": "CEO", "country": "US"}
    event = asked([lead])["ann"].event
    assert event is not None
    assert event.event == "Demo Requested"
    more = pa.concat_tables(
        [
            events_of([lead]),
            pa.table(
                {
                    "event_id": ["d"],
                    "lead_id": ["ann"],
                    "event": ["Demo Requested"],
                    "occurred_at": pa.array([AS_OF], INSTANT),
                }
            ),
        ]
    )
    row = leadline.qualify(AGREEMENT, leads=leads_of([lead]), events=more, as_of=AS_OF).to_pylist()[0]
    assert row["qualifications"] == [{"at": AS_OF, "because": list(event.because)}]


def test_asking_is_fast_once_the_log_is_at_hand() -> None:
    """A form waits for the answer: a few milliseconds, measured in processor time and with room for slow machines."""
    rows: list[Row] = [{"lead_id": f"l{n}", "email": f"p{n}@acme.example", "revenue": float(n)} for n in range(500)]
    agreement = parse_agreement(AGREEMENT)
    asking = Asking(
        agreement, match(agreement, Sources(leads_of(rows), events_of(rows))), int(AS_OF.timestamp()) * 10**6
    )
    asking.next("l0")
    started = time.process_time()
    for row in rows[:100]:
        asking.next(row["lead_id"])
    assert (time.process_time() - started) / 100 < 0.1


def test_a_lead_that_is_not_there() -> None:
    rows: list[Row] = [{"lead_id": "ann", "email": "a@acme.example"}]
    with pytest.raises(UnknownLeadError, match="no lead 'bob' among the 1 leads"):
        leadline.next_question(AGREEMENT, leads=leads_of(rows), lead_ids=["bob"], as_of=AS_OF)
