"""Chart kind: months with the share of their leads that were won, each with its interval, above how many leads came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leadline.reporting.charts.columns import axis_ticks
from leadline.reporting.figures import MONTHS, compact, counted, share
from leadline.reporting.svg import element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from leadline.analytics.cohorts import Month

_TOP: Final = 14.0
_GAP: Final = 26.0
_BOTTOM: Final = 36.0
_UPPER: Final = 0.62
_SAID: Final = {
    "full": "",
    "immature": "; too young to judge",
    "truncated": "; from before wins were recorded",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the two panels stand, in CSS pixels at their natural size."""

    width: float
    height: float
    left: float
    highest: float
    most: float
    months: int

    @property
    def slot(self) -> float:
        """Room of one month."""
        return (self.width - self.left) / max(1, self.months)

    @property
    def floor(self) -> float:
        """Where the upper panel ends."""
        return _TOP + (self.height - _TOP - _GAP - _BOTTOM) * _UPPER

    @property
    def ground(self) -> float:
        """Where the lower panel ends."""
        return self.height - _BOTTOM

    def y(self, rate: float) -> float:
        """How far from the top a share lies."""
        return self.floor - min(1.0, rate / self.highest) * (self.floor - _TOP)

    def top_of(self, leads: float) -> float:
        """How far from the top a column of leads begins."""
        return self.ground - leads / self.most * (self.ground - self.floor - _GAP)


def month_chart(months: Sequence[Month], name: str, *, width: float, height: float) -> Markup:
    """The chart, drawn for a width in pixels. ``name`` tells two drawings on one page apart."""
    judged = [month for month in months if month.share.trials]
    highest = _ceiling(max((_shown_high(month) for month in judged), default=0.1))
    ticks = axis_ticks(max((month.leads for month in months), default=0))
    left = 14.0 + 7.0 * max(len(compact(ticks[-1])), len(_percent(highest)))
    frame = Frame(width, height, left, highest, ticks[-1], len(months))
    return element(
        "svg",
        *_axis(frame, [0.0, highest / 2, highest]),
        *_names(frame, months),
        *(_month(frame, place, month) for place, month in enumerate(months)),
        class_=f"columns {name}",
        viewbox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=in_a_sentence(months),
    )


def _shown_high(month: Month) -> float:
    """The interval of a month of few leads would squeeze all others: it may leave the panel."""
    return min(month.share.high, 1.6 * month.share.rate + 0.02)


def _ceiling(rate: float) -> float:
    steps = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
    return next((step for step in steps if step >= rate), 1.0)


def _percent(rate: float) -> str:
    return f"{100 * rate:.3g}%"


def in_a_sentence(months: Sequence[Month]) -> str:
    """What the chart shows, for those who do not see it."""
    if not months:
        return "No months."
    said = [
        f"{_month_name(month)}: {counted(month.leads, 'lead')}, {share(month.share.hits, month.share.trials)} won"
        f"{_SAID[month.state]}"
        for month in months
        if month.share.trials
    ]
    return "Leads by month of creation. " + ". ".join(said) + "."


def _month_name(month: Month) -> str:
    return f"{MONTHS[month.first_day.month - 1]} {month.first_day.year}"


def _axis(frame: Frame, rates: Sequence[float]) -> list[Markup]:
    parts: list[Markup] = []
    for rate in rates:
        y = round(frame.y(rate)) + 0.5
        kind = "floor" if rate == 0 else "rule"
        parts.append(element("line", x1=frame.left, x2=frame.width, y1=y, y2=y, class_=kind))
        parts.append(element("text", _percent(rate), x=frame.left - 8, y=y + 4, class_="tick", text_anchor="end"))
    y = round(frame.ground) + 0.5
    parts.append(element("line", x1=frame.left, x2=frame.width, y1=y, y2=y, class_="floor"))
    top = round(frame.top_of(frame.most)) + 0.5
    parts.append(element("line", x1=frame.left, x2=frame.width, y1=top, y2=top, class_="rule"))
    parts.append(element("text", compact(frame.most), x=frame.left - 8, y=top + 4, class_="tick", text_anchor="end"))
    parts.append(element("text", "leads", x=frame.left - 8, y=y + 4, class_="tick", text_anchor="end"))
    return parts


def _names(frame: Frame, months: Sequence[Month]) -> list[Markup]:
    """The month's name below it where there is room, the year below January and the first."""
    parts: list[Markup] = []
    free_from = 0.0
    for place, month in enumerate(months):
        x = frame.left + (place + 0.5) * frame.slot
        if x - 14 < free_from:
            continue
        name = MONTHS[month.first_day.month - 1]
        parts.append(element("text", name, x=x, y=frame.ground + 15, class_="tick", text_anchor="middle"))
        if len(parts) == 1 or month.first_day.month == 1:
            year = str(month.first_day.year)
            parts.append(element("text", year, x=x, y=frame.ground + 30, class_="tick", text_anchor="middle"))
        free_from = x + 16
    return parts


def _month(frame: Frame, place: int, month: Month) -> Markup:
    x, slot = frame.left + place * frame.slot, frame.slot
    middle, kind = x + slot / 2, {"full": "accent", "immature": "young", "truncated": "cut"}[month.state]
    gap = max(1.0, slot * 0.2)
    top = frame.top_of(month.leads)
    shapes = [
        element("rect", x=x, y=0, width=slot, height=frame.ground, class_="target"),
        element("rect", x=x + gap, width=slot - 2 * gap, y=top, height=frame.ground - top, class_="volume"),
    ]
    if month.share.trials:
        low, high = frame.y(month.share.low), max(0.0, frame.y(month.share.high))
        shapes.append(element("line", x1=middle, x2=middle, y1=low, y2=max(_TOP - 8, high), class_=f"whisker {kind}"))
        shapes.append(
            element("circle", cx=middle, cy=frame.y(month.share.rate), r=min(5.0, slot / 4), class_=f"dot {kind}")
        )
    return element("g", element("title", _title(month)), *shapes)


def _title(month: Month) -> str:
    if not month.share.trials:
        return f"{_month_name(month)}: {counted(month.leads, 'lead')}"
    return (
        f"{_month_name(month)}: {month.share.hits:,.0f} of {month.share.trials:,.0f} won, "
        f"{share(month.share.hits, month.share.trials)} ({_percent(round(month.share.low, 3))} to "
        f"{_percent(round(month.share.high, 3))}); {counted(month.leads, 'lead')} came{_SAID[month.state]}"
    )
