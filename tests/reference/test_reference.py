"""The reference's scores and qualifications, held against cases worked by hand from semantics.md."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.clock import DAY
from reference.qualification import Qualification, evaluate
from reference.rounding import rounded
from reference.scenarios import START, asked, at, change, counted, event, lead, moments, signed, visits

# Points rules


def test_a_hit_halves_with_each_half_life() -> None:
    agreement = signed("visit: {on: Visit, points: 10, half_life: 2d}")
    assert [asked(agreement, visits(0), days).engagement for days in (0, 2, 4, 1)] == [10, 5, 2.5, 7.071068]


def test_a_hit_expires_at_the_instant_and_does_not_decay_before() -> None:
    agreement = signed("visit: {on: Visit, points: 10, expires: 3d}", interest="half_life: 1d")
    assert asked(agreement, visits(0), 3 - 1e-9).engagement == 10
    answer = asked(agreement, visits(0), 3)
    assert answer.engagement == 0
    assert [(given.hits, given.accepted, given.raw) for given in answer.contributions] == [(1, 0, 0.0)]


def test_expires_and_half_life_stand_together() -> None:
    agreement = signed("visit: {on: Visit, points: 8, expires: 3d, half_life: 1d}")
    assert [asked(agreement, visits(0), days).engagement for days in (2, 3)] == [2, 0]


def test_at_most_per_day_is_a_local_day() -> None:
    agreement = signed("visit: {on: Visit, points: 1, at_most: 1 per day}", top="timezone: Europe/Berlin")
    late = 22 / 24  # midnight in Berlin, in summer
    assert asked(agreement, visits(late - 1e-9, late), 5).engagement == 2
    assert asked(agreement, visits(late, 1 + late - 1e-9), 5).engagement == 1


def test_at_most_per_week_begins_on_monday_and_per_month_on_the_first() -> None:
    weekly = signed("visit: {on: Visit, points: 1, at_most: 1 per week}")
    assert asked(weekly, visits(0, 2, 3 - 1e-9), 50).engagement == 1  # Friday, Sunday, Sunday
    assert asked(weekly, visits(0, 3), 50).engagement == 2  # Friday, Monday
    monthly = signed("visit: {on: Visit, points: 1, at_most: 2 per month}")
    assert asked(monthly, visits(0, 1, 27.9, 28, 29, 30), 50).engagement == 4  # 28 days on is 1 November


def test_at_most_per_duration_counts_from_the_accepted_hits() -> None:
    agreement = signed("visit: {on: Visit, points: 1, at_most: 1 per 7d}")
    # day 6 is refused and so does not refuse day 8; day 7 is just out of the seven days
    assert asked(agreement, visits(0, 6, 8), 20).engagement == 2
    assert asked(agreement, visits(0, 7), 20).engagement == 2
    assert asked(agreement, visits(0, 7 - 1e-9), 20).engagement == 1


def test_at_most_ever_by_a_column_with_unknown_as_a_value() -> None:
    agreement = signed("visit: {on: Visit, points: 1, at_most: 1 ever by asset}")
    events = [*visits(0, 1, asset="guide"), *visits(2, asset="report"), *visits(3, 4, asset=None), *visits(5)]
    answer = asked(agreement, events, 9)
    assert (answer.engagement, answer.contributions[0].hits, answer.contributions[0].accepted) == (3, 6, 3)
    assert answer.contributions[0].last_hit == at(5)


def test_hits_of_one_instant_come_one_after_another() -> None:
    agreement = signed("visit: {on: Visit, points: 1, at_most: 2 per 7d}")
    assert asked(agreement, visits(0, 0, 0, 7), 7).engagement == 3


@pytest.mark.parametrize(("points", "expected"), [(10, 25), (-10, -25)])
def test_max_limits_both_signs(points: int, expected: int) -> None:
    agreement = signed(f"visit: {{on: Visit, points: {points}, max: 25}}\nbase: {{on: Start, points: 50}}")
    answer = asked(agreement, [event("Start", 0), *visits(0, 0, 0)], 1)
    assert answer.engagement == 50 + expected
    assert counted(answer) == {"visit": expected, "base": 50}
    assert answer.contributions[0].raw == 3 * points


def test_max_throws_no_hit_away() -> None:
    agreement = signed("visit: {on: Visit, points: 10, max: 15, half_life: 1d}")
    assert [asked(agreement, visits(0, 0, 0, 0), days).engagement for days in (1, 2)] == [15, 10]


# Threshold and state rules


def test_a_window_is_open_at_its_start() -> None:
    agreement = signed("often: {on: Visit, at_least: 2, within: 7d, points: 20}")
    assert asked(agreement, visits(0, 7 - 1e-9), 7 - 1e-9).engagement == 20
    assert asked(agreement, visits(0, 6), 7).engagement == 0
    assert asked(agreement, visits(0, 7), 7).contributions[0].accepted == 1


def test_a_sum_is_rounded_before_it_is_compared_and_skips_the_unknown() -> None:
    agreement = signed("long: {on: Visit, sum: duration_s, at_least: 0.3, within: 7d, points: 20}")
    events = [event("Visit", 0, duration_s=0.1), event("Visit", 0, duration_s=0.2), *visits(0)]
    assert asked(agreement, events, 1).engagement == 20
    assert asked(agreement, events[:1], 1).engagement == 0
    assert asked(agreement, [event("Visit", 0, duration_s=0.2999994)], 1).engagement == 0
    assert asked(agreement, [event("Visit", 0, duration_s=0.2999996)], 1).engagement == 20


def test_distinct_counts_known_values() -> None:
    agreement = signed("broad: {on: any, distinct: channel, at_least: 2, within: 7d, points: 20}")
    one = [*visits(0, 1, channel="email"), *visits(2, channel=None)]
    assert asked(agreement, one, 3).engagement == 0
    assert asked(agreement, [*one, *visits(3, channel="ads")], 3).engagement == 20


def test_a_state_rule_follows_the_profile() -> None:
    agreement = signed("power: {when: seats >= 5, points: 20}")
    changes = [change(1, seats=5.0), change(3, seats=4.0), change(4, seats=None)]
    assert [asked(agreement, [], days, changes=changes).engagement for days in (0, 1, 2, 3, 5)] == [
        0,
        20,
        20,
        0,
        0,
    ]


# Groups, caps, rounding, levels


def test_a_group_is_capped_and_the_cap_shared_in_proportion() -> None:
    rules = "visit: {on: Visit, points: 30, group: web}\nread: {on: Read, points: 10, group: web}\n"
    rules += "bounced: {on: Bounced, points: -5, group: web}"
    agreement = signed(rules, interest="groups: {web: {max: 15}}")
    answer = asked(agreement, [event("Visit", 0), event("Read", 0), event("Bounced", 0)], 1)
    assert answer.engagement == 15
    assert counted(answer) == {"visit": 15, "read": 5, "bounced": -5}


def test_the_total_is_clipped_both_ways() -> None:
    rules = "visit: {on: Visit, points: 30}\nleft: {on: Left, points: -60}"
    agreement = signed(rules, interest="max: 40")
    high = asked(agreement, visits(0, 0), 1)
    assert (high.engagement, counted(high)) == (40, {"visit": 40})
    low = asked(agreement, [*visits(0), event("Left", 0)], 1)
    assert (low.engagement, counted(low)) == (0, {"visit": 30, "left": -30})


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.1 + 0.2, 0.3),
        (0.0000004, 0.0),
        (0.0000005, 0.000001),
        (-0.0000005, 0.0),
        (59.9999999, 60.0),
        (-2.5, -2.5),
    ],
)
def test_rounding(x: float, expected: float) -> None:
    assert rounded(x) == expected


def test_levels_and_grades_are_reached_at_their_bounds() -> None:
    agreement = signed(
        interest="levels: {warm: 10, hot: 20}",
        fit="grades: {B: 5, A: 10}\n  personas: {p: {rules: {s: {when: seats >= 5, points: 10}}}}",
    )
    found = [asked(agreement, visits(*[0] * count), 1) for count in range(3)]
    assert [answer.level for answer in found] == ["cold", "warm", "hot"]
    assert [answer.grade for answer in found] == ["D"] * 3
    assert asked(agreement, [], 1, row=lead(seats=5.0)).grade == "A"


# What is a hit


def test_any_leaves_out_machines_stage_records_and_outbound() -> None:
    agreement = signed("seen: {on: any, points: 1}\nnamed: {on: Called, points: 10}")
    events = [
        event(None, 0),
        event("Visit", 0, is_machine=True),
        event("Called", 0, direction="outbound"),
        event("Lead Recycled", 0),
        event("Visit", 0, direction="inbound"),
    ]
    assert counted(asked(agreement, events, 1)) == {"seen": 2, "named": 10}


def test_machine_events_hit_only_rules_that_want_them() -> None:
    agreement = signed("visit: {on: Visit, points: 1}\nscan: {on: any, points: 5, machines: true}")
    events = [*visits(0), *visits(1, 2, is_machine=True)]
    assert counted(asked(agreement, events, 3)) == {"visit": 1, "scan": 15}


def test_a_machine_starts_no_stage_and_qualifies_nobody() -> None:
    agreement = signed("scan: {on: any, points: 20, machines: true}", when="c: engagement >= 20")
    machine = event("Call Connected", 0, is_machine=True)
    alone = asked(agreement, [machine], 1)
    assert (alone.engagement, alone.stage, alone.mql_at) == (20, "lead", None)
    joined = asked(agreement, [machine, event("Other", 1, direction="outbound")], 1)
    assert joined.mql_at == at(1)
    assert asked(agreement, [event("Lead Accepted", 0, is_machine=True)], 1).stage == "lead"


# Fit and the profile


PERSONAS = """
  personas:
    first: {rules: {small: {when: seats < 100, points: 10}, away: {when: "country <> 'DE'", points: -20}}}
    second: {rules: {some: {when: seats >= 5, points: 10}}}
    third: {rules: {many: {when: seats >= 50, points: 30}, here: {when: "country = 'DE'", points: 90}}}
