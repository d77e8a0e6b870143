"""Looks for changes of an agreement that outcomes support, and proposes none where they could be chance.

Three gates stand before a change. A change costs: it must raise the likelihood by more than it is likely to by chance,
and points stay near the given ones unless the evidence is strong. It must come again: the search is repeated with each
fifth of the leads left out, what most of the searches do not find is dropped, and of the rest the mean is taken. And
all changes together must help where they were not looked for: on the fifths that were left out, the changed agreements
must tell customers from others better than the given one, by more than chance explains. Otherwise the answer is that
nothing should change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.estimates.threads import one_thread
from leadline.learning.logistic import fit_logistic, held_out_losses, path, strengths_of, task_of
from leadline.learning.refinement import Line, Price, Refiner, line_of
from leadline.learning.scorecard import WINS_A_TERM
from leadline.learning.structure import Structure

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.learning.structure import Seen
    from leadline.learning.terms import Term

    Reals = npt.NDArray[np.float64]
    Points = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

CHANGE_COSTS: Final = 1.5
"""By how much (nats) a change must raise the likelihood: more than the 1 of Akaike's criterion, as the best of several
values is taken. Chance is kept out by repeating the search, not here."""

USUAL_CHANGE: Final = 2.0
"""The prior's mean change of log-odds between leads without and leads with most of what a rule counts."""

ROUND: Final = 5
_NEXT_TO_NOTHING: Final = 2
ROUNDING_COSTS: Final = 1.0
"""What all rounding together may cost (nats)."""

OTHERS_A_WINNER: Final = 20
FOLDS: Final = 5
AGREE_MIN: Final = 3
SURE: Final = 2.5
"""Standard errors by which the gain on leads that were left out must exceed 0: less than 1 in 100 by chance."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """``state`` (terms) whole numbers, all 0 where nothing is proposed, and how sure it is.

    ``gain`` is what the log-likelihood of a lead rises by on leads that were left out (nats), ``error`` its standard
    error. ``found`` (folds, terms) are the states of the repeated searches.
    """

    state: Points
    line: Line
    gain: float
    error: float
    found: Points

    @property
    def supported(self) -> bool:
        """Whether the gain is more than chance."""
        return self.gain > SURE * self.error > 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is learned from: what rules had ``seen`` of n leads, ``won`` (n) 0 or 1, and ``weights`` (n)."""

    seen: Seen
    won: Reals
    weights: Reals

    def rows(self, where: npt.NDArray[np.generic]) -> Evidence:
        """Some of the leads."""
        return Evidence(self.seen.rows(where), self.won[where], self.weights[where])


def evidence_of(seen: Seen, won: Bools, seed: int) -> Evidence:
    """All winners and some of the others, with the weight of all of them.

    Twenty others a winner hold nearly all there is to know: the variance grows by a twentieth at most.
    """
    others = np.flatnonzero(~won)
    wanted = OTHERS_A_WINNER * int(won.sum())
    if len(others) <= wanted:
        return Evidence(seen, won.astype(float), np.ones(len(won)))
    drawn = np.random.default_rng(seed).choice(others, wanted, replace=False)
    kept = np.sort(np.concatenate([np.flatnonzero(won), drawn]))
    weights = np.where(won[kept], 1.0, len(others) / wanted)
    return Evidence(seen.rows(kept), won[kept].astype(float), weights)


def propose(agreement: Agreement, terms: tuple[Term, ...], evidence: Evidence, seed: int) -> Proposal:
    """The changes that the evidence supports."""
    with one_thread():
        return _proposed(agreement, terms, evidence, seed)


def _proposed(agreement: Agreement, terms: tuple[Term, ...], evidence: Evidence, seed: int) -> Proposal:
    folds = _folds(evidence, seed)
    found, gains = [], np.zeros(len(evidence.won))
    for held in folds:
        search = _Search(agreement, terms, evidence.rows(~held))
        state, line = search.best()
        found.append(state)
        gains[held] = _gains(agreement, terms, evidence.rows(held), (state, line), search.given_line())
    states = np.array(found)
    gain, error = _mean(gains, evidence.weights)
    nothing = np.zeros(len(terms), np.int64)
    whole = _Search(agreement, terms, evidence)
    if not gain > SURE * error > 0:
        return Proposal(nothing, whole.given_line(), gain, error, states)
    state, line = whole.tidied(_agreed(states, whole.limit))
    return Proposal(state, line, gain, error, states)


def _folds(evidence: Evidence, seed: int) -> list[Bools]:
    """Winners and others are dealt out evenly."""
    random = np.random.default_rng([seed, 1])
    fold = np.zeros(len(evidence.won), np.int64)
    for side in (evidence.won > 0, evidence.won == 0):
        places = random.permutation(np.flatnonzero(side))
        fold[places] = np.arange(len(places)) % FOLDS
    return [fold == number for number in range(FOLDS)]


def _agreed(states: Points, limit: int) -> Points:
    """The mean of all searches where most of them change a term the same way, at most ``limit`` terms.

    A search that leaves a term alone pulls the mean back to what was given, so that what is less sure changes less.
    """
    votes = np.maximum((states > 0).sum(axis=0), (states < 0).sum(axis=0))
    mean = np.rint(states.mean(axis=0)).astype(np.int64)
    order = np.lexsort((np.arange(len(votes)), -np.abs(mean), -votes))[:limit]
    kept = np.zeros(len(votes), bool)
    kept[order] = votes[order] >= AGREE_MIN
    return np.where(kept, mean, 0)


