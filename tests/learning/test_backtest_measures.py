"""Measures are checked against a slow count that reads their definitions lead by lead, and on cases worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.clock import DAY, HOUR, to_instant
from leadline.learning.backtest.measures import (
    HORIZON,
    Measures,
    Yardstick,
    by_segment,
    default_horizon,
    enter_and_leave,
    first_qualifications,
    measure,
)
from leadline.learning.backtest.weeks import Weeks, weeks_between
from leadline.qualification.layout import NEVER
from leadline.qualification.outcomes import Outcomes, no_outcomes

START = to_instant(datetime(2026, 1, 5, tzinfo=UTC))
"""A Monday."""
END = START + 70 * DAY


def outcomes_of(rows: list[tuple[int | None, int | None, bool]], *, dated: bool = True, until: int = END) -> Outcomes:
    """(won at, sql at, stated) of each lead; 0 for a win without a date."""

    def instants(place: int) -> np.ndarray:
        return np.array([row[place] or NEVER for row in rows], np.int64)

    return replace(
        no_outcomes(len(rows), until),
        won=np.array([row[0] is not None for row in rows], bool),
        sql=np.array([row[1] is not None for row in rows], bool),
        won_at=instants(0),
        sql_at=instants(1),
        stated=np.array([row[2] for row in rows], bool),
        dated=dated,
    )


def yardstick_of(outcomes: Outcomes, entered: list[int], horizon: int = 10 * DAY, **changes: object) -> Yardstick:
    yardstick = Yardstick(outcomes, np.array(entered, np.int64), weeks_between(START, END, "UTC"), horizon)
    return replace(yardstick, **changes)  # type: ignore[arg-type]


def columns(found: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([lead for lead, _ in found], np.int32), np.array([at for _, at in found], np.int64)


def measured(yardstick: Yardstick, found: list[tuple[int, int]]) -> Measures:
    return measure(yardstick, *columns(found))


def slowly_judged(outcomes: Outcomes, lead: int, at: int, horizon: int) -> tuple[bool, bool, bool, bool]:
    """Judged, young, won, qualified by sales: as the documentation defines them."""
    won, sql = bool(outcomes.won[lead]), bool(outcomes.sql[lead])
    if not outcomes.stated[lead]:
        return False, False, False, False
    if not outcomes.dated:
        return True, False, won, sql
    won_at, sql_at = int(outcomes.won_at[lead]), int(outcomes.sql_at[lead])
    if won and won_at != NEVER and at != NEVER and won_at <= at:
        return False, False, False, False
    if at == NEVER:
        return True, False, won and won_at <= outcomes.until, sql and sql_at <= outcomes.until
    if at + horizon > outcomes.until:
        return False, True, False, False
    return True, False, won and won_at <= at + horizon, sql and sql_at <= at + horizon


moments = st.integers(-10, 80).map(lambda day: START + day * DAY)
fates = st.tuples(
    st.one_of(st.none(), st.none(), st.just(0), moments), st.one_of(st.none(), st.just(0), moments), st.booleans()
)


@given(
    fates=st.lists(fates, min_size=1, max_size=12),
    entered=st.lists(st.one_of(moments, st.just(NEVER)), min_size=12, max_size=12),
    found=st.lists(st.tuples(st.integers(0, 11), moments), max_size=25),
    horizon=st.integers(1, 40),
    dated=st.booleans(),
)
def test_measures_are_what_a_slow_count_finds(
    fates: list[tuple[int | None, int | None, bool]],
    entered: list[int],
    found: list[tuple[int, int]],
    horizon: int,
    dated: bool,
) -> None:
    outcomes = outcomes_of(fates, dated=dated)
    yardstick = yardstick_of(outcomes, entered[: len(fates)], horizon * DAY, capacity=1)
    found = [(lead % len(fates), at) for lead, at in found]
    measures = measured(yardstick, found)

    firsts = {lead: min(at for other, at in found if other == lead) for lead, _ in found}
    mqls = {lead: at for lead, at in firsts.items() if START <= at < END}
    verdicts = [slowly_judged(outcomes, lead, at, yardstick.horizon) for lead, at in mqls.items()]
    assert (measures.mqls, measures.judged, measures.young, measures.won, measures.sql) == (
        len(mqls),
        *(sum(verdict[place] for verdict in verdicts) for place in range(4)),
    )
    assert measures.unjudged == measures.mqls - measures.judged - measures.young
    customers = [
        lead
        for lead in range(len(fates))
        if outcomes.won[lead] and outcomes.stated[lead]
        if outcomes.won_at[lead] == NEVER or START <= outcomes.won_at[lead] < END
    ]
    caught = [lead for lead in customers if lead in firsts]
    caught = [lead for lead in caught if outcomes.won_at[lead] == NEVER or firsts[lead] < outcomes.won_at[lead]]
    assert (measures.recall.hits, measures.recall.trials) == (len(caught), len(customers))
    waits = [int(outcomes.won_at[lead]) - firsts[lead] for lead in caught if outcomes.won_at[lead] != NEVER]
    assert measures.lead_time == (pytest.approx(median(waits) / DAY) if waits else None)
    everybody = [lead for lead in range(len(fates)) if entered[lead] == NEVER or START <= entered[lead] < END]
    base = [slowly_judged(outcomes, lead, entered[lead], yardstick.horizon) for lead in everybody]
    assert (measures.base.hits, measures.base.trials) == (sum(v[2] for v in base), sum(v[0] for v in base))
    by_week = [0] * 10
    for _, at in found:
        if START <= at < END:
            by_week[(at - START) // (7 * DAY)] += 1
    assert measures.weekly.tolist() == by_week
    assert measures.load.over == sum(count > 1 for count in by_week)
    assert (measures.load.most, measures.load.weeks) == (max(by_week), 10)


@given(
    found=st.lists(st.tuples(st.integers(0, 9), moments), max_size=25),
    codes=st.lists(st.integers(-1, 2), min_size=10, max_size=10),
    fates=st.lists(fates, min_size=10, max_size=10),
)
def test_segments_add_up_to_the_whole(
    found: list[tuple[int, int]], codes: list[int], fates: list[tuple[int | None, int | None, bool]]
) -> None:
    yardstick = yardstick_of(outcomes_of(fates), [START] * 10)
    segments = by_segment(yardstick, *columns(found), np.array(codes), 3)
    kept = [(lead, at) for lead, at in found if codes[lead] >= 0]
    whole = measured(yardstick, kept)
    for name in ("mqls", "judged", "won", "sql"):
        assert sum(getattr(segment, name) for segment in segments) == getattr(whole, name)
    for segment in segments:
        alone = measured(yardstick, [(lead, at) for lead, at in found if codes[lead] == segment.code])
        assert (segment.precision, segment.precision_sql) == (alone.precision, alone.precision_sql)
        assert segment.leads == codes.count(segment.code)


@given(
    first=st.lists(st.tuples(st.integers(0, 9), moments), max_size=20),
    second=st.lists(st.tuples(st.integers(0, 9), moments), max_size=20),
)
def test_who_enters_and_who_leaves(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    weeks = weeks_between(START, END, "UTC")

    def firsts(found: list[tuple[int, int]]) -> dict[int, int]:
        earliest = {lead: min(at for other, at in found if other == lead) for lead, _ in found}
        return {lead: at for lead, at in earliest.items() if START <= at < END}

    before, after = firsts(first), firsts(second)
    moved = enter_and_leave(weeks, columns(first), columns(second))
    assert moved.entering.tolist() == sorted(after.keys() - before.keys())
    assert moved.leaving.tolist() == sorted(before.keys() - after.keys())
    assert moved.staying.tolist() == sorted(before.keys() & after.keys())
    assert moved.earlier.tolist() == [before[lead] - after[lead] for lead in moved.staying]
    assert moved.entering_at.tolist() == [after[lead] for lead in moved.entering]
    assert moved.leaving_at.tolist() == [before[lead] for lead in moved.leaving]


def test_a_young_mql_is_censored_whether_it_was_won_or_not() -> None:
    late = END - 5 * DAY
    outcomes = outcomes_of([(late + DAY, None, True), (None, None, True), (START + 9 * DAY, None, True)])
    measures = measured(yardstick_of(outcomes, [START] * 3), [(0, late), (1, late), (2, START)])
    assert (measures.mqls, measures.young, measures.judged, measures.won) == (3, 2, 1, 1)


def test_the_end_of_the_horizon_counts_and_the_instant_of_the_win_does_not() -> None:
    outcomes = outcomes_of([(START + 10 * DAY, None, True), (START + 10 * DAY + 1, None, True), (START, None, True)])
    measures = measured(yardstick_of(outcomes, [START] * 3), [(0, START), (1, START), (2, START)])
    assert (measures.judged, measures.won, measures.unjudged) == (2, 1, 1)


def test_nothing_at_all_is_measured_without_a_division() -> None:
    measures = measured(yardstick_of(no_outcomes(3, END), [START] * 3), [])
    assert (measures.mqls, measures.lift, measures.lead_time, measures.load.mean) == (0, None, None, 0.0)
    assert (measures.precision.low, measures.precision.high) == (0.0, 1.0)


def test_lift_is_precision_over_the_share_of_all_leads() -> None:
    fates: list[tuple[int | None, int | None, bool]] = [(START + DAY, None, True)] * 2 + [(None, None, True)] * 18
    measures = measured(yardstick_of(outcomes_of(fates), [START] * 20), [(0, START), (2, START)])
    assert measures.lift == pytest.approx((1 / 2) / (2 / 20))


def test_weeks_begin_on_monday_in_the_zone_also_when_clocks_change() -> None:
    since, until = to_instant(datetime(2026, 3, 25, tzinfo=UTC)), to_instant(datetime(2026, 4, 6, tzinfo=UTC))
    weeks = weeks_between(since, until, "Europe/Berlin")
    assert weeks.mondays == (date(2026, 3, 23), date(2026, 3, 30), date(2026, 4, 6))
    assert weeks.starts[1] == to_instant(datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert weeks.full.tolist() == [False, True, False]
    assert weeks.count(weeks.starts[1] + np.array([-HOUR, -1, 0, HOUR])).tolist() == [2, 2, 0]


def test_an_empty_window_has_no_weeks() -> None:
    weeks: Weeks = weeks_between(START, START, "UTC")
    assert weeks.mondays == ()
    assert weeks.count(np.array([START])).tolist() == []


def test_the_horizon_covers_nine_of_ten_wins_in_whole_months() -> None:
    fates: list[tuple[int | None, int | None, bool]] = [(START + day * DAY, None, True) for day in range(1, 41)]
    outcomes = outcomes_of(fates, until=START + 400 * DAY)
    everybody = columns([(lead, START) for lead in range(40)])
    assert default_horizon(outcomes, *everybody) == 60 * DAY
    assert default_horizon(replace(outcomes, until=START + 59 * DAY), *everybody) == 30 * DAY, "half must be old enough"
    few = columns([(lead, START) for lead in range(19)])
    assert default_horizon(outcomes, *few) == HORIZON
    assert default_horizon(replace(outcomes, dated=False), *everybody) == HORIZON


def test_first_qualifications_need_no_order() -> None:
    lead, at = first_qualifications(*columns([(2, START), (1, START + DAY), (2, START - DAY), (1, START)]))
    assert (lead.tolist(), at.tolist()) == ([1, 2], [START, START - DAY])
