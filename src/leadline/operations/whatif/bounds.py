"""Who could qualify at all: bounds of each lead's scores from counts of its hits, so that a move folds only those.

What is counted does not depend on points, caps, half-lives or thresholds; from the counts, the bounds under any of them
follow in a few operations on columns. A bound is never less than the true score: decay, limits, resets, penalties and
windows only take away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.qualification import layout
from leadline.qualification.layout import BITS_PER_WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.qualification.layout import Plan
    from leadline.qualification.timeline import Part, Profiles

    Real = npt.NDArray[np.float64]
    Truths = npt.NDArray[np.bool_]
    Whole = npt.NDArray[np.int64]

TOLERANCE: Final = 1e-3
"""More than rounding and the order of sums can make."""
_RISING: Final = (layout.GREATER, layout.GREATER_EQUAL, layout.EQUAL)


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known of all leads (n) before any agreement: ``hits`` (bits, n) by rule; ``patterns`` (p, words) are the
    distinct truths of profile versions, ``pattern_of`` (m) says which each version has, ``reachable`` (m) whether it
    says how to reach the lead, and ``begins`` (n + 1) whose version it is.
    """

    hits: npt.NDArray[np.float32]
    patterns: Whole
    pattern_of: Whole
    reachable: Truths
    begins: Whole


