"""The settings of the simulated company: all that is simulated is a function of these values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

import numpy as np

from leadline.clock import DAY, to_datetime, to_instant
from leadline.errors import LeadlineError

ENDS_AT = to_instant(datetime(2026, 10, 1, tzinfo=UTC))

_EVENTS_PER_COHORT = 400_000
_LARGEST_COHORT = 10_000
_SMALLEST_COHORT = 250


class Topic(IntEnum):
    """What a stream of random numbers is for: streams are independent, so one part can change without the
    others.
    """

    ACCOUNTS = 1
    ARRIVALS = 2
    PEOPLE = 3
    INTENT = 4
    RAISING = 5
    VISITS = 6
    MAIL = 7
    MACHINES = 8
    PRODUCT = 9
    CONVERSATIONS = 10
    SALES = 11
    PROFILES = 12
    COSTS = 13
    TRANSPORT = 14
    WEBINARS = 15


@dataclass(frozen=True, slots=True)
class Company:
    """The company to simulate.

    ``leads`` people arrive in the ``months`` before ``ends_at`` (microseconds since 1970 UTC) and leave
    ``events_per_lead`` events each on average. ``sales_capacity`` is the number of leads that sales can
    start to work on in a working day; None: just enough on average, so that leads wait after every peak.
    """

    seed: int = 7
    leads: int = 5_000
    months: int = 18
    ends_at: int = ENDS_AT
    events_per_lead: float = 40.0
    sales_capacity: float | None = None

    def __post_init__(self) -> None:
        limits: tuple[tuple[str, float, float, float], ...] = (
            ("seed", self.seed, 0, 2**63),
            ("leads", self.leads, 1, 20_000_000),
            ("months", self.months, 1, 120),
            ("ends_at", self.ends_at, 0, 2**62),
            ("events_per_lead", self.events_per_lead, 10, 1_000),
            ("sales_capacity", self.sales_capacity if self.sales_capacity is not None else 1, 0.01, 1e9),
        )
        for name, value, least, most in limits:
            if not least <= value <= most:
                raise LeadlineError(f"{name} is {value:g}. Use a number from {least:g} to {most:g}.")

    @property
    def starts_at(self) -> int:
        """Midnight UTC of the same day of the month, ``months`` earlier."""
        end = to_datetime(self.ends_at)
        month = end.year * 12 + end.month - 1 - self.months
        return to_instant(datetime(month // 12, month % 12 + 1, min(end.day, 28), tzinfo=UTC))

    @property
    def weeks(self) -> int:
        """Weeks of seven days from the start, the last one begun included."""
        return -(-(self.ends_at - self.starts_at) // (7 * DAY))

    @property
    def cohorts(self) -> tuple[tuple[int, int], ...]:
        """Leads by order of arrival, cut into pieces that fit in memory: [first, last) of each."""
        size = int(_EVENTS_PER_COHORT / self.events_per_lead)
        size = max(_SMALLEST_COHORT, min(_LARGEST_COHORT, size))
        return tuple((first, min(first + size, self.leads)) for first in range(0, self.leads, size))

    def random(self, topic: Topic, part: int = 0) -> np.random.Generator:
        """The random numbers of one topic in one part (a cohort, a day): the same wherever and whenever
        drawn.
        """
        seeds = np.random.SeedSequence(self.seed, spawn_key=(int(topic), part))
        return np.random.Generator(np.random.PCG64(seeds))
