"""The page of a back-test in a real browser: nothing clipped, asked for or complained about, at any width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leadline.agreement.template import template_text
from leadline.log.reading import Sources
from leadline.operations.backtest.report import write_report
from leadline.operations.backtest.run import backtest
from leadline.operations.backtest.terms import Terms
from leadline.simulation import Company, simulate
from reporting.looking import assert_fits
from reporting.markup import parse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backtest")
    simulate(Company(seed=3, leads=1_000, months=12), folder / "company")
    (folder / "today.yaml").write_text(template_text(), encoding="utf-8")
    easier = template_text().replace("engagement >= 60", "engagement >= 40")
    (folder / "a name that is rather long for a heading.yaml").write_text(easier, encoding="utf-8")
    company = folder / "company"
    sources = Sources(company / "leads.parquet", company / "events", company / "profiles.parquet")
    long = folder / "a name that is rather long for a heading.yaml"
    terms = Terms(capacity=1.5, cost_per_lead=800.0)
    write_report(backtest(long, sources, terms, folder / "today.yaml"), folder / "two.html")
    write_report(backtest(folder / "today.yaml", sources, Terms(draw_curve=False)), folder / "one.html")
    return folder


@pytest.mark.parametrize("name", ["one", "two"])
def test_the_page_is_well_formed_and_every_chart_says_what_it_shows(folder: Path, name: str) -> None:
    page = parse((folder / f"{name}.html").read_text(encoding="utf-8"))
    charts = [found for found in page.all("svg") if found.attributes.get("role") == "img"]
    assert len(charts) == (4 if name == "two" else 2)
    assert all(len(found.attributes["aria-label"]) > 30 for found in charts)


@pytest.mark.parametrize("name", ["one", "two"])
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1280, "light")])
def test_fits_asks_nobody_and_is_styled(browser: Any, folder: Path, name: str, width: int, scheme: str) -> None:
    assert_fits(browser, folder / f"{name}.html", width, scheme)
