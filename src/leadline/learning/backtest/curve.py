"""What another threshold would have brought: volume, precision, recall at each value, and who is at the margin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.agreement.criteria import Compare, Comparison, Logic, comparisons
from leadline.agreement.document import Criterion
from leadline.errors import InputError
from leadline.estimates.shares import Share, share
from leadline.learning.backtest.measures import first_qualifications, judge, measure

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.learning.backtest.measures import Measures, Yardstick

STEPS: Final = 8
"""Values on each side of the threshold in force."""
PRIOR: Final = 10.0
"""A band has few leads: none won of two does not mean that none ever will be, nor that every sixth will."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number of a criterion: the ``place``-th comparison of the criterion called ``criterion``."""

    criterion: str
    place: int
    compare: Compare

    @property
    def value(self) -> float:
        """The number in force."""
        return float(self.compare.right) if isinstance(self.compare.right, float | int) else float("nan")

    @property
    def path(self) -> str:
        """How it is asked for: ``fit_and_engaged.engagement``."""
        return f"{self.criterion}.{self.compare.left}"

    @property
    def rises(self) -> bool:
        """Whether a higher number is stricter."""
        return self.compare.comparator in (">", ">=")


@dataclass(frozen=True, slots=True)
class Band:
    """Leads that this value adds to the next stricter one: ``rate`` is the share of the judged that were won.

    ``chance`` is that share smoothed, as if ``PRIOR`` more leads had come out as all leads at the loosest value did;
    ``worth`` = chance × value of a win − cost of a lead.
    """

    leads: int
    rate: Share
    chance: float
    worth: float | None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What one value of the threshold would have brought; ``worth`` of its band and all stricter ones together."""

    value: float
    measures: Measures
    band: Band
    worth: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Points in ascending order of the threshold's value.

    ``capacity_at``: the loosest value at which the mean week stays within capacity, None where even the strictest does
    not or nobody said how much sales can work. ``best_at``: the value whose MQLs are worth most together; on its loose
    side the next leads cost more than they bring.
    """

    threshold: Threshold
    points: tuple[CurvePoint, ...]
    capacity_at: float | None
    best_at: float | None

    @property
    def strictest_first(self) -> tuple[CurvePoint, ...]:
        """Points from the strictest value to the loosest."""
        return self.points[::-1] if self.threshold.rises else self.points


def thresholds(agreement: Agreement) -> tuple[Threshold, ...]:
    """Every number that a criterion compares something with, in file order."""
    return tuple(
        Threshold(criterion.name, place, compare)
        for criterion in agreement.mql.criteria
        for place, compare in enumerate(comparisons(criterion.when))
        if isinstance(compare.right, float | int) and compare.comparator not in ("=", "<>")
    )


def threshold_of(agreement: Agreement, path: str | None) -> Threshold | None:
    """The threshold called ``path`` (``criterion`` or ``criterion.measure``), by default the first on engagement, else
    on fit, else any. Raises ``InputError`` for a path that is none."""
    every = thresholds(agreement)
    if path is None:
        ranked = sorted(every, key=lambda found: {"engagement": 0, "fit": 1}.get(found.compare.left.measure, 2))
        return ranked[0] if ranked else None
    named = [found for found in every if path in (found.path, found.criterion)]
    if not named:
        known = ", ".join(dict.fromkeys(found.path for found in every)) or "none: no criterion compares with a number"
        raise InputError(f"'{path[:80]}' is no threshold of the agreement. Its thresholds are {known}.")
    return named[0]


def grid(agreement: Agreement, threshold: Threshold) -> tuple[float, ...]:
    """Values to try around the one in force, that one among them, ascending."""
    current, measure_of = threshold.value, threshold.compare.left.measure
    most = {"fit": agreement.fit.max, "engagement": agreement.engagement.max}.get(measure_of, float("inf"))
    step = most / 20 if most < float("inf") else abs(current) / 4 or 1.0
    if measure_of == "count":
        step = max(1.0, round(current / 8))
    tried = {current} | {round((round(current / step) + by) * step, 6) for by in range(-STEPS, STEPS + 1)}
    return tuple(sorted(value for value in tried if 0 < value <= most or value == current))