def _gains(
    agreement: Agreement, terms: tuple[Term, ...], held: Evidence, found: tuple[Points, Line], given: Line
) -> Reals:
    """By how much the likelihood of each lead rises under found points."""
    structure = Structure(agreement, terms, held.seen)
    state, line = found

    def losses(log_odds: Reals) -> Reals:
        return np.logaddexp(0.0, log_odds) - held.won * log_odds

    before = losses(given.of(structure.of(np.zeros(len(terms), np.int64))))
    return before - losses(line.of(structure.of(state)))


def _mean(gains: Reals, weights: Reals) -> tuple[float, float]:
    """A weighted mean with its standard error."""
    mean = float(np.average(gains, weights=weights))
    error = float(np.sqrt(np.sum(np.square(weights * (gains - mean)))) / weights.sum())
    return mean, error


def _round_numbers_near(points: float) -> list[float]:
    """Multiples of five on both sides, the nearer first; 0 for next to nothing; small numbers are round already."""
    if abs(points) <= _NEXT_TO_NOTHING:
        return [0.0]
    if abs(points) < 2 * ROUND:
        return []
    around = {ROUND * float(np.floor(points / ROUND)), ROUND * float(np.ceil(points / ROUND))}
    return sorted(around, key=lambda value: (abs(value - points), value))


class _Search:
    """Looks for the best state of all terms, or of some of them."""

    def __init__(self, agreement: Agreement, terms: tuple[Term, ...], evidence: Evidence) -> None:
        self.terms = terms
        self.structure = Structure(agreement, terms, evidence.seen)
        self.won = evidence.won
        self.weights = evidence.weights / evidence.weights.mean()
        self.leads = float(evidence.weights.sum())
        self.limit = max(1, int(evidence.won.sum()) // WINS_A_TERM)
        self.nothing = np.zeros(len(terms), np.int64)
        self.columns = self.structure.columns(self.nothing)

    def given_line(self) -> Line:
        """How the given scores become log-odds."""
        return line_of(self.structure.of(self.nothing), self.won, self.weights)

    def best(self) -> tuple[Points, Line]:
        """The state of least loss and price, found from the given points and from where the L1 path leads."""
        refiner = self.refiner()
        starts = [self.nothing, self._selected(refiner.price)]
        found = [refiner.refined(start, swaps=True) for start in starts]
        values = [refiner.value(state, line) for state, line in found]
        return found[int(np.argmin(values))]

    def tidied(self, state: Points) -> tuple[Points, Line]:
        """The same with round points where they are as good: people remember 25 and mistrust 27."""
        refiner = self.refiner()
        line = refiner.fitted(state)
        allowed = refiner.value(state, line) + ROUNDING_COSTS / self.leads
        for place in np.flatnonzero(state).tolist():
            term = self.terms[place]
            points = term.given[0] + state[place] if term.given else 0.0
            if term.kind not in ("rule", "fit"):
                continue
            for value in _round_numbers_near(points):
                tried = state.copy()
                tried[place] = round(value - term.given[0])
                if refiner.value(tried, line) <= allowed:
                    state = tried
                    break
        return state, refiner.fitted(state, line)

    def refiner(self) -> Refiner:
        """What looks for a state: the price of changes, and how far each term may go."""
        spread = np.array([self._spread(place) for place in range(len(self.terms))])
        price = Price(
            given=self.nothing,
            distance=spread / USUAL_CHANGE / self.leads,
            term=CHANGE_COSTS / self.leads,
            terms_max=self.limit,
            low=np.array([term.low for term in self.terms], np.int64),
            high=np.array([term.high for term in self.terms], np.int64),
        )
        return Refiner(self.structure, self.won, self.weights, price)

    def _spread(self, place: int) -> float:
        """What most of what a rule counts comes to."""
        column = np.abs(self.columns[:, place])
        return float(np.quantile(column[column > 0], 0.9)) if (column > 0).any() else 1.0

    def _selected(self, price: Price) -> Points:
        """Rounded coefficients of an L1 path around the given score, without regard to caps."""
        given = self.structure.of(self.nothing)
        task = task_of(np.column_stack([self.columns, given]), self.won, self.weights)
        size = len(self.terms)
        task.penalties[-2] = 0
        task.low[-2] = 0
        alone = fit_logistic(task.only(np.zeros(size + 2, bool)), 0.0)
        worth = float(alone[-2])
        if worth <= 0:
            return self.nothing
        task.penalties[:size] = np.maximum(price.distance * self.leads, 1e-3)
        task.low[:size], task.high[:size] = price.low * worth, price.high * worth
        strengths = strengths_of(task, 16, 0.02)
        along = path(task, strengths, self.limit)
        if not along:
            return self.nothing
        losses = held_out_losses(task, strengths[: len(along)])
        state = np.rint(along[int(losses.argmin())][:size] / worth).astype(np.int64)
        return np.clip(state, price.low, price.high)
