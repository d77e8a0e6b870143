"""Curves from scores to chances: they rise, hold the truth in their intervals, and are the same every time."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.errors import InputError
from leadline.learning.calibration import ISOTONIC_FROM, WINS_MIN, fit
from leadline.learning.curves import FITTERS, Tally
from leadline.learning.reliability import reliability

TOP = 200.0


def truth(score: np.ndarray) -> np.ndarray:
    """A chance that a logistic curve can say."""
    return np.asarray(1 / (1 + np.exp(5 - score / 30)))


def stairs(score: np.ndarray) -> np.ndarray:
    """A chance that it cannot: two levels."""
    return np.where(score < 60, 0.005, 0.12)


def drawn(leads: int, seed: int, law: object = truth) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    score = np.minimum(TOP, random.gamma(1.5, 30, leads))
    won = random.random(leads) < law(score)  # type: ignore[operator]
    return score, won, np.arange(leads)


@pytest.mark.parametrize("leads", [600, 3_000, 20_000])
@pytest.mark.parametrize("law", [truth, stairs])
def test_curves_rise_within_their_intervals(leads: int, law: object) -> None:
    found = fit(*drawn(leads, 1, law), TOP)
    for column in (found.score, found.chance):
        assert (np.diff(column) >= 0).all()
    assert (np.diff(found.score) > 0).all()
    assert ((found.low >= 0) & (found.low <= found.chance)).all()
    assert ((found.high <= 1) & (found.chance <= found.high)).all()
    assert len(found.score) <= 12


def test_small_samples_take_a_formula_and_large_ones_steps_where_these_are_better() -> None:
    few, many = fit(*drawn(600, 2, stairs), TOP), fit(*drawn(20_000, 2, stairs), TOP)
    assert few.method in ("platt", "beta")
    assert "isotonic" not in dict(few.losses)
    assert many.method == "isotonic"
    assert fit(*drawn(20_000, 3, truth), TOP).method == "platt"
    assert ISOTONIC_FROM == 1_000


def test_a_formula_finds_the_truth_it_can_say() -> None:
    found = fit(*drawn(20_000, 4), TOP)
    assert np.abs(found.chance / truth(found.score) - 1).max() < 0.25


@pytest.mark.parametrize(("law", "leads"), [(truth, 800), (truth, 8_000), (stairs, 8_000)])
def test_intervals_hold_the_truth_nineteen_times_of_twenty(law: object, leads: int) -> None:
    """Counted where there are leads; steps are smoothed, so the jump itself is left out."""
    at = np.array([10.0, 25.0, 40.0, 90.0, 120.0])
    held = []
    for seed in range(25):
        found = fit(*drawn(leads, 100 + seed, law), TOP)
        low, high = (np.interp(at, found.score, column) for column in (found.low, found.high))
        expected = law(at)  # type: ignore[operator]
        held.append((low <= expected) & (expected <= high))
    assert np.mean(held) > 0.9


def test_nothing_is_promised_of_scores_that_nobody_has() -> None:
    score, won, at = drawn(900, 9)
    low = np.clip(score, 15, 80)
    found = fit(low, won, at, TOP)
    assert found.score.min() == pytest.approx(15, abs=0.5)
    assert found.score.max() == pytest.approx(80, abs=0.5)
    assert found.at(np.array([200.0])) == found.chance[-1]
    same = fit(np.full(900, 30.0), won, at, TOP)
    assert same.chance == pytest.approx([won.mean()], rel=0.05)


def test_a_score_that_says_nothing_gives_a_level_line() -> None:
    score, _, at = drawn(5_000, 5)
    won = np.random.default_rng(6).random(5_000) < 0.05
    found = fit(score, won, at, TOP)
    middle = found.at(np.array([20.0, 100.0]))
    assert middle[1] / middle[0] < 1.5
    falling = fit(score, np.random.default_rng(7).random(5_000) < 0.1 * np.exp(-score / 40), at, TOP)
    assert (np.diff(falling.chance) >= 0).all()


@pytest.mark.parametrize("wins", [0, WINS_MIN - 1])
def test_too_little_evidence_is_refused_with_a_way_out(wins: int) -> None:
    won = np.zeros(500, bool)
    won[:wins] = True
    with pytest.raises(InputError, match=f"there are {wins} customers among 500 leads .* at least {WINS_MIN}"):
        fit(np.linspace(0, 100, 500), won, np.arange(500), TOP)
    with pytest.raises(InputError, match="20 others"):
        fit(np.linspace(0, 100, 500), ~won, np.arange(500), TOP)


def test_the_same_seed_gives_the_same_curve_in_two_processes() -> None:
    program = (
        "import numpy as np; from leadline.learning.calibration import fit; r = np.random.default_rng(1); "
        "s = r.gamma(1.5, 30, 4000).clip(0, 200); w = r.random(4000) < s / 800; "
        "f = fit(s, w, np.arange(4000), 200.0); print(f.method, f.score.tolist(), f.chance.tolist(), f.low.tolist())"
    )
    ran = [subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout for _ in range(2)]
    assert ran[0] == ran[1]
    assert len(ran[0]) > 50


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 50), st.floats(0, 1)), min_size=2, max_size=30),
    st.sampled_from(sorted(FITTERS)),
)
def test_every_method_rises_and_stays_a_chance(cells: list[tuple[int, int, float]], method: str) -> None:
    merged = {score: (trials, round(trials * share)) for score, trials, share in cells}
    scores = np.array(sorted(merged), float)
    trials = np.array([merged[int(score)][0] for score in scores], float)
    hits = np.array([merged[int(score)][1] for score in scores], float)
    if not 0 < hits.sum() < trials.sum():
        return
    drawn_curve = FITTERS[method](Tally(scores, trials, hits, TOP))
    if method != "isotonic":  # at the optimum the expected wins are those that were counted, a little nearer to half
        wins, others = hits.sum(), (trials - hits).sum()
        assert trials @ drawn_curve(scores) == pytest.approx(
            wins * (wins + 1) / (wins + 2) + others / (others + 2), rel=1e-4
        )
    curve = drawn_curve(np.linspace(0, TOP, 50))
    assert (np.diff(curve) >= -1e-12).all()
    assert ((curve >= 0) & (curve <= 1)).all()


def test_calibration_error_is_the_weighted_distance_in_bins_of_equal_size() -> None:
    expected = np.repeat([0.1, 0.5], 100)
    won = np.concatenate([np.arange(100) < 20, np.arange(100) < 50])
    found = reliability(expected, won, 2)
    assert found.error == pytest.approx(0.05)  # (|0.1 − 0.2| + |0.5 − 0.5|) / 2
    assert [one.expected for one in found.bins] == pytest.approx([0.1, 0.5])
    assert [one.observed.rate for one in found.bins] == [0.2, 0.5]


def test_equal_chances_stay_in_one_bin_whatever_their_order() -> None:
    random = np.random.default_rng(8)
    expected = np.round(random.random(500), 1)
    won = random.random(500) < expected
    order = random.permutation(500)
    found, again = reliability(expected, won), reliability(expected[order], won[order])
    assert found == again
    assert sum(one.observed.trials for one in found.bins) == found.leads == 500
    assert found.error < 0.1
    assert reliability(1 - expected, won).error > 0.2


@pytest.mark.parametrize("top", [1.0, 2.0, 10.0])
@pytest.mark.parametrize("leads", [800, 5_000])
def test_small_scores_are_told_apart(leads: int, top: float) -> None:
    random = np.random.default_rng(1)
    score = random.random(leads) * top / 5
    found = fit(score, random.random(leads) < 0.02 + 2 * score / top, np.arange(leads), top)
    assert len(found.score) > 1
    assert (np.diff(found.score) > 0).all(), "the agreement's reader wants ascending scores"
