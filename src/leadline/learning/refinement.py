"""Improves the whole points of a card one at a time and two at a time, as long as the log-loss falls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from leadline.estimates.ranking import chance, log_loss

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    Reals = npt.NDArray[np.float64]
    Points = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

_STEPS: Final = (1, 2, 3, 5, 10, 20)
_PARTS: Final = (1.0, 0.6, 1.5)
_HOPE: Final = 0.7
_SWEEPS_MAX: Final = 30
_WORTH: Final = 1e-7
_SWAP_WITH: Final = 3


class Scores(Protocol):
    """What points mean: from points (k) to the scores of all rows (n)."""

    def of(self, points: Points) -> Reals:
        """The scores."""
        ...

    def changed(self, scores: Reals, points: Points, place: int, value: int) -> Reals:
        """The scores of points of which one is changed, from the scores before."""
        ...

    def slopes(self, points: Points, left: Reals) -> Reals:
        """How much Σ ``left`` · score grows with one more point at each place (k), at least nearly."""
        ...

    def smooth(self, place: int) -> bool:
        """Whether scores are nearly straight lines in the points of a place."""
        ...


@dataclass(frozen=True, slots=True)
class Sums:
    """Scores that are plain sums: ``features`` (n, k) times points."""

    features: Reals

    def of(self, points: Points) -> Reals:
        """The scores."""
        used = np.flatnonzero(points)
        return np.asarray(self.features[:, used] @ points[used].astype(float))

    def changed(self, scores: Reals, points: Points, place: int, value: int) -> Reals:
        """The scores of points of which one is changed, from the scores before."""
        return np.asarray(scores + self.features[:, place] * float(value - points[place]))

    def slopes(self, points: Points, left: Reals) -> Reals:  # noqa: ARG002 - those of a sum do not depend on points
        """How much Σ ``left`` · score grows with one more point at each place (k)."""
        return np.asarray(left @ self.features)

    def smooth(self, place: int) -> bool:  # noqa: ARG002 - all of them
        """Whether scores are nearly straight lines in the points of a place."""
        return True


@dataclass(frozen=True, slots=True)
class Price:
    """What points cost besides the loss: their distance from ``given`` (k), and every term that differs from it.

    ``distance`` (k) in loss a unit of log-odds, ``term`` in loss a term, at most ``terms_max`` terms. ``low`` and
    ``high`` (k) are the bounds of the points.
    """

    given: Points
    distance: Reals
    term: float
    terms_max: int
    low: Points
    high: Points

    def of(self, points: Points, slope: float) -> float:
        """The price; infinite where there are too many terms or a bound is broken."""
        away = points - self.given
        count = int((away != 0).sum())
        if count > self.terms_max or (points < self.low).any() or (points > self.high).any():
            return float("inf")
        return float(np.abs(away) @ self.distance) * abs(slope) + self.term * count


@dataclass(frozen=True, slots=True)
class Line:
    """How scores become log-odds: ``intercept`` + ``slope`` · score."""

    intercept: float
    slope: float

    def of(self, scores: Reals) -> Reals:
        """Log-odds of scores."""
        return self.intercept + self.slope * scores


def line_of(scores: Reals, won: Reals, weights: Reals, start: Line | None = None) -> Line:
    """The line of least loss, with a slope of 0 or more. Newton's method in two dimensions."""
    mean = float(np.clip(np.average(won, weights=weights), 1e-9, 1 - 1e-9))
    flat = Line(float(np.log(mean / (1 - mean))), 0.0)
    here = start or flat
    for _ in range(30):
        won_chance = chance(here.of(scores))
        left, bend = weights * (won - won_chance), weights * won_chance * (1 - won_chance)
        a, b, c = bend.sum(), bend @ scores, bend @ (scores * scores)
        determinant = a * c - b * b
        if determinant <= 1e-12 * a * c:
            return flat
        first, second = left.sum(), left @ scores
        step = ((c * first - b * second) / determinant, (a * second - b * first) / determinant)
        length = min(1.0, 2.0 / max(abs(step[1]) * float(np.std(scores)), 1e-12))
        here = Line(here.intercept + length * step[0], here.slope + length * step[1])
        if abs(step[0]) + abs(step[1]) * float(np.abs(scores).max(initial=0)) < 1e-8:
            break
    return here if here.slope > 0 and np.isfinite(here.intercept) else flat


