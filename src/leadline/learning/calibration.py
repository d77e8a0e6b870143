"""From scores and outcomes to a curve: the chance of becoming a customer at each score, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.errors import InputError
from leadline.estimates.shares import intervals
from leadline.learning.curves import FITTERS, Tally

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.learning.curves import Drawn

    Real = npt.NDArray[np.float64]

WINS_MIN: Final = 20
"""With fewer wins (or fewer leads that did not win) a curve would be a guess."""
ISOTONIC_FROM: Final = 1_000
"""Below this many leads a curve of one formula is more reliable than one that follows every step."""
BLOCKS: Final = 5
RESAMPLES: Final = 200
_CELLS: Final = 400
_POINTS_MAX: Final = 12
_DIGITS_MAX: Final = 9


@dataclass(frozen=True, slots=True)
class Fitted:
    """A curve by ascending score (m): chance, low and high, all rising; ``losses`` are (method, mean log loss on later
    leads), the chosen method's first."""

    method: str
    score: Real
    chance: Real
    low: Real
    high: Real
    losses: tuple[tuple[str, float], ...]

    def at(self, score: Real) -> Real:
        """The chances of scores (n): straight lines between the points."""
        return np.interp(score, self.score, self.chance)


def fit(score: Real, won: npt.NDArray[np.bool_], at: npt.NDArray[np.int64], top: float, seed: int = 0) -> Fitted:
    """The curve of leads with scores (n, 0…``top``), outcomes (n) and decision moments (n, µs).

    The method is the one that foretells later leads best (mean log loss, fitted on the blocks of time before): logistic
    in the score (Platt 1999), beta calibration (Kull, Silva Filho, Flach 2017), or from 1,000 leads on isotonic
    regression, centred so that it rises between its steps (Oron, Flournoy 2017). Raises ``InputError`` where the
    evidence is too thin.
    """
    check_evidence(won)
    losses = _losses(score, won, at, top)
    method = losses[0][0]
    tally = tallied(score, won, top)
    curve = FITTERS[method](tally)
    places = _places(curve, tally)
    chance = curve(places)
    # Which formula is right cannot be told from few leads: the interval holds both.
    methods = (method,) if len(won) >= ISOTONIC_FROM else tuple(name for name, _ in losses)
    bounds = [_bounds(tally, name, places, seed) for name in methods]
    low = np.min([one for one, _ in bounds], axis=0)
    high = np.max([other for _, other in bounds], axis=0)
    ends = _rounded(np.minimum(low, chance)), _rounded(np.maximum(high, chance))
    return Fitted(method, _told_apart(places), _rounded(chance), *ends, losses)


def check_evidence(won: npt.NDArray[np.bool_]) -> None:
    """Raises ``InputError`` where there are too few wins, or too few leads without."""
    wins = int(won.sum())
    if wins < WINS_MIN or len(won) - wins < WINS_MIN:
        what = f"{wins:,} customers among {len(won):,} leads whose horizon is over"
        raise InputError(
            f"there are {what}; a curve needs at least {WINS_MIN} customers and {WINS_MIN} others. "
            "Take more leads, a longer history, or a shorter --horizon."
        )


def tallied(score: Real, won: npt.NDArray[np.bool_], top: float) -> Tally:
    """Scores counted in narrow cells of the range 0…``top``."""
    cells = np.clip(np.round(score / top * _CELLS).astype(np.int64), 0, _CELLS)
    trials = np.bincount(cells, minlength=_CELLS + 1)
    hits = np.bincount(cells, weights=won.astype(float), minlength=_CELLS + 1)
    some = trials > 0
    places = np.asarray(np.flatnonzero(some) * (top / _CELLS), np.float64)
    return Tally(places, trials[some].astype(np.float64), hits[some].astype(np.float64), top)


