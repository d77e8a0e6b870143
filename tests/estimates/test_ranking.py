"""Area under the curve and customers among the top, against counting them one by one."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.estimates.ranking import among_top, auc, chance, log_loss, precision_among_top

SCORED = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=40)


def columns(rows: list[tuple[int, bool]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    return np.array([score for score, _ in rows]), np.array([won for _, won in rows])


@given(SCORED)
def test_the_area_is_the_chance_that_a_winner_stands_higher(rows: list[tuple[int, bool]]) -> None:
    scores, won = columns(rows)
    pairs = [
        1.0 if winner > other else 0.5 if winner == other else 0.0
        for winner in scores[won].tolist()
        for other in scores[~won].tolist()
    ]
    found = auc(scores, won)
    assert math.isnan(found) if not pairs else found == pytest.approx(sum(pairs) / len(pairs))


@given(SCORED, st.integers(0, 50), st.randoms(use_true_random=False))
def test_the_top_does_not_depend_on_the_order_of_rows(
    rows: list[tuple[int, bool]], size: int, random: st.DataObject
) -> None:
    scores, won = columns(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert among_top(scores, won, size) == pytest.approx(among_top(*columns(shuffled), size))


@given(SCORED)
def test_the_top_of_all_holds_every_winner(rows: list[tuple[int, bool]]) -> None:
    scores, won = columns(rows)
    assert among_top(scores, won, len(rows)) == pytest.approx(won.sum())
    assert among_top(scores, won, 0) == 0


def test_ties_at_the_edge_count_by_their_mean() -> None:
    scores, won = np.array([3, 2, 2, 2, 1]), np.array([1, 1, 0, 0, 1])
    assert among_top(scores, won, 2) == pytest.approx(1 + 1 / 3)
    assert precision_among_top(scores, won, 2) == pytest.approx((1 + 1 / 3) / 2)


def test_log_loss_is_that_of_the_chances() -> None:
    odds, won = np.array([-2.0, 0.0, 3.0]), np.array([0, 1, 1])
    chances = chance(odds)
    expected = -np.mean(np.log(np.where(won > 0, chances, 1 - chances)))
    assert log_loss(odds, won) == pytest.approx(expected)
    assert log_loss(np.array([800.0]), np.array([0])) == pytest.approx(800.0)
