"""Examples know nothing of what came after the moment of decision, and nothing that sales did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from leadline.agreement.reading import parse_agreement
from leadline.learning.examples import History, Moments, examples_of, moments_of_decision, watched
from leadline.operations.learn import Wishes, lesson_of
from leadline.operations.outcomes import outcomes_of
from leadline.operations.score import Matched, match
from leadline.qualification.layout import NEVER
from leadline.qualification.outcomes import no_outcomes

if TYPE_CHECKING:
    from leadline.operations.learning.inputs import Material
    from leadline.qualification.outcomes import Outcomes

import pyarrow as pa

from leadline.log.reading import Sources

DAY = 86_400_000_000
AGREEMENT = """\
leadline: 1
name: small
fields:
  country: {type: text}
fit:
  knockouts: {far: "country = 'XX'"}
  personas:
    one:
      rules:
        home: {when: "country = 'DE'", points: 40}
engagement:
  half_life: 30d
  rules:
    pricing: {on: Page Viewed, points: 10}
    call: {on: Call Connected, points: 50}
    meeting: {on: Meeting Held, points: 50}
mql:
  when: {engaged: "engagement >= 60"}
"""


def log(events: list[tuple[str, str, str]], countries: dict[str, str] | None = None) -> tuple[Matched, Outcomes]:
    """A log of events (lead, name, day), matched for learning, with the outcomes in it."""
    leads = sorted({lead for lead, _, _ in events})
    table = pa.table(
        {
            "lead_id": leads,
            "email": [f"{lead}@acme.example" for lead in leads],
            "country": [(countries or {}).get(lead, "DE") for lead in leads],
        }
    )
    happened = pa.table(
        {
            "lead_id": [lead for lead, _, _ in events],
            "event_id": [str(place) for place in range(len(events))],
            "event": [event for _, event, _ in events],
            "occurred_at": [f"{day}T12:00:00Z" for _, _, day in events],
        }
    )
    matched = match(watched(parse_agreement(AGREEMENT)), Sources(leads=table, events=happened))
    until = int(np.datetime64("2026-12-31", "us").astype(np.int64))
    return matched, outcomes_of(matched, None, until)[0]


def moments(found: tuple[Matched, Outcomes]) -> dict[str, tuple[str, float]]:
    """Day and score of the moment of decision, by lead."""
    matched, outcomes = found
    history = History(matched.timeline, matched.profiles)
    decided = moments_of_decision(history, watched(parse_agreement(AGREEMENT)), outcomes)
    ids = matched.inputs.lead_ids.to_pylist()
    days = decided.at.astype("datetime64[us]").astype("datetime64[D]").astype(str).tolist()
    return {ids[lead]: (day, score) for lead, day, score in zip(decided.lead, days, decided.score, strict=True)}


def test_the_moment_is_that_of_the_highest_score() -> None:
    found = moments(
        log(
            [("a", "Page Viewed", "2026-01-01"), ("a", "Page Viewed", "2026-01-02"), ("a", "Page Viewed", "2026-06-01")]
        )
    )
    assert found["a"][0] == "2026-01-02"


@pytest.mark.parametrize("touch", ["Call Connected", "Meeting Held", "Lead Accepted", "Lead Rejected", "Deal Won"])
def test_nothing_counts_from_the_first_work_of_sales_on(touch: str) -> None:
    before = [("a", "Page Viewed", "2026-01-01")]
    after = [("a", touch, "2026-01-05"), ("a", "Page Viewed", "2026-01-05"), ("a", "Page Viewed", "2026-01-06")]
    assert moments(log(before + after)) == moments(log([*before, ("a", touch, "2026-01-05")]))
    assert moments(log(before + after))["a"] == ("2026-01-01", 50.0)


def test_who_is_knocked_out_or_was_touched_at_once_is_no_example() -> None:
    events = [
        ("far", "Page Viewed", "2026-01-01"),
        ("sold", "Lead Accepted", "2026-01-01"),
        ("sold", "Page Viewed", "2026-01-02"),
        ("good", "Page Viewed", "2026-01-01"),
    ]
    assert set(moments(log(events, {"far": "XX"}))) == {"good"}


def test_examples_are_ripe_and_in_order_of_time(material: Material) -> None:
    lesson = lesson_of(material, Wishes(horizon=90 * DAY))
    at = lesson.examples.moments.at
    assert (np.diff(at) >= 0).all()
    assert at.max() + 90 * DAY <= material.outcomes.until
    won_at = material.outcomes.won_at[lesson.examples.moments.lead]
    assert lesson.examples.won.tolist() == ((won_at > at) & (won_at <= at + 90 * DAY)).tolist()
    assert lesson.young > 0


def test_rules_about_the_work_of_sales_have_seen_nothing(material: Material) -> None:
    examples = lesson_of(material, Wishes()).examples
    names = [rule.name for rule in material.wide.engagement.rules]
    for name in ("call", "meeting"):
        assert not examples.counts[:, names.index(name)].any()


def test_moments_do_not_depend_on_who_won(material: Material) -> None:
    """Where sales is in the log, the same moments come out however outcomes are dealt out."""
    order = np.random.default_rng(1).permutation(len(material.outcomes))
    dealt = replace(material.outcomes, won=material.outcomes.won[order], won_at=material.outcomes.won_at[order])
    touched = np.isin(np.flatnonzero(dealt.won), np.flatnonzero(material.outcomes.won))
    found = [moments_of_decision(material.history, material.watching, o) for o in (material.outcomes, dealt)]
    # Most shuffled winners never met sales, so that everybody is cut off at a purchase, drawn or their own.
    assert not touched.all()
    assert set(found[1].lead) <= set(found[0].lead)


def test_without_work_of_sales_everybody_is_cut_off_alike() -> None:
    """Otherwise winners alone would be seen at a shorter history."""
    random = np.random.default_rng(5)
    days = np.array("2026-01-01", "datetime64[D]") + np.sort(random.integers(0, 300, (400, 12)), axis=1)
    events = [(f"l{lead:03}", "Page Viewed", str(day)) for lead, row in enumerate(days) for day in row]
    matched, nothing = log(events)
    won_at = np.full(400, NEVER)
    winners = random.permutation(400)[:150]
    spread = random.integers(60, 360, 150) * DAY
    won_at[winners] = int(np.datetime64("2026-01-01", "us").astype(np.int64)) + spread
    outcomes = replace(no_outcomes(400, nothing.until), won=won_at != NEVER, won_at=won_at)
    watching = watched(parse_agreement(AGREEMENT))
    history = History(matched.timeline, matched.profiles)
    decided = moments_of_decision(history, watching, outcomes)
    own, others = (decided.score[outcomes.won[decided.lead] == won].mean() for won in (True, False))
    assert own == pytest.approx(others, abs=4)


def test_outcomes_without_instants_are_final() -> None:
    matched, nothing = log([("a", "Page Viewed", "2026-12-30"), ("b", "Page Viewed", "2026-12-30")])
    outcomes = replace(nothing, won=np.array([True, False]), dated=False)
    watching, history = watched(parse_agreement(AGREEMENT)), History(matched.timeline, matched.profiles)
    decided: Moments = moments_of_decision(history, watching, outcomes)
    examples, young = examples_of(history, watching, decided, outcomes, 90 * DAY)
    assert examples.won.tolist() == [True, False]
    assert young == 0
