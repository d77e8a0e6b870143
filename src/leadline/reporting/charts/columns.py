"""Chart kind: columns over weeks with an axis and their mean; the last is hatched: its week goes on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from math import ceil
from typing import TYPE_CHECKING, Final

from leadline.reporting.figures import MONTHS, compact, counted, day, points
from leadline.reporting.svg import element

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from markupsafe import Markup

Weeks = tuple[tuple["date", int], ...]

_TOP: Final = 20.0
_BOTTOM: Final = 36.0
_TICKS: Final = 4
_ROOM_FOR_FIGURE: Final = 20.0
_ROOM_FOR_MONTH: Final = 30.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart's columns stand, in CSS pixels at its natural size."""

    width: float
    height: float
    left: float
    highest: float
    weeks: int

    @property
    def slot(self) -> float:
        """Room of one column with its gap."""
        return (self.width - self.left) / max(1, self.weeks)

    @property
    def floor(self) -> float:
        """Where the columns stand."""
        return self.height - _BOTTOM

    def y(self, value: float) -> float:
        """How far from the top a value lies."""
        return self.floor - value / self.highest * (self.floor - _TOP)


def column_chart(weeks: Weeks, name: str, *, width: float, height: float) -> Markup:
    """The chart, drawn for a width in pixels. ``name`` tells two drawings on one page apart."""
    ticks = axis_ticks(max((found for _, found in weeks), default=0))
    left = 14.0 + 7.0 * max(len(compact(tick)) for tick in ticks)
    frame = Frame(width, height, left, ticks[-1], len(weeks))
    hatch = f"hatch-{name}"
    return element(
        "svg",
        element("defs", _hatch(hatch)),
        *axis(frame, ticks),
        *months_below(frame, [monday for monday, _ in weeks]),
        *(_column(frame, place, week, hatch) for place, week in enumerate(weeks)),
        *_mean(frame, weeks),
        *_figures(frame, weeks),
        class_=f"columns {name}",
        viewbox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=in_a_sentence(weeks),
    )


def axis_ticks(most: float) -> list[float]:
    """Whole values from 0 to at least ``most`` (or 1), apart by 1, 2 or 5 times a power of ten."""
    step = next(step for step in (m * 10**n for n in count() for m in (1, 2, 5)) if step * _TICKS >= most)
    return [float(step * place) for place in range(max(1, ceil(most / step)) + 1)]


def mean_of_full(weeks: Weeks) -> float:
    """Mean of the weeks that are over: all but the last. 0 where there is none."""
    full = [found for _, found in weeks[:-1]]
    return sum(full) / len(full) if full else 0.0


def in_a_sentence(weeks: Weeks) -> str:
    """What the chart shows, for those who do not see it."""
    if not weeks:
        return "No weeks."
    (first, _), (last, so_far) = weeks[0], weeks[-1]
    most_in, most = max(weeks, key=lambda week: week[1])
    return (
        f"Qualifications a week from {day(first)}: {points(mean_of_full(weeks))} on average, "
        f"{_number(most)} at most, in the week of {day(most_in)}; "
        f"{_number(so_far)} so far in the unfinished week of {day(last)}."
    )


def _number(found: int) -> str:
    return f"{found:,}" if found else "none"


def _hatch(name: str) -> Markup:
    stroke = element("path", d="M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2", class_="hatching")
    return element("pattern", stroke, id=name, width=6, height=6, patternUnits="userSpaceOnUse")


def axis(frame: Frame, ticks: Sequence[float]) -> list[Markup]:
    """A line and a figure a tick."""
    parts = []
    for tick in ticks:
        y = round(frame.y(tick)) + 0.5
        parts.append(
            element("line", x1=frame.left, x2=frame.width, y1=y, y2=y, class_="floor" if tick == 0 else "rule")
        )
        parts.append(element("text", compact(tick), x=frame.left - 8, y=y + 4, class_="tick", text_anchor="end"))
    return parts


def months_below(frame: Frame, mondays: Sequence[date]) -> list[Markup]:
    """The month's name below its first week, the year below January and the first."""
    parts: list[Markup] = []
    free_from = 0.0
    for place, monday in enumerate(mondays):
        starts = place == 0 or monday.month != mondays[place - 1].month
        x = frame.left + place * frame.slot
        if not starts or x < free_from or x > frame.width - _ROOM_FOR_MONTH:
            continue
        year = not parts or monday.month == 1
        parts.append(element("line", x1=x, x2=x, y1=frame.floor, y2=frame.floor + 6, class_="rule"))
        parts.append(element("text", MONTHS[monday.month - 1], x=x + 4, y=frame.floor + 15, class_="tick"))
        if year:
            parts.append(element("text", str(monday.year), x=x + 4, y=frame.floor + 30, class_="tick"))
        free_from = x + _ROOM_FOR_MONTH
    return parts


def _column(frame: Frame, place: int, week: tuple[date, int], hatch: str) -> Markup:
    monday, found = week
    unfinished = place == frame.weeks - 1
    x, slot = frame.left + place * frame.slot, frame.slot
    gap = max(1.0, slot * 0.16)
    box = {"x": x + gap, "width": slot - 2 * gap, "y": frame.y(found), "height": frame.floor - frame.y(found)}
    shapes = [element("rect", x=x, y=0, width=slot, height=frame.floor, class_="target")]
    if unfinished:
        shapes.append(element("rect", **box, fill=f"url(#{hatch})", class_="unfinished"))
    else:
        shapes.append(element("rect", **box, class_="accent"))
    so_far = " so far; this week is not over" if unfinished else ""
    return element("g", element("title", f"Week of {day(monday)}: {counted(found, 'qualification')}{so_far}"), *shapes)


def _figures(frame: Frame, weeks: Weeks) -> list[Markup]:
    """What each column stands for, above it, where there is room; drawn over the mean's line."""
    if frame.slot < _ROOM_FOR_FIGURE:
        return []
    middles = (frame.left + (place + 0.5) * frame.slot for place in range(frame.weeks))
    return [
        element("text", compact(found), x=x, y=frame.y(found) - 5, class_="figure", text_anchor="middle")
        for x, (_, found) in zip(middles, weeks, strict=True)
    ]


def _mean(frame: Frame, weeks: Weeks) -> list[Markup]:
    mean = mean_of_full(weeks)
    if not mean:
        return []
    end = frame.left + (frame.weeks - 1) * frame.slot
    line = element("line", x1=frame.left, x2=end, y1=frame.y(mean), y2=frame.y(mean), class_="mean")
    return [element("g", element("title", f"On average {points(mean)} a week, the unfinished one left out"), line)]
