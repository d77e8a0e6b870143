"""Calendar periods of the kernel are those of the zone's own clock: days, ISO weeks and months."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.clock import DAY, HOUR, to_datetime, to_instant
from qualification.logs import agreed, first_rule, folded, log_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe",
    "Pacific/Apia", "Africa/Casablanca", "Europe/Dublin", "Antarctica/Troll", "Asia/Gaza", "America/Caracas",
)  # fmt: skip
PERIODS = ("day", "week", "month")
FIRST, LAST = to_instant(datetime(1902, 1, 1, tzinfo=UTC)), to_instant(datetime(2099, 12, 31, tzinfo=UTC))


def period(kind: str, at: int, zone: ZoneInfo) -> tuple[int, ...]:
    """The period as Python's own calendar tells it."""
    local = to_datetime(at).astimezone(zone)
    if kind == "day":
        return (local.year, local.month, local.day)
    return (local.year, local.month) if kind == "month" else tuple(local.isocalendar())[:2]


def assert_periods(zone: str, kind: str, pairs: Sequence[tuple[int, int]]) -> None:
    """Of two hits, the second is accepted iff it lies in another period than the first."""
    agreement = agreed(f"visit: {{on: Visit, points: 1, at_most: 1 per {kind}}}", timezone=zone)
    ordered = [sorted(pair) for pair in pairs]
    log = log_of(at for pair in ordered for at in pair)
    accepted = first_rule(folded(agreement, log, [pair[1] for pair in ordered], size=2), "accepted")
    own = ZoneInfo(zone)
    for (one, two), found in zip(ordered, accepted, strict=True):
        apart = period(kind, one, own) != period(kind, two, own)
        assert found == 1 + apart, (zone, kind, to_datetime(one).isoformat(), to_datetime(two).isoformat())


def borders(zone: str, year: int) -> list[int]:
    """The instants at which the zone's date changes, and those at which its clock is put forward or back."""
    own = ZoneInfo(zone)
    found = []
    at = to_instant(datetime(year, 1, 1, tzinfo=UTC))
    before = to_datetime(at).astimezone(own)
    for hour in range(1, 366 * 24):
        after = to_datetime(at + hour * HOUR).astimezone(own)
        if after.date() != before.date() or after.utcoffset() != before.utcoffset():
            found.append(at + hour * HOUR)
        before = after
    return found


@pytest.mark.parametrize("kind", PERIODS)
@pytest.mark.parametrize("zone", ZONES)
def test_around_every_midnight_and_every_change_of_the_clock(zone: str, kind: str) -> None:
    """Also of a year before 1970, of the year in which Apia left out a day, and of the last year covered."""
    steps = (-HOUR, -HOUR // 2, -1, 0, 1, HOUR // 2)
    instants = [at + by for year in (1957, 2011, 2026, 2099) for at in borders(zone, year) for by in steps]
    assert_periods(zone, kind, list(pairwise(instants)))


@given(st.sampled_from(ZONES), st.sampled_from(PERIODS), st.data())
def test_any_two_instants(zone: str, kind: str, data: st.DataObject) -> None:
    at = st.integers(FIRST, LAST)
    near = st.tuples(at, st.integers(-40 * DAY, 40 * DAY)).map(lambda pair: (pair[0], pair[0] + pair[1]))
    pairs = data.draw(st.lists(st.one_of(near, st.tuples(at, at)), min_size=1, max_size=50))
    assert_periods(zone, kind, [(max(FIRST, one), max(FIRST, two)) for one, two in pairs])


@pytest.mark.parametrize(
    ("kind", "one", "two", "same"),
    [
        ("day", "2026-03-29T00:30", "2026-03-29T23:30", True),  # 23 hours long
        ("day", "2026-10-25T00:30", "2026-10-25T23:30", True),  # 25 hours long
        ("day", "2026-10-25T23:59", "2026-10-26T00:00", False),
        ("week", "2024-12-30T00:00", "2025-01-05T23:59", True),  # ISO week 1 of 2025
        ("week", "2026-03-08T23:59", "2026-03-09T00:00", False),  # Sunday, Monday
        ("week", "1969-12-29T00:00", "1970-01-04T23:59", True),
        ("month", "2028-02-29T23:59", "2028-03-01T00:00", False),
        ("month", "2028-02-01T00:00", "2028-02-29T23:59", True),
        ("month", "2099-12-01T00:00", "2099-12-31T23:59", True),
        ("month", "1968-02-29T23:59", "1968-03-01T00:00", False),
    ],
)
def test_in_berlin(kind: str, one: str, two: str, same: bool) -> None:
    zone = ZoneInfo("Europe/Berlin")
    first, second = (to_instant(datetime.fromisoformat(text).replace(tzinfo=zone)) for text in (one, two))
    assert (period(kind, first, zone) == period(kind, second, zone)) is same
    assert_periods("Europe/Berlin", kind, [(first, second), (first, second - timedelta.resolution.microseconds)])
