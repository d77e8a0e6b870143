"""`leadline explain` and `leadline history`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cli.running import FILES, leadline, small_company
from leadline.cli.receipt import _range
from leadline.qualification.questions import NextQuestion, Range

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def company(tmp_path: Path) -> Path:
    small_company(tmp_path)
    return tmp_path


def test_a_receipt_shows_the_answer_and_each_rule(company: Path) -> None:
    ran = leadline("explain", "agreement.yaml", "ann", *FILES, folder=company)
    assert ran.code == 0, ran.err
    assert "ann is mql" in ran.out
    assert "qualified on 6 Jan 2026 10:00 because of engaged" in ran.out
    assert "pricing" in ran.out
    assert "As mql it does not qualify anew" in ran.out


def test_why_not_yet_names_changes_that_do_it(company: Path) -> None:
    ran = leadline("explain", "agreement.yaml", "cy", *FILES, "--format", "json", folder=company)
    changes = json.loads(ran.out)["changes"]
    assert changes, ran.out
    steps = [[step["rule"] or step["field"] for step in change["steps"]] for change in changes]
    assert ["demo"] in steps
    assert all(change["because"] == ["engaged"] for change in changes)


def test_a_knocked_out_lead_is_told_why_and_offered_nothing(company: Path) -> None:
    ran = leadline("explain", "agreement.yaml", "bob", *FILES, folder=company)
    assert "Knocked out: student" in ran.out
    assert "would qualify it now" not in ran.out


def test_an_unknown_lead_gets_near_ids(company: Path) -> None:
    ran = leadline("explain", "agreement.yaml", "anne", *FILES, folder=company)
    assert ran.code == 6
    assert "Did you mean ann" in ran.err


def test_history_has_a_row_for_every_record(company: Path) -> None:
    ran = leadline("history", "agreement.yaml", "ann", *FILES, "--format", "json", folder=company)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    moments = [row["as_of"][:16] for row in rows]
    assert moments == [
        "2026-01-01T09:00",
        "2026-01-05T10:00",
        "2026-01-05T11:00",
        "2026-01-06T10:00",
        "2026-01-10T00:00",
    ]
    assert [row["stage"] for row in rows] == ["lead", "lead", "lead", "mql", "mql"]
    assert rows[1]["engagement"] == 20


def test_history_draws_a_chart(company: Path) -> None:
    ran = leadline("history", "agreement.yaml", "ann", *FILES, folder=company)
    assert ran.code == 0, ran.err
    assert "█" in ran.out
    assert "qualified: engaged" in ran.out


def test_bounds_of_scores_are_short() -> None:
    bounds = Range((0.0, 85.0), (0.000306, 20.04))
    question = NextQuestion("l1", 0, 0.0, 0.000306, bounds, (), None, None)
    said = _range(question, None)  # type: ignore[arg-type]
    assert said == ["[dim]What is unknown leaves[/] fit between 0 and 85, engagement between 0 and 20."]
