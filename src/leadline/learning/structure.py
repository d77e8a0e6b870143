"""The scores of an agreement for any change of it, from what its rules had seen: exactly as folding gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.agreement.document import PointsRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.learning.examples import Examples
    from leadline.learning.terms import Term

    Reals = npt.NDArray[np.float64]
    Points = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """What rules had seen, of n leads: ``counts`` by half-life (µs; 0 for the given ones) (n, rules), ``holds`` (n, fit
    rules)."""

    counts: Mapping[int, Reals]
    holds: Reals

    def rows(self, where: npt.NDArray[np.generic]) -> Seen:
        """Some of the leads."""
        return Seen({life: counts[where] for life, counts in self.counts.items()}, self.holds[where])


def seen_of(examples: Examples, further: Mapping[int, Reals]) -> Seen:
    """What the examples' rules had seen; ``further`` are counts under other half-lives."""
    return Seen({0: examples.counts, **further}, examples.holds.astype(float))


class Structure:
    """An agreement with its changeable terms. Its scores are fit + engagement, with every cap."""

    def __init__(self, agreement: Agreement, terms: tuple[Term, ...], seen: Seen) -> None:
        self.terms = terms
        self.seen = Seen({life: np.asfortranarray(counts) for life, counts in seen.counts.items()}, seen.holds)
        rules = agreement.engagement.rules
        self.points = np.array([rule.points for rule in rules], float)
        self.caps = np.array(
            [rule.max if isinstance(rule, PointsRule) and rule.max is not None else np.inf for rule in rules]
        )
        names = [group.name for group in agreement.engagement.groups]
        self.group_of = np.array([-1 if rule.group is None else names.index(rule.group) for rule in rules], np.int64)
        self.group_caps = np.array(
            [np.inf if group.max is None else group.max for group in agreement.engagement.groups], float
        )
        self.fit_points = np.array([rule.points for persona in agreement.fit.personas for rule in persona.rules])
        ends = np.cumsum([len(persona.rules) for persona in agreement.fit.personas]).tolist()
        self.personas = [slice(begin, end) for begin, end in zip([0, *ends[:-1]], ends, strict=True)]
        self.tops = (agreement.fit.max, agreement.engagement.max)
        self._kept: tuple[bytes, _Standing] | None = None

    def of(self, state: Points) -> Reals:
        """Scores (n) of a state (terms)."""
        standing = self._standing(state)
        return standing.fit + standing.engagement

    def changed(self, scores: Reals, state: Points, place: int, value: int) -> Reals:  # noqa: ARG002
        """The scores of a state of which one term is changed; those before are looked up, caps need their parts."""
        after = state.copy()
        after[place] = value
        term, before = self.terms[place], self._standing(state)
        if term.kind == "fit":
            return np.asarray(self._fit(after) + before.engagement)
        if term.kind == "rule":
            return np.asarray(before.fit + self._one_rule_changed(before, term.of[0], float(value - state[place])))
        return np.asarray(before.fit + self._engagement(after))

    def _one_rule_changed(self, before: _Standing, rule: int, change: float) -> Reals:
        counts, points, cap = before.counts[:, rule], before.points[rule], self.caps[rule]
        more = counts * change
        if np.isfinite(cap):
            more = np.clip(counts * (points + change), -cap, cap) - np.clip(counts * points, -cap, cap)
        group = self.group_of[rule]
        if group >= 0 and np.isfinite(before.group_caps[group]):
            inside, most = before.groups[group], before.group_caps[group]
            more = np.minimum(inside + more, most) - np.minimum(inside, most)
        return np.asarray(np.clip(before.total + more, 0.0, before.top))

    def _standing(self, state: Points) -> _Standing:
        """All sums of a state; those of the last one asked for are remembered."""
        key = state.tobytes()
        if self._kept is None or self._kept[0] != key:
            self._kept = key, self._summed(state)
        return self._kept[1]

    def smooth(self, place: int) -> bool:
        """Whether scores are nearly straight lines in the points of a place."""
        return self.terms[place].kind in ("fit", "rule")

    def slopes(self, state: Points, left: Reals) -> Reals:
        """How much Σ ``left`` · score grows with one step more of each term (terms), counted by trying."""
        scores = self.of(state)
        found = np.zeros(len(self.terms))
        for place, term in enumerate(self.terms):
            if term.kind in ("fit", "rule"):
                way = 1 if state[place] < term.high else -1
                found[place] = way * float(
                    left @ (self.changed(scores, state, place, int(state[place]) + way) - scores)
                )
        return found

    def columns(self, state: Points) -> Reals:
        """How much each lead's score grows with one step more of each term (n, terms), without regard to caps."""
        counts, found = self._counts(state), np.zeros((len(self.seen.holds), len(self.terms)))
        persona = self._persona(self._fit_points(state))
        owner = np.concatenate([np.full(run.stop - run.start, place) for place, run in enumerate(self.personas)])
        for place, term in enumerate(self.terms):
            if term.kind == "rule":
                found[:, place] = counts[:, term.of[0]]
            elif term.kind == "fit":
                for rule in term.of:
                    found[:, place] += self.seen.holds[:, rule] * (persona == owner[rule])
        return found

    def _fit_points(self, state: Points) -> Reals:
        points = self.fit_points.copy()
        for term, steps in zip(self.terms, state.tolist(), strict=True):
            if term.kind == "fit" and steps:
                points[list(term.of)] += steps
        return points

    def _sums(self, points: Reals) -> list[Reals]:
        return [self.seen.holds[:, run] @ points[run] for run in self.personas]

    def _persona(self, points: Reals) -> npt.NDArray[np.intp]:
        return np.asarray(np.argmax(np.column_stack(self._sums(points)), axis=1))

    def _fit(self, state: Points) -> Reals:
        best = np.maximum.reduce(self._sums(self._fit_points(state)))
        return np.asarray(np.clip(best, 0.0, self.tops[0]))

    def _counts(self, state: Points) -> Reals:
        given = self.seen.counts[0]
        changed = [
            (term, int(term.given[0]) + steps)
            for term, steps in zip(self.terms, state.tolist(), strict=True)
            if term.kind == "half_life" and steps
        ]
        if not changed:
            return given
        counts = given.copy(order="F")
        for term, place in changed:
            of = list(term.of)
            counts[:, of] = self.seen.counts[term.half_lives[place]][:, of]
        return counts

    def _engagement(self, state: Points) -> Reals:
        return self._summed(state, fit=False).engagement

    def _summed(self, state: Points, *, fit: bool = True) -> _Standing:
        points, caps, top = self._engagement_numbers(state)
        counts = self._counts(state)
        groups: list[Reals] = [np.zeros(len(counts)) for _ in caps]
        total = np.zeros(len(counts))
        for rule in np.flatnonzero(points).tolist():
            worth = counts[:, rule] * points[rule]
            if np.isfinite(self.caps[rule]):
                np.clip(worth, -self.caps[rule], self.caps[rule], out=worth)
            group = self.group_of[rule]
            if group < 0:
                total += worth
            else:
                groups[group] += worth
        for inside, most in zip(groups, caps, strict=True):
            total += np.minimum(inside, most)
        engagement = np.clip(total, 0.0, top)
        return _Standing(points, counts, groups, caps, total, top, engagement, self._fit(state) if fit else engagement)

    def _engagement_numbers(self, state: Points) -> tuple[Reals, Reals, float]:
        """Points of rules, caps of groups, and the highest engagement."""
        points, caps, top = self.points.copy(), self.group_caps.copy(), self.tops[1]
        for term, steps in zip(self.terms, state.tolist(), strict=True):
            if not steps:
                continue
            if term.kind == "rule":
                points[term.of[0]] += steps
            elif term.kind == "group":
                caps[term.of[0]] += steps * term.unit
            elif term.kind == "top":
                top += steps * term.unit
        return points, caps, top


@dataclass(frozen=True, slots=True)
class _Standing:
    """Everything that scores of one state are made of: ``counts`` (n, rules) under its half-lives, the sums of its
    ``groups`` before their caps and the ``total`` of engagement before its own."""

    points: Reals
    counts: Reals
    groups: list[Reals]
    group_caps: Reals
    total: Reals
    top: float
    engagement: Reals
    fit: Reals
