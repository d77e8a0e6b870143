"""What the page of a back-test shows, as plain values: the border between finding figures out and drawing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from leadline.learning.backtest.findings import Figures, Margin, Moved


@dataclass(frozen=True, slots=True)
class Money:
    """What a win is worth and a lead costs; ``value`` None where nobody said and no deal has one."""

    currency: str
    value: float | None
    cost: float


@dataclass(frozen=True, slots=True)
class Page:
    """A back-test. Instants in µs; ``mondays`` (w) and ``full`` (w) are the weeks of all counts.

    ``judging``: whether any outcome is known; ``dated``: whether outcomes have instants; ``arrivals``: whether the log
    says when its records became known. ``changes`` are sentences on how the agreements differ.
    """

    side: Figures
    against: Figures | None
    moved: Moved | None
    margin: Margin | None
    mondays: tuple[date, ...]
    full: tuple[bool, ...]
    since: int
    until: int
    known_until: int
    timezone: str
    horizon_days: float
    capacity: float | None
    money: Money
    judging: bool
    dated: bool
    arrivals: bool
    changes: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
