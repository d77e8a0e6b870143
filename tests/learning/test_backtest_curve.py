"""The threshold curve: which numbers there are, what changing one means, and what stands at the margin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.agreement.reading import parse_agreement
from leadline.agreement.template import template_text
from leadline.clock import DAY
from leadline.errors import InputError
from leadline.estimates.shares import share
from leadline.learning.backtest.curve import PRIOR, curve_of, grid, threshold_of, thresholds, with_value
from leadline.learning.backtest.measures import Yardstick
from leadline.learning.backtest.weeks import weeks_between
from leadline.qualification.layout import NEVER
from leadline.qualification.outcomes import no_outcomes

START = 1_767_571_200_000_000
"""Monday, 5 January 2026, in UTC."""
AGREEMENT = parse_agreement(template_text())


def amended(**criteria: str) -> str:
    """The template with other criteria."""
    head, _, tail = template_text().partition("mql:\n  when:\n")
    rest = tail[tail.index("\n  # When sales") :]
    stories = rest.index("\n# Stories")
    lines = "".join(f'    {name}: "{text}"\n' for name, text in criteria.items())
    return f"{head}mql:\n  when:\n{lines}{rest[:stories]}"


def test_every_number_of_a_criterion_is_a_threshold_and_the_bound_on_engagement_comes_first() -> None:
    assert [found.path for found in thresholds(AGREEMENT)] == [
        "fit_and_engaged.fit",
        "fit_and_engaged.engagement",
        "hand_raiser.fit",
        "hand_raiser.hand_raise.age_days",
        "product_qualified.fit",
        "product_qualified.active_trial",
        "product_qualified.power_user",
    ]
    chosen = threshold_of(AGREEMENT, None)
    assert chosen is not None
    assert (chosen.path, chosen.value, chosen.rises) == ("fit_and_engaged.engagement", 60, True)
    named = threshold_of(AGREEMENT, "hand_raiser.hand_raise.age_days")
    assert named is not None
    assert (named.value, named.rises) == (14, False)
    with pytest.raises(InputError, match="'engagment' is no threshold"):
        threshold_of(AGREEMENT, "engagment")


def test_without_a_bound_on_engagement_fit_is_varied_and_without_a_number_nothing() -> None:
    fit = threshold_of(parse_agreement(amended(a="level = 'hot'", b="fit >= 40")), None)
    assert fit is not None
    assert fit.path == "b.fit"
    assert threshold_of(parse_agreement(amended(a="level = 'hot' AND grade = 'A'")), None) is None


def test_another_value_changes_that_number_alone_also_inside_brackets() -> None:
    text = "(fit >= 30 AND engagement >= 40) OR NOT (engagement < 70 OR fit < 20)"
    agreement = parse_agreement(amended(a=text))
    paths = [(found.path, found.place, found.value) for found in thresholds(agreement)]
    assert paths == [("a.fit", 0, 30), ("a.engagement", 1, 40), ("a.engagement", 2, 70), ("a.fit", 3, 20)]
    for found in thresholds(agreement):
        changed = with_value(agreement, found, 55.0)
        numbers = [other.value for other in thresholds(changed)]
        assert numbers == [55.0 if other.place == found.place else other.value for other in thresholds(agreement)]
        assert with_value(changed, found, found.value).version == agreement.version


@given(st.sampled_from(thresholds(AGREEMENT)))
def test_the_grid_holds_the_value_in_force_and_lies_on_both_sides(threshold: object) -> None:
    tried = grid(AGREEMENT, threshold)  # type: ignore[arg-type]
    value = threshold.value  # type: ignore[attr-defined]
    assert value in tried
    assert list(tried) == sorted(set(tried))
    assert tried[0] >= 0
    assert any(one > value for one in tried)


def yardstick(won: list[bool], capacity: float | None = None) -> Yardstick:
    """Leads known from the start, won a day after it; all are old enough."""
    outcomes = no_outcomes(len(won), START + 70 * DAY)
    at = np.where(won, START + 3 * DAY, NEVER)
    outcomes = replace(outcomes, won=np.array(won), won_at=at)
    weeks = weeks_between(START, START + 14 * DAY, "UTC")
    return Yardstick(outcomes, np.full(len(won), START), weeks, 30 * DAY, capacity)


def found(*leads: int) -> tuple[np.ndarray, np.ndarray]:
    return np.array(leads, np.int64), np.full(len(leads), START + DAY)


def test_bands_hold_who_a_value_adds_and_what_they_are_worth() -> None:
    threshold = threshold_of(AGREEMENT, None)
    assert threshold is not None
    tried = {60.0: found(0, 1), 40.0: found(0, 1, 2, 3, 4, 5), 20.0: found(*range(12))}
    won = [True, True, True, False, False, False] + [False] * 6
    curve = curve_of(yardstick(won, capacity=3), threshold, tried, 1_000.0, 200.0)
    assert [point.value for point in curve.points] == [20, 40, 60]
    strict, middle, loose = curve.strictest_first
    assert [point.band.leads for point in (strict, middle, loose)] == [2, 4, 6]
    assert middle.band.rate == share(1, 4)
    prior = 3 / 12
    assert middle.band.chance == pytest.approx((1 + PRIOR * prior) / (4 + PRIOR))
    assert middle.band.worth == pytest.approx(middle.band.chance * 1_000 - 200)
    worth = [band.leads * band.worth for band in (strict.band, middle.band, loose.band) if band.worth is not None]
    assert [point.worth for point in (strict, middle, loose)] == pytest.approx(np.cumsum(worth))
    assert loose.band.worth == pytest.approx((PRIOR * prior) / (6 + PRIOR) * 1_000 - 200)
    assert curve.best_at == 40
    assert curve.capacity_at == 40, "six in two full weeks are three a week"


def test_without_a_value_or_without_capacity_nothing_is_marked() -> None:
    threshold = threshold_of(AGREEMENT, None)
    assert threshold is not None
    tried = {60.0: found(0, 1), 40.0: found(0, 1, 2)}
    curve = curve_of(yardstick([True, False, False]), threshold, tried, None, 100.0)
    assert (curve.best_at, curve.capacity_at) == (None, None)
    assert all(point.band.worth is None and point.worth is None for point in curve.points)
    crowded = curve_of(yardstick([True, False, False], capacity=0.5), threshold, tried, 1.0, 0.0)
    assert crowded.capacity_at is None


def test_for_an_age_the_lower_value_is_the_stricter() -> None:
    threshold = threshold_of(AGREEMENT, "hand_raiser.hand_raise.age_days")
    assert threshold is not None
    curve = curve_of(yardstick([False] * 3), threshold, {7.0: found(0), 14.0: found(0, 1, 2)}, 1.0, 0.0)
    assert [point.value for point in curve.strictest_first] == [7, 14]
    assert curve.strictest_first[1].band.leads == 2
