"""Renders the page of a back-test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.reporting.backtest import sentences
from leadline.reporting.charts.threshold_curve import Drawn, threshold_curve
from leadline.reporting.charts.weeks_compared import Compared, weeks_compared
from leadline.reporting.rendering import html

if TYPE_CHECKING:
    from leadline.reporting.backtest.page import Page


def page_html(page: Page) -> str:
    """The page as HTML; the same values give the same text."""
    other = page.against
    compared = Compared(
        page.mondays,
        page.full,
        tuple(page.side.measures.weekly.tolist()),
        page.side.label,
        None if other is None else tuple(other.measures.weekly.tolist()),
        "" if other is None else other.label,
        page.capacity,
    )
    drawn = None if page.margin is None else Drawn(page.margin.curve, page.capacity, page.judging)
    return html(
        "backtest/page.html",
        page,
        sentences,
        compared=compared,
        drawn=drawn,
        weeks_compared=weeks_compared,
        threshold_curve=threshold_curve,
    )
