"""The evidence for a rule: counts, odds ratios, and intervals that cover what is true."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.learning.evidence import rule_evidence


def test_counts_and_odds_are_those_of_the_table() -> None:
    present = np.repeat([True, True, False, False], [30, 70, 20, 380])[:, None]
    won = np.repeat([True, False, True, False], [30, 70, 20, 380])
    (found,) = rule_evidence(["demo"], present, won, seed=1)
    assert (found.won_with, found.leads_with, found.won_without, found.leads_without) == (30, 100, 20, 400)
    assert found.odds_ratio == pytest.approx(30.5 * 380.5 / (70.5 * 20.5))
    assert found.low < found.odds_ratio < found.high
    assert found.says == "for"
    (same,) = rule_evidence(["demo"], present, won, seed=1)
    assert same == found


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    random = np.random.default_rng(3)
    truth = (0.2 / 0.8) / (0.05 / 0.95)
    held = 0
    for seed in range(200):
        present = random.random(2_000) < 0.3
        won = random.random(2_000) < np.where(present, 0.2, 0.05)
        (found,) = rule_evidence(["x"], present[:, None], won, seed)
        held += found.low <= truth <= found.high
    assert 180 <= held <= 199


def test_chance_alone_is_seldom_taken_for_evidence() -> None:
    random = np.random.default_rng(4)
    present, won = random.random((3_000, 200)) < 0.2, random.random(3_000) < 0.05
    said = [one.says for one in rule_evidence([str(n) for n in range(200)], present, won, seed=0)]
    assert said.count("too little") >= 180


def test_a_rule_that_hardly_anybody_has_says_nothing() -> None:
    present = np.zeros((500, 1), bool)
    present[:20] = True
    (found,) = rule_evidence(["rare"], present, np.arange(500) < 40, seed=0)
    assert found.says == "too little"
