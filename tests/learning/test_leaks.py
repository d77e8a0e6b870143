"""The leak guard: it stops what is too good to be true, names the culprit, and lets honest columns pass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from leadline.learning.binning import binned
from leadline.learning.leaks import LeakError, filled_in, guard, mostly_for_winners

COUNT = 4_000
TRAINING = np.arange(COUNT) < 2_800


def honest(seed: int = 1) -> tuple[dict[str, npt.NDArray[np.generic]], npt.NDArray[np.bool_]]:
    random = np.random.default_rng(seed)
    visits, country = random.poisson(3, COUNT), random.choice(["DE", "US", "Select", ""], COUNT)
    won = random.random(COUNT) < 1 / (1 + np.exp(3 - 0.5 * visits))
    return {"visits": visits, "country": country}, won


def test_honest_columns_pass_with_their_area() -> None:
    columns, won = honest()
    assert 0.6 < guard(columns, won, TRAINING) < 0.95


def test_a_column_filled_in_afterwards_is_named_first() -> None:
    columns, won = honest()
    random = np.random.default_rng(2)
    columns["closing note"] = np.where(won & (random.random(COUNT) < 0.97), "signed", "")
    with pytest.raises(LeakError) as caught:
        guard(columns, won, TRAINING)
    assert caught.value.leaks[0].column == "closing note"
    assert caught.value.leaks[0].filled_for_winners
    message = str(caught.value)
    assert "closing note (+0." in message
    assert "Filled in mostly for customers: closing note." in message
    assert message.endswith("Leave out what is filled in after a lead was won or lost, and run it again.")


def test_too_few_winners_say_nothing() -> None:
    columns, won = honest()
    assert np.isnan(guard(columns, won & (np.arange(COUNT) % 50 == 0), TRAINING))


@pytest.mark.parametrize(("won", "others", "told"), [(0.9, 0.2, True), (0.5, 0.45, False), (0.1, 0.0, False)])
def test_filled_mostly_for_winners(won: float, others: float, *, told: bool) -> None:
    assert mostly_for_winners(won, others) is told


def test_what_people_leave_in_a_field_is_not_known() -> None:
    assert filled_in(["DE", "Select", None, " ", "nan", "0"]).tolist() == [True, False, False, False, False, True]
    assert filled_in(["1", "", "2.5"]).tolist() == [True, False, True]


def test_bins_are_cut_by_the_training_rows_alone() -> None:
    values = np.concatenate([np.arange(2_800), np.full(1_200, 10**6)])
    table, same = (binned({"x": column}, TRAINING) for column in (values, np.minimum(values, 5_000)))
    assert table.names == same.names
    assert (table.features[:2_800] == same.features[:2_800]).all()


def test_rare_values_share_a_feature_and_spelling_does_not_matter() -> None:
    values = np.array((["Google"] * 40 + ["google "] * 40 + [f"site {n}" for n in range(40)] + [""] * 40) * 25)
    table = binned({"source": values}, TRAINING)
    assert set(table.names) == {"source = google", "source = something else", "source unknown"}
    assert table.features.sum(axis=1).tolist() == [1.0] * COUNT
