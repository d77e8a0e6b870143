"""Stops a model that is too good to be true, and names the columns that were filled in after the outcome was known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from leadline.errors import LeadlineError
from leadline.estimates.ranking import auc
from leadline.estimates.threads import one_thread
from leadline.learning.binning import as_numbers, as_texts, binned
from leadline.learning.logistic import fit_logistic, task_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from leadline.learning.binning import Binned

    Bools = npt.NDArray[np.bool_]

TOO_GOOD: Final = 0.95
"""No honest model of who buys is better than this on rows that it has not seen."""

_SHRINKAGE: Final = 1e-3
_FILLED_MORE: Final = 3.0
_NAMED: Final = 5
_FEWEST: Final = 20


@dataclass(frozen=True, slots=True)
class Leak:
    """A column that says too much: the area under the curve that is ``lost`` without it, and the shares of winners and
    others for whom it is filled in."""

    column: str
    lost: float
    filled_won: float
    filled_others: float

    @property
    def filled_for_winners(self) -> bool:
        """Whether it is filled in mostly for winners."""
        return mostly_for_winners(self.filled_won, self.filled_others)

    def __str__(self) -> str:
        filled = f"; filled in for {self.filled_won:.0%} of the customers and {self.filled_others:.0%} of the others"
        return f"{self.column} ({self.lost:+.3f}{filled if self.filled_for_winners else ''})"


class LeakError(LeadlineError):
    """A model is too good to be true: columns were filled in after the outcome was known. ``leaks`` names them."""

    status = 422
    exit_code = 7

    def __init__(self, area: float, leaks: tuple[Leak, ...]) -> None:
        self.area = area
        self.leaks = leaks
        named = "; ".join(str(leak) for leak in leaks[:_NAMED])
        after = [leak.column for leak in leaks if leak.filled_for_winners]
        also = f" Filled in mostly for customers: {', '.join(after)}." if after else ""
        super().__init__(
            f"the outcome can be told from these columns with an area under the curve of {area:.3f}; more than "
            f"{TOO_GOOD:g} is too good to be true. What the model loses without each: {named}.{also} "
            "Leave out what is filled in after a lead was won or lost, and run it again."
        )


def mostly_for_winners(won: float, others: float) -> bool:
    """Whether a share of winners is so much larger than that of the others that winning came first (by the odds)."""
    return won >= 0.2 and (won * (1 - others) > _FILLED_MORE * others * (1 - won))


def guard(columns: Mapping[str, Sequence[Any] | npt.NDArray[Any]], won: npt.NDArray[Any], training: Bools) -> float:
    """The area under the curve of a logistic regression on the rows (n) that are not for training.

    Raises ``LeakError`` if it is above ``TOO_GOOD``, with the columns that it would lose most without. NaN where there
    are too few winners or others to tell.
    """
    won = np.asarray(won, bool)
    if min(np.bincount(won[training], minlength=2).min(), np.bincount(won[~training], minlength=2).min()) < _FEWEST:
        return float("nan")
    table = binned(columns, training)
    area = _Model(table, won, training).area
    if area <= TOO_GOOD:
        return area
    raise LeakError(area, ranked(columns, won, training, table))


def ranked(
    columns: Mapping[str, Sequence[Any] | npt.NDArray[Any]], won: Bools, training: Bools, table: Binned | None = None
) -> tuple[Leak, ...]:
    """All columns, by how much area a model loses that does without each, the largest loss first."""
    table = binned(columns, training) if table is None else table
    model = _Model(table, won, training)
    leaks = []
    for name, values in columns.items():
        filled = filled_in(values)
        lost = model.area - model.area_without(name) if name in table.columns else 0.0
        leaks.append(Leak(name, lost, float(filled[won].mean()), float(filled[~won].mean())))
    return tuple(sorted(leaks, key=lambda leak: (-leak.lost, leak.column)))


def filled_in(values: Sequence[Any] | npt.NDArray[Any]) -> Bools:
    """For which rows (n) something is known."""
    numbers = as_numbers(values)
    return as_texts(values) != "" if numbers is None else ~np.isnan(numbers)


class _Model:
    """A logistic regression on training rows, and its area under the curve on the others."""

    def __init__(self, table: Binned, won: Bools, training: Bools) -> None:
        self.table, self.won, self.training = table, won, training
        self.task = task_of(table.features[training], won[training])
        with one_thread():
            self.fitted = fit_logistic(self.task, _SHRINKAGE)
            self.area = self._area(self.fitted)

    def area_without(self, column: str) -> float:
        """The area of the same model without a column, fitted from where this one is."""
        keep = np.array([*(of != column for of in self.table.columns), True])
        with one_thread():
            return self._area(fit_logistic(self.task.only(keep), _SHRINKAGE, np.where(keep, self.fitted, 0.0)))

    def _area(self, coefficients: npt.NDArray[np.float64]) -> float:
        return auc(self.table.features[~self.training] @ coefficients[:-1], self.won[~self.training])
