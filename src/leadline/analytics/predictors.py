"""What tells won leads from others: each column alone with its levels, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.analytics.features import UNKNOWN, Feature, one_hot
from leadline.analytics.logistic import FOLDS, out_of_fold
from leadline.estimates.ranking import auc, auc_interval
from leadline.estimates.shares import Share, intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.analytics.features import Level

TOGETHER_MOST: Final = 40
SMOOTHING: Final = 10.0


@dataclass(frozen=True, slots=True)
class Rated:
    """A level with the share of its leads that were won, and its lift over all leads, with intervals."""

    level: Level
    share: Share
    lift: float
    lift_low: float
    lift_high: float


@dataclass(frozen=True, slots=True)
class Predictor:
    """A column alone: how well it ranks leads it has not seen (AUC with interval), and its levels, best first."""

    feature: Feature
    auc: float
    low: float
    high: float
    filled: float
    levels: tuple[Rated, ...]

    @property
    def name(self) -> str:
        return self.feature.name

    @property
    def tells(self) -> bool:
        """Whether it ranks better than chance would."""
        return self.low > 0.5


def predictors_of(features: Sequence[Feature], won: npt.NDArray[np.bool_]) -> tuple[Predictor, ...]:
    """All columns, the best first. Features and ``won`` are of the same leads (n)."""
    found = [_predictor(feature, won) for feature in features]
    return tuple(sorted(found, key=lambda one: (-one.auc, one.name)))


def _predictor(feature: Feature, won: npt.NDArray[np.bool_]) -> Predictor:
    area = auc(_scores(feature, won), won)
    low, high = auc_interval(area, int(won.sum()), int((~won).sum()))
    size = len(feature.levels)
    trials = np.bincount(feature.codes, minlength=size)
    hits = np.bincount(feature.codes[won], minlength=size)
    bottom, top = intervals(hits, trials)
    rate = won.mean()
    levels = [
        Rated(
            feature.levels[place],
            Share(float(hits[place]), float(trials[place]), float(bottom[place]), float(top[place])),
            float(hits[place] / trials[place] / rate),
            float(bottom[place] / rate),
            float(top[place] / rate),
        )
        for place in range(size)
        if trials[place]
    ]
    levels.sort(key=lambda one: (-one.share.rate, one.level.label))
    filled = 1 - trials[-1] / len(won) if feature.levels[-1].label == UNKNOWN else 1.0
    return Predictor(feature, area, low, high, float(filled), tuple(levels))


def _scores(feature: Feature, won: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """The won share of each lead's level among the leads of other folds, drawn to the mean where there are few."""
    size = len(feature.levels)
    fold = np.arange(len(won)) % FOLDS
    cell = feature.codes.astype(np.int64) * FOLDS + fold
    trials = np.bincount(cell, minlength=size * FOLDS).reshape(size, FOLDS)
    hits = np.bincount(cell[won], minlength=size * FOLDS).reshape(size, FOLDS)
    rate = hits.sum(axis=0)
    mean = (rate.sum() - rate) / np.maximum(1, len(won) - np.bincount(fold, minlength=FOLDS))
    others_hits = hits.sum(axis=1, keepdims=True) - hits
    others = trials.sum(axis=1, keepdims=True) - trials
    shares = (others_hits + SMOOTHING * mean) / (others + SMOOTHING)
    return np.asarray((shares - mean)[feature.codes, fold])


@dataclass(frozen=True, slots=True)
class Together:
    """Some columns together: how well a model ranks leads it has not seen; ``scores`` (n) are its log odds."""

    names: tuple[str, ...]
    auc: float
    low: float
    high: float
    scores: npt.NDArray[np.float64]


def together(predictors: Sequence[Predictor], won: npt.NDArray[np.bool_], folds: int = FOLDS) -> Together:
    """A cross-validated model of the best columns."""
    best = tuple(one.feature for one in predictors[:TOGETHER_MOST])
    features = one_hot(best)
    if not features.shape[1] or not won.any() or won.all():
        return Together((), 0.5, 0.0, 1.0, np.zeros(len(won)))
    scores = out_of_fold(features, won, folds)
    area = auc(scores, won)
    low, high = auc_interval(area, int(won.sum()), int((~won).sum()))
    return Together(tuple(one.name for one in best), area, low, high, scores)
