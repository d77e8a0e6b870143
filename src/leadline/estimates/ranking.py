"""How well a score puts customers before the rest: area under the curve, log-loss, customers among the top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Reals = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]


def auc(scores: npt.NDArray[Any], won: npt.NDArray[Any]) -> float:
    """The chance that a random winner (n) has a higher score than a random other, ties counting half.

    NaN where all or none are won. Mann and Whitney's statistic by mid-ranks.
    """
    won = np.asarray(won, bool)
    winners = int(won.sum())
    others = len(won) - winners
    if not winners or not others:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    return float((middle[place][won].sum() - winners * (winners + 1) / 2) / (winners * others))


def log_loss(log_odds: Reals, won: npt.NDArray[Any], weights: Reals | None = None) -> float:
    """The mean of −log(chance given to what happened), in nats."""
    losses = np.logaddexp(0.0, log_odds) - np.asarray(won, float) * log_odds
    return float(np.average(losses, weights=weights))


def chance(log_odds: Reals) -> Reals:
    """Probabilities of log-odds."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * np.asarray(log_odds, float))))


def among_top(scores: npt.NDArray[Any], worth: npt.NDArray[Any], size: int) -> float:
    """How much ``worth`` (n; 1 a customer, or an expectation) the ``size`` highest scores hold.

    Ties at the edge count by their mean, so that the order of rows changes nothing.
    """
    scores, worth = np.asarray(scores, float), np.asarray(worth, float)
    size = min(size, len(scores))
    if size <= 0:
        return 0.0
    edge = np.partition(scores, len(scores) - size)[len(scores) - size]
    above, at = scores > edge, scores == edge
    return float(worth[above].sum() + worth[at].mean() * (size - int(above.sum())))


def precision_among_top(scores: npt.NDArray[Any], won: npt.NDArray[Any], size: int) -> float:
    """The share of customers among the ``size`` highest scores; NaN of none."""
    size = min(size, len(scores))
    return among_top(scores, won, size) / size if size else float("nan")


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
