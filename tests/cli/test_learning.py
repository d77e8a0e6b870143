"""`leadline learn` on the command line: what it says where there is too little to learn from, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .running import leadline, small_company

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("--leads", "leads.csv", "--events", "events.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_company(tmp_path)
    return tmp_path


def some_customers(folder: Path, count: int, won: int) -> None:
    """A company of leads of whom the first ``won`` were won, most of them after they looked at prices."""
    leads, events = [], []
    for n in range(count):
        month, day = 1 + n % 6, 1 + n % 25
        leads.append(f"l{n},2026-{month:02}-{day:02}T00:00:00Z,l{n}@acme.example,VP Sales,DE")
        path = "/pricing" if n < won * 0.8 or n % 10 == 0 else "/blog"
        events.append(f"{n},l{n},2026-{month:02}-{day + 1:02}T10:00:00Z,Page Viewed,{path}")
        if n < won:
            events.append(f"w{n},l{n},2026-{month + 1:02}-{day:02}T10:00:00Z,Deal Won,")
    events.append("end,l0,2026-09-30T10:00:00Z,Page Viewed,/blog")
    (folder / "leads.csv").write_text("lead_id,created_at,email,title,country\n" + "\n".join(leads), encoding="utf-8")
    (folder / "events.csv").write_text(
        "event_id,lead_id,occurred_at,event,path\n" + "\n".join(events), encoding="utf-8"
    )


def test_without_customers_there_is_nothing_to_learn(folder: Path) -> None:
    ran = leadline("learn", "agreement.yaml", *FILES, "--out", "new.yaml", folder=folder)
    assert ran.code == 0, ran.err
    assert "Not enough evidence: 0 customers" in ran.out
    assert "Nothing is proposed, so new.yaml was not written." in ran.err
    assert not (folder / "new.yaml").exists()


def test_brackets_in_names_of_files_are_shown(folder: Path) -> None:
    (folder / "[red]leads.csv").write_text(
        "lead_id,email,odd\nl1,jane@acme.example,1\nl2,sam@acme.example,2\n", encoding="utf-8"
    )
    ran = leadline("learn", "agreement.yaml", "--leads", "[red]leads.csv", "--out", "[/]new.yaml", folder=folder)
    assert ran.code == 0, ran.err
    assert "so [/]new.yaml was not written." in ran.err
    assert "[red]leads.csv: not used: odd" in ran.err


def test_from_twenty_customers_on_each_rule_has_its_evidence(folder: Path) -> None:
    some_customers(folder, 600, 60)
    ran = leadline("learn", "agreement.yaml", *FILES, "--horizon", "60d", folder=folder)
    assert ran.code == 0, ran.err
    assert "Not enough evidence to change points" in ran.out
    assert "What outcomes say about each rule" in ran.out
    assert "pricing" in ran.out


def test_data_is_printed_as_json(folder: Path) -> None:
    some_customers(folder, 600, 60)
    ran = leadline("learn", "agreement.yaml", *FILES, "--horizon", "60d", "--format", "json", folder=folder)
    assert ran.code == 0, ran.err
    answer = json.loads(ran.out)
    assert answer["proposes"] is False
    assert answer["difference"] == []
    pricing = next(one for one in answer["evidence"] if one["name"] == "pricing")
    assert pricing["says"] == "for"
    assert pricing["won_with"] + pricing["won_without"] == answer["customers"]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--with", "oracle", "'oracle' is no model. Write lightgbm or ebm."),
        ("--capacity", "0", "--capacity: 0 MQLs a week are none. Write a number above 0."),
        ("--horizon", "soon", "--horizon: "),
        ("--candidates", "rules.yaml", "rules.yaml: cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(folder: Path, option: str, value: str, said: str) -> None:
    ran = leadline("learn", "agreement.yaml", *FILES, option, value, folder=folder)
    assert ran.code != 0
    assert said in " ".join(ran.err.split())
    assert "Traceback" not in ran.err


def test_a_broken_agreement_is_reported_with_all_its_problems(folder: Path) -> None:
    (folder / "agreement.yaml").write_text("leadline: 1\nname: x\nfit: 3\n", encoding="utf-8")
    ran = leadline("learn", "agreement.yaml", *FILES, folder=folder)
    assert ran.code == 3
    assert "agreement.yaml" in ran.err


@pytest.mark.parametrize("command", ["calibrate", "lint"])
def test_outcomes_of_unknown_leads_are_mentioned(folder: Path, command: str) -> None:
    some_customers(folder, 600, 60)
    rows = [f"l{n},{'true' if n < 60 else 'false'}" for n in range(600)] + ["stranger,true"]
    (folder / "[red]outcomes.csv").write_text("lead_id,converted\n" + "\n".join(rows), encoding="utf-8")
    ran = leadline(command, "agreement.yaml", *FILES, "--outcomes", "[red]outcomes.csv", folder=folder)
    assert ran.code == 0, ran.err
    assert "[red]outcomes.csv: 1 rows of unknown leads, left out" in ran.out + ran.err


@pytest.mark.parametrize(
    ("candidate", "said"),
    [
        ("pricing: {on: Page Viewed}", "rules.yaml: the agreement has a rule pricing already."),
        ("docs: {on: Page Viewed, colour: red}", "rules.yaml: 1 problem engagement.rules.docs.colour: 'colour' is not"),
    ],
)
def test_candidates_that_do_not_fit_are_refused_by_their_file(folder: Path, candidate: str, said: str) -> None:
    (folder / "rules.yaml").write_text(candidate, encoding="utf-8")
    ran = leadline("learn", "agreement.yaml", *FILES, "--candidates", "rules.yaml", folder=folder)
    assert ran.code != 0
    assert said in " ".join(ran.err.split())
