"""Learns a card of whole points from examples: few terms, small numbers, close to what was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from leadline.estimates.ranking import chance
from leadline.estimates.threads import one_thread
from leadline.learning.logistic import (
    Task,
    fit_logistic,
    held_out_losses,
    path,
    strengths_of,
    task_of,
)
from leadline.learning.refinement import Line, Price, Refiner, Sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Reals = npt.NDArray[np.float64]
    Points = npt.NDArray[np.int64]

WINS_A_TERM: Final = 10
LARGEST: Final = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
"""How large the largest points of a card may be: the first that is nearly as good as the best is taken."""

_NEARLY: Final = 2e-4
_FURTHER: Final = (1.0, 0.5, 0.25, 0.125, 0.0625)
_CONTRADICTS: Final = 2.0
_ANY: Final = 10**6


@dataclass(frozen=True, slots=True)
class Card:
    """Whole ``points`` (k) for features ``names`` (k), 0 for those that are not used.

    ``intercept`` and ``log_odds_per_point`` turn a score into a chance. ``contradicts`` are the names whose sign was
    asked for and whose evidence says the opposite.
    """

    names: tuple[str, ...]
    points: Points
    intercept: float
    log_odds_per_point: float
    contradicts: tuple[str, ...] = ()

    def score(self, features: npt.NDArray[Any]) -> Reals:
        """The sums of points of rows (n, k)."""
        return np.asarray(np.asarray(features, float) @ self.points.astype(float))

    def probability(self, features: npt.NDArray[Any]) -> Reals:
        """The chances of winning of rows (n, k)."""
        return chance(self.intercept + self.log_odds_per_point * self.score(features))

    @property
    def terms(self) -> dict[str, int]:
        """The points that are not 0, by name, the largest first."""
        used = [(name, int(points)) for name, points in zip(self.names, self.points, strict=True) if points]
        return dict(sorted(used, key=lambda term: (-abs(term[1]), term[0])))


def fit_card(
    features: npt.NDArray[Any],
    won: npt.NDArray[Any],
    names: Sequence[str],
    *,
    given: npt.NDArray[Any] | None = None,
    signs: npt.NDArray[Any] | None = None,
    max_terms: int | None = None,
) -> Card:
    """The card of features (n, k; as a rule 0 to a few) that tells winners from others.

    ``given`` points (k) are what the card stays close to: only what differs from them is a term and costs. ``signs``
    (k) of 1 or -1 say which way a feature may count, 0 either; by default those of ``given``. There are at most
    ``max_terms`` terms, and never more than one per ten winners. The order of rows is taken for time: it decides only
    which rows are compared with which. Raises ``ValueError`` where all or none are won.

    An L1 path selects and shrinks (strength by held-out log-loss); the coefficients are scaled and rounded; single
    steps and swaps then lower the log-loss of the whole points themselves (as FasterRisk does: Liu, Zhong, Seltzer,
    Rudin 2022, "Fast Sparse Risk Scores").
    """
    features, won = np.asarray(features, float), np.asarray(won, float)
    if not 0 < won.sum() < len(won):
        raise ValueError("a card needs winners and others")
    size = features.shape[1]
    limit = min(max_terms if max_terms is not None else size, max(1, int(won.sum()) // WINS_A_TERM))
    kept = np.zeros(size, np.int64) if given is None else np.asarray(given, np.int64)
    ways = np.sign(kept) if signs is None else np.sign(np.asarray(signs))
    draft = _Draft(features, won, kept, ways, limit)
    with one_thread():
        points, line = draft.whole()
    return Card(
        tuple(names),
        points,
        line.intercept,
        line.slope,
        tuple(name for name, against in zip(names, draft.against(points, line), strict=True) if against),
    )


@dataclass(slots=True)
class _Draft:
    """One card in the making."""

    features: Reals
    won: Reals
    given: Points
    ways: npt.NDArray[Any]
    limit: int

    def whole(self) -> tuple[Points, Line]:
        """Refined whole points, and the line that makes log-odds of their sums."""
        task, anchor = self.task()
        if anchor <= 0 and self.given.any():
            return _Draft(self.features, self.won, np.zeros_like(self.given), self.ways, self.limit).whole()
        coefficients, strength = self.shrunk(task)
        away = coefficients[: len(self.given)]
        found = [self.rounded(away, scale, strength, task) for scale in self.scales(away, anchor)]
        best = min(value for value, _, _ in found)
        points = next(points for value, points, _ in found if value <= best + _NEARLY)
        refiner = self.refiner(strength, task)
        return refiner.refined(points)

    def task(self) -> tuple[Task, float]:
        """The task of finding what differs from the given points, and what a given point is worth in log-odds.

        Its columns are the features, the given score if there is one, and ones.
        """
        if not self.given.any():
            task = task_of(self.features, self.won)
            return self._bounded(task, 0.0), 1.0
        score = Sums(self.features).of(self.given)
        task = task_of(np.column_stack([self.features, score]), self.won)
        task.penalties[-2] = 0
        task.low[-2] = 0
        alone = fit_logistic(task.only(np.zeros(len(task.penalties), bool)), 0.0)
        return self._bounded(task, float(alone[-2])), float(alone[-2])

    def _bounded(self, task: Task, anchor: float) -> Task:
        """Signs as bounds, and penalties by the spread of the features, so that units do not matter."""
        size = len(self.given)
        spread = np.quantile(np.abs(self.features), 0.99, axis=0)
        top = np.abs(self.features).max(axis=0)
        task.penalties[:size] = np.maximum(np.where(spread > 0, np.maximum(spread, 1e-3 * top), top), 1e-9)
        reached = anchor * self.given
        task.low[:size] = np.where(self.ways > 0, -reached, -np.inf)
        task.high[:size] = np.where(self.ways < 0, -reached, np.inf)
        return task

    def shrunk(self, task: Task) -> tuple[Reals, float]:
        """Selected and shrunk coefficients, and the strength of the penalty that they were shrunk with."""
        strengths = strengths_of(task)
        along = path(task, strengths, self.limit)
        if not along:
            return path(task, strengths[:1])[0], float(strengths[0])
        losses = held_out_losses(task, strengths[: len(along)])
        chosen = int(losses.argmin())
        selected = task.only(np.abs(along[chosen]) > 1e-9)
        weaker = strengths[chosen] * np.array(_FURTHER)
        strength = float(weaker[int(held_out_losses(selected, weaker).argmin())])
        return fit_logistic(selected, strength, along[chosen]), strength

    def scales(self, away: Reals, anchor: float) -> list[float]:
        """Points a unit of log-odds: that of the given points, or those that make the largest points small."""
        if self.given.any():
            return [1.0 / anchor]
        largest = float(np.abs(away).max())
        return [size / largest for size in LARGEST] if largest > 0 else [1.0]

    def rounded(self, away: Reals, scale: float, strength: float, task: Task) -> tuple[float, Points, Line]:
        """Loss with price, points and line of rounded coefficients."""
        points = self.given + np.rint(away * scale).astype(np.int64)
        refiner = self.refiner(strength, task)
        points = np.clip(points, refiner.price.low, refiner.price.high)
        line = refiner.fitted(points)
        return refiner.value(points, line), points, line

    def refiner(self, strength: float, task: Task) -> Refiner:
        price = Price(
            given=self.given,
            distance=strength * task.penalties[: len(self.given)],
            term=0.0,
            terms_max=self.limit,
            low=np.where(self.ways > 0, np.minimum(self.given, 0), -_ANY).astype(np.int64),
            high=np.where(self.ways < 0, np.maximum(self.given, 0), _ANY).astype(np.int64),
        )
        return Refiner(Sums(self.features), self.won, np.ones(len(self.won)), price)

    def against(self, points: Points, line: Line) -> npt.NDArray[np.bool_]:
        """Which features push beyond 0, to the side that their sign forbids, by more than noise does."""
        left_chance = chance(line.of(Sums(self.features).of(points)))
        slope = (self.won - left_chance) @ self.features
        noise = np.sqrt((left_chance * (1 - left_chance)) @ np.square(self.features))
        return np.asarray(
            (points == 0) & (self.ways != 0) & (slope * self.ways < -_CONTRADICTS * np.maximum(noise, 1e-9))
        )
