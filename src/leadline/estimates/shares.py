"""Shares that were counted, with the interval in which the true share lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``trials``; the true share lies between ``low`` and ``high`` with the level asked for."""

    hits: float
    trials: float
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The share itself; NaN of nothing."""
        return self.hits / self.trials if self.trials else float("nan")


def share(hits: float, trials: float, level: float = LEVEL) -> Share:
    """A share with its interval."""
    low, high = intervals(np.array([hits]), np.array([trials]), level)
    return Share(hits, trials, float(low[0]), float(high[0]))


def intervals(
    hits: npt.ArrayLike, trials: npt.ArrayLike, level: float = LEVEL
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Lower and upper ends of the intervals of many shares (n).

    Jeffreys' interval: quantiles of Beta(hits + 1/2, misses + 1/2), 0 where there is no hit and 1 where there is no
    miss (Brown, Cai, DasGupta 2001, "Interval Estimation for a Binomial Proportion"). Of nothing: 0 to 1.
    """
    from scipy.special import betaincinv

    hits, trials = np.asarray(hits, float), np.asarray(trials, float)
    if ((hits < 0) | (hits > trials)).any():
        raise ValueError("hits must lie between 0 and the number of trials")
    tail = (1 - level) / 2
    low = betaincinv(hits + 0.5, trials - hits + 0.5, tail)
    high = betaincinv(hits + 0.5, trials - hits + 0.5, 1 - tail)
    return np.where(hits == 0, 0.0, low), np.where(hits == trials, 1.0, high)