"""


@pytest.mark.parametrize(
    ("row", "persona", "fit"),
    [
        ({}, "first", 0),
        ({"seats": 5.0}, "first", 10),  # a tie
        ({"seats": 5.0, "country": "US"}, "second", 10),
        ({"country": "US"}, "second", 0),
        ({"seats": 50.0, "country": "DE"}, "third", 100),
    ],
)
def test_the_best_persona_is_the_first_of_equals(row: dict[str, Any], persona: str, fit: float) -> None:
    answer = asked(signed(fit=PERSONAS), [], 1, row=lead(**row))
    assert (answer.persona, answer.fit) == (persona, fit)


def test_unknown_fields_in_file_order() -> None:
    fit = "knockouts: {student: \"job_level = 'student'\", k: account_is_customer}" + PERSONAS
    agreement = signed("power: {when: active OR seats > 1, points: 1}", fit=fit)
    answer = asked(agreement, [], 1, row=lead(country="DE"))
    assert answer.unknown_fields == ("job_level", "account_is_customer", "seats", "active")


def test_the_latest_known_value_wins_and_blank_clears_nothing() -> None:
    agreement = signed(fit="personas: {p: {rules: {us: {when: \"country = 'US'\", points: 10}}}}")
    changes = [
        change(2, country="US"),
        change(2, country="DE"),
        change(4, country=" "),
        change(None, country="FR"),
    ]
    found = [asked(agreement, [], days, row=lead(country="AA"), changes=changes).fit for days in (1, 2, 5)]
    assert found == [0, 10, 10]


DERIVED = """
  personas:
    buyer:
      rules:
        mail:   {when: email_is_free, points: 1}
        domain: {when: "email_domain = 'gmail.com'", points: 2}
        level:  {when: "job_level = 'vp'", points: 4}
        work:   {when: "job_function = 'marketing'", points: 8}
