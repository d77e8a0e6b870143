"""The section `chance`: part of the version but not of qualification, and said in words to be read aloud."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement.examples import example_text, parsed
from leadline.agreement.difference import difference, difference_in_words
from leadline.agreement.fingerprint import qualification_version_of, scores_version_of
from leadline.agreement.reading import read_text
from leadline.agreement.wording.odds import chance_in_words, odds
from leadline.agreement.words import in_words
from leadline.agreement.writing import amend

CHANCE = {
    "horizon": "180d",
    "learned_from": {"leads": 4210, "wins": 132, "until": "2026-09-30", "method": "isotonic"},
    "curve": [
        {"score": 0, "chance": 0.004, "low": 0.003, "high": 0.006},
        {"score": 80, "chance": 0.03, "low": 0.02, "high": 0.04},
        {"score": 160, "chance": 0.11, "low": 0.085, "high": 0.14},
    ],
}


def with_chance() -> str:
    return amend(example_text(), {"chance": CHANCE})


def test_a_curve_changes_the_version_but_no_qualification() -> None:
    before, after = parsed(example_text()), parsed(with_chance())
    assert before.version != after.version
    assert qualification_version_of(before) == qualification_version_of(after)


@pytest.mark.parametrize("number", ["4210", "132", "0.004", "0.003", "0.006", "180d", "isotonic", "80"])
def test_everything_in_it_is_part_of_the_version(number: str) -> None:
    text = with_chance()
    changed = {"180d": "90d", "isotonic": "platt", "0.004": "0.0045", "0.003": "0.0035"}.get(number, f"{number}1")
    start = text.index("chance: {horizon")
    assert parsed(text[:start] + text[start:].replace(number, changed, 1)).version != parsed(text).version


def test_criteria_do_not_change_scores_but_points_do() -> None:
    text = example_text()
    before = scores_version_of(parsed(text))
    assert scores_version_of(parsed(text.replace("engagement >= 60", "engagement >= 50"))) == before
    assert scores_version_of(parsed(text.replace("points: 10,", "points: 11,", 1))) != before


def test_a_curve_learned_for_these_scores_is_no_problem() -> None:
    version = scores_version_of(parsed(example_text()))
    text = amend(with_chance(), {"chance.learned_from.scores": version})
    assert read_text(text, folder=Path(__file__).parent).problems == ()


def test_in_words() -> None:
    words = in_words(parsed(with_chance()))
    assert "become a customer within 180 days" in words
    assert "  - 160: 1 in 9, between 1 in 7 and 1 in 12." in words
    assert "Learned (isotonic) from 4,210 leads, of whom 132 became customers" in words


def test_differences() -> None:
    without, first = parsed(example_text()), parsed(with_chance())
    second = parsed(amend(with_chance(), {"chance.horizon": "90d", "chance.curve[2].chance": 0.12}))
    assert [change.kind for change in difference(without, first)] == ["added"]
    assert [change.kind for change in difference(first, without)] == ["removed"]
    assert [change.place for change in difference(first, second)] == ["chance.horizon", "chance.curve"]
    said = difference_in_words(first, second)
    assert "the chance is to become a customer within 90 days instead of 180 days" in said
    assert "1 in 8 at 160; before: 1 in 250 at 0, 1 in 33 at 80 and 1 in 9 at 160" in said
    assert "the version of qualification stays the same" in said


@pytest.mark.parametrize(
    ("chance", "low", "high", "words"),
    [
        (0.11, 0.085, 0.14, "1 in 9, between 1 in 7 and 1 in 12"),
        (0.0, 0.0, 0.00002, "less than 1 in 10,000"),
        (0.0002, 0.0, 0.001, "1 in 5,000, between 1 in 1,000 and less than 1 in 10,000"),
        (0.5, 0.4, 0.6, "1 in 2, between 3 in 5 and 2 in 5"),
        (1.0, 1.0, 1.0, "more than 99 in 100"),
        (0.1, 0.1, 0.1, "1 in 10"),
        (0.00771, 0.0077, 0.0078, "1 in 130, between 1 in 120 and 1 in 130"),
    ],
)
def test_chances_are_said_in_whole_numbers(chance: float, low: float, high: float, words: str) -> None:
    assert chance_in_words(chance, low, high) == words


def _value(said: str) -> Fraction:
    part, whole = re.findall(r"[\d,]+", said)
    return Fraction(int(part.replace(",", "")), int(whole.replace(",", "")))


@given(st.floats(1e-4, 0.99))
def test_a_chance_is_said_within_a_seventh(chance: float) -> None:
    assert abs(float(_value(odds(chance))) - chance) <= chance / 7


@given(st.tuples(*[st.floats(1e-4, 0.99)] * 3).map(sorted))
def test_what_is_said_of_the_interval_holds_it(values: list[float]) -> None:
    low, chance, high = values
    said = chance_in_words(chance, low, high)
    if ", between " in said:
        more, less = said.split(", between ")[1].split(" and ")
        assert float(_value(less)) <= low * (1 + 1e-9)
        assert float(_value(more)) >= high * (1 - 1e-9)
