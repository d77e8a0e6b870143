"""What a learned agreement must beat: naive Bayes and logistic regression on what the same rules had seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.learning.naive_bayes import fit_naive_bayes

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.learning.examples import Examples

    Reals = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]


def features_of(examples: Examples) -> Reals:
    """What rules had seen (n, rules of engagement, then fit rules)."""
    return np.column_stack([examples.counts, examples.holds.astype(float)])


def naive_bayes(features: Reals, won: Bools, training: Bools) -> Reals:
    """Log-odds (n) by naive Bayes as Odoo has it; each rule is a field that is set to yes or to no."""
    values = (features > 0).astype(np.int64)
    return fit_naive_bayes(values[training], won[training]).log_odds(values)


def logistic(features: Reals, won: Bools, training: Bools) -> Reals:
    """Log-odds (n) by scikit-learn's logistic regression on standardised features, with its usual shrinkage."""
    from sklearn.linear_model import LogisticRegression

    centre, spread = features[training].mean(axis=0), features[training].std(axis=0)
    scaled = (features - centre) / np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(max_iter=1000).fit(scaled[training], won[training])
    return np.asarray(model.decision_function(scaled), float)
