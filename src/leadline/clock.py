"""The only place that reads a clock: everywhere else, time is an argument."""

from __future__ import annotations

from datetime import UTC, datetime

MICROSECONDS = 1_000_000
MINUTE = 60 * MICROSECONDS
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> int:
    """The present, in microseconds since 1970-01-01 UTC."""
    return to_instant(datetime.now(UTC))


def to_instant(moment: datetime) -> int:
    """An aware ``datetime`` as microseconds since 1970-01-01 UTC, exactly."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * MICROSECONDS + since.microseconds


def to_datetime(instant: int) -> datetime:
    """Microseconds since 1970-01-01 UTC as an aware ``datetime`` in UTC."""
    return datetime.fromtimestamp(instant // MICROSECONDS, UTC).replace(microsecond=instant % MICROSECONDS)
