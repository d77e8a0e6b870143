"""Ways to draw a rising curve through counted outcomes: by a formula of the score, or by steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Real = npt.NDArray[np.float64]

_STEPS: Final = 12
_ROUNDS: Final = 50
_RIDGE: Final = 1e-6
_LEAST_STEP: Final = 1e-6
_ENOUGH: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Tally:
    """Leads by score (g, ascending): how many, and how many of them won; scores go from 0 to ``top``."""

    score: Real
    trials: Real
    hits: Real
    top: float

    def without_empty(self) -> Tally:
        """The same without scores that no lead has."""
        some = self.trials > 0
        return Tally(self.score[some], self.trials[some], self.hits[some], self.top)


class Drawn(Protocol):
    """A curve: ``places`` (m) are the scores at which it bends, none for one of a formula."""

    @property
    def places(self) -> Real: ...

    def __call__(self, score: Real) -> Real: ...


@dataclass(frozen=True, slots=True)
class Formula:
    """A logistic curve in functions of the score; ``weights`` has the constant first."""

    features: Callable[[Real, float], Real]
    weights: Real
    top: float

    @property
    def places(self) -> Real:
        return np.empty(0)

    def __call__(self, score: Real) -> Real:
        odds = self.weights[0] + self.features(score, self.top) @ self.weights[1:]
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -40, 40))))


@dataclass(frozen=True, slots=True)
class Steps:
    """Straight lines between the centres of steps."""

    places: Real
    chance: Real

    def __call__(self, score: Real) -> Real:
        return np.interp(score, self.places, self.chance)


def platt(tally: Tally) -> Drawn:
    """Log odds linear in the score."""
    return _formula(tally, _linear)


def beta(tally: Tally) -> Drawn:
    """Log odds linear in the logarithms of the score and of what it lacks to the top."""
    return _formula(tally, _logarithms)


def isotonic(tally: Tally) -> Drawn:
    """The rising steps nearest to the counted shares, each at the mean score of its leads.

    Scores are first gathered in some equally heavy cells, of which those who won make up half, so that steps are small
    where it matters; each share is drawn towards the overall one by the weight of one lead, so that none is 0.
    """
    from scipy.optimize import isotonic_regression

    overall = tally.hits.sum() / tally.trials.sum()
    weight = tally.trials / tally.trials.sum() + tally.hits / max(1.0, tally.hits.sum())
    cell = np.minimum(((np.cumsum(weight) - weight / 2) / weight.sum() * _STEPS).astype(np.int64), _STEPS - 1)
    cell = np.unique(cell, return_inverse=True)[1]
    trials, hits = np.bincount(cell, tally.trials), np.bincount(cell, tally.hits)
    centre = np.bincount(cell, tally.score * tally.trials) / trials
    shares = (hits + overall) / (trials + 1)
    found = isotonic_regression(shares, weights=trials + 1)
    starts = found.blocks[:-1]
    mass = np.add.reduceat(trials, starts)
    return Steps(np.add.reduceat(centre * trials, starts) / mass, found.x[starts])


FITTERS: Final[dict[str, Callable[[Tally], Drawn]]] = {"platt": platt, "beta": beta, "isotonic": isotonic}
"""The methods by name, the simplest first."""


def _linear(score: Real, top: float) -> Real:
    return (score / top).reshape(-1, 1)


def _logarithms(score: Real, top: float) -> Real:
    share = np.clip(score / top, 0.01, 0.99)
    return np.stack([np.log(share), -np.log1p(-share)], axis=1)


def _formula(tally: Tally, features: Callable[[Real, float], Real]) -> Formula:
    """The most likely weights that let the curve rise: a falling term is left out."""
    columns = features(tally.score, tally.top)
    kept = list(range(columns.shape[1]))
    while True:
        weights = _logistic(columns[:, kept], tally)
        if (weights[1:] >= 0).all():
            break
        kept.pop(int(weights[1:].argmin()))
    spread = np.zeros(columns.shape[1] + 1)
    spread[[0, *(place + 1 for place in kept)]] = weights
    return Formula(features, spread, tally.top)


def _logistic(columns: Real, tally: Tally) -> Real:
    """Weights, the constant first, by Newton's method with Platt's targets: a win counts a little less than one, the
    rest a little more than nothing."""
    wins, others = tally.hits.sum(), (tally.trials - tally.hits).sum()
    wanted = tally.hits * (wins + 1) / (wins + 2) + (tally.trials - tally.hits) / (others + 2)
    design = np.column_stack([np.ones(len(columns)), columns])
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(wanted.sum() / (tally.trials.sum() - wanted.sum()))
    for _ in range(_ROUNDS):
        expected = 1 / (1 + np.exp(-np.clip(design @ weights, -40, 40)))
        slope = design.T @ (wanted - tally.trials * expected) - _RIDGE * weights
        bend = (design * (tally.trials * expected * (1 - expected))[:, None]).T @ design
        step = np.linalg.solve(bend + _RIDGE * np.eye(len(weights)), slope)
        # A whole step can overshoot where wins are rare: halve it until it is an improvement.
        before = _likelihood(design @ weights, wanted, tally.trials)
        size = 1.0
        while size > _LEAST_STEP and _likelihood(design @ (weights + size * step), wanted, tally.trials) < before:
            size /= 2
        weights = weights + size * step
        if np.abs(size * step).max() < _ENOUGH:
            break
    return weights


def _likelihood(odds: Real, wanted: Real, trials: Real) -> float:
    """Logarithm of how likely the outcomes are with log odds (g)."""
    return float((wanted * odds - trials * np.logaddexp(0, odds)).sum())
