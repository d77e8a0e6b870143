"""How far chances can be trusted: what was expected of leads beside what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.estimates.shares import Share, share

if TYPE_CHECKING:
    import numpy.typing as npt

BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Leads with about the same chance: the mean of what was expected, and the share that won."""

    expected: float
    observed: Share


@dataclass(frozen=True, slots=True)
class Reliability:
    """``error`` is the expected calibration error; ``bins`` by ascending chance."""

    bins: tuple[Bin, ...]
    error: float
    leads: int
    wins: int


def reliability(expected: npt.NDArray[np.float64], won: npt.NDArray[np.bool_], bins: int = BINS) -> Reliability:
    """Chances (n) beside outcomes (n).

    Expected calibration error: the leads are ordered by chance and cut into ``bins`` of equal size (leads with the same
    chance stay together), and the distances between mean chance and share of wins are averaged, each bin by its size
    (Naeini, Cooper, Hauskrecht 2015, with bins of equal mass as in Nguyen, O'Connor 2015).
    """
    order = np.argsort(expected, kind="stable")
    ordered, outcome = expected[order], won[order]
    first = np.unique(ordered, return_index=True)[1]
    middle = (first + np.append(first[1:], len(ordered)) - 1) / 2
    cell = np.repeat((middle / max(1, len(ordered)) * bins).astype(np.int64), np.diff(np.append(first, len(ordered))))
    found = tuple(
        Bin(
            float(ordered[cell == place].mean()),
            share(float(outcome[cell == place].sum()), float((cell == place).sum())),
        )
        for place in np.unique(cell)
    )
    total = sum(one.observed.trials for one in found)
    error = sum(one.observed.trials * abs(one.expected - one.observed.rate) for one in found) / total if total else 0.0
    return Reliability(found, float(error), len(ordered), int(outcome.sum()))
