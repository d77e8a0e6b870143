"""The report of an analysis: one file that asks nobody, says what was found, and prints strangers' texts as texts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analytics.exports import days, written
from leadline.estimates.shares import share
from leadline.operations.analyse import Analysis, analyse_files
from leadline.operations.analysis.page import page_of
from leadline.operations.analysis.report import Places, places_for, write_analysis
from leadline.reporting.analysis.rendering import page_html
from leadline.reporting.analysis.sentences import answer, trial_sentence
from reporting.looking import assert_fits
from reporting.markup import parse, section

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 1600
NOW = 1_900_000_000_000_000
EVIL = "<script>alert(1)</script>{{7*7}}\u202e'\" x"


def usual(folder: Path) -> Analysis:
    rng = np.random.default_rng(21)
    source = rng.choice(["referral", "ads", "trade fair"], ROWS)
    won = rng.random(ROWS) < np.where(source == "referral", 0.55, 0.2)
    wait = rng.integers(1, 60, ROWS)
    created = np.datetime64("2022-01-01") + np.sort(rng.integers(0, 500, ROWS)).astype("timedelta64[D]")
    columns: dict[str, list[Any]] = {
        "id": [f"l{row}" for row in range(ROWS)],
        "created": created.astype(str).tolist(),
        "source": source.tolist(),
        "agent": [["Ann", "Bob", "Cy"][row % 3] for row in range(ROWS)],
        "stage": np.where(won, "won", np.where(rng.random(ROWS) < 0.8, "lost", "open")).tolist(),
        "closed": np.where(won, (created + wait.astype("timedelta64[D]")).astype(str), "").tolist(),
        "deal value": np.where(won, "1200", "").tolist(),
        "Tags": np.where(won & (rng.random(ROWS) < 0.5), "will pay", "ringing").tolist(),
        "city": [["Bonn", "Select", ""][row % 3] for row in range(ROWS)],
    }
    return analyse_files([written(folder, "crm", columns)], now=NOW)


def hostile(folder: Path) -> Analysis:
    columns = {
        f"id {EVIL}": [f"{row} {EVIL}" for row in range(ROWS)],
        f"source {EVIL}": [f"{row % 4} {EVIL}" + "y" * 300 * (row % 2) for row in range(ROWS)],
        f"Tags {EVIL}": [f"{row % 5 > 1} {EVIL}" for row in range(ROWS)],
        "stage": [["won", "lost", "lost", f"open {EVIL}"][row % 4] for row in range(ROWS)],
        "\U0001f4a3 \u0301\u0301\u0301\u0301\u0301\u0301": ["x", "y"] * (ROWS // 2),
    }
    return analyse_files([written(folder, "evil", columns)], now=NOW)


def bare(folder: Path) -> Analysis:
    return analyse_files([written(folder, "bare", {"name": ["ann", "bob"], "born": days(2)})], now=NOW)


@pytest.fixture(scope="module")
def analyses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Analysis]:
    folder = tmp_path_factory.mktemp("exports")
    return {"usual": usual(folder), "hostile": hostile(folder), "bare": bare(folder)}


def html_of(analysis: Analysis) -> str:
    return page_html(page_of(analysis, Places()))


@pytest.mark.parametrize("name", ["usual", "hostile", "bare"])
def test_the_page_is_well_formed_and_asks_nobody(analyses: dict[str, Analysis], name: str) -> None:
    html = html_of(analyses[name])
    page = parse(html.replace("<!doctype html>", ""))
    assert not list(page.all("script"))
    assert "alert(1)</script>" not in html
    assert "49\u202e" not in html
    assert "\u202e" not in html
    for element in page.all():
        assert not {"src", "href", "onload", "style"} & element.attributes.keys()
    policy = next(e for e in page.all("meta") if e.attributes.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy.attributes["content"]
    headings = [int(element.tag[1]) for element in page.all() if element.tag in ("h1", "h2", "h3")]
    assert headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(headings))


def test_the_page_says_what_was_found(analyses: dict[str, Analysis]) -> None:
    analysis = analyses["usual"]
    page = parse(html_of(analysis).replace("<!doctype html>", ""))
    levers = section(page, "Which three levers would bring the most?")
    assert 1 <= len([item for item in next(levers.all("ol")).children if not isinstance(item, str)]) <= 3
    rows = next(section(page, "Where do customers come from?").all("table")).rows()
    by_name = {row[0]: row for row in rows}
    group = next(one for one in analysis.sources[0][0].groups if one.name == "referral")
    assert by_name["referral"][1] == f"{group.share.trials:,.0f}"
    assert by_name["referral"][3].startswith(f"{100 * group.share.rate:.1f}%")
    leaks = next(section(page, "What leaks?").all("table")).rows()
    assert "Tags" in {row[0] for row in leaks}
    assert "'Select' means that nobody knows" in section(page, "What is wrong with the export?").text
    assert [row[0] for row in next(section(page, "Who works on them?").all("table")).rows()[1:]].count("Ann") == 1
    drafted = section(page, "What could marketing and sales agree on first?")
    assert any("leadline: 1" in element.text for element in drafted.all("pre"))
    assert len(list(section(page, "How do the months compare?").all("svg"))) == 2


def test_a_draft_that_chance_could_match_says_so(analyses: dict[str, Analysis]) -> None:
    analysis = analyses["usual"]
    assert analysis.draft is not None
    assert "better than chance" not in answer(page_of(analysis, Places()))
    assert "surely better" not in trial_sentence(analysis.draft.trial)
    trial = replace(analysis.draft.trial, precision=share(3, 10), base=share(300, 1000))
    poor = replace(analysis, draft=replace(analysis.draft, trial=trial))
    assert answer(page_of(poor, Places())).endswith("of the leads, which is not surely better than chance.")
    assert trial_sentence(trial).endswith("wait for more outcomes before you use it.")


def test_without_an_outcome_the_page_says_how_to_name_one(analyses: dict[str, Analysis]) -> None:
    page = parse(html_of(analyses["bare"]).replace("<!doctype html>", ""))
    assert "--outcome COLUMN" in section(page, "What became of the leads?").text


def test_the_same_analysis_gives_the_same_page(analyses: dict[str, Analysis], tmp_path: Path) -> None:
    assert html_of(usual(tmp_path)) == html_of(analyses["usual"])


def test_everything_lies_beside_the_report(analyses: dict[str, Analysis], tmp_path: Path) -> None:
    places = places_for(tmp_path / "out.html", None, None)
    write_analysis(analyses["usual"], places)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out-agreement.yaml", "out-map.yaml", "out.html"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, analyses: dict[str, Analysis]) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name, analysis in analyses.items():
        (folder / f"{name}.html").write_text(html_of(analysis), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["usual", "hostile", "bare"])
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")])
def test_it_fits_the_screen_without_a_complaint(browser: Any, folder: Path, name: str, width: int, scheme: str) -> None:
    assert_fits(browser, folder / f"{name}.html", width, scheme)
