"""What the page about chances shows, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline.reporting.charts.reliability import CurvePoint, Dot


@dataclass(frozen=True, slots=True)
class Tested:
    """The curve of the leads decided up to ``cut`` (µs) beside what became of the later ones."""

    cut: int
    earlier: int
    later: int
    wins: int
    error: float
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """``until`` in µs since 1970 UTC, shown in ``timezone``; ``odds`` says each point of the curve in
    words, ``best`` and ``worst`` its ends without their intervals."""

    name: str
    version: str
    timezone: str
    horizon: str
    until: int
    leads: int
    wins: int
    young: int
    method: str
    curve: tuple[CurvePoint, ...]
    odds: tuple[str, ...]
    best: str
    worst: str
    tested: Tested | None
    difference: str
