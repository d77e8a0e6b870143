"""Penalised logistic regression: a path of L1 penalties, bounds on signs, each fit starting from the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.estimates.ranking import chance, log_loss
from leadline.qualification.compiling import entrance

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Reals = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

FOLDS: Final = 5
_STEPS_MAX: Final = 25
_SWEEPS_MAX: Final = 200
_CLOSE: Final = 1e-5


@dataclass(frozen=True, slots=True)
class Task:
    """What is fitted: ``columns`` (n, k) with a last one of ones for the intercept, ``won`` (n) 0 or 1, ``weights`` (n)
    with mean 1, ``penalties`` (k) factors of the L1 penalty, and the bounds ``low``, ``high`` (k) of coefficients."""

    columns: Reals
    won: Reals
    weights: Reals
    penalties: Reals
    low: Reals
    high: Reals

    def rows(self, where: Bools) -> Task:
        """Some of the rows; their weights have mean 1 again."""
        weights = self.weights[where]
        weights = weights / weights.mean()
        return Task(self.columns[where], self.won[where], weights, self.penalties, self.low, self.high)

    def only(self, keep: Bools) -> Task:
        """The same with all coefficients 0 but those to keep and those without penalty."""
        free = keep | (self.penalties == 0)
        return Task(
            self.columns,
            self.won,
            self.weights,
            self.penalties,
            np.where(free, self.low, 0.0),
            np.where(free, self.high, 0.0),
        )

    def objective(self, coefficients: Reals, strength: float) -> float:
        """Mean loss and penalty."""
        loss = log_loss(self.columns @ coefficients, self.won, self.weights)
        return loss + strength * float(np.abs(coefficients) @ self.penalties)


def task_of(columns: Reals, won: npt.NDArray[np.generic], weights: Reals | None = None) -> Task:
    """A task without bounds, with a penalty of 1 on each column but the intercept, which is added."""
    count = len(columns)
    weights = np.ones(count) if weights is None else np.asarray(weights, float) / np.mean(weights)
    size = columns.shape[1] + 1
    penalties = np.ones(size)
    penalties[-1] = 0
    with_ones = np.column_stack([np.asarray(columns, float), np.ones(count)])
    return Task(with_ones, np.asarray(won, float), weights, penalties, np.full(size, -np.inf), np.full(size, np.inf))


def start_of(task: Task) -> Reals:
    """No effects; the intercept is the log-odds of the mean."""
    start = np.zeros(task.columns.shape[1])
    mean = float(np.clip(np.average(task.won, weights=task.weights), 1e-6, 1 - 1e-6))
    start[-1] = np.log(mean / (1 - mean))
    return start


def fit_logistic(task: Task, strength: float, start: Reals | None = None) -> Reals:
    """Coefficients (k) that minimise mean log-loss + strength · Σ penalty · |coefficient| within the bounds.

    Newton steps, each solved by coordinate descent on the quadratic (Friedman, Hastie, Tibshirani 2010,
    "Regularization Paths for Generalized Linear Models via Coordinate Descent"), halved where they overshoot.
    """
    here = start_of(task) if start is None else start.copy()
    value = task.objective(here, strength)
    for _ in range(_STEPS_MAX):
        step = _newton(task, here, strength) - here
        length, better = 1.0, False
        while length > 1e-4:
            there = here + length * step
            found = task.objective(there, strength)
            if found <= value + 1e-12:
                better = found < value - _CLOSE * 1e-3
                here, value = there, found
                break
            length /= 2
        if not better or np.abs(length * step).max() < _CLOSE:
            break
    return here


def _newton(task: Task, here: Reals, strength: float) -> Reals:
    won_chance = chance(task.columns @ here)
    count = len(task.won)
    slope = task.columns.T @ (task.weights * (task.won - won_chance)) / count
    bend = (task.columns * (task.weights * won_chance * (1 - won_chance))[:, None]).T @ task.columns / count
    return _descended(bend, slope, here, strength * task.penalties, task.low, task.high)


@entrance
def _descended(bend: Reals, slope: Reals, here: Reals, penalties: Reals, low: Reals, high: Reals) -> Reals:
    """The minimum of the quadratic around ``here``, one coordinate after the other."""
    there, left = here.copy(), slope.copy()
    for _ in range(_SWEEPS_MAX):
        furthest = 0.0
        for place in range(len(there)):
            if low[place] >= high[place]:
                continue
            curvature = bend[place, place] + 1e-10
            free = left[place] + curvature * there[place]
            value = np.sign(free) * max(abs(free) - penalties[place], 0.0) / curvature
            value = min(max(value, low[place]), high[place])
            change = value - there[place]
            if change != 0.0:
                for other in range(len(there)):
                    left[other] -= bend[other, place] * change
                there[place] = value
                furthest = max(furthest, abs(change) * np.sqrt(curvature))
        if furthest < _CLOSE:
            break
    return there


def strengths_of(task: Task, count: int = 24, least: float = 0.01) -> Reals:
    """Penalties from the one that lets nothing in down to a share ``least`` of it, evenly in their logarithm."""
    free = task.penalties == 0
    null = fit_logistic(task.only(np.zeros(len(free), bool)), 0.0)
    slope = task.columns.T @ (task.weights * (task.won - chance(task.columns @ null))) / len(task.won)
    allowed = np.where(slope > 0, task.high > 0, task.low < 0) & ~free
    highest = float((np.abs(slope[allowed]) / task.penalties[allowed]).max(initial=1e-6))
    return np.geomspace(highest, highest * least, count)


def path(task: Task, strengths: Reals, terms_max: int | None = None) -> list[Reals]:
    """Coefficients at each strength, each started from the one before; ends when there are too many terms."""
    found: list[Reals] = []
    here = fit_logistic(task.only(np.zeros(len(task.penalties), bool)), 0.0)
    for strength in strengths:
        here = fit_logistic(task, float(strength), here)
        if terms_max is not None and terms(task, here) > terms_max:
            break
        found.append(here)
    return found


def terms(task: Task, coefficients: Reals) -> int:
    """How many penalised coefficients are not 0."""
    return int(((np.abs(coefficients) > 1e-9) & (task.penalties > 0)).sum())


def folds_of(count: int, folds: int = FOLDS) -> list[Bools]:
    """Rows (n) that are held out, one set a fold: every fifth, so that all times are in each."""
    place = np.arange(count) % folds
    return [place == fold for fold in range(folds)]


def held_out_losses(task: Task, strengths: Sequence[float] | Reals) -> Reals:
    """The mean log-loss on rows that were held out, for each strength."""
    losses = np.zeros(len(strengths))
    for held in folds_of(len(task.won)):
        rest, out = task.rows(~held), task.rows(held)
        for place, found in enumerate(path(rest, np.asarray(strengths, float))):
            losses[place] += log_loss(out.columns @ found, out.won, out.weights) / FOLDS
    return losses
