"""Draws before and after without scripts: columns over weeks, and pairs of bars in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.reporting.charts.columns import axis_ticks
from leadline.reporting.figures import MONTHS, compact, day
from leadline.reporting.svg import element

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from markupsafe import Markup

_WIDTH: Final = 720.0
_HEIGHT: Final = 220.0
_LEFT: Final = 40.0
_FLOOR: Final = 190.0
_TOP: Final = 12.0


def weekly_chart(
    mondays: Sequence[date], before: Sequence[int], after: Sequence[int], capacity: float | None
) -> Markup:
    """Columns for after, a line for before, a dashed one for what sales can work."""
    ticks = axis_ticks(max([*before, *after, capacity or 0], default=0))
    slot = (_WIDTH - _LEFT) / max(1, len(mondays))

    def y(value: float) -> float:
        return _FLOOR - value / ticks[-1] * (_FLOOR - _TOP)

    parts = [_tick(tick, y(tick)) for tick in ticks]
    parts += [
        _month(monday, _LEFT + place * slot) for place, monday in enumerate(mondays) if _names_month(mondays, place)
    ]
    for place, (monday, then, now) in enumerate(zip(mondays, before, after, strict=True)):
        title = element("title", f"Week of {day(monday)}: {now:,} instead of {then:,}")
        box = {"x": _LEFT + place * slot + slot * 0.15, "width": slot * 0.7, "y": y(now), "height": _FLOOR - y(now)}
        parts.append(element("g", title, element("rect", **box, class_="after")))
    points = " ".join(f"{_LEFT + (place + 0.5) * slot:.1f},{y(then):.1f}" for place, then in enumerate(before))
    parts.append(element("polyline", points=points, class_="before"))
    if capacity is not None:
        parts.append(element("line", x1=_LEFT, x2=_WIDTH, y1=y(capacity), y2=y(capacity), class_="capacity"))
    return element(
        "svg", *parts, class_="weekly", viewbox=f"0 0 {_WIDTH:g} {_HEIGHT:g}", role="img",
        aria_label=f"MQLs a week: {sum(after):,} in all instead of {sum(before):,}.",
    )  # fmt: skip


def _tick(tick: float, y: float) -> Markup:
    line = element("line", x1=_LEFT, x2=_WIDTH, y1=y, y2=y, class_="floor" if tick == 0 else "rule")
    return element("g", line, element("text", compact(tick), x=_LEFT - 8, y=y + 4, text_anchor="end"))


def _names_month(mondays: Sequence[date], place: int) -> bool:
    """The first week of a month; with more than a year, of a quarter."""
    monday = mondays[place]
    new = place > 0 and monday.month != mondays[place - 1].month
    return new and (len(mondays) <= 53 or monday.month % 3 == 1)


def _month(monday: date, x: float) -> Markup:
    name = MONTHS[monday.month - 1]
    return element("text", f"{name} {monday.year}" if monday.month == 1 else name, x=x, y=_FLOOR + 18)


def bar_pair(before: float, after: float, most: float) -> Markup:
    """Two bars one above the other: before thin, after thick."""
    scale = 100 / most if most else 0
    return element(
        "svg",
        element("rect", x=0, y=2, height=3, width=before * scale, class_="before"),
        element("rect", x=0, y=7, height=7, width=after * scale, class_="after"),
        class_="pair", viewbox="0 0 100 16", preserveAspectRatio="none", aria_hidden="true",
    )  # fmt: skip
