"""Chart kind: columns of one agreement's weeks, another's as an outline over them, and capacity as a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.reporting.charts.columns import Frame, axis, axis_ticks, months_below
from leadline.reporting.figures import compact, counted, day, points
from leadline.reporting.svg import element
from leadline.reporting.texts import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Compared:
    """Counts (w) of the weeks that begin on ``mondays``; ``other`` and ``capacity`` may be missing; ``full`` (w) says
    which weeks were looked at whole."""

    mondays: tuple[date, ...]
    full: tuple[bool, ...]
    counts: tuple[int, ...]
    label: str
    other: tuple[int, ...] | None = None
    other_label: str = ""
    capacity: float | None = None


def weeks_compared(found: Compared, name: str, *, width: float, height: float) -> Markup:
    """The chart, drawn for a width in pixels."""
    highest = max([*found.counts, *(found.other or ()), found.capacity or 0], default=0)
    ticks = axis_ticks(highest)
    left = 14.0 + 7.0 * max(len(compact(tick)) for tick in ticks)
    frame = Frame(width, height, left, ticks[-1], len(found.mondays))
    return element(
        "svg",
        *axis(frame, ticks),
        *months_below(frame, list(found.mondays)),
        *(_column(frame, place, count) for place, count in enumerate(found.counts)),
        *_outline(frame, found.other),
        *_limit(frame, found.capacity),
        *(_target(frame, found, place) for place in range(len(found.mondays))),
        class_=f"columns {name}",
        viewbox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=in_a_sentence(found),
    )


def in_a_sentence(found: Compared) -> str:
    """What the chart shows, for those who do not see it."""
    full = [place for place, whole in enumerate(found.full) if whole]
    if not full:
        return "No full week."

    def said(label: str, counts: Sequence[int]) -> str:
        some = [counts[place] for place in full]
        return f"{shortened(label)}: {points(sum(some) / len(some))} a week on average, {max(some):,} at most"

    parts = [said(found.label, found.counts)]
    if found.other is not None:
        parts.append(said(found.other_label, found.other))
    if found.capacity is not None:
        parts.append(f"capacity {points(found.capacity)}")
    return f"MQLs a week from {day(found.mondays[0])}. {'; '.join(parts)}."


def _column(frame: Frame, place: int, count: int) -> Markup:
    gap = max(0.5, frame.slot * 0.16)
    x = frame.left + place * frame.slot
    return element(
        "rect",
        x=x + gap,
        width=max(0.5, frame.slot - 2 * gap),
        y=frame.y(count),
        height=frame.floor - frame.y(count),
        class_="accent",
    )


def _outline(frame: Frame, counts: Sequence[int] | None) -> list[Markup]:
    if counts is None:
        return []
    path = f"M{frame.left:.1f},{frame.floor:.1f}"
    for place, count in enumerate(counts):
        path += f" V{frame.y(count):.1f} H{frame.left + (place + 1) * frame.slot:.1f}"
    return [element("path", d=path, class_="other")]


def _limit(frame: Frame, capacity: float | None) -> list[Markup]:
    if capacity is None:
        return []
    y = frame.y(capacity)
    return [element("line", x1=frame.left, x2=frame.width, y1=y, y2=y, class_="limit")]


def _target(frame: Frame, found: Compared, place: int) -> Markup:
    said = f"{shortened(found.label, 24)} {counted(found.counts[place], 'MQL')}"
    if found.other is not None:
        said += f", {shortened(found.other_label, 24)} {counted(found.other[place], 'MQL')}"
    if found.capacity is not None and found.counts[place] > found.capacity:
        said += "; over capacity"
    if not found.full[place]:
        said += "; not a whole week"
    x = frame.left + place * frame.slot
    shape = element("rect", x=x, y=0, width=frame.slot, height=frame.floor, class_="target")
    return element("g", element("title", f"Week of {day(found.mondays[place])}: {said}"), shape)