"""


def test_derived_fields_come_from_the_normalised_address_and_the_title() -> None:
    agreement = signed(fit=DERIVED)
    row = lead(email=" Bob@GMAIL.com", title="VP Marketing")
    assert asked(agreement, [], 1, row=row).fit == 15
    assert asked(agreement, [], 1, row=lead(email="nothing", title=" ")).unknown_fields == (
        "email_is_free", "email_domain", "job_level", "job_function",
    )  # fmt: skip


# Qualification


def test_it_qualifies_at_the_record_that_reaches_the_threshold() -> None:
    answer = asked(signed(), visits(0, 1, 2), 3)
    assert (answer.stage, answer.mql_at) == ("mql", at(1))
    assert answer.qualifications == (Qualification(at(1), ("engaged_enough",)),)


def test_because_lists_the_criteria_that_held_in_file_order() -> None:
    agreement = signed(when="fits: fit >= 10\nno: fit > 10\nmany: visit.count >= 2")
    answer = asked(agreement, visits(0, 0), 3, row=lead(seats=9.0))
    assert answer.because == ("fits", "many")


def test_a_knock_out_stops_it_and_an_unknown_one_does_not() -> None:
    fit = "knockouts: {big: seats > 100}\n  personas: {p: {rules: {s: {when: active, points: 1}}}}"
    agreement = signed(fit=fit)
    assert asked(agreement, visits(0, 1), 3, row=lead(seats=101.0)).mql_at is None
    assert asked(agreement, visits(0, 1), 3, row=lead(seats=None)).mql_at == at(1)
    later = [change(2, seats=100.0)]
    assert asked(agreement, visits(0, 1), 3, row=lead(seats=101.0), changes=later).mql_at == at(2)


def test_what_happened_before_the_lead_was_known_counts_but_qualifies_only_then() -> None:
    answer = asked(signed(), visits(0, 1), 3, row=lead(2))
    assert answer.mql_at == at(2)
    before = asked(signed(), visits(0, 1), 1.5, row=lead(2))
    assert (before.engagement, before.stage) == (20, "visitor")


def test_nobody_qualifies_who_cannot_be_reached() -> None:
    row = lead(email="not an address", phone=" ", handle=None)
    assert asked(signed(), visits(0, 1), 3, row=row).stage == "visitor"
    found = asked(signed(), visits(0, 1), 3, row=row, changes=[change(2, handle="@ann")])
    assert found.mql_at == at(2)


def test_scores_between_records_make_no_decision() -> None:
    rules = "visit: {on: Visit, points: 30}\nannoyed: {on: Annoyed, points: -20, half_life: 1d}"
    agreement = signed(rules)
    events = [event("Annoyed", 0), *visits(0)]
    waiting = asked(agreement, events, 5)
    assert (waiting.engagement, waiting.mql_at) == (29.375, None)
    assert asked(agreement, [*events, event("Other", 5)], 5).mql_at == at(5)


@pytest.mark.parametrize(
    ("criterion", "qualifies"),
    [
        ("demo.age_days > 30", False),
        ("NOT demo.age_days <= 30", False),
        ("demo.count = 0 OR demo.age_days > 30", True),
        ("demo.age_days > 30 OR engagement >= 10", True),
        ("demo.age_days > 30 AND engagement >= 10", False),
        ("NOT (demo.age_days > 30 AND engagement > 10)", True),
        ("visit.age_days = 0", True),
        ("visit.count = 1 AND persona = 'buyer' AND grade = 'D' AND level <> 'hot'", True),
        ("visit > demo AND web = visit AND 10 <= web AND fit < engagement", True),
    ],
)
def test_criteria_are_three_valued(criterion: str, qualifies: bool) -> None:
    agreement = signed(
        "visit: {on: Visit, points: 10, group: web}\ndemo: {on: Demo, points: 60}",
        interest="groups: {web: {}}\n  levels: {hot: 60}",
        when=f"c: {criterion}",
    )
    assert (asked(agreement, visits(0), 1).mql_at is not None) == qualifies


def test_quantities_of_rules_that_capped_or_expired() -> None:
    rules = "visit: {on: Visit, points: 10, max: 15, expires: 4d, at_most: 2 per 7d, group: web}"
    agreement = signed(
        rules, interest="groups: {web: {max: 12}}", when="c: visit = 15 AND web = 12 AND visit.count = 2"
    )
    assert asked(agreement, visits(0, 1), 1).mql_at == at(1)
    ages = signed(rules, interest="groups: {web: {}}", when="c: visit.count = 0 AND visit.age_days = 8")
    events = [*visits(0, 1, 2), event("Other", 10)]  # the third was not accepted, and yet it is the last hit
    assert asked(ages, events, 10).mql_at == at(10)


# Recycling


def test_a_cool_down_ends_after_its_last_instant() -> None:
    agreement = signed(recycle="{cooldown: 7d}")
    events = [*visits(0, 1), event("Lead Recycled", 2)]
    assert asked(agreement, [*events, event("Other", 9)], 20).stage == "nurture"
    found = asked(agreement, [*events, event("Other", 9 + 1e-9), event("Other", 12)], 20)
    assert [made.at for made in found.qualifications] == [at(1), at(9 + 1e-9)]
    assert (found.mql_at, found.stage) == (at(1), "mql")


def test_without_a_cool_down_it_qualifies_after_the_instant_of_recycling() -> None:
    events = [*visits(0, 1), event("Lead Rejected", 2), event("Other", 2), event("Other", 2 + 1e-9)]
    assert [made.at for made in asked(signed(), events, 3).qualifications] == [at(1), at(2 + 1e-9)]


def test_a_reset_forgets_hits_at_or_before_it_but_not_survivors() -> None:
    rules = """
