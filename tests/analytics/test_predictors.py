"""What predicts, and what knows the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.exports import seen
from leadline.analytics.features import features_of
from leadline.analytics.leaks import Verdicts, leaks_of
from leadline.analytics.logistic import out_of_fold
from leadline.analytics.outcome import ends_of
from leadline.analytics.predictors import predictors_of, together
from leadline.estimates.ranking import auc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ROWS = 3000
RNG = np.random.default_rng(11)
KIND = RNG.integers(0, 3, ROWS)
VISITS = RNG.poisson(3, ROWS)
WON = RNG.random(ROWS) < 1 / (1 + np.exp(-(1.5 * KIND + 0.3 * VISITS - 3.5)))
SOME = WON & (RNG.random(ROWS) < 0.6)
HONEST: dict[str, Sequence[object]] = {
    "id": range(ROWS),
    "kind": [f"kind {kind}" for kind in KIND],
    "visits": VISITS.tolist(),
    "noise": [f"n{one}" for one in RNG.integers(0, 6, ROWS)],
    "converted": WON.astype(int).tolist(),
}


def verdicts(folder: Path, columns: Mapping[str, Sequence[object]]) -> Verdicts:
    export = seen(folder, leads=columns)
    ends = ends_of(export)
    return leaks_of(export, ends, predictors_of(features_of(export, ends), ends.won), ends.won)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=30))
def test_auc_is_the_chance_of_the_right_order(rows: list[tuple[int, bool]]) -> None:
    won = [score for score, hit in rows if hit]
    others = [score for score, hit in rows if not hit]
    pairs = [(a > b) + 0.5 * (a == b) for a in won for b in others]
    found = auc(np.array([score for score, _ in rows], float), np.array([hit for _, hit in rows]))
    assert found == pytest.approx(np.mean(pairs) if pairs else np.nan, nan_ok=True)


def test_logistic_regression_finds_what_made_the_outcomes() -> None:
    features = np.column_stack([KIND, VISITS]).astype(float)
    log_odds = out_of_fold(features, WON)
    assert log_odds == pytest.approx(1.5 * KIND + 0.3 * VISITS - 3.5, abs=0.7)
    assert np.abs(log_odds - (1.5 * KIND + 0.3 * VISITS - 3.5)).mean() < 0.2


def test_columns_that_made_the_outcome_predict_and_noise_does_not(tmp_path: Path) -> None:
    found = verdicts(tmp_path, HONEST)
    assert found.leaks == ()
    tells = {one.name: one.tells for one in found.clean}
    assert tells == {"kind": True, "visits": True, "noise": False}
    truth = auc(1.5 * KIND + 0.3 * VISITS, WON)
    model = together(found.clean, WON)
    assert model.auc == pytest.approx(truth, abs=0.02)
    best = found.clean[0].levels[0]
    assert best.level.label == "kind 2"
    assert best.lift_low < best.lift < best.lift_high


def test_shuffled_outcomes_are_not_predicted(tmp_path: Path) -> None:
    shuffled = HONEST | {"converted": np.random.default_rng(1).permutation(WON).astype(int).tolist()}
    found = verdicts(tmp_path, shuffled)
    assert together(found.clean, np.asarray(shuffled["converted"]) == 1).low < 0.5


@pytest.mark.parametrize(
    ("column", "values", "reason"),
    [
        ("contract", np.where(WON, "signed paper", ""), "filled for 100% of the won leads and 0% of the others"),
        ("follower", np.where(WON, "yes of course", "no way"), "alone it ranks leads"),
        ("Tags", np.where(SOME, "will pay", "ringing"), "its name is that of something filled in afterwards"),
        ("Last Activity", np.where(SOME, "paid", "mail"), "it holds the latest state"),
    ],
)
def test_what_knows_the_outcome_is_named_and_left_out(
    tmp_path: Path,
    column: str,
    values: np.ndarray,
    reason: str,
) -> None:
    found = verdicts(tmp_path, HONEST | {column: values.tolist()})
    assert [leak.name for leak in found.leaks] == [column]
    assert any(one.startswith(reason) for one in found.leaks[0].reasons)
    assert column not in {one.name for one in found.clean}


def test_columns_too_good_together_are_taken_out_one_after_another(tmp_path: Path) -> None:
    """Neither half knows the outcome alone; both together do."""
    coin = np.random.default_rng(4).random(ROWS) < 0.5
    left = np.where(coin, WON, RNG.random(ROWS) < 0.5)
    right = np.where(~coin, WON, RNG.random(ROWS) < 0.5)
    halves = {f"half {name}": [str(a) for a in part] for name, part in (("a", left), ("b", right))}
    thirds = {"which": [str(int(one)) for one in coin]}
    found = verdicts(tmp_path, HONEST | halves | thirds)
    assert found.auc_without_leaks <= 0.95
