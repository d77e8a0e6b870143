"""Chart kind: a share that grows with the days, as steps with their interval as a band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.reporting.figures import share, whole
from leadline.reporting.svg import element

if TYPE_CHECKING:
    from markupsafe import Markup

    from leadline.analytics.duration import Curve

_TOP: Final = 14.0
_BOTTOM: Final = 30.0
_LEFT: Final = 46.0
_STEPS: Final = (1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365, 730, 1825)


def curve_chart(curve: Curve, name: str, *, width: float, height: float) -> Markup:
    """The curve from day 0 to its last day, drawn for a width in pixels."""
    last = float(curve.days[-1]) if len(curve.days) else 1.0
    top = max(float(curve.high[-1]) if len(curve.high) else 0.1, 1e-6) * 1.05
    floor = height - _BOTTOM

    def x(day: float) -> float:
        return _LEFT + day / last * (width - _LEFT - 8)

    def y(rate: float) -> float:
        return floor - rate / top * (floor - _TOP)

    return element(
        "svg",
        *_axis(last, top, (x, y), (width, floor)),
        element("path", d=_band(curve, x, y), class_="area"),
        element("path", d=_steps(curve, x, y), class_="curve"),
        *_targets(curve, (x, y), floor),
        class_=f"columns {name}",
        viewbox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=in_a_sentence(curve),
    )


def in_a_sentence(curve: Curve) -> str:
    """What the curve shows, for those who do not see it."""
    if not len(curve.days):
        return "No wins with times."
    said = [f"{share(curve.at(day)[0], 1)} within {day} days" for day in (7, 30, 90, 180) if day <= curve.days[-1]]
    return f"Share of {whole(curve.leads)} leads won: {', '.join(said) or share(float(curve.share[-1]), 1)}."


def _axis(last: float, top: float, at: tuple, size: tuple[float, float]) -> list[Markup]:  # type: ignore[type-arg]
    x, y = at
    width, floor = size
    parts: list[Markup] = []
    for rate in (0.0, _half(top), 2 * _half(top)):
        line = round(y(rate)) + 0.5
        parts.append(element("line", x1=_LEFT, x2=width, y1=line, y2=line, class_="floor" if rate == 0 else "rule"))
        parts.append(element("text", f"{100 * rate:.3g}%", x=_LEFT - 8, y=line + 4, class_="tick", text_anchor="end"))
    step = next((step for step in _STEPS if last / step <= width / 90), _STEPS[-1])
    for day in range(0, int(last) + 1, step):
        parts.append(element("line", x1=x(day), x2=x(day), y1=floor, y2=floor + 5, class_="rule"))
        text = f"{day} days" if day == 0 else str(day)
        parts.append(
            element("text", text, x=x(day), y=floor + 20, class_="tick", text_anchor="start" if day == 0 else "middle")
        )
    return parts


def _half(top: float) -> float:
    """A round share of which two fit below the top."""
    steps = (0.001, 0.002, 0.005, 0.01, 0.02, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
    return max(step for step in steps if 2 * step <= top or step == steps[0])


def _steps(curve: Curve, x, y) -> str:  # type: ignore[no-untyped-def]
    path = [f"M{x(0):.1f},{y(0):.1f}"]
    for day, rate in zip(curve.days, curve.share, strict=True):
        path.append(f"H{x(float(day)):.1f}V{y(float(rate)):.1f}")
    return "".join(path)


def _band(curve: Curve, x, y) -> str:  # type: ignore[no-untyped-def]
    if not len(curve.days):
        return ""
    up = "".join(f"H{x(float(d)):.1f}V{y(float(h)):.1f}" for d, h in zip(curve.days, curve.high, strict=True))
    places = range(len(curve.days) - 1, -1, -1)
    down = "".join(f"V{y(float(curve.low[p])):.1f}H{x(float(curve.days[p])):.1f}" for p in places)
    return f"M{x(float(curve.days[0])):.1f},{y(0):.1f}{up}{down}Z"


def _targets(curve: Curve, at: tuple, floor: float) -> list[Markup]:  # type: ignore[type-arg]
    """Upright stripes that say on hover what the curve says there."""
    x, y = at
    if not len(curve.days):
        return []
    last = float(curve.days[-1])
    stripes = 40
    parts = []
    for stripe in range(stripes):
        day = last * (stripe + 1) / stripes
        rate, low, high = curve.at(day)
        title = f"Within {day:.0f} days: {share(rate, 1)} won ({share(low, 1)} to {share(high, 1)})"
        begin, end = x(last * stripe / stripes), x(day)
        box = element("rect", x=begin, y=_TOP, width=end - begin, height=floor - _TOP, class_="target")
        mark = element("circle", cx=end, cy=y(rate), r=3, class_="spot")
        parts.append(element("g", element("title", title), box, mark))
    return parts
