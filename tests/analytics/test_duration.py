"""How long winning takes, and which months can be judged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline import clock
from leadline.analytics.cohorts import judged_of, months_of
from leadline.analytics.duration import Duration, duration_of
from leadline.analytics.moments import NEVER
from leadline.analytics.outcome import Ends

DAY = clock.DAY
START = 1_700_000_000_000_000


def ends(created: np.ndarray, waits: np.ndarray, won: np.ndarray, until: int) -> Ends:
    """Leads created at days, won after days of waiting where that is before the end."""
    born = START + (created * DAY).astype(np.int64)
    closed = born + (waits * DAY).astype(np.int64)
    seen = won & (closed <= until)
    never = np.full(len(born), NEVER)
    nothing = np.zeros(len(born), bool)
    value = np.full(len(born), np.nan)
    return Ends("stage is won", None, seen, nothing, False, born, np.where(seen, closed, NEVER), never, value, until)


def duration(found: Ends) -> Duration:
    answer = duration_of(found)
    assert answer is not None
    return answer


@given(st.lists(st.integers(0, 60), min_size=12, max_size=80), st.integers(1, 3))
@settings(max_examples=50, deadline=None)
def test_without_censoring_the_curve_is_what_was_counted(waits: list[int], every: int) -> None:
    won = np.arange(len(waits)) % every == 0
    if won.sum() < 10:
        return
    found = ends(np.zeros(len(waits)), np.array(waits, float), won, START + 1000 * DAY)
    curve = duration(found).curve
    assert curve is not None
    for day in (0, 7, 30, 60):
        counted = (np.array(waits)[won] <= day).sum() / len(waits)
        share, low, high = curve.at(day)
        if curve.days[-1] >= day:
            assert share == pytest.approx(counted)
        assert low <= share + 1e-12
        assert share <= high + 1e-12
    assert (np.diff(curve.share) >= 0).all()


def test_young_leads_count_for_as_long_as_they_were_watched() -> None:
    """All win after 30 days. Of those watched 20 days nobody has won yet, and the curve knows better than the share."""
    rng = np.random.default_rng(3)
    created = rng.uniform(0, 100, 4000)
    found = ends(created, np.full(4000, 30.0), rng.random(4000) < 0.5, START + 100 * DAY)
    curve = duration(found).curve
    assert curve is not None
    assert found.won.mean() < 0.4
    assert curve.at(31)[0] == pytest.approx(0.5, abs=0.03)


def test_months_from_before_wins_were_recorded_are_noticed() -> None:
    rng = np.random.default_rng(5)
    created = np.sort(rng.uniform(0, 400, 6000))
    waits = rng.exponential(20, 6000)
    found = ends(created, waits, rng.random(6000) < 0.3, START + 700 * DAY)
    assert not duration(found).is_truncated
    begun = START + 200 * DAY
    kept = found.won_at >= begun
    lost = Ends(
        "stage is won", None, found.won & kept, found.lost, False, found.created_at,
        np.where(kept, found.won_at, NEVER), found.lost_at, found.value, found.until,
    )  # fmt: skip
    answer = duration(lost)
    assert answer.is_truncated
    assert begun <= answer.truncated_before < begun + DAY
    # 0.3 of some 3,000 leads would have been won, less those who took longer: 900 or a little below
    assert 700 < answer.missed < 950
    judged = judged_of(lost, answer)
    assert lost.won[judged].mean() == pytest.approx(0.3, abs=0.03)
    assert not judged[created < 199].any()
    states = [month.state for month in months_of(lost, answer)]
    assert states[0] == "truncated"
    assert states[-1] == "full"


def test_months_that_are_too_young_are_marked() -> None:
    rng = np.random.default_rng(6)
    created = np.sort(rng.uniform(0, 400, 4000))
    found = ends(created, rng.exponential(40, 4000), rng.random(4000) < 0.5, START + 400 * DAY)
    answer = duration(found)
    months = months_of(found, answer)
    assert months[0].state == "full"
    assert months[-1].state == "immature"
    assert sum(month.leads for month in months) == 4000
    assert found.won[judged_of(found, answer)].mean() == pytest.approx(0.5, abs=0.08)
