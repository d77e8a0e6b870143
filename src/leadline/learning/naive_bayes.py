"""Naive Bayes over won and lost frequencies, as Odoo CRM computes its predictive lead scoring: a baseline to beat.

What `crm.lead` of Odoo 17 does: for each field it counts how often each value was won and lost and adds 0.1 to every
count; the chances of a value are its counts over the sums of its field's; the scores for winning and for losing are the
products of the overall shares and of these chances over all fields that are set; the chance of winning is the first
score's part of both. A field that is not set and a value that was never seen take no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from leadline.estimates.ranking import chance

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Reals = npt.NDArray[np.float64]

SMOOTHING: Final = 0.1
UNSET: Final = -1


@dataclass(frozen=True, slots=True)
class NaiveBayes:
    """``prior`` log-odds, and for each field the log of the ratio of chances by value (0 where it was never seen)."""

    prior: float
    ratios: tuple[Reals, ...]

    def log_odds(self, values: Codes) -> Reals:
        """Log-odds of winning of rows of values (n, fields): whole numbers from 0, ``UNSET`` for not set."""
        found = np.full(len(values), self.prior)
        for field, ratios in enumerate(self.ratios):
            codes = values[:, field]
            known = (codes >= 0) & (codes < len(ratios))
            found[known] += ratios[codes[known]]
        return found

    def percent(self, values: Codes) -> Reals:
        """The chance in percent as Odoo shows it: two decimals, never 0 and never 100."""
        return np.clip(np.round(100 * chance(self.log_odds(values)), 2), 0.01, 99.99)


def fit_naive_bayes(values: Codes, won: npt.NDArray[Any]) -> NaiveBayes:
    """Counts values (n, fields) of leads that were won (n) and lost. Raises ``ValueError`` without one of either."""
    won = np.asarray(won, bool)
    if won.all() or not won.any():
        raise ValueError("naive Bayes needs leads that were won and leads that were not")
    prior = float(np.log(won.sum() / (~won).sum()))
    return NaiveBayes(prior, tuple(_ratios(values[:, field], won) for field in range(values.shape[1])))


def _ratios(codes: Codes, won: npt.NDArray[np.bool_]) -> Reals:
    size = int(codes.max(initial=-1)) + 1
    counts = [np.bincount(codes[side & (codes >= 0)], minlength=size).astype(float) for side in (won, ~won)]
    seen = counts[0] + counts[1] > 0
    smoothed = [np.where(seen, count + SMOOTHING, 0.0) for count in counts]
    ratios = np.zeros(size)
    if seen.any():
        shares = [count[seen] / count.sum() for count in smoothed]
        ratios[seen] = np.log(shares[0]) - np.log(shares[1])
    return ratios
