"""Looks at a written page as a person would: in a browser, on a screen of some width, by day or by night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def assert_fits(browser: Any, path: Path, width: int, scheme: str) -> None:
    """The page with everything opened fits the screen, is styled, complains of nothing and asks nobody."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    for opener in page.locator("summary").all():
        opener.click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px"  # the policy lets our style in
    assert said == []
    assert asked == [path.as_uri()]
    context.close()