visit: {on: Visit, points: 10}
kept: {on: Visit, points: 1, survives_reset: true}
left: {on: Left, points: -5}
often: {on: Visit, at_least: 2, within: 30d, points: 7}
"""
    agreement = signed(rules, recycle="{reset: engagement}", when="c: engagement >= 100")
    events = [*visits(0, 1, 2, 2.5), event("Left", 1), event("Lead Recycled", 2)]
    answer = asked(agreement, events, 3)
    assert [(given.rule, given.hits, given.raw) for given in answer.contributions] == [
        ("visit", 1, 10), ("kept", 4, 4), ("left", 1, -5), ("often", 1, 0),
    ]  # fmt: skip
    assert answer.engagement == 9


def test_acceptance_is_worked_out_among_the_hits_that_count() -> None:
    agreement = signed("visit: {on: Visit, points: 10, at_most: 1 ever}", recycle="{reset: engagement}")
    assert asked(agreement, [*visits(0, 3), event("Lead Recycled", 2)], 4).contributions[0].last_hit == at(3)
    assert asked(agreement, [*visits(0, 3), event("Lead Recycled", 2)], 4).engagement == 10


def test_penalties_that_fade_do_not_survive() -> None:
    rules = "left: {on: Left, points: -5}\nvisit: {on: Visit, points: 10}"
    agreement = signed(rules, recycle="{reset: engagement}", interest="half_life: 30d")
    answer = asked(agreement, [event("Left", 0), event("Lead Recycled", 1)], 2)
    assert answer.contributions == ()


# The whole


def test_records_after_the_moment_are_not_seen() -> None:
    events = visits(0, 1, 2)
    assert asked(signed(), events, 0.5).engagement == 10
    assert evaluate(signed(), [lead(5)], [], events[2:], at(1)) == {}
    assert set(evaluate(signed(), [lead(5)], [], events[2:], at(2))) == {"a"}
    assert set(evaluate(signed(), [lead()], [], events, START - DAY)) == {"a"}


def test_events_of_strangers_and_without_an_instant_are_rejected() -> None:
    timeless = event("Visit", 0) | {"occurred_at": None}
    strange = event("Visit", 0) | {"lead_id": "b"}
    answers = evaluate(signed(), [lead()], [], [timeless, strange], at(1))
    assert [(answer.lead_id, answer.engagement) for answer in answers.values()] == [("a", 0)]


def test_history_shows_each_instant_once() -> None:
    found = moments(signed(), [*visits(0, 1, 1), event("Lead Accepted", 3)], 4)
    assert [(made.at, made.engagement, made.stage, bool(made.because)) for made in found] == [
        (at(0), 10, "lead", False), (at(1), 30, "mql", True), (at(3), 30, "sal", False),
    ]  # fmt: skip
