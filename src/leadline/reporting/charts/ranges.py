"""Chart kind: a share with its interval in a table's cell, beside the share of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.reporting.svg import element

if TYPE_CHECKING:
    from markupsafe import Markup

    from leadline.estimates.shares import Share

_WIDTH: Final = 200.0
_HEIGHT: Final = 16.0


def range_bar(share: Share, most: float, mean: float, title: str, *, kind: str = "accent") -> Markup:
    """The interval as a band and the share as a mark on an axis from 0 to ``most``; ``mean`` is a line.

    The cells beside state the figures. ``kind`` is a class of the style sheet.
    """
    most = most or 1.0

    def x(value: float) -> float:
        return max(0.0, min(1.0, value / most)) * _WIDTH

    low, high = x(share.low), x(share.high)
    parts = [
        element("title", title),
        element("rect", x=0, y=7, width=_WIDTH, height=2, class_="track"),
        element("rect", x=low, y=4, width=max(1.5, high - low), height=8, class_=f"{kind} band"),
    ]
    if share.trials:
        parts.append(
            element("rect", x=min(_WIDTH - 2, max(0.0, x(share.rate) - 1)), y=2, width=2, height=12, class_=kind)
        )
    parts.append(element("rect", x=min(_WIDTH - 1, x(mean)), y=0, width=1, height=_HEIGHT, class_="zero"))
    return element(
        "svg",
        *parts,
        class_="range",
        viewbox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
