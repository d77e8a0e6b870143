"""The kernel at its edges: rounding, many rules, long runs, nothing at all, instants at the end of time."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.clock import DAY, HOUR
from leadline.qualification.layout import BITS_PER_WORD, NEVER
from qualification.logs import agreed, first_rule, folded, log_of
from qualification.running import decided, matched
from reference.qualification import evaluate
from reference.rounding import rounded
from strategies import History

START = 20_000 * DAY
FAR = 250_000 * 366 * DAY // 100
"""Beyond the year 8800."""


def total_of(values: list[float]) -> float:
    """What the kernel makes of a sum."""
    agreement = agreed("much: {on: Visit, sum: value, at_least: 1, within: 1d, points: 1}")
    log = log_of(range(START, START + len(values)), values=np.array(values).reshape(-1, 1))
    return float(first_rule(folded(agreement, log, START + len(values)), "measure")[0])


@pytest.mark.parametrize(
    "value",
    [
        0.1,
        1 / 3,
        2 / 3,
        0.0000005,
        0.0000004998,
        0.9999995,
        123456.7890125,
        1e12,
        9.3e12,
        1e15,
        1e300,
        -2.5,
        -1e13,
        0.0,
    ],
)
def test_sums_are_rounded_as_semantics_says(value: float) -> None:
    assert total_of([value]) == rounded(value)


@given(st.lists(st.floats(-1e9, 1e9), max_size=30))
def test_a_sum_is_that_of_the_reference_in_any_order(values: list[float]) -> None:
    assert total_of(values) == pytest.approx(rounded(sum(values)), abs=2e-6)
    assert total_of(values) == pytest.approx(total_of(sorted(values)), abs=2e-6)


@given(st.lists(st.tuples(st.sampled_from((0, 1, HOUR, DAY)), st.floats(-1e18, 1e18)), max_size=40))
def test_what_left_a_window_leaves_nothing_behind(steps: list[tuple[int, float]]) -> None:
    """Large amounts pass through the window; a later sum of small ones is as if they had never been."""
    agreement = agreed("much: {on: Visit, sum: value, at_least: 1, within: 1d, points: 1}")
    at = START + np.cumsum([0, *(step for step, _ in steps)])
    later = int(at[-1]) + 2 * DAY
    instants = [*at[1:].tolist(), later, later + 1]
    values = np.array([*(value for _, value in steps), 0.1, 0.2]).reshape(-1, 1)
    moments = sorted({*instants, later + 2})
    answers = folded(agreement, log_of(instants, values=values), moments)
    assert answers.rules["measure"][-1, 0] == rounded(0.1 + 0.2)


def test_an_infinite_sum_recovers() -> None:
    agreement = agreed("much: {on: Visit, sum: value, at_least: 1, within: 1d, points: 1}")
    instants = [START, START + 1, START + 3 * DAY]
    log = log_of(instants, values=np.array([[1e308], [1e308], [2.0]]))
    assert first_rule(folded(agreement, log, START + 3 * DAY), "measure") == [2.0]


# Many


def many(count: int) -> tuple[str, History]:
    """An agreement with so many of everything that masks need several words, and a lead that some of it is about."""
    fields = "\n  ".join(f"f{n}: {{type: number}}" for n in range(count))
    rules = "\n    ".join(
        f"r{n}: {{on: Event {n}, points: {n + 1}}}" if n % 3 else f"r{n}: {{when: f{n} > 0, points: 1}}"
        for n in range(count)
    )
    fits = "\n        ".join(f"s{n}: {{when: f{n} = {n}, points: 1}}" for n in range(count))
    ways = "\n    ".join(f"c{n}: r{n} >= 1" for n in range(count))
    text = (
        f"leadline: 1\nname: many\nfields:\n  {fields}\n"
        f"fit:\n  max: 1000\n  personas:\n    p:\n      rules:\n        {fits}\n"
        f"engagement:\n  max: 100000\n  rules:\n    {rules}\nmql:\n  when:\n    {ways}\n"
    )
    known = {f"f{n}": float(n) for n in range(0, count, 2)}
    lead = {"lead_id": "a", "created_at": None, "email": "ann@acme.example", "phone": None, "handle": None} | known
    events = [
        {"event_id": str(n), "lead_id": "a", "event": f"Event {n}", "occurred_at": START + n}
        for n in range(0, count, 5)
    ]
    return text, History([lead], [], events)


@pytest.mark.parametrize("count", [1, BITS_PER_WORD - 1, BITS_PER_WORD, BITS_PER_WORD + 1, 3 * BITS_PER_WORD + 5])
def test_many_rules_criteria_conditions_and_fields(count: int) -> None:
    from leadline.agreement.reading import parse_agreement

    text, history = many(count)
    agreement = parse_agreement(text)
    row = decided(agreement, history, START + DAY)["a"]
    answer = evaluate(agreement, *history, START + DAY)["a"]
    assert row["unknown_fields"] == list(answer.unknown_fields)
    assert [given["rule"] for given in row["contributions"]] == [given.rule for given in answer.contributions]
    assert (row["fit"], row["engagement"], row["because"]) == (answer.fit, answer.engagement, list(answer.because))


def seconds_for(rules: str, events: int) -> float:
    """Processor seconds that the fold of one lead with so many events takes, the best of three."""
    agreement = agreed(rules, when="c: engagement >= 90")
    keys = np.arange(1, events + 1, dtype=np.uint64).reshape(-1, 1)
    log = log_of(range(START, START + events * 1000, 1000), keys=keys, values=np.ones((events, 1)))
    times = []
    for _ in range(3):
        began = time.thread_time()
        folded(agreement, log, START + events * 1000)
        times.append(time.thread_time() - began)
    return min(times)


@pytest.mark.parametrize(
    "rules",
    [
        "visit: {on: Visit, points: 1, half_life: 1d}",
        "visit: {on: Visit, points: 1, expires: 1m}",
        "visit: {on: Visit, points: 1, at_most: 5 per 1d}",
        "visit: {on: Visit, points: 1, at_most: 1 ever by path}",
        "visit: {on: Visit, points: 50, at_least: 3, within: 1m}",
        "visit: {on: Visit, points: 50, sum: value, at_least: 3, within: 1m}",
        "visit: {on: Visit, points: 50, distinct: path, at_least: 3, within: 1m}",
    ],
)
def test_a_lead_with_very_many_events_takes_time_in_proportion(rules: str) -> None:
    small, large = seconds_for(rules, 20_000), seconds_for(rules, 200_000)
    # Ten times the events: ten times the work, and not the hundred times of a walk that looks back.
    assert large < 40 * small + 0.05


# Nothing


SIMPLE = "visit: {on: Visit, points: 10}"
LEAD = {"lead_id": "a", "created_at": None, "email": "ann@acme.example", "phone": None, "handle": None, "seats": None}


def test_no_leads() -> None:
    assert decided(agreed(SIMPLE), History([], [], []), START) == {}


def test_no_events() -> None:
    row = decided(agreed(SIMPLE), History([LEAD], [], []), START)["a"]
    assert (row["stage"], row["engagement"], row["contributions"], row["because"]) == ("lead", 0.0, [], [])


def test_no_rule_is_hit() -> None:
    event = {"event_id": "1", "lead_id": "a", "event": "Something Else", "occurred_at": START}
    row = decided(agreed(SIMPLE), History([LEAD], [], [event]), START)["a"]
    assert (row["stage"], row["engagement"], row["contributions"]) == ("lead", 0.0, [])


def test_a_count_of_no_hits_is_a_number() -> None:
    """A criterion that only looks as if it needed a hit."""
    rules = SIMPLE + "\nsum: {on: Visit, points: 1, sum: value, at_least: 1, within: 1d}"
    for way in (
        "visit.count >= 0",
        "visit.count > -0.0000000001",
        "sum.count > -1",
        "visit.count = 0",
        "0 >= sum.count",
    ):
        row = decided(agreed(rules, when=f"c: {way}"), History([LEAD | {"created_at": START}], [], []), START)["a"]
        assert row["because"] == ["c"]
    for way in ("visit.count > 0", "visit.count >= 0.0000001", "visit.age_days >= 0"):
        row = decided(agreed(rules, when=f"c: {way}"), History([LEAD | {"created_at": START}], [], []), START)["a"]
        assert row["because"] == []


def test_a_lead_before_its_first_record_is_not_there() -> None:
    later = LEAD | {"created_at": START}
    assert decided(agreed(SIMPLE), History([later], [], []), START - 1) == {}
    assert decided(agreed(SIMPLE), History([later], [], []), START).keys() == {"a"}


def test_every_kind_of_rule_without_a_hit() -> None:
    rules = """
