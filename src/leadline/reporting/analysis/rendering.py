"""Renders the report of an analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.reporting.analysis import sentences
from leadline.reporting.charts.curve import curve_chart
from leadline.reporting.charts.months import month_chart
from leadline.reporting.charts.ranges import range_bar
from leadline.reporting.rendering import html

if TYPE_CHECKING:
    from leadline.reporting.analysis.page import Page


def page_html(page: Page) -> str:
    """The report as HTML; the same values give the same text."""
    return html(
        "analysis/page.html", page, sentences, range_bar=range_bar, month_chart=month_chart, curve_chart=curve_chart
    )
