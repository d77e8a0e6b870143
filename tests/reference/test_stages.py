"""Every rule about stages of sections 7 and 8, held against cases worked by hand."""

from __future__ import annotations

import pytest

from reference.scenarios import asked, at, event, lead, signed, visits

RECORDS = {
    "handed": "Lead Handed Over", "accepted": "Lead Accepted", "qualified": "Lead Qualified",
    "opened": "Opportunity Created", "won": "Deal Won", "lost": "Deal Lost", "rejected": "Lead Rejected",
    "recycled": "Lead Recycled", "disqualified": "Lead Disqualified", "reopened": "Lead Reopened",
}  # fmt: skip
NEVER = signed(when="c: engagement > 99")


def stage(*records: str, days: float = 99) -> str:
    """The stage after stage records, one a day."""
    return asked(NEVER, [event(RECORDS[name], day) for day, name in enumerate(records)], days).stage


def test_visitor_lead_and_engaged_are_facts() -> None:
    talked = [event("Email Replied", 0)]
    assert asked(NEVER, talked, 1, row=lead(email=None)).stage == "visitor"
    assert asked(NEVER, [], 1).stage == "lead"
    assert asked(NEVER, talked, 1, row=lead(0.5)).stage == "engaged"
    assert asked(NEVER, visits(0), 1).stage == "lead"
    assert asked(signed(top="two_way: [Visit]"), visits(0), 1).stage == "engaged"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ("handed", "mql"),
        ("accepted", "sal"),
        ("qualified", "sql"),
        ("opened", "opportunity"),
        ("won", "customer"),
        ("lost", "lost"),
        ("rejected", "nurture"),
        ("recycled", "nurture"),
        ("disqualified", "disqualified"),
        ("reopened", "lead"),
        # forward only
        ("qualified accepted", "sql"),
        ("accepted handed", "sal"),
        ("opened handed accepted qualified", "opportunity"),
        ("opened rejected", "nurture"),
        # out of nurture and lost
        ("recycled handed", "mql"),
        ("recycled accepted", "sal"),
        ("lost qualified", "sql"),
        ("lost rejected", "nurture"),
        ("lost won", "customer"),
        # nothing but reopening and recycling leaves these two
        ("disqualified handed accepted qualified opened won lost rejected", "disqualified"),
        ("won handed accepted qualified opened lost rejected disqualified", "customer"),
        ("won recycled", "nurture"),
        ("disqualified recycled", "nurture"),
        # reopening
        ("accepted disqualified reopened", "sal"),
        ("opened won reopened", "opportunity"),
        ("qualified lost reopened", "sql"),
        ("qualified lost lost reopened", "sql"),
        ("qualified lost disqualified reopened", "lost"),
        ("qualified lost disqualified reopened reopened", "sql"),
        ("accepted lost reopened opened lost reopened", "opportunity"),
        ("recycled disqualified reopened", "nurture"),
        ("disqualified reopened", "lead"),
        ("accepted reopened", "sal"),
        ("handed disqualified recycled reopened", "nurture"),
    ],
)
def test_stage_records(records: str, expected: str) -> None:
    assert stage(*records.split()) == expected


def test_records_of_one_instant_are_taken_in_the_order_of_the_table() -> None:
    names = ("Lead Disqualified", "Lead Reopened", "Lead Accepted")
    assert asked(NEVER, [event(name, 0) for name in names], 1).stage == "sal"
    assert asked(NEVER, [event("Lead Recycled", 0), event("Deal Won", 0)], 1).stage == "nurture"


def test_a_stage_record_is_taken_before_the_criteria_of_its_instant() -> None:
    answer = asked(signed(), [*visits(0, 1), event("Lead Accepted", 1)], 2)
    assert (answer.stage, answer.mql_at) == ("sal", None)


def test_handing_over_is_no_qualification() -> None:
    answer = asked(signed(), [event("Lead Handed Over", 0), *visits(1, 2)], 3)
    assert (answer.stage, answer.mql_at, answer.because) == ("mql", None, ())


def test_a_stage_record_alone_is_a_record() -> None:
    rules = "visit: {on: Visit, points: 30}\nannoyed: {on: Annoyed, points: -20, half_life: 1d}"
    events = [event("Annoyed", 0), *visits(0), event("Lead Reopened", 5)]
    assert asked(signed(rules), events, 6).mql_at == at(5)


def test_without_effect_there_is_no_cool_down_and_no_reset() -> None:
    agreement = signed(recycle="{cooldown: 7d, reset: engagement}", when="c: engagement >= 10")
    events = [event("Lead Disqualified", 0), *visits(1), event("Lead Rejected", 2), event("Lead Reopened", 3)]
    assert asked(agreement, events, 4).mql_at == at(3)


def test_cool_downs_stay_when_reopened() -> None:
    agreement = signed(recycle="{cooldown: 7d}", when="c: engagement >= 10")
    events = [
        *visits(0), event("Lead Recycled", 1), event("Lead Disqualified", 2), event("Lead Reopened", 3),
        event("Other", 8), event("Other", 9),
    ]  # fmt: skip
    assert [made.at for made in asked(agreement, events, 10).qualifications] == [at(0), at(9)]


def test_a_lost_lead_goes_to_nurture_after_its_time() -> None:
    agreement = signed(recycle="{lost: 10d, reset: engagement, cooldown: 2d}", when="c: engagement >= 10")
    events = [event("Deal Lost", 0), *visits(1)]
    assert asked(agreement, events, 10 - 1e-9).stage == "lost"
    due = asked(agreement, events, 10)
    assert (due.stage, due.engagement) == ("nurture", 0)
    later = [*events, *visits(12), event("Other", 12 + 1e-9)]
    assert [made.at for made in asked(agreement, later, 15).qualifications] == [at(12 + 1e-9)]


def test_at_its_instant_the_timer_comes_before_the_records() -> None:
    agreement = signed(recycle="{lost: 10d}")
    assert asked(agreement, [event("Deal Lost", 0), event("Deal Won", 10)], 11).stage == "customer"
    won = [event("Deal Lost", 0), event("Deal Won", 10), event("Lead Reopened", 11)]
    assert asked(agreement, won, 12).stage == "nurture"
    relost = [event("Deal Lost", 0), event("Deal Lost", 4), event("Other", 13)]
    assert [asked(agreement, relost, days).stage for days in (13, 14)] == ["lost", "nurture"]


def test_a_lead_reopened_into_an_overdue_loss_goes_to_nurture_then() -> None:
    agreement = signed(recycle="{lost: 10d, reset: engagement}")
    events = [event("Deal Lost", 0), event("Lead Disqualified", 5), *visits(20), event("Lead Reopened", 20)]
    answer = asked(agreement, [*events, *visits(21)], 22)
    assert (answer.stage, answer.engagement) == ("nurture", 10)
    early = [*events[:2], event("Lead Reopened", 6)]
    assert [asked(agreement, early, days).stage for days in (9, 10)] == ["lost", "nurture"]
