"""Calibration on the demo company: earlier leads foretell later ones, and the curve goes into the agreement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from leadline import clock
from leadline.agreement.reading import parse_agreement
from leadline.agreement.template import template_text
from leadline.errors import InputError
from leadline.log.reading import Sources
from leadline.operations.calibrate import amended, calibrate
from leadline.operations.chances_page import page_of
from leadline.operations.moments import best_moments, judged, last_instant
from leadline.operations.outcomes import outcomes_of
from leadline.operations.score import Matched, match
from leadline.reporting.calibration.rendering import page_html
from leadline.simulation import simulate
from leadline.simulation.company import Company

if TYPE_CHECKING:
    from leadline.operations.calibrate import Calibrated
    from leadline.qualification.outcomes import Outcomes

AGREEMENT = parse_agreement(template_text())
HORIZON = 120 * clock.DAY


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Matched, Outcomes]:
    folder = tmp_path_factory.mktemp("company")
    simulate(Company(seed=11, leads=6_000, months=18), folder)
    leads, events, profiles = (str(folder / name) for name in ("leads.parquet", "events", "profiles.parquet"))
    sources = Sources(leads, events, profiles)
    matched = match(AGREEMENT, sources, now=clock.now())
    return matched, outcomes_of(matched, None, last_instant(matched, clock.now()))[0]


@pytest.fixture(scope="module")
def found(company: tuple[Matched, Outcomes]) -> Calibrated:
    return calibrate(*company[:1], AGREEMENT, company[1], HORIZON)


def test_earlier_leads_foretell_later_ones(found: Calibrated) -> None:
    assert found.test is not None
    assert found.test.found.error <= 0.03
    best, worst = found.test.found.bins[-1], found.test.found.bins[0]
    assert best.observed.rate > 4 * max(worst.observed.rate, 0.01)


def test_every_lead_is_judged_after_its_whole_horizon(company: tuple[Matched, Outcomes]) -> None:
    matched, outcomes = company
    moments = best_moments(matched, AGREEMENT, outcomes)
    known = judged(moments, outcomes, HORIZON)
    assert (known.at + HORIZON <= outcomes.until).all()
    wins = outcomes.won_at[known.lead[known.won]]
    assert ((wins > known.at[known.won]) & (wins - known.at[known.won] <= HORIZON)).all()
    assert known.young > 0
    longer = judged(moments, outcomes, 2 * HORIZON)
    assert longer.young > known.young
    assert set(longer.lead) <= set(known.lead)


def test_moments_lie_before_sales_and_outcomes(company: tuple[Matched, Outcomes]) -> None:
    matched, outcomes = company
    moments = best_moments(matched, AGREEMENT, outcomes)
    won = outcomes.won & (moments.at != np.iinfo(np.int64).min)
    assert won.sum() > 50
    assert (moments.at[won] < outcomes.won_at[won]).all()


def test_undated_outcomes_are_final(company: tuple[Matched, Outcomes]) -> None:
    matched, outcomes = company
    undated = replace(outcomes, dated=False)
    known = judged(best_moments(matched, AGREEMENT, outcomes), undated, HORIZON)
    assert known.young == 0
    assert known.won.sum() > judged(best_moments(matched, AGREEMENT, outcomes), outcomes, HORIZON).won.sum()


def test_outcomes_that_were_dealt_out_at_random_promise_nobody_much(company: tuple[Matched, Outcomes]) -> None:
    matched, outcomes = company
    order = np.random.default_rng(3).permutation(len(outcomes))
    shuffled = replace(
        outcomes,
        dated=False,
        **{name: getattr(outcomes, name)[order] for name in ("won", "won_at", "sql_at", "lost_at")},
    )
    chance = calibrate(matched, AGREEMENT, shuffled, HORIZON).chance
    overall = outcomes.won.mean()
    assert max(point.low for point in chance.curve) < 1.5 * overall


def test_the_curve_is_written_with_comments_kept_and_read_back(found: Calibrated) -> None:
    text = amended(template_text(), found.chance)
    assert text.startswith(template_text().rstrip())
    read = parse_agreement(text)
    assert read.chance == found.chance
    assert read.version == found.proposed.version
    other = replace(found.chance, curve=found.chance.curve[:3])
    again = amended(text, other)
    assert parse_agreement(again).chance == other
    assert "# What a score (fit + engagement) promises" in again
    assert "new: the chance to become a customer: within 120 days" in found.difference


def test_a_file_in_one_line_gets_it_too(found: Calibrated) -> None:
    import json

    plain = {
        "leadline": 1, "name": "x",
        "fit": {"personas": {"buyer": {"rules": {"known": {"when": "email IS NOT NULL", "points": 1}}}}},
        "engagement": {"rules": {"visit": {"on": "Visit", "points": 1}}},
        "mql": {"when": {"all": "fit > 0"}},
    }  # fmt: skip
    assert parse_agreement(amended(json.dumps(plain) + "\n", found.chance)).chance == found.chance
    windows = amended(template_text().replace("\n", "\r\n"), found.chance)
    assert windows.count("\n") == windows.count("\r\n")
    assert parse_agreement(windows).chance == found.chance


def test_too_few_customers_are_no_evidence(company: tuple[Matched, Outcomes]) -> None:
    matched, outcomes = company
    with pytest.raises(InputError, match="a curve needs at least 20 customers"):
        calibrate(matched, AGREEMENT, outcomes, clock.DAY)


def test_the_page_says_what_was_found(found: Calibrated) -> None:
    page = page_html(page_of(found))
    assert "What does a score promise?" in page
    assert "within 120 days" in page
    assert page.count("<svg") == 2
    assert page == page_html(page_of(found))
    untested = replace(found, test=None)
    assert "There are too few customers to fit a curve on earlier leads" in page_html(page_of(untested))


def test_without_records_of_sales_all_leads_are_seen_at_histories_alike() -> None:
    """Outcomes dealt out at random: customers, whose histories end with the purchase, score like all others."""
    import pyarrow as pa

    random = np.random.default_rng(5)
    instant = pa.timestamp("us", "UTC")
    day = clock.DAY
    start = 20_000 * day
    lead = np.repeat(np.arange(2_000), 12)
    at = start + (np.arange(len(lead)) % 12) * 30 * day + random.integers(0, 20 * day, len(lead))
    leads = pa.table(
        {
            "lead_id": [f"l{n}" for n in range(2_000)],
            "email": ["a@acme.example"] * 2_000,
            "created_at": pa.array([start] * 2_000, instant),
        }
    )
    events = pa.table(
        {
            "event_id": [str(n) for n in range(len(lead))],
            "lead_id": [f"l{n}" for n in lead],
            "event": random.choice(["Webinar Attended", "Chat Started", "Trial Started"], len(lead)),
            "occurred_at": pa.array(at, instant),
        }
    )
    won = random.random(2_000) < 0.3
    outcomes = pa.table(
        {
            "lead_id": [f"l{n}" for n in range(2_000)],
            "outcome": np.where(won, "won", "open"),
            "won_at": pa.array(start + random.integers(100 * day, 360 * day, 2_000), instant, mask=~won),
        }
    )
    matched = match(AGREEMENT, Sources(leads, events), now=clock.now())
    known, _ = outcomes_of(matched, outcomes, start + 800 * day)
    found = judged(best_moments(matched, AGREEMENT, known), known, 370 * day)
    winners, others = found.score[found.won], found.score[~found.won]
    assert len(winners) > 300
    assert abs(winners.mean() - others.mean()) < 0.1 * others.std()
