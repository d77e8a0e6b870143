"""Decisions carry the chance that the agreement's curve gives their score, where a score says something."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import leadline
from leadline.agreement.document import Chance, ChancePoint
from leadline.qualification.chances import chances_of

AGREEMENT = """\
leadline: 1
name: chances
fit:
  personas: {buyer: {rules: {known: {when: "email IS NOT NULL", points: 20}}}}
engagement:
  rules: {visit: {on: Page Viewed, points: 30}}
mql:
  when: {warm: "engagement >= 60"}
chance:
  horizon: 180d
  curve:
    - {score: 20, chance: 0.1, low: 0.05, high: 0.2}
    - {score: 60, chance: 0.3, low: 0.25, high: 0.4}
"""


def test_chances_lie_on_straight_lines_and_are_level_beyond_the_ends() -> None:
    chance = Chance(1, (ChancePoint(20.0, 0.1, 0.05, 0.2), ChancePoint(60.0, 0.3, 0.25, 0.4)))
    found = chances_of(chance, np.array([0.0, 20.0, 40.0, 60.0, 200.0]))
    assert found[:, 0].tolist() == pytest.approx([0.1, 0.1, 0.2, 0.3, 0.3])
    assert found[2].tolist() == pytest.approx([0.2, 0.15, 0.3])


def test_only_leads_that_sales_has_not_taken_have_a_chance() -> None:
    happened = {
        "a": ["Page Viewed"],
        "b": [],
        "won": ["Lead Accepted", "Deal Won"],
        "taken": ["Lead Accepted"],
        "back": ["Lead Accepted", "Lead Recycled"],
        "gone": ["Lead Disqualified"],
        "mql": ["Page Viewed", "Page Viewed"],
        "nobody": ["Page Viewed"],
    }
    rows = [(lead, name, 1_770_000_000_000_000 + n) for lead, names in happened.items() for n, name in enumerate(names)]
    instant = pa.timestamp("us", "UTC")
    emails = [None if one == "nobody" else "x@y.example" for one in happened]
    leads = pa.table({"lead_id": [*happened], "email": emails})
    events = pa.table(
        {
            "event_id": [str(n) for n in range(len(rows))],
            "lead_id": [row[0] for row in rows],
            "event": [row[1] for row in rows],
            "occurred_at": pa.array([row[2] for row in rows], instant),
        }
    )
    leads = leads.append_column("created_at", pa.array([1_760_000_000_000_000] * len(happened), instant))
    for text, stated in ((AGREEMENT, True), (AGREEMENT[: AGREEMENT.index("chance:")], False)):
        decisions = leadline.qualify(text, leads=leads, events=events, as_of="2026-03-01").to_pylist()
        found = {row["lead_id"]: row["chance"] for row in decisions if row["chance"] is not None}
        assert found == (pytest.approx({"a": 0.25, "b": 0.1, "back": 0.1, "mql": 0.3}) if stated else {})
        assert all((row["chance_low"] is None) is (row["chance"] is None) for row in decisions)
