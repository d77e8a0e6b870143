"""Chart kinds for chances: what was expected beside what happened, and the curve from score to chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final

from leadline.reporting.figures import points, share, whole
from leadline.reporting.svg import element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

_WIDTH: Final = 520.0
_HEIGHT: Final = 360.0
_LEFT: Final = 52.0
_TOP: Final = 16.0
_BOTTOM: Final = 48.0
_TICKS: Final = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
_ROOM: Final = 26.0
_ROOM_ACROSS: Final = 44.0


@dataclass(frozen=True, slots=True)
class Dot:
    """Leads with about the same chance: the mean expected, the share that won with its interval, and how many."""

    expected: float
    observed: float
    low: float
    high: float
    leads: int


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A score with its chance and interval."""

    score: float
    chance: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand, in CSS pixels; chances by their square roots, so that small ones can be told apart."""

    most: float

    def y(self, chance: float) -> float:
        floor = _HEIGHT - _BOTTOM
        return floor - sqrt(min(chance, self.most) / self.most) * (floor - _TOP)

    def x(self, share_of_width: float) -> float:
        return _LEFT + share_of_width * (_WIDTH - _LEFT - 12)

    def ticks(self, length: float, room: float) -> list[float]:
        """Chances to write at an axis of this length, at least ``room`` pixels apart."""
        chosen: list[float] = []
        for tick in _TICKS:
            place = sqrt(tick / self.most) * length
            if tick <= self.most and (not chosen or place - sqrt(chosen[-1] / self.most) * length >= room):
                chosen.append(tick)
        return chosen


def reliability_chart(dots: Sequence[Dot]) -> Markup:
    """Dots near the diagonal: what was expected came true. Lines are 95 % intervals; both axes are square roots."""
    frame = _Frame(max([0.01, *(max(dot.expected, dot.high) for dot in dots)]))

    def x(chance: float) -> float:
        return frame.x(sqrt(chance / frame.most))

    across = [
        element("text", share(tick, 1), x=x(tick), y=_HEIGHT - _BOTTOM + 18, class_="tick", text_anchor="middle")
        for tick in frame.ticks(_WIDTH - _LEFT - 12, _ROOM_ACROSS)
    ]
    diagonal = element("line", x1=x(0), y1=frame.y(0), x2=x(frame.most), y2=frame.y(frame.most), class_="mean")
    return _drawing(
        f"Expected chance and share of customers in {len(dots)} groups of leads.",
        [
            *_rules(frame),
            *across,
            _title("expected chance"),
            diagonal,
            *(_dot(dot, x(dot.expected), frame) for dot in dots),
        ],
    )


def curve_chart(curve: Sequence[CurvePoint]) -> Markup:
    """The chance by score, with the band of its interval; the chance's axis is a square root."""
    frame = _Frame(max([0.01, *(point.high for point in curve)]))
    most = max(point.score for point in curve) or 1.0
    path = [(frame.x(point.score / most), point) for point in curve]
    upper = [f"{x:.1f},{frame.y(point.high):.1f}" for x, point in path]
    lower = [f"{x:.1f},{frame.y(point.low):.1f}" for x, point in reversed(path)]
    line = [f"{x:.1f},{frame.y(point.chance):.1f}" for x, point in path]
    marks = [
        element(
            "g",
            element("title", f"Score {points(point.score)}: {share(point.chance, 1)}"),
            element("circle", cx=x, cy=frame.y(point.chance), r=4, class_="accent"),
        )
        for x, point in path
    ]
    return _drawing(
        "The chance of becoming a customer by score.",
        [
            *_rules(frame),
            *_scores(frame, most),
            _title("fit + engagement"),
            element("polygon", points=" ".join([*upper, *lower]), class_="band"),
            element("polyline", points=" ".join(line), class_="line"),
            *marks,
        ],
    )


def _scores(frame: _Frame, most: float) -> list[Markup]:
    step = next(step for step in (5, 10, 20, 25, 50, 100, 200, 500, 1e9) if most / step <= 8)
    return [
        element(
            "text",
            points(score),
            x=frame.x(score / most),
            y=_HEIGHT - _BOTTOM + 18,
            class_="tick",
            text_anchor="middle",
        )
        for score in (step * place for place in range(int(most // step) + 1))
    ]


def _dot(dot: Dot, x: float, frame: _Frame) -> Markup:
    said = (
        f"{whole(dot.leads)} leads: expected {share(dot.expected, 1)}, came {share(dot.observed, 1)} "
        f"({share(dot.low, 1)} to {share(dot.high, 1)})"
    )
    return element(
        "g",
        element("title", said),
        element("line", x1=x, x2=x, y1=frame.y(dot.low), y2=frame.y(dot.high), class_="floor"),
        element("circle", cx=x, cy=frame.y(dot.observed), r=5, class_="accent"),
    )


def _rules(frame: _Frame) -> list[Markup]:
    parts: list[Markup] = []
    for tick in frame.ticks(_HEIGHT - _BOTTOM - _TOP, _ROOM):
        y = round(frame.y(tick)) + 0.5
        kind = "floor" if tick == 0 else "rule"
        parts.append(element("line", x1=_LEFT, x2=_WIDTH, y1=y, y2=y, class_=kind))
        parts.append(element("text", share(tick, 1), x=_LEFT - 8, y=y + 4, class_="tick", text_anchor="end"))
    return parts


def _title(text: str) -> Markup:
    return element("text", text, x=_WIDTH, y=_HEIGHT - 8, class_="tick", text_anchor="end")


def _drawing(label: str, parts: Sequence[Markup]) -> Markup:
    return element("svg", *parts, class_="columns", viewbox=f"0 0 {_WIDTH:g} {_HEIGHT:g}", role="img", aria_label=label)
