"""Writes figures and moments the same way everywhere on a page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from leadline.clock import to_datetime

MINUS: Final = "\u2212"
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SCALES: Final = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))


def whole(value: float) -> str:
    """A number of things: ``12,345``."""
    return f"{value:,.0f}".replace("-", MINUS)


def compact(value: float) -> str:
    """A number where there is little room: ``12.3k``."""
    for scale, letter in _SCALES:
        if abs(value) >= max(scale, 10_000):
            return f"{value / scale:.3g}{letter}".replace("-", MINUS)
    return f"{value:,.4g}".replace("-", MINUS)


def fitting(value: float) -> str:
    """A number in a cell of a narrow table: exact below a hundred thousand, else compact."""
    return whole(value) if abs(value) < 100_000 else compact(value)


def share(part: float, all_of_it: float) -> str:
    """A share: ``12%``, ``1.5%`` below ten; a trace is ``<0.1%``, never nothing."""
    percent = 100 * part / all_of_it if all_of_it else 0.0
    if 0 < percent < 0.1:
        return "<0.1%"
    if 99.9 < percent < 100:
        return ">99.9%"
    return f"{percent:.1f}%" if 0 < percent < 9.95 or 99 < percent < 100 else f"{percent:.0f}%"


def points(value: float) -> str:
    """Points with at most one decimal, none from a thousand up: ``26.5``, ``60``, ``1,234``."""
    if abs(value) >= 1_000:
        return whole(value)
    return f"{value:,.1f}".removesuffix(".0").replace("-", MINUS) if abs(value) >= 0.05 else "0"


def signed(value: float) -> str:
    """Points with their sign: ``+26.5``."""
    written = points(value)
    return written if written == "0" or value < 0 else f"+{written}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: ``1 lead``, ``2 leads``."""
    return f"{whole(count)} {one if count == 1 else many or one + 's'}"


def day(value: date) -> str:
    """A day: ``6 Apr 2026``."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(instant: int, timezone: str) -> str:
    """An instant (µs) in a zone, to the minute: ``30 Sep 2026, 17:00``."""
    local = to_datetime(instant).astimezone(ZoneInfo(timezone))
    return f"{day(local.date())}, {local:%H:%M}"


def exact(instant: int) -> str:
    """An instant (µs) in ISO 8601, UTC, to the microsecond where it has any."""
    return to_datetime(instant).isoformat().replace("+00:00", "Z")


def day_in_utc(instant: int) -> date:
    """The day of an instant (µs) in UTC."""
    return datetime.fromtimestamp(instant // 1_000_000, UTC).date()