@dataclass(slots=True)
class Refiner:
    """Looks for better points. ``won`` (n) 0 or 1, ``weights`` (n) with mean 1."""

    scores: Scores
    won: Reals
    weights: Reals
    price: Price

    def value(self, points: Points, line: Line, scores: Reals | None = None) -> float:
        """Loss and price of points under a line."""
        price = self.price.of(points, line.slope)
        if not np.isfinite(price):
            return price
        scores = self.scores.of(points) if scores is None else scores
        return log_loss(line.of(scores), self.won, self.weights) + price

    def fitted(self, points: Points, start: Line | None = None) -> Line:
        """The line of the points' scores."""
        return line_of(self.scores.of(points), self.won, self.weights, start)

    def refined(self, points: Points, *, swaps: bool = True) -> tuple[Points, Line]:
        """Points that no single step and no swap improves, and their line. The line is fitted anew after each sweep."""
        line = self.fitted(points)
        best = self.value(points, line)
        for _ in range(_SWEEPS_MAX):
            before = best
            points, best = self._sweep(points, line, best)
            if swaps and best > before - _WORTH:
                points, best = self._swapped(points, line, best)
            line = self.fitted(points, line)
            best = self.value(points, line)
            if best > before - _WORTH:
                break
        return points, line

    def _sweep(self, points: Points, line: Line, best: float) -> tuple[Points, float]:
        here = self._here(points, line)
        for place in range(len(points)):
            for value in self._moves(here, place, line):
                found, _ = self._tried(here.points, here.scores, place, value, line)
                if found < best - _WORTH:
                    best = found
                    here = self._here(_with(here.points, place, value), line)
        return here.points, best

    def _here(self, points: Points, line: Line) -> _Here:
        scores = self.scores.of(points)
        won_chance = chance(line.of(scores))
        scale = 1.0 / len(self.won)
        left = self.weights * (self.won - won_chance) * (line.slope * scale)
        return _Here(points, scores, left, self.weights * won_chance * (1 - won_chance) * (line.slope**2 * scale))

    def _moves(self, here: _Here, place: int, line: Line) -> list[int]:
        """Values worth trying at a place: around the best of the parabola that touches the loss, and the given one.

        None where even that best would not pay for a new term.
        """
        now, given = int(here.points[place]), int(self.price.given[place])
        low, high = int(self.price.low[place]), int(self.price.high[place])
        if low == high:
            return []
        if not self.scores.smooth(place):
            return [value for value in _around(now, given, _STEPS) if low <= value <= high]
        way = 1 if now < high else -1
        more = way * (self.scores.changed(here.scores, here.points, place, now + way) - here.scores)
        slope, bend = float(here.left @ more), float(here.bend @ (more * more))
        if bend <= 0:
            return [given] if now != given else []
        toll = self.price.distance[place] * line.slope
        slope -= toll * np.sign(now - given) if now != given else np.clip(slope, -toll, toll)
        if now == given and slope * slope / (2 * bend) < self.price.term * _HOPE:
            return []
        step = slope / bend
        wanted = {now + round(step * part) for part in _PARTS} | {now + 1, now - 1, given}
        return [
            value for value in sorted(wanted - {now}, key=lambda value: abs(value - now - step)) if low <= value <= high
        ]

    def _tried(self, points: Points, scores: Reals, place: int, value: int, line: Line) -> tuple[float, Reals]:
        tried = _with(points, place, value)
        if not np.isfinite(self.price.of(tried, line.slope)):
            return float("inf"), scores
        there = self.scores.changed(scores, points, place, value)
        return self.value(tried, line, there), there

    def _swapped(self, points: Points, line: Line, best: float) -> tuple[Points, float]:
        """Gives up one term for one that is not used yet; the promising ones are told by the slope of the loss."""
        for out in np.flatnonzero(points != self.price.given).tolist():
            without = _with(points, out, int(self.price.given[out]))
            scores = self.scores.of(without)
            slopes = self.scores.slopes(without, self.weights * (self.won - chance(line.of(scores))))
            for into in self._promising(without, slopes, out):
                way = 1 if slopes[into] > 0 else -1
                for step in _STEPS:
                    value = int(without[into]) + way * step
                    found, _ = self._tried(without, scores, into, value, line)
                    if found < best - _WORTH:
                        points, best = _with(without, into, value), found
        return points, best

    def _promising(self, points: Points, slopes: Reals, out: int) -> list[int]:
        up = np.where(slopes > 0, self.price.high > points, self.price.low < points)
        unused = np.flatnonzero((points == self.price.given) & up & (np.arange(len(points)) != out))
        order = np.argsort(np.abs(slopes[unused]), kind="stable")[::-1]
        return [int(unused[place]) for place in order[:_SWAP_WITH]]


@dataclass(frozen=True, slots=True)
class _Here:
    """Points with their scores (n), and the first and second derivative of the mean loss by the score, sign changed."""

    points: Points
    scores: Reals
    left: Reals
    bend: Reals


def _around(value: int, given: int, steps: Iterable[int]) -> list[int]:
    found = [given, *(value + way * step for step in steps for way in (1, -1))]
    return [move for move in dict.fromkeys(found) if move != value]


def _with(points: Points, place: int, value: int) -> Points:
    changed = points.copy()
    changed[place] = value
    return changed
