"""What the pages say works: their agreements are valid, their commands exist, their Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
from typer.main import get_command

from leadline.agreement.reading import load_agreement, parse_agreement
from leadline.cli.application import application
from leadline.log.mapping import parse_mapping
from leadline.operations.stories import tell_stories

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a page in a language."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def test_the_agreement_in_the_readme_is_valid_and_its_story_true() -> None:
    head = """\
leadline: 1
name: readme
fields:
  title: {type: text}
  company_revenue: {type: number}
"""
    agreement = parse_agreement(head + blocks(ROOT / "README.md", "yaml")[0])
    told = tell_stories(agreement)
    assert [story.failures for story in told] == [()]


def test_the_python_in_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from leadline.agreement.template import template_text

    monkeypatch.chdir(tmp_path)
    (tmp_path / "agreement.yaml").write_text(template_text(), encoding="utf-8")
    names = {
        "leads": pa.table({"lead_id": ["a"], "email": ["ann@acme.example"], "title": ["CEO"]}),
        "events": pa.table(
            {
                "lead_id": ["a"],
                "occurred_at": pa.array([1_770_000_000_000_000], pa.timestamp("us", tz="UTC")),
                "event": ["Demo Requested"],
            }
        ),
    }
    exec(blocks(ROOT / "README.md", "python")[0], names)  # noqa: S102 - the page's own code
    decisions = names["decisions"]
    assert decisions["lead_id"].to_pylist() == ["a"]
    assert decisions["stage"].to_pylist() == ["engaged"]


def test_every_command_that_a_page_names_exists() -> None:
    known = set(get_command(application).commands)  # type: ignore[attr-defined]
    named = {
        name
        for page in PAGES
        for block in blocks(page, "sh")
        for name in re.findall(r"^leadline (\w+)", block, re.MULTILINE)
    }
    assert named
    assert named <= known


def test_the_map_in_the_input_page_is_valid() -> None:
    mapping = parse_mapping(blocks(ROOT / "docs" / "input.md", "yaml")[0])
    assert mapping.leads.unknown == ("Select", "n/a")
    assert mapping.events.events == {"A_APPROVED": "Deal Won"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples").glob("*/agreement.yaml")), ids=lambda path: path.parent.name
)
def test_agreements_of_examples_are_valid(path: Path) -> None:
    assert load_agreement(path).version


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(((?!https?:)[^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
