"""Chart kind: what each value of a threshold would have brought: volume, shares, and worth at the margin, in panels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leadline.reporting.charts.columns import axis_ticks
from leadline.reporting.figures import compact, counted, points, share, signed, whole
from leadline.reporting.svg import element

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from leadline.learning.backtest.curve import Curve, CurvePoint

_LEFT: Final = 56.0
_GAP: Final = 38.0
_VOLUME: Final = 110.0
_SHARES: Final = 110.0
_WORTH: Final = 70.0
_AXIS: Final = 40.0
_TOP: Final = 20.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve with what else is drawn: MQLs a week that sales can work, and whether outcomes are known."""

    curve: Curve
    capacity: float | None
    judging: bool

    @property
    def valued(self) -> bool:
        """Whether there is a panel of worth."""
        return self.judging and any(point.band.worth is not None for point in self.inner)

    @property
    def inner(self) -> tuple[CurvePoint, ...]:
        """The points that have a margin: all but the strictest."""
        return self.curve.strictest_first[1:]


@dataclass(frozen=True, slots=True)
class _Panel:
    """A strip of the chart: where its values lie from ``low`` to ``high``."""

    top: float
    height: float
    low: float
    high: float

    def y(self, value: float) -> float:
        """How far from the top of the chart a value lies."""
        return self.top + self.height * (1 - (value - self.low) / ((self.high - self.low) or 1.0))


def threshold_curve(drawn: Drawn, name: str, *, width: float) -> Markup:
    """The chart, drawn for a width in pixels."""
    points_ = drawn.curve.points
    slot = (width - _LEFT) / max(1, len(points_))
    panels, height = _panels(drawn)

    def x(place: float) -> float:
        return _LEFT + (place + 0.5) * slot

    parts = _volume(drawn, panels[0], x, slot)
    if drawn.judging:
        parts += _shares(drawn, panels[1], x)
    if drawn.valued:
        parts += _worth(drawn, panels[2], x, slot)
    return element(
        "svg",
        *parts,
        *_marks(drawn, x, height - _AXIS),
        *_values(drawn, x, slot, height - _AXIS),
        *(_target(drawn, place, x(place) - slot / 2, slot, height - _AXIS) for place in range(len(points_))),
        class_=f"columns {name}",
        viewbox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=in_a_sentence(drawn),
    )


def in_a_sentence(drawn: Drawn) -> str:
    """What the chart shows, for those who do not see it."""
    curve = drawn.curve
    first, last = curve.strictest_first[0], curve.strictest_first[-1]
    said = (
        f"Threshold {curve.threshold.path}, now {points(curve.threshold.value)}: from "
        f"{counted(first.measures.mqls, 'MQL')} at {points(first.value)} to "
        f"{counted(last.measures.mqls, 'MQL')} at {points(last.value)}."
    )
    if curve.capacity_at is not None:
        said += f" Capacity is reached at {points(curve.capacity_at)}."
    if curve.best_at is not None and drawn.judging:
        said += f" MQLs are worth most together at {points(curve.best_at)}."
    return said


def _panels(drawn: Drawn) -> tuple[list[_Panel], float]:
    points_ = drawn.curve.points
    most = max([*(point.measures.load.mean for point in points_), drawn.capacity or 0, 0.1])
    panels = [_Panel(_TOP, _VOLUME, 0.0, axis_ticks(most)[-1] if most > 2 else most)]
    bottom = _TOP + _VOLUME
    if drawn.judging:
        panels.append(_Panel(bottom + _GAP, _SHARES, 0.0, 1.0))
        bottom += _GAP + _SHARES
    if drawn.valued:
        worth = [point.band.worth for point in drawn.inner if point.band.worth is not None]
        panels.append(_Panel(bottom + _GAP, _WORTH, min(0.0, *worth), max(0.0, *worth)))
        bottom += _GAP + _WORTH
    return panels, bottom + _AXIS


def _heading(text: str, panel: _Panel) -> Markup:
    return element("text", text, x=0, y=panel.top - 8, class_="heading")


def _rule(panel: _Panel, value: float, said: str, end: float, *, floor: bool) -> list[Markup]:
    y = round(panel.y(value)) + 0.5
    return [
        element("line", x1=_LEFT, x2=end, y1=y, y2=y, class_="floor" if floor else "rule"),
        element("text", said, x=_LEFT - 8, y=y + 4, class_="tick", text_anchor="end"),
    ]


def _volume(drawn: Drawn, panel: _Panel, x: Callable[[float], float], slot: float) -> list[Markup]:
    end = x(len(drawn.curve.points) - 0.5)
    parts = [_heading("MQLs in a full week", panel)]
    for value in (0.0, panel.high / 2, panel.high):
        parts += _rule(panel, value, points(value), end, floor=value == 0)
    gap = max(1.0, slot * 0.16)
    for place, point in enumerate(drawn.curve.points):
        y = panel.y(point.measures.load.mean)
        box = {"x": x(place) - slot / 2 + gap, "width": slot - 2 * gap, "y": y, "height": panel.y(0) - y}
        parts.append(element("rect", **box, class_="accent"))
    if drawn.capacity is not None:
        y = panel.y(drawn.capacity)
        parts.append(element("line", x1=_LEFT, x2=end, y1=y, y2=y, class_="limit"))
    return parts


