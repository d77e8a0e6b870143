"""Sales has limited hours: nobody gets more attention than there is, and waiting costs customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from leadline.clock import DAY
from leadline.simulation.columns import NEVER
from leadline.simulation.company import Company
from leadline.simulation.sales import applicants, daily_capacity, gather, work
from leadline.simulation.world import World, cohort, world

if TYPE_CHECKING:
    from leadline.simulation.judging import Work


def desk(capacity: float | None) -> tuple[World, Work]:
    here = world(Company(seed=3, leads=4_000, sales_capacity=capacity))
    crowds = [applicants(here, cohort(here, part)) for part in range(len(here.company.cohorts))]
    return here, work(here, gather(crowds))[0]


@pytest.fixture(scope="module")
def tight() -> tuple[World, Work]:
    return desk(1.0)


@pytest.fixture(scope="module")
def plenty() -> tuple[World, Work]:
    return desk(40.0)


def test_no_day_has_more_than_its_hours(tight: tuple[World, Work]) -> None:
    here, done = tight
    looked_at = done.started_at[done.reopened_at != done.reached_at]
    days = np.bincount((looked_at - here.company.starts_at) // DAY, minlength=len(here.calendar.working))
    assert days.max() <= 2
    assert days.sum() <= daily_capacity(here).sum() + 2
    assert not days[: len(here.calendar.working)][here.calendar.working == 0].any()


def test_little_capacity_makes_leads_wait_and_costs_customers(
    tight: tuple[World, Work], plenty: tuple[World, Work]
) -> None:
    waits = [np.median(done.started_at - done.reached_at) for _, done in (tight, plenty)]
    assert waits[0] > 3 * waits[1]
    ends_at = tight[0].company.ends_at
    won = [int((done.won & (done.closed_at < ends_at)).sum()) for _, done in (tight, plenty)]
    assert won[0] < 0.8 * won[1]


def test_raised_hands_come_first(tight: tuple[World, Work]) -> None:
    _, done = tight
    fresh = done.round == 1
    wait = done.started_at - done.reached_at
    assert np.median(wait[fresh & done.by_hand]) < 0.5 * np.median(wait[fresh & ~done.by_hand])


def test_nobody_is_worked_on_before_reaching_sales(plenty: tuple[World, Work]) -> None:
    _, done = plenty
    assert (done.started_at >= done.reached_at).all()
    assert (done.accepted_at[done.accepted_at < NEVER] > done.started_at[done.accepted_at < NEVER]).all()
