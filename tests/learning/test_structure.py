"""Scores worked out from what rules had seen are those of folding the changed agreement, whatever is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from leadline.learning.examples import counts_of, probe, scores_of
from leadline.learning.structure import Structure, seen_of
from leadline.learning.terms import terms_of
from leadline.operations.learn import Lesson, Wishes, lesson_of
from leadline.operations.learning.changes import written

if TYPE_CHECKING:
    from leadline.learning.terms import Term
    from leadline.operations.learning.inputs import Material


@pytest.fixture(scope="module")
def lesson(material: Material) -> Lesson:
    return lesson_of(material, Wishes())


@pytest.fixture(scope="module")
def structure(material: Material, lesson: Lesson) -> Structure:
    terms = terms_of(material.wide, frozenset(material.candidates))
    lives = {life for term in terms for life in term.half_lives}
    further = {
        life: counts_of(material.history, probe(material.watching, life), lesson.examples.moments) for life in lives
    }
    return Structure(material.wide, terms, seen_of(lesson.examples, further))


def a_state(terms: tuple[Term, ...], seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Some terms changed as far as they may."""
    random = np.random.default_rng(seed)
    state = np.array([random.integers(term.low, term.high + 1) for term in terms])
    return np.where(random.random(len(terms)) < 0.3, state, 0).astype(np.int64)


def test_unchanged_scores_are_those_at_the_moments(structure: Structure, lesson: Lesson) -> None:
    nothing = np.zeros(len(structure.terms), np.int64)
    assert np.abs(structure.of(nothing) - lesson.examples.moments.score).max() < 1e-3


@pytest.mark.parametrize("seed", range(4))
def test_changed_scores_are_those_of_folding(
    structure: Structure, lesson: Lesson, material: Material, seed: int
) -> None:
    state = a_state(structure.terms, seed)
    after = written(material, structure.terms, state, {})
    folded = scores_of(material.history, after.watching, lesson.examples.moments)
    assert np.abs(structure.of(state) - folded).max() < 1e-3


@pytest.mark.parametrize("seed", range(4))
def test_one_change_more_is_the_same_as_starting_anew(structure: Structure, seed: int) -> None:
    state = a_state(structure.terms, seed)
    scores = structure.of(state)
    for place, term in enumerate(structure.terms):
        value = term.low if state[place] == term.high else term.high
        after = state.copy()
        after[place] = value
        changed = structure.changed(scores, state, place, value)
        assert np.abs(changed - structure.of(after)).max() < 1e-9, term.name


def test_no_rule_can_change_its_sign(structure: Structure, material: Material) -> None:
    for bound in ("low", "high"):
        state = np.array([getattr(term, bound) for term in structure.terms])
        after = written(material, structure.terms, state, {}).agreement
        before = {rule.name: rule.points for rule in material.agreement.engagement.rules}
        for rule in after.engagement.rules:
            assert rule.points * before.get(rule.name, 0) >= 0


def test_what_is_written_says_only_what_was_changed(structure: Structure, material: Material) -> None:
    nothing = np.zeros(len(structure.terms), np.int64)
    assert written(material, structure.terms, nothing, {}).text == material.text
