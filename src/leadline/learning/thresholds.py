"""Chooses the thresholds of a changed agreement: as many MQLs as wanted, and the most customers among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.agreement.criteria import Logic, comparisons

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from leadline.agreement.criteria import Comparison
    from leadline.agreement.document import Agreement, Criterion

STEP: Final = 5
_NEAR: Final = 0.1
_NUMBER: Final = r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_BOUND: Final = rf"(?<![\w.])(?:({{0}}\s*>=?\s*){_NUMBER}(?![\w.])|{_NUMBER}(\s*<=?\s*{{0}})(?![\w.]))"
"""A bound as it is written, either way round: ``fit >= 50``, ``5e1 <= fit``."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Thresholds that were tried: how many MQLs they give, and the share of customers among the judged."""

    fit: float | None
    engagement: float
    mqls: int
    precision: float


def movable(agreement: Agreement) -> Criterion | None:
    """The first criterion that asks for an engagement of its own: the one whose thresholds are chosen."""
    return next((criterion for criterion in agreement.mql.criteria if bound_of(criterion, "engagement")), None)


def bound_of(criterion: Criterion, measure: str) -> float | None:
    """The least fit or engagement that a criterion names, if it names one, and where it can be written anew."""
    found = [
        float(compare.right)
        for compare in comparisons(criterion.when)
        if compare.left.measure == measure and compare.comparator in (">=", ">") and isinstance(compare.right, float)
    ]
    places = len(re.findall(_BOUND.format(measure), criterion.text))
    return found[0] if len(found) == places == 1 else None


def rewritten(criterion: Criterion, fit: float | None, engagement: float | None) -> str:
    """The text of a criterion with other bounds; None leaves one as it is."""
    text = criterion.text
    for measure, bound in (("fit", fit), ("engagement", engagement)):
        if bound is not None:
            text = re.sub(_BOUND.format(measure), partial(_with_bound, bound), text)
    return text


def _with_bound(bound: float, found: re.Match[str]) -> str:
    return f"{found[1]}{bound:g}" if found[1] else f"{bound:g}{found[2]}"


def moved(agreement: Agreement, criterion: Criterion, fit: float | None, engagement: float | None) -> Agreement:
    """The agreement with other bounds in one criterion; None leaves one as it is."""
    stated = {"fit": fit, "engagement": engagement}
    bounds = {measure: bound for measure, bound in stated.items() if bound is not None}
    changed = replace(criterion, when=_bounded(criterion.when, bounds), text=rewritten(criterion, fit, engagement))
    criteria = tuple(changed if one.name == criterion.name else one for one in agreement.mql.criteria)
    return replace(agreement, mql=replace(agreement.mql, criteria=criteria))


def _bounded(tree: Comparison, bounds: dict[str, float]) -> Comparison:
    if isinstance(tree, Logic):
        return replace(tree, parts=tuple(_bounded(part, bounds) for part in tree.parts))
    asked = tree.comparator in (">=", ">") and isinstance(tree.right, float) and tree.left.of is None
    return replace(tree, right=bounds[tree.left.measure]) if asked and tree.left.measure in bounds else tree


def as_strict(bound: float, before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> float:
    """The bound, in steps of five, that the share of leads that reached ``bound`` before (n) reach after (n).

    Points that shrink would otherwise make every criterion stricter that asks for them.
    """
    share = float((before >= bound).mean())
    steps = np.arange(0.0, float(max(after.max(initial=0.0), bound)) + STEP, STEP)
    shares = np.array([(after >= step).mean() for step in steps])
    off = np.round(np.abs(shares - share), 9)
    best = np.flatnonzero(off == off.min())
    return float(steps[best[np.argmin(np.abs(steps[best] - bound))]])


def choose(
    agreement: Agreement,
    centre: float | None,
    wanted: int,
    measured: Callable[[float | None, float], tuple[int, float]],
) -> Tried:
    """The thresholds of best precision among those that give about the ``wanted`` number of MQLs.

    ``measured`` gives MQLs and precision of thresholds of fit and engagement. For each fit around ``centre`` (None for
    a criterion that asks for none) the
    engagement whose number is nearest is found by halving; numbers further off than a tenth lose to nearer ones.
    """
    fits: list[float | None] = [None]
    if centre is not None:
        fits = [centre + step * STEP for step in range(-4, 5) if 0 <= centre + step * STEP <= agreement.fit.max]
    tried = [_nearest(agreement, fit, wanted, measured) for fit in fits]

    def rank(one: Tried) -> tuple[float, float]:
        off = abs(one.mqls - wanted) / max(1, wanted)
        return (0.0, -one.precision) if off <= _NEAR else (off, 0.0)

    return min(tried, key=rank)


def _nearest(
    agreement: Agreement, fit: float | None, wanted: int, measured: Callable[[float | None, float], tuple[int, float]]
) -> Tried:
    low, high = 0, int(agreement.engagement.max) // STEP
    found: dict[int, Tried] = {}

    def at(step: int) -> Tried:
        if step not in found:
            found[step] = Tried(fit, float(step * STEP), *measured(fit, float(step * STEP)))
        return found[step]

    while low < high:
        middle = (low + high) // 2
        if at(middle).mqls > wanted:
            low = middle + 1
        else:
            high = middle
    around = [at(step) for step in (low - 1, low) if step >= 0]
    return min(around, key=lambda one: (abs(one.mqls - wanted), one.mqls))
