"""The page in a real browser, where there is one: nothing clipped, asked for or complained about."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from leadline.operations.report import write_report
from reporting.looking import assert_fits
from reporting.scored import decisions, scored
from reporting.test_page import hostile_run

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install playwright)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium (apt-get install chromium)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    write_report(scored(decisions(400)), folder / "usual.html")
    write_report(hostile_run(), folder / "hostile.html")
    write_report(scored(decisions(0)), folder / "empty.html")
    return folder


@pytest.mark.parametrize("name", ["usual", "hostile", "empty"])
@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_asks_nobody_and_is_styled(browser: Any, folder: Path, name: str, width: int, scheme: str) -> None:
    assert_fits(browser, folder / f"{name}.html", width, scheme)


def test_prints_everything_inside_the_paper(browser: Any, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 688, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    page.goto((folder / "usual.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 688
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--surface')") == "#ffffff"
    assert page.get_by_text("However interested, a lead is never qualified").bounding_box()["height"] > 0
    page.close()
