"""Logistic regression of leads by models that have not seen them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

FOLDS: Final = 5
RIDGE: Final = 1.0
"""Half the square of each coefficient counts against the log-likelihood, as if it had a normal prior of spread 1."""


def out_of_fold(
    features: npt.NDArray[np.float64], won: npt.NDArray[np.bool_], folds: int = FOLDS
) -> npt.NDArray[np.float64]:
    """Log odds (n) of each lead by a model that has not seen it; folds are every so-many-th lead."""
    from sklearn.linear_model import LogisticRegression

    fold = np.arange(len(won)) % folds
    found = np.zeros(len(won))
    for one in range(folds):
        training = fold != one
        if won[training].all() or not won[training].any():
            continue
        model = LogisticRegression(C=1 / RIDGE, solver="newton-cholesky").fit(features[training], won[training])
        found[~training] = model.decision_function(features[~training])
    return found
