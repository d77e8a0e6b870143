"""Chooses the thresholds of a changed agreement: as many MQLs as wanted, and the most customers among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from leadline.agreement.criteria import Logic, comparisons

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadline.agreement.criteria import Comparison
    from leadline.agreement.document import Agreement, Criterion

STEP: Final = 5
_NEAR: Final = 0.1
_BOUND: Final = r"\b({})\s*(>=|>)\s*\d+(?:\.\d+)?"


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
    """The least fit or engagement that a criterion names, if it names one."""
    found = [
        float(compare.right)
        for compare in comparisons(criterion.when)
        if compare.left.measure == measure and compare.comparator in (">=", ">") and isinstance(compare.right, float)
    ]
    return found[0] if len(found) == 1 else None


def rewritten(criterion: Criterion, fit: float | None, engagement: float) -> str:
    """The text of a criterion with other bounds."""
    text = re.sub(_BOUND.format("engagement"), rf"\1 \2 {engagement:g}", criterion.text)
    return text if fit is None else re.sub(_BOUND.format("fit"), rf"\1 \2 {fit:g}", text)


def moved(agreement: Agreement, criterion: Criterion, fit: float | None, engagement: float) -> Agreement:
    """The agreement with other bounds in one criterion."""
    bounds = {"engagement": engagement} | ({} if fit is None else {"fit": fit})
    changed = replace(criterion, when=_bounded(criterion.when, bounds), text=rewritten(criterion, fit, engagement))
    criteria = tuple(changed if one.name == criterion.name else one for one in agreement.mql.criteria)
    return replace(agreement, mql=replace(agreement.mql, criteria=criteria))


def _bounded(tree: Comparison, bounds: dict[str, float]) -> Comparison:
    if isinstance(tree, Logic):
        return replace(tree, parts=tuple(_bounded(part, bounds) for part in tree.parts))
    asked = tree.comparator in (">=", ">") and isinstance(tree.right, float) and tree.left.of is None
    return replace(tree, right=bounds[tree.left.measure]) if asked and tree.left.measure in bounds else tree


def choose(
    agreement: Agreement,
    criterion: Criterion,
    wanted: int,
    measured: Callable[[float | None, float], tuple[int, float]],
) -> Tried:
    """The thresholds of best precision among those that give about the ``wanted`` number of MQLs.

    ``measured`` gives MQLs and precision of thresholds of fit and engagement. For each fit in steps of five the
    engagement whose number is nearest is found by halving; numbers further off than a tenth lose to nearer ones.
    """
    given = bound_of(criterion, "fit")
    fits: list[float | None] = [None]
    if given is not None:
        fits = [given + step * STEP for step in range(-4, 5) if 0 <= given + step * STEP <= agreement.fit.max]
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
