"""`leadline calibrate` and `leadline lint`: what they print, what they write, how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow.csv as pc
import pytest

from cli.running import FILES, Ran, leadline, small_company
from leadline.agreement.reading import load_agreement
from learning.linting import Company

if TYPE_CHECKING:
    from pathlib import Path

LOG = ("--leads", "leads.csv", "--events", "events.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    company = Company()
    (folder / "agreement.yaml").write_text("# Signed by both.\n" + company.agreement, encoding="utf-8")
    pc.write_csv(company.leads(), folder / "leads.csv")
    pc.write_csv(company.events(), folder / "events.csv")
    return folder


@pytest.fixture(scope="module")
def written(folder: Path) -> Ran:
    """A run that writes the agreement `new.yaml` and a page."""
    return leadline(
        "calibrate", "agreement.yaml", *LOG, "--horizon", "90d", "--out", "new.yaml", "--report", "chances.html",
        "--format", "json", folder=folder,
    )  # fmt: skip


def test_calibrate_proposes_and_changes_nothing(folder: Path) -> None:
    before = (folder / "agreement.yaml").read_bytes()
    ran = leadline("calibrate", "agreement.yaml", *LOG, "--horizon", "90d", folder=folder)
    assert ran.code == 0, ran.err
    assert "50 of 400 leads became customers in time" in ran.out
    assert "new: the chance to become a customer: within 90 days" in ran.out
    assert "Nothing was changed. Write it to a file with --out." in ran.err
    assert (folder / "agreement.yaml").read_bytes() == before


def test_calibrate_writes_what_it_shows(folder: Path, written: Ran) -> None:
    assert written.code == 0, written.err
    shown = json.loads(written.out)["chance"]
    signed = load_agreement(folder / "new.yaml")
    assert signed.chance is not None
    assert [point.chance for point in signed.chance.curve] == [point["chance"] for point in shown["curve"]]
    assert (folder / "new.yaml").read_text(encoding="utf-8").startswith("# Signed by both.\n")
    assert "What does a score promise?" in (folder / "chances.html").read_text(encoding="utf-8")


def test_calibrate_says_what_is_missing(folder: Path) -> None:
    ran = leadline("calibrate", "agreement.yaml", *LOG, "--horizon", "soon", folder=folder)
    assert ran.code == 4
    assert ran.err.startswith("--horizon: 'soon' is not a duration")


@pytest.mark.usefixtures("written")
def test_receipts_speak_of_the_chance(folder: Path) -> None:
    ran = leadline("explain", "new.yaml", "l1", *LOG, folder=folder)
    assert "chance of becoming a customer within 90 days: " in ran.out
    customer = leadline("explain", "new.yaml", "l0", *LOG, folder=folder)
    assert "chance of becoming" not in customer.out
    old = (folder / "new.yaml").read_text(encoding="utf-8")
    (folder / "other.yaml").write_text(old.replace("points: 25", "points: 26"), encoding="utf-8")
    assert "learned for other rules than these" in leadline("explain", "other.yaml", "l1", *LOG, folder=folder).out


def test_receipts_say_what_to_ask_next(tmp_path: Path) -> None:
    small_company(tmp_path)
    (tmp_path / "leads.csv").write_text(
        "lead_id,created_at,email,title,country\ncy,2026-01-03T09:00:00Z,cy@globex.example,,US\n", encoding="utf-8"
    )
    (tmp_path / "events.csv").write_text(
        "event_id,lead_id,occurred_at,event,path\n1,cy,2026-01-09T10:00:00Z,Demo Requested,\n", encoding="utf-8"
    )
    ran = leadline("explain", "agreement.yaml", "cy", *FILES[:-1], "2026-01-09T11:00:00Z", folder=tmp_path)
    assert "What is unknown leaves fit between 40 and 100." in ran.out
    assert "Job title: it moves the score" in ran.out


def test_lint_without_a_log(folder: Path) -> None:
    ran = leadline("lint", "agreement.yaml", folder=folder)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("Nothing looks wrong. Without leads and events only the file itself was checked")


def test_lint_shows_line_numbers_and_a_way_out(folder: Path) -> None:
    text = (folder / "agreement.yaml").read_text(encoding="utf-8")
    bad = text.replace("Content Downloaded", "Content Donwloaded")
    (folder / "bad.yaml").write_text(bad, encoding="utf-8")
    line = 1 + next(place for place, row in enumerate(bad.splitlines()) if "guide:" in row)
    ran = leadline("lint", "bad.yaml", *LOG, folder=folder)
    assert ran.code == 0, ran.err
    assert f"notable line {line}, engagement.rules.guide never fires" in ran.out
    assert "→ Write the name as in the log" in ran.out
    assert "Checked against 400 leads and" in ran.out
    strict = leadline("lint", "bad.yaml", *LOG, "--strict", "--format", "json", folder=folder)
    assert strict.code == 8
    found = json.loads(strict.out)
    assert found["findings"][0]["place"] == "engagement.rules.guide"
    assert found["findings"][0]["numbers"] == {"leads": 400}


def test_lint_is_strict_only_about_findings(folder: Path) -> None:
    assert leadline("lint", "agreement.yaml", "--strict", folder=folder).code == 0


def test_lint_needs_leads_where_there_are_events(folder: Path) -> None:
    ran = leadline("lint", "agreement.yaml", "--events", "events.csv", folder=folder)
    assert ran.code == 4
    assert ran.err.startswith("--leads is missing")
