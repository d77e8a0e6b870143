"""Weeks from Monday in the agreement's time zone, as instants: a year of qualifications is counted in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from leadline.clock import to_datetime, to_instant

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weeks that meet a window ``since`` ≤ t < ``until`` (µs).

    ``mondays`` (w) name them; ``starts`` (w + 1) µs are their bounds; ``full`` (w) says which lie in the window whole.
    """

    since: int
    until: int
    mondays: tuple[date, ...]
    starts: npt.NDArray[np.int64]
    full: npt.NDArray[np.bool_]

    def count(self, at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """How many of the instants (n) µs lie in each week (w); those outside the window in none."""
        inside = at[(at >= self.since) & (at < self.until)]
        places = np.searchsorted(self.starts, inside, side="right") - 1
        return np.bincount(places, minlength=len(self.mondays)).astype(np.int64)


def weeks_between(since: int, until: int, timezone: str) -> Weeks:
    """The weeks of a window (µs, half-open) in a time zone; of an empty window none."""
    zone = ZoneInfo(timezone)
    monday = _monday(since, zone)
    mondays = []
    while until > since and _begin(monday, zone) < until:
        mondays.append(monday)
        monday += timedelta(weeks=1)
    starts = np.array([*(_begin(day, zone) for day in mondays), _begin(monday, zone)], np.int64)
    full = (starts[:-1] >= since) & (starts[1:] <= until)
    return Weeks(since, until, tuple(mondays), starts, full)


def _monday(instant: int, zone: ZoneInfo) -> date:
    today = to_datetime(instant).astimezone(zone).date()
    return today - timedelta(days=today.weekday())


def _begin(day: date, zone: ZoneInfo) -> int:
    return to_instant(datetime(day.year, day.month, day.day, tzinfo=zone))
