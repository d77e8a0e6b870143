"""`leadline init`, `check`, `diff`, `test` and `schema`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cli.running import AGREEMENT, leadline, small_company

if TYPE_CHECKING:
    from pathlib import Path


def test_init_writes_an_agreement_that_works_as_it_is(tmp_path: Path) -> None:
    assert leadline("init", folder=tmp_path).code == 0
    checked = leadline("check", "agreement.yaml", folder=tmp_path)
    assert checked.code == 0
    assert "qualified" in checked.out
    told = leadline("test", "agreement.yaml", folder=tmp_path)
    assert told.code == 0
    assert "stories end as they say" in told.out


def test_init_replaces_nothing_unless_told_to(tmp_path: Path) -> None:
    (tmp_path / "agreement.yaml").write_text("mine", encoding="utf-8")
    refused = leadline("init", folder=tmp_path)
    assert refused.code == 4
    assert "exists already" in refused.err
    assert (tmp_path / "agreement.yaml").read_text(encoding="utf-8") == "mine"
    assert leadline("init", "--force", "--name", "acme", folder=tmp_path).code == 0
    assert "name: acme" in (tmp_path / "agreement.yaml").read_text(encoding="utf-8")


def test_check_lists_every_problem_with_its_line(tmp_path: Path) -> None:
    broken = AGREEMENT.replace("1 per day", "1 per dya").replace("fit >= 50", "fitt >= 50")
    (tmp_path / "broken.yaml").write_text(broken, encoding="utf-8")
    checked = leadline("check", "broken.yaml", folder=tmp_path)
    assert checked.code == 3
    assert "line 20, engagement.rules.pricing.at_most: '1 per dya' is not a frequency." in checked.err
    assert "Did you mean '1 per day'?" in checked.err
    assert "line 24" in checked.err
    assert "Did you mean fit?" in checked.err
    assert "Traceback" not in checked.err


def test_check_warns_of_what_cannot_be_meant(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(AGREEMENT.replace("fit >= 50", "fit >= 150"), encoding="utf-8")
    checked = leadline("check", "a.yaml", folder=tmp_path)
    assert checked.code == 1
    assert "warning" in checked.err


@pytest.mark.parametrize("command", ["check", "test"])
def test_a_missing_file_is_named(tmp_path: Path, command: str) -> None:
    ran = leadline(command, "nothing.yaml", folder=tmp_path)
    assert ran.code == 4
    assert "nothing.yaml" in ran.err
    assert "leadline init" in ran.err


def test_diff_says_in_words_what_changes(tmp_path: Path) -> None:
    small_company(tmp_path)
    (tmp_path / "new.yaml").write_text(AGREEMENT.replace("points: 20", "points: 25"), encoding="utf-8")
    said = leadline("diff", "agreement.yaml", "new.yaml", folder=tmp_path)
    assert said.code == 0
    assert "pricing" in said.out
    assert "25" in said.out
    same = leadline("diff", "agreement.yaml", "agreement.yaml", folder=tmp_path)
    assert same.out == "Nothing that the agreement means has changed.\n"


def test_a_story_that_ends_otherwise_fails_with_what_came(tmp_path: Path) -> None:
    stories = """\
stories:
  a director asks for a demo:
    lead: {title: Director of Sales, country: DE, email: ann@acme.example}
    events: [{event: Demo Requested, ago: 14d}]
    expect: {stage: mql, engagement: 30, because: engaged, contributions: {demo: 31}}
"""
    (tmp_path / "a.yaml").write_text(AGREEMENT + stories, encoding="utf-8")
    told = leadline("test", "a.yaml", folder=tmp_path)
    assert told.code == 1
    assert "✗ a director asks for a demo" in told.out
    assert "contributions.demo: expected 31, but it is 30" in told.out
    assert "stage" not in told.out.replace("stories", "")


def test_schema_is_json(tmp_path: Path) -> None:
    schema = json.loads(leadline("schema", folder=tmp_path).out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
