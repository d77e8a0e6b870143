"""Renders the page of a scoring run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.reporting.rendering import html
from leadline.reporting.scored import sentences

if TYPE_CHECKING:
    from leadline.reporting.scored.page import Page


def page_html(page: Page) -> str:
    """The page as HTML; the same values give the same text."""
    return html("scored/page.html", page, sentences)