def _shares(drawn: Drawn, panel: _Panel, x: Callable[[float], float]) -> list[Markup]:
    found = drawn.curve.points
    end = x(len(found) - 0.5)
    parts = [_heading("Became customers (line) · found in time (dots)", panel)]
    for value in (0.0, 0.5, 1.0):
        parts += _rule(panel, value, share(value, 1), end, floor=value == 0)
    judged = [(place, point.measures.precision) for place, point in enumerate(found) if point.measures.precision.trials]
    recall = [(place, point.measures.recall) for place, point in enumerate(found) if point.measures.recall.trials]
    if judged:
        upper = [f"{x(place):.1f},{panel.y(one.high):.1f}" for place, one in judged]
        lower = [f"{x(place):.1f},{panel.y(one.low):.1f}" for place, one in reversed(judged)]
        parts.append(element("polygon", points=" ".join([*upper, *lower]), class_="spread"))
        line = " ".join(f"{x(place):.1f},{panel.y(one.rate):.1f}" for place, one in judged)
        parts.append(element("polyline", points=line, class_="line"))
    if recall:
        line = " ".join(f"{x(place):.1f},{panel.y(one.rate):.1f}" for place, one in recall)
        parts.append(element("polyline", points=line, class_="dotted"))
    return parts


def _worth(drawn: Drawn, panel: _Panel, x: Callable[[float], float], slot: float) -> list[Markup]:
    found = drawn.curve.points
    end = x(len(found) - 0.5)
    parts = [_heading("Worth of each lead that a value adds", panel)]
    for value in {panel.low, 0.0, panel.high}:
        parts += _rule(panel, value, compact(value), end, floor=value == 0)
    gap = max(1.0, slot * 0.16)
    strictest = drawn.curve.strictest_first[0]
    for place, point in enumerate(found):
        worth = point.band.worth
        if worth is None or point is strictest:
            continue
        top, bottom = sorted((panel.y(worth), panel.y(0)))
        box = {"x": x(place) - slot / 2 + gap, "width": slot - 2 * gap, "y": top, "height": max(1.0, bottom - top)}
        parts.append(element("rect", **box, class_="minus" if worth < 0 else "accent"))
    return parts


def _marks(drawn: Drawn, x: Callable[[float], float], floor: float) -> list[Markup]:
    """A line down all panels at the value in force."""
    place = [point.value for point in drawn.curve.points].index(drawn.curve.threshold.value)
    return [element("line", x1=x(place), x2=x(place), y1=_TOP - 4, y2=floor + 4, class_="mean")]


def _values(drawn: Drawn, x: Callable[[float], float], slot: float, floor: float) -> list[Markup]:
    """The values below, as many as have room, and under them what is special about some."""
    curve = drawn.curve
    every = max(1, round(34 / slot + 0.49))
    force = [point.value for point in curve.points].index(curve.threshold.value)
    special = {curve.capacity_at: "capacity"} | ({curve.best_at: "worth most"} if drawn.judging else {})
    if drawn.judging and curve.capacity_at == curve.best_at:
        special = {curve.best_at: "capacity, worth most"}
    parts: list[Markup] = []
    for place, point in enumerate(curve.points):
        if (place - force) % every == 0:
            kind = "figure" if place == force else "tick"
            parts.append(
                element("text", points(point.value), x=x(place), y=floor + 18, class_=kind, text_anchor="middle")
            )
        if point.value in special:
            anchor = "start" if place * 2 < len(curve.points) else "end"
            shift = slot / 2 if anchor == "end" else -slot / 2
            said = special[point.value]
            parts.append(element("text", said, x=x(place) + shift, y=floor + 34, class_="heading", text_anchor=anchor))
    return parts


def _target(drawn: Drawn, place: int, left: float, slot: float, floor: float) -> Markup:
    shape = element("rect", x=left, y=0, width=slot, height=floor, class_="target")
    return element("g", element("title", _said(drawn, drawn.curve.points[place])), shape)


def _said(drawn: Drawn, point: CurvePoint) -> str:
    curve, measures, band = drawn.curve, point.measures, point.band
    said = f"{points(point.value)}: {counted(measures.mqls, 'MQL')}, {points(measures.load.mean)} in a full week"
    if drawn.judging:
        said += (
            f"; {share(measures.precision.hits, measures.precision.trials)} of {whole(measures.judged)} judged were won"
            f"; {share(measures.recall.hits, measures.recall.trials)} of customers found in time"
        )
        if point is not curve.strictest_first[0]:
            said += f"; adds {counted(band.leads, 'lead')} with a chance of {share(band.chance, 1)}"
            said += "" if band.worth is None else f", each worth {signed(band.worth)}"
    notes = ((curve.threshold.value, "in force"), (curve.capacity_at, "capacity"), (curve.best_at, "worth most"))
    marks = [note for value, note in notes if value == point.value and (note != "worth most" or drawn.judging)]
    return said + (f" ({', '.join(marks)})" if marks else "")