def _losses(
    score: Real, won: npt.NDArray[np.bool_], at: npt.NDArray[np.int64], top: float
) -> tuple[tuple[str, float], ...]:
    """Mean log loss of each method on blocks of later leads, the least first."""
    order = np.argsort(at, kind="stable")
    blocks = np.array_split(order, BLOCKS)
    methods = [name for name in FITTERS if name != "isotonic" or len(won) >= ISOTONIC_FROM]
    totals = dict.fromkeys(methods, 0.0)
    tested = 0
    for place in range(1, BLOCKS):
        earlier, later = np.concatenate(blocks[:place]), blocks[place]
        if not 0 < won[earlier].sum() < len(earlier):
            continue
        tested += len(later)
        tally = tallied(score[earlier], won[earlier], top)
        for name in methods:
            expected = np.clip(FITTERS[name](tally)(score[later]), 1e-6, 1 - 1e-6)
            totals[name] -= float(np.log(np.where(won[later], expected, 1 - expected)).sum())
    # on a tie the simplest one, which stands first
    return tuple(sorted(((name, total / max(1, tested)) for name, total in totals.items()), key=lambda one: one[1]))


def _places(curve: Drawn, tally: Tally) -> Real:
    """The scores at which the curve is written down: its own steps, or as few as show a formula's bend where there are
    leads; beyond them it stays level, for nobody has seen what is there."""
    if len(curve.places):
        return curve.places
    fine = np.linspace(tally.score[0], tally.score[-1], 81)
    if fine[0] == fine[-1]:
        return fine[:1]
    exact = curve(fine)
    chosen = [0, len(fine) - 1]
    while len(chosen) < _POINTS_MAX:
        error = np.abs(np.interp(fine, fine[chosen], exact[chosen]) - exact) / np.maximum(exact, 1e-4)
        if error.max() < 0.03:
            break
        chosen = sorted([*chosen, int(error.argmax())])
    return fine[chosen]


def _bounds(tally: Tally, method: str, places: Real, seed: int) -> tuple[Real, Real]:
    """Ends of 95 % intervals at the places, from resampled leads; never narrower than the leads nearest allow."""
    random = np.random.default_rng(seed)
    cells = np.concatenate([tally.hits, tally.trials - tally.hits])
    leads = int(tally.trials.sum())
    drawn = random.multinomial(leads, cells / leads, RESAMPLES).astype(float)
    half = len(tally.score)
    found = []
    for hits, misses in zip(drawn[:, :half], drawn[:, half:], strict=True):
        if hits.sum() and misses.sum():
            again = Tally(tally.score, hits + misses, hits, tally.top)
            found.append(FITTERS[method](again.without_empty())(places))
    low, high = np.quantile(np.array(found), [0.025, 0.975], axis=0)
    if method == "isotonic":
        counted_low, counted_high = _nearest(tally, places)
        low, high = np.minimum(low, counted_low), np.maximum(high, counted_high)
    return np.minimum.accumulate(low[::-1])[::-1], np.maximum.accumulate(high)


def _nearest(tally: Tally, places: Real) -> tuple[Real, Real]:
    """Intervals of the shares counted among the leads nearest to each place: resampling alone sees no chance where no
    lead has won."""
    nearest = np.abs(tally.score[:, None] - places[None, :]).argmin(axis=1)
    hits = np.bincount(nearest, weights=tally.hits, minlength=len(places))
    trials = np.bincount(nearest, weights=tally.trials, minlength=len(places))
    low, high = intervals(hits, trials)
    none = trials == 0
    return np.where(none, 1.0, low), np.where(none, 0.0, high)


def _told_apart(places: Real) -> Real:
    """Scores with as few digits after the point as leave no two of them the same: one, unless points are few."""
    found = (np.round(places, digits) for digits in range(1, _DIGITS_MAX))
    return next((some for some in found if (np.diff(some) > 0).all()), places)


def _rounded(values: Real) -> Real:
    """Three significant digits; rounding keeps the order."""
    return np.array([float(f"{value:.3g}") for value in np.clip(values, 0.0, 1.0)])
