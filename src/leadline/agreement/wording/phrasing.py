"""Small phrases that all sentences share: numbers, points, enumerations, moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from leadline.clock import to_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCALES: Final = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def plain_number(value: float) -> str:
    """A number as people write it, exactly: ``1,500``, ``0.25``."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    return repr(float(value))


def number_in_words(value: float, unit: str | None = None) -> str:
    """A number to read aloud, exactly: ``10 million EUR``."""
    words = plain_number(value)
    for scale, name in _SCALES:
        scaled = value / scale
        if abs(scaled) >= 1 and scaled * scale == value and len(plain_number(scaled)) <= 6:
            words = f"{plain_number(scaled)} {name}"
            break
    return f"{words} {unit}" if unit else words


def points_in_words(points: float) -> str:
    """Points to read aloud: ``1 point``, ``minus 60 points``."""
    size = f"{number_in_words(abs(points))} point{'' if abs(points) == 1 else 's'}"
    return f"minus {size}" if points < 0 else size


def listed(parts: Sequence[str], joint: str = "and") -> str:
    """An enumeration: ``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def moment_in_words(instant: int, timezone: str = "UTC") -> str:
    """An instant (µs) as a date, with the time of day where it is not midnight."""
    try:
        moment = to_datetime(instant).astimezone(ZoneInfo(timezone))
    except (ValueError, OverflowError):
        moment = to_datetime(instant)
    date = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return date
    time = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    return f"{date} {time}"


def lowered(label: str) -> str:
    """A label inside a sentence: its first letter small, unless the word is an abbreviation or a name
    like iPad.
    """
    first = label.split(" ", 1)[0]
    return label if first[1:] != first[1:].lower() or len(first) == 1 else label[:1].lower() + label[1:]


def capitalised(sentence: str) -> str:
    """A sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]
