"""Cards of whole points: they find what is there, keep what is given, and hold their limits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from leadline.estimates.ranking import auc, chance
from leadline.learning.scorecard import fit_card

Reals = npt.NDArray[np.float64]

TRUE = np.array([1.2, 0.8, -1.0, 0, 0, 0, 0, 0])
NAMES = tuple("abcdefgh")


def drawn(
    effects: Reals, count: int = 4_000, seed: int = 1, level: float = -2.0
) -> tuple[Reals, npt.NDArray[np.bool_]]:
    """Yes-or-no features and outcomes that follow from effects in log-odds."""
    random = np.random.default_rng(seed)
    features = (random.random((count, len(effects))) < 0.3).astype(float)
    won = random.random(count) < chance(level + features @ effects)
    return features, won


def test_a_card_finds_what_counts_in_the_right_proportion() -> None:
    features, won = drawn(TRUE)
    card = fit_card(features, won, NAMES)
    assert {"a", "b", "c"} <= set(card.terms)
    effects = card.points * card.log_odds_per_point
    assert effects[:3] == pytest.approx(TRUE[:3], abs=0.35)
    assert np.abs(effects[3:]).max() < 0.25
    assert np.abs(card.points).max() <= 120
    assert card.points.dtype == np.int64


def test_probabilities_are_calibrated_on_the_whole() -> None:
    features, won = drawn(TRUE)
    card = fit_card(features, won, NAMES)
    assert card.probability(features).mean() == pytest.approx(won.mean(), abs=0.005)


def test_points_near_the_truth_stay_as_they_are() -> None:
    given = np.array([12, 8, -10, 0, 0, 0, 0, 0])
    features, won = drawn(TRUE)
    card = fit_card(features, won, NAMES, given=given)
    assert np.abs(card.points - given).max() <= 3
    features, won = drawn(TRUE, seed=5)
    assert np.abs(fit_card(features, won, NAMES, given=given).points - given).max() <= 3


def test_little_evidence_moves_points_less_than_much() -> None:
    given = np.array([10, 10, -10, 10, 0, 0, 0, 0])
    away = []
    for count in (1_200, 12_000):
        features, won = drawn(TRUE, count)
        away.append(int(np.abs(fit_card(features, won, NAMES, given=given).points[3] - 10)))
    assert away[0] <= away[1]
    assert away[1] >= 7


def test_a_sign_is_kept_and_the_contradiction_is_said() -> None:
    features, won = drawn(np.array([1.2, -1.0, 0.8, 0, 0, 0, 0, 0]))
    card = fit_card(features, won, NAMES, given=np.array([10, 10, 10, 0, 0, 0, 0, 0]))
    assert card.points[1] == 0
    assert card.contradicts == ("b",)
    free = fit_card(features, won, NAMES, given=np.array([10, 10, 10, 0, 0, 0, 0, 0]), signs=np.zeros(8))
    assert free.points[1] < 0
    assert free.contradicts == ()


def test_there_is_at_most_one_term_for_ten_winners_and_never_more_than_asked_for() -> None:
    features, won = drawn(TRUE, 300, level=-2.6)
    wins = int(won.sum())
    assert len(fit_card(features, won, NAMES).terms) <= wins // 10
    features, won = drawn(TRUE)
    assert len(fit_card(features, won, NAMES, max_terms=2).terms) <= 2


def test_the_same_examples_give_the_same_card() -> None:
    features, won = drawn(TRUE)
    first, second = fit_card(features, won, NAMES), fit_card(features.copy(), won.copy(), NAMES)
    assert first.points.tolist() == second.points.tolist()
    assert first.intercept == second.intercept


def test_shuffled_outcomes_give_a_card_that_knows_nothing() -> None:
    areas = []
    for seed in range(5):
        features, won = drawn(TRUE, seed=seed)
        won = np.random.default_rng(seed).permutation(won)
        card = fit_card(features[:2_000], won[:2_000], NAMES)
        areas.append(auc(card.score(features[2_000:]), won[2_000:]))
    assert np.mean(areas) == pytest.approx(0.5, abs=0.03)


def test_all_winners_or_none_are_no_examples() -> None:
    features, won = drawn(TRUE, 100)
    for outcome in (np.ones_like(won), np.zeros_like(won)):
        with pytest.raises(ValueError, match="winners and others"):
            fit_card(features, outcome, NAMES)


def test_counts_of_another_unit_give_the_same_scores() -> None:
    features, won = drawn(TRUE)
    counted = features * np.array([1, 1, 1, 50, 1, 1, 1, 1])
    first, second = fit_card(features, won, NAMES), fit_card(counted, won, NAMES)
    assert auc(second.score(counted), won) == pytest.approx(auc(first.score(features), won), abs=0.005)
