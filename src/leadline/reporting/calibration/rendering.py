"""Renders the page about chances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.reporting.charts.reliability import curve_chart, reliability_chart
from leadline.reporting.rendering import html

if TYPE_CHECKING:
    from leadline.reporting.calibration.page import Page


def page_html(page: Page) -> str:
    """The page as HTML; the same values give the same text."""
    return html("calibration/page.html", page, curve_chart=curve_chart, reliability_chart=reliability_chart)
