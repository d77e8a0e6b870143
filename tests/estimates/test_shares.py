"""Intervals of shares: against published values, and that they hold the truth as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leadline.estimates.shares import intervals, share


def test_published_values() -> None:
    # Brown, Cai, DasGupta 2001, table 5 (Jeffreys, 95 %), n = 7 and n = 10.
    found = share(1, 7)
    assert (round(found.low, 3), round(found.high, 3)) == (0.016, 0.501)
    found = share(3, 10)
    assert (round(found.low, 3), round(found.high, 3)) == (0.093, 0.606)


def test_ends() -> None:
    assert share(0, 5).low == 0
    assert share(5, 5).high == 1
    nothing = share(0, 0)
    assert (nothing.low, nothing.high) == (0, 1)
    assert math.isnan(nothing.rate)


def test_they_hold_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(5)
    for true in (0.02, 0.2, 0.5):
        hits = random.binomial(200, true, 4000)
        low, high = intervals(hits, np.full(4000, 200))
        assert 0.93 < ((low <= true) & (true <= high)).mean() < 0.975


def test_more_hits_than_trials_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0"):
        share(3, 2)