a: {on: Visit, points: 1, half_life: 1d, expires: 2d, at_most: 1 per day by path, max: 3}
b: {on: Visit, points: 1, at_least: 1, within: 1d}
c: {on: Visit, points: 1, at_least: 1, within: 1d, sum: value}
d: {on: Visit, points: 1, at_least: 1, within: 1d, distinct: asset}
e: {when: seats > 5, points: 1}
"""
    for count in (0, 1):
        event = {"event_id": "1", "lead_id": "a", "event": "Other", "occurred_at": START}
        row = decided(agreed(rules), History([LEAD], [], [event] * count), START + DAY)["a"]
        assert (row["engagement"], row["contributions"]) == (0.0, [])


def test_the_same_event_name_twice_in_one_rule_is_one_hit() -> None:
    event = {"event_id": "1", "lead_id": "a", "event": "Visit", "occurred_at": START}
    agreement = agreed("visit: {on: [Visit, Visit], points: 10}\nother: {on: Other, points: 5}")
    row = decided(agreement, History([LEAD], [], [event]), START)["a"]
    assert [(given["rule"], given["hits"]) for given in row["contributions"]] == [("visit", 1)]


# The ends of time


@pytest.mark.parametrize("rules", [
    "visit: {on: Visit, points: 10, half_life: 30m}",
    "visit: {on: Visit, points: 10, half_life: 30m, expires: 10000d}",
    "visit: {on: Visit, points: 10, half_life: 1w, at_most: 1 per 10000d}",
    "visit: {on: Visit, points: 10, half_life: 1w, at_most: 1 per month}",
    "visit: {on: Visit, points: 10, at_least: 1, within: 1m}",
])  # fmt: skip
def test_gaps_of_millennia(rules: str) -> None:
    agreement = agreed(rules)
    log = log_of([-FAR, 0, FAR])
    late = folded(agreement, log, [-FAR, 0, FAR])
    assert late.leads["engagement"].tolist() == [10.0, 10.0, 10.0]
    assert first_rule(late, "hits") == [1, 2, 3]


@pytest.mark.parametrize("as_of", [NEVER + 1, -FAR - 1])
def test_a_moment_before_everything(as_of: int) -> None:
    answers = folded(agreed(SIMPLE), log_of([-FAR, FAR]), as_of)
    assert first_rule(answers, "hits") == [0]


def test_a_moment_at_the_very_end() -> None:
    answers = folded(agreed(SIMPLE), log_of([-FAR, FAR]), np.iinfo(np.int64).max)
    assert first_rule(answers, "hits") == [2]


def test_profiles_of_many_batches_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    from leadline.engines import duckdb

    monkeypatch.setattr(duckdb, "PROFILES_A_BATCH", 2)
    leads = [LEAD | {"lead_id": str(n), "seats": float(n)} for n in range(9)]
    run = matched(agreed(SIMPLE), History(leads, [], []))
    assert [row["fit"] for row in run.decide(agreed(SIMPLE), START).values()] == [0.0] * 5 + [10.0] * 4