def counts_of(pieces: Sequence[Part], profiles: Profiles, bits: int) -> Counts:
    """Counts hits once; ``bits`` is the number of rules that events hit."""
    hits = np.zeros((bits, len(profiles.begins) - 1), np.float32)
    for piece in pieces:
        some = piece.event_begins[:-1] < piece.event_begins[1:]
        starts = piece.event_begins[:-1][some]
        places = piece.first_lead + np.flatnonzero(some)
        for bit in range(bits if len(starts) else 0):
            hit = (piece.log.hits[:, bit // BITS_PER_WORD] >> (bit % BITS_PER_WORD)) & 1
            hits[bit, places] = np.add.reduceat(hit, starts)
    patterns, pattern_of = np.unique(profiles.truths, axis=0, return_inverse=True)
    return Counts(hits, patterns, pattern_of.reshape(-1), profiles.reachable > 0, profiles.begins)


def promising(plan: Plan, counts: Counts) -> Truths:
    """Which leads (n) could qualify under a plan; of the others it is certain that they never do."""
    bounds = _Bounds(plan, counts)
    found = np.zeros(len(bounds.fits), bool)
    for criterion in plan.criteria:
        found |= _could_hold(plan, bounds, plan.steps[criterion["first"] : criterion["end"]])
    return found & (bounds.fits > -np.inf)


def _could_hold(plan: Plan, bounds: _Bounds, steps: npt.NDArray[np.void]) -> Truths:
    """Where a criterion could be true: what stands under a NOT could always be."""
    waiting: list[Truths] = []
    for step in steps:
        operation, argument = int(step["operation"]), int(step["argument"])
        if operation == layout.COMPARE:
            waiting.append(bounds.could(plan.compares[argument]))
            continue
        parts, waiting = waiting[len(waiting) - argument :], waiting[: len(waiting) - argument]
        if operation == layout.NOT:
            waiting.append(np.ones(len(bounds.fits), bool))
        else:
            joined = np.logical_and if operation == layout.AND else np.logical_or
            waiting.append(joined.reduce(parts))
    return waiting[0]


class _Bounds:
    """The most that each score of each lead (n) can be under a plan. ``fits`` is minus infinity for whoever cannot be
    reached or is knocked out in every version of its profile."""

    def __init__(self, plan: Plan, counts: Counts) -> None:
        self.plan = plan
        self.counts = counts
        usable = np.where(_knocked_out(plan, counts), -np.inf, _fits(plan, counts))
        of_version = np.where(counts.reachable, usable[counts.pattern_of], -np.inf)
        self.fits = _highest(counts, of_version, -np.inf)
        leads = len(self.fits)
        self.rules: list[Real] = [_gain(rule, counts) for rule in plan.rules]
        total, groups = np.zeros(leads), np.zeros((len(plan.group_max), leads))
        for rule, gain in zip(plan.rules, self.rules, strict=True):
            (total if rule["group"] < 0 else groups[rule["group"]])[:] += gain
        self.groups: list[Real] = [np.minimum(group, most) for group, most in zip(groups, plan.group_max, strict=True)]
        self.engagements: Real = np.minimum(sum(self.groups, total), plan.settings[0]["engagement_max"])

    def could(self, compare: np.void) -> Truths:
        """Where a comparison could be true."""
        left, of = int(compare["left"]), int(compare["left_of"])
        if left == layout.RULE_AGE:
            return self._hits(of) > 0  # unknown without one
        most = self._most(left, of)
        if most is None or compare["right"] != layout.CONSTANT or compare["comparator"] not in _RISING:
            return np.ones(len(self.fits), bool)
        # In proportion: "more than 0" must go on to mean that there is a hit.
        constant = float(compare["constant"])
        least = constant - TOLERANCE * min(1.0, abs(constant))
        return np.asarray(most > least if compare["comparator"] == layout.GREATER else most >= least)

    def _most(self, left: int, of: int) -> Real | None:
        if left == layout.FIT:
            return self.fits
        if left == layout.ENGAGEMENT:
            return self.engagements
        if left == layout.RULE:
            return self.rules[of]
        if left == layout.GROUP:
            return self.groups[of]
        summed = self.plan.rules[of]["kind"] == layout.THRESHOLD and self.plan.rules[of]["measure"] == layout.SUM
        return self._hits(of) if left == layout.RULE_COUNT and not summed else None

    def _hits(self, rule: int) -> Real:
        return np.asarray(self.counts.hits[int(self.plan.rules[rule]["bit"])], float)


def _gain(rule: np.void, counts: Counts) -> Real:
    """The most that a rule can contribute."""
    points = max(float(rule["points"]), 0.0)
    if rule["kind"] == layout.STATE:
        held = np.where(_has(counts.patterns, int(rule["truth"])), points, 0.0)
        return _highest(counts, np.asarray(held[counts.pattern_of]), 0.0)
    hits = np.asarray(counts.hits[int(rule["bit"])], float)
    if rule["kind"] == layout.THRESHOLD:
        least = 1.0 if rule["measure"] == layout.SUM else float(rule["at_least"])
        return np.asarray(np.where(hits >= least, points, 0.0), float)
    if rule["period"] == layout.EVER and rule["key"] < 0:
        hits = np.minimum(hits, float(rule["limit"]))
    return np.asarray(np.minimum(points * hits, rule["max"]))


def _highest(counts: Counts, of_version: Real, otherwise: float) -> Real:
    """The highest value of any version of each lead."""
    best = np.full(len(counts.begins) - 1, otherwise)
    some = counts.begins[:-1] < counts.begins[1:]
    if some.any():
        best[some] = np.maximum.reduceat(of_version, counts.begins[:-1][some])
    return best


def _has(words: Whole, bit: int) -> Truths:
    return np.asarray((words[:, bit // BITS_PER_WORD] >> (bit % BITS_PER_WORD)) & 1 > 0, bool)


def _fits(plan: Plan, counts: Counts) -> Real:
    """Fit by pattern, of the best persona."""
    highest = float(plan.settings[0]["fit_max"])
    best = np.full(len(counts.patterns), -np.inf)
    for persona in plan.personas:
        total = np.zeros(len(counts.patterns))
        for rule in plan.fit_rules[persona["first"] : persona["end"]]:
            total += rule["points"] * _has(counts.patterns, int(rule["truth"]))
        best = np.maximum(best, total)
    return np.asarray(np.clip(best, 0.0, highest), float)


def _knocked_out(plan: Plan, counts: Counts) -> Truths:
    out = np.zeros(len(counts.patterns), bool)
    for knockout in plan.knockouts:
        out |= _has(counts.patterns, int(knockout))
    return out
