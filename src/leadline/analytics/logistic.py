"""Logistic regression with a ridge, and how well a score ranks: small enough to need no library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

STEPS_MOST: Final = 25
FOLDS: Final = 5


def fitted(
    features: npt.NDArray[np.float64], won: npt.NDArray[np.bool_], ridge: float = 1.0
) -> npt.NDArray[np.float64]:
    """Coefficients (k + 1), the intercept first and not penalised, by Newton's method."""
    x = np.column_stack([np.ones(len(features)), features])
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 1e-9
    beta = np.zeros(x.shape[1])
    rate = (won.sum() + 0.5) / (len(won) + 1)
    beta[0] = np.log(rate / (1 - rate))
    for _ in range(STEPS_MOST):
        chance = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        weight = np.maximum(chance * (1 - chance), 1e-6)
        gradient = x.T @ (won - chance) - penalty * beta
        curvature = (x * weight[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        beta += np.clip(step, -4, 4)
        if np.abs(step).max() < 1e-6:
            break
    return beta


def out_of_fold(
    features: npt.NDArray[np.float64], won: npt.NDArray[np.bool_], folds: int = FOLDS
) -> npt.NDArray[np.float64]:
    """Log odds (n) of each lead by a model that has not seen it; folds are every so-many-th lead."""
    fold = np.arange(len(won)) % folds
    found = np.zeros(len(won))
    for one in range(folds):
        beta = fitted(features[fold != one], won[fold != one])
        found[fold == one] = beta[0] + features[fold == one] @ beta[1:]
    return found


def auc(score: npt.NDArray[np.float64], won: npt.NDArray[np.bool_]) -> float:
    """The chance that a won lead scores higher than another; ties count half; NaN without both kinds."""
    hits, misses = int(won.sum()), int((~won).sum())
    if not hits or not misses:
        return float("nan")
    _, group, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    return float((rank[group][won].sum() - hits * (hits + 1) / 2) / (hits * misses))


def auc_interval(area: float, hits: int, misses: int) -> tuple[float, float]:
    """An interval of 95 % for an AUC (Hanley and McNeil 1982)."""
    if not hits or not misses or np.isnan(area):
        return 0.0, 1.0
    one, two = area / (2 - area), 2 * area * area / (1 + area)
    variance = (area * (1 - area) + (hits - 1) * (one - area * area) + (misses - 1) * (two - area * area)) / (
        hits * misses
    )
    spread = 1.96 * float(np.sqrt(max(0.0, variance)))
    return max(0.0, area - spread), min(1.0, area + spread)