def with_value(agreement: Agreement, threshold: Threshold, value: float) -> Agreement:
    """The agreement with another number at the threshold."""

    def amended(criterion: Criterion) -> Criterion:
        if criterion.name != threshold.criterion:
            return criterion
        when, _ = _with_value(criterion.when, threshold.place, value)
        return Criterion(criterion.name, when, criterion.text)

    criteria = tuple(map(amended, agreement.mql.criteria))
    return replace(agreement, mql=replace(agreement.mql, criteria=criteria))


def _with_value(tree: Comparison, place: int, value: float) -> tuple[Comparison, int]:
    """The tree with the ``place``-th comparison changed, and how many comparisons it has."""
    if isinstance(tree, Compare):
        return (replace(tree, right=value) if place == 0 else tree), 1
    parts, seen = [], 0
    for part in tree.parts:
        changed, count = _with_value(part, place - seen, value)
        parts.append(changed)
        seen += count
    return Logic(tree.operator, tuple(parts)), seen


Found = tuple["npt.NDArray[np.integer]", "npt.NDArray[np.int64]"]


def curve_of(
    yardstick: Yardstick, threshold: Threshold, tried: dict[float, Found], value: float | None, cost: float
) -> Curve:
    """The curve of qualifications (lead, at) by value; ``value`` of a win and ``cost`` of a lead in one currency."""
    money = (value, cost)
    found = {number: _in_window(yardstick, tried[number]) for number in tried}
    loosest = min(tried) if threshold.rises else max(tried)
    prior = _rate(yardstick, found[loosest])
    points: list[CurvePoint] = []
    together = 0.0
    stricter: npt.NDArray[np.integer] = np.zeros(0, np.int64)
    for number in sorted(tried, reverse=threshold.rises):
        leads, firsts = found[number]
        new = ~np.isin(leads, stricter)
        measures = measure(yardstick, *tried[number])
        band = _band(yardstick, (leads[new], firsts[new]), money, prior)
        together += band.leads * (band.worth or 0.0)
        points.append(CurvePoint(number, measures, band, None if band.worth is None else together))
        stricter = leads
    best = max(points, key=lambda point: -np.inf if point.worth is None else point.worth)
    return Curve(
        threshold,
        tuple(sorted(points, key=lambda point: point.value)),
        _loosest_within(points, yardstick.capacity),
        None if best.worth is None else best.value,
    )


def _in_window(yardstick: Yardstick, found: Found) -> Found:
    leads, firsts = first_qualifications(*found)
    inside = (firsts >= yardstick.weeks.since) & (firsts < yardstick.weeks.until)
    return leads[inside], firsts[inside]


def _rate(yardstick: Yardstick, found: Found) -> float | None:
    """Share of the judged that were won, None where nobody is judged."""
    verdicts = judge(yardstick.outcomes, *found, yardstick.horizon)
    judged = int(verdicts.judged.sum())
    return float(verdicts.won.sum()) / judged if judged else None


def _band(yardstick: Yardstick, found: Found, money: tuple[float | None, float], prior: float | None) -> Band:
    verdicts = judge(yardstick.outcomes, *found, yardstick.horizon)
    won, judged = int(verdicts.won.sum()), int(verdicts.judged.sum())
    chance = (won + PRIOR * (prior or 0.0)) / (judged + PRIOR)
    value, cost = money
    worth = None if value is None or prior is None else chance * value - cost
    return Band(len(found[0]), share(won, judged), chance, worth)


def _loosest_within(strictest_first: list[CurvePoint], capacity: float | None) -> float | None:
    if capacity is None:
        return None
    within = None
    for point in strictest_first:
        if point.measures.load.mean > capacity:
            break
        within = point.value
    return within
