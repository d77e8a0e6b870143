"""Naive Bayes as Odoo CRM computes it, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.learning.naive_bayes import UNSET, fit_naive_bayes

# Country is 0 for two winners and one loser, 1 for three losers; the source is set for four of the six only.
VALUES = np.array([[0, 0], [0, 1], [0, UNSET], [1, 1], [1, 1], [1, UNSET]])
WON = np.array([True, True, False, False, False, False])


def test_the_product_of_ratios_is_that_of_smoothed_shares() -> None:
    model = fit_naive_bayes(VALUES, WON)
    won = (2 / 6) * (2.1 / (2.1 + 0.1)) * (1.1 / (1.1 + 1.1))
    lost = (4 / 6) * (1.1 / (1.1 + 3.1)) * (0.1 / (0.1 + 2.1))
    assert model.percent(np.array([[0, 0]]))[0] == pytest.approx(round(100 * won / (won + lost), 2))


def test_what_is_not_set_or_was_never_seen_takes_no_part() -> None:
    model = fit_naive_bayes(VALUES, WON)
    bare = model.log_odds(np.array([[UNSET, UNSET]]))[0]
    assert bare == pytest.approx(np.log(2 / 4))
    assert model.log_odds(np.array([[7, UNSET]]))[0] == pytest.approx(bare)


def test_nobody_is_certain() -> None:
    values = np.repeat(np.array([[0] * 9, [1] * 9]), 400, axis=0)
    model = fit_naive_bayes(values, np.repeat([True, False], 400))
    assert model.percent(values).min() == 0.01
    assert model.percent(values).max() == 99.99


def test_one_side_alone_says_nothing() -> None:
    with pytest.raises(ValueError, match="won"):
        fit_naive_bayes(VALUES, np.ones(6, bool))
