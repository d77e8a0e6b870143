"""When people are at their desks: weekdays, hours in each time zone, August and Christmas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from leadline.clock import DAY, MICROSECONDS, to_datetime
from leadline.simulation.columns import Floats, Ints, spin, wheel
from leadline.simulation.countries import ZONES

if TYPE_CHECKING:
    from leadline.simulation.company import Company

_WEEKDAYS = (1.0, 1.08, 1.06, 1.02, 0.82, 0.16, 0.2)
_MONTHS = (0.98, 1.04, 1.08, 1.02, 1.0, 0.98, 0.86, 0.68, 1.08, 1.1, 1.06, 0.86)
_CHRISTMAS = 0.22
_WORKDAY = (1, 0.5, 0.3, 0.2, 0.2, 0.5, 2, 5, 10, 15, 16, 14, 9, 12, 15, 14, 12, 8, 5, 4, 4, 4, 3, 2)
_WEEKEND = (2, 1, 0.5, 0.3, 0.3, 0.5, 1, 2, 4, 6, 7, 7, 6, 6, 7, 7, 7, 7, 7, 8, 9, 9, 7, 4)
_HOURS = np.stack([wheel(_WORKDAY), wheel(_WEEKEND)])


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every day of the simulation; day 0 begins at ``starts_at``, which is midnight UTC.

    ``weight`` is how much happens on the day (1: an ordinary one), ``growth`` how many people arrive,
    ``offset`` the local time of each zone minus UTC in microseconds, ``month`` the index into ``months``.
    """

    starts_at: int
    ends_at: int
    weight: Floats
    growth: Floats
    weekday: Ints
    working: Ints
    month: Ints
    months: tuple[str, ...]
    offset: Ints
    reached: Floats

    @property
    def week_weight(self) -> Floats:
        """The mean weight of the days of each week."""
        weights: Floats = self.weight.reshape(-1, 7).mean(axis=1)
        return weights

    def day_within(self, week: Ints, luck: Floats) -> Ints:
        """A day of the week ``week``, busy days more often; ``luck`` is uniform in [0, 1)."""
        low, high = self.reached[week * 7], self.reached[week * 7 + 7]
        day = np.searchsorted(self.reached, low + luck * (high - low), side="right") - 1
        return np.clip(day, week * 7, week * 7 + 6)

    def at_desk(self, random: np.random.Generator, day: Ints, zone: Ints) -> Ints:
        """An instant on the local ``day`` at an hour when people are awake, most of them at work."""
        weekend = (self.weekday[day] >= 5).astype(np.int64)
        hour = spin(random, _HOURS, weekend).astype(np.int64)
        return self.at(day, (hour + random.random(len(day))) * 3600, zone)

    def at(self, day: Ints, second: Floats, zone: Ints) -> Ints:
        """The instant of a local time of day, given in seconds."""
        local = self.starts_at + day.astype(np.int64) * DAY + (second * MICROSECONDS).astype(np.int64)
        return local - self.offset[zone, day]

    def day_of(self, at: Ints) -> Ints:
        """The UTC day that holds an instant, kept inside the calendar."""
        return np.clip((at - self.starts_at) // DAY, 0, len(self.weight) - 1)

    def week_of(self, at: Ints) -> Ints:
        """The week that holds an instant, kept inside the calendar."""
        return self.day_of(at) // 7


def calendar(company: Company) -> Calendar:
    """The calendar of a company."""
    first = to_datetime(company.starts_at)
    dates = [(first + timedelta(days=day)).date() for day in range(company.weeks * 7)]
    weight = np.array([_weight(day) for day in dates])
    last = f"{to_datetime(company.ends_at - 1):%Y-%m}"
    months = sorted({min(f"{day:%Y-%m}", last) for day in dates})
    place = {month: index for index, month in enumerate(months)}
    over = np.arange(len(dates)) * DAY + company.starts_at >= company.ends_at
    growth = np.where(over, 0.0, weight * np.linspace(0.8, 1.25, len(dates)))
    return Calendar(
        starts_at=company.starts_at,
        ends_at=company.ends_at,
        weight=weight,
        growth=growth,
        weekday=np.array([day.weekday() for day in dates]),
        working=np.array([int(day.weekday() < 5 and not _christmas(day)) for day in dates]),
        month=np.array([place[min(f"{day:%Y-%m}", last)] for day in dates]),
        months=tuple(months),
        offset=np.stack([_offsets(ZoneInfo(zone), dates) for zone in ZONES]),
        reached=np.concatenate([[0.0], np.cumsum(weight)]),
    )


def _christmas(day: date) -> bool:
    return (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 2)


def _weight(day: date) -> float:
    return _WEEKDAYS[day.weekday()] * (_CHRISTMAS if _christmas(day) else _MONTHS[day.month - 1])


def _offsets(zone: ZoneInfo, dates: list[date]) -> Ints:
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC).astimezone(zone) for day in dates]
    return np.array([int((noon.utcoffset() or timedelta()).total_seconds()) * MICROSECONDS for noon in noons])
