"""Chart kind: one horizontal bar in a table's cell, from a zero line, to the left where it is negative."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.reporting.svg import element

if TYPE_CHECKING:
    from markupsafe import Markup

_WIDTH: Final = 200.0
_HEIGHT: Final = 12.0
_LEAST: Final = 1.5
"""What is there is seen, however little it is."""


def bar(value: float, most: float, title: str, *, least: float = 0.0, kind: str = "accent") -> Markup:
    """A bar of ``value`` on an axis from ``least`` (≤ 0) to ``most`` (≥ 0).

    The cell beside states the figure. ``kind`` is a class of the style sheet; negative ones have their own.
    """
    span = (most - least) or 1.0
    zero = -least / span * _WIDTH
    length = abs(value) / span * _WIDTH
    length = max(_LEAST, length) if value else 0.0
    start = min(zero, _WIDTH - length) if value >= 0 else max(0.0, zero - length)
    axis = [element("rect", x=zero - 0.5, y=0, width=1, height=_HEIGHT, class_="zero")] if least < 0 else []
    return element(
        "svg",
        element("title", title),
        element("rect", x=0, y=0, width=_WIDTH, height=_HEIGHT, class_="track"),
        element("rect", x=start, y=0, width=length, height=_HEIGHT, class_="minus" if value < 0 else kind),
        *axis,
        class_="bar",
        viewbox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
