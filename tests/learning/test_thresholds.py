"""Thresholds and candidates: as many MQLs as wanted, the best of them, and rules that are not there yet."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.agreement.reading import parse_agreement
from leadline.agreement.template import template_text
from leadline.learning.candidates import Sighting, candidate_rules
from leadline.learning.terms import terms_of
from leadline.learning.thresholds import as_strict, bound_of, choose, movable, moved, rewritten

AGREEMENT = parse_agreement(template_text())


def test_the_criterion_with_an_engagement_of_its_own_moves() -> None:
    criterion = movable(AGREEMENT)
    assert criterion is not None
    assert (criterion.name, bound_of(criterion, "fit"), bound_of(criterion, "engagement")) == (
        "fit_and_engaged",
        50,
        60,
    )
    assert rewritten(criterion, 35, 80) == "fit >= 35 AND engagement >= 80"
    assert rewritten(criterion, None, 80) == "fit >= 50 AND engagement >= 80"


def test_a_moved_criterion_is_the_one_that_its_text_says() -> None:
    criterion = movable(AGREEMENT)
    assert criterion is not None
    after = moved(AGREEMENT, criterion, 35, 80)
    text = template_text().replace(criterion.text, rewritten(criterion, 35, 80))
    assert after.version == parse_agreement(text).version != AGREEMENT.version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fit >= 5e1 AND engagement > 6.0e1", "fit >= 35 AND engagement > 80"),
        ("50 <= fit and .6e2 < engagement", "35 <= fit and 80 < engagement"),
        ("fit>=50 AND (engagement  >=60 OR webinar.count > 1)", "fit>=35 AND (engagement  >=80 OR webinar.count > 1)"),
    ],
)
def test_bounds_are_rewritten_however_they_are_spelt(text: str, expected: str) -> None:
    given = template_text().replace("fit >= 50 AND engagement >= 60", text)
    agreement = parse_agreement(given)
    criterion = movable(agreement)
    assert criterion is not None
    assert rewritten(criterion, 35, 80) == expected
    after = moved(agreement, criterion, 35, 80)
    assert after.version == parse_agreement(given.replace(text, expected)).version


def test_a_bound_that_cannot_be_written_anew_stays() -> None:
    text = template_text().replace("engagement >= 60", "(engagement) >= 60")
    criterion = next(one for one in parse_agreement(text).mql.criteria if one.name == "fit_and_engaged")
    assert bound_of(criterion, "engagement") is None


@pytest.mark.parametrize("wanted", [65, 195, 650])
def test_the_volume_is_met_and_the_precision_is_best(wanted: int) -> None:
    def measured(fit: float | None, engagement: float) -> tuple[int, float]:
        count = int((100 - (fit or 0)) * (100 - engagement) / 5)
        return count, 0.2 if fit == 35 else 0.1

    best = choose(AGREEMENT, 50, wanted, measured)
    assert best.mqls == pytest.approx(wanted, rel=0.25)
    assert best.fit == 35


def test_a_threshold_follows_the_points_that_it_is_about() -> None:
    before = np.repeat([0.0, 30.0, 60.0, 90.0], 25)
    assert as_strict(25, before, before) == 25
    assert as_strict(60, before, before - np.minimum(before, 20)) == 40
    assert as_strict(25, before, before * 0.5) == 15


def test_only_what_no_rule_is_about_is_a_candidate() -> None:
    sightings = [
        Sighting("Page Viewed", None, None, 900),
        Sighting("Page Viewed", None, "/pricing", 500),
        Sighting("Page Viewed", None, "/docs", 300),
        Sighting("Page Viewed", None, "/rare", 5),
        Sighting("Content Downloaded", "case_study", None, 300),
        Sighting("Content Downloaded", "checklist", None, 200),
        Sighting("Newsletter Forwarded", None, None, 100),
        Sighting("Email Opened", None, None, 800),
        Sighting("Meeting Held", None, None, 100),
        Sighting("Deal Won", None, None, 100),
    ]
    found = candidate_rules(AGREEMENT, template_text(), sightings, 1_000)
    assert set(found) == {"docs_pages", "checklist", "newsletter_forwarded"}
    assert found["docs_pages"] == {
        "on": "Page Viewed",
        "when": "path LIKE '/docs%'",
        "points": 0,
        "at_most": "1 per day",
        "group": "website",
    }
    assert found["checklist"]["group"] == "content"


def test_rules_that_share_name_and_condition_change_together() -> None:
    shared = {term.name: term for term in terms_of(AGREEMENT) if term.kind == "fit"}
    assert len(shared["can_pay"].of) == 3
    assert shared["can_pay"].low == -30
    assert shared["private_mail"].high == 20
    assert [len(term.of) for term in terms_of(AGREEMENT) if term.name == "decides"] == [1, 1]
