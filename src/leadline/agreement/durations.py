"""Durations and frequencies as people write them: `30d`, `1 per day`, `3 per 30d`, `1 ever by asset`."""

from __future__ import annotations

import re
from typing import Final

from leadline.agreement.document import AtMost, Calendar
from leadline.clock import DAY, HOUR, MINUTE
from leadline.fields.catalogue import KEY_COLUMNS

UNITS: Final = {"m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
DURATION_MAX: Final = 36_525 * DAY
COUNT_MAX: Final = 1_000_000

_DURATION: Final = re.compile(r"([0-9]{1,9})\s*([mhdw])")
_CALENDAR: Final[dict[str, Calendar]] = {"day": "day", "week": "week", "month": "month"}


def parse_duration(text: str) -> int:
    """A duration in µs. Raises ``ValueError`` that says what is wrong and the way out."""
    found = _DURATION.fullmatch(text.strip())
    if not found or int(found[1]) == 0:
        raise ValueError(
            f"'{text[:40]}' is not a duration.{_duration_hint(text)} Write a whole number from 1 and a unit: "
            "30m, 4h, 30d or 2w."
        )
    duration = int(found[1]) * UNITS[found[2]]
    if duration > DURATION_MAX:
        raise ValueError(f"'{text}' is longer than a century. Write `never` where nothing should end.")
    return duration


def _duration_hint(text: str) -> str:
    if text.strip() == "never":
        return " Leave it out where nothing ends."
    found = re.fullmatch(r"([0-9]{1,9})\s*([a-z]+)\.?", text.strip().lower())
    if not found or int(found[1]) == 0:
        return ""
    count, unit = int(found[1]), found[2].removesuffix("s")
    if unit in ("month", "mon", "mo"):
        return f" Months differ in length: did you mean {30 * count}d?"
    if unit in ("year", "yr", "y"):
        return f" Did you mean {365 * count}d?"
    short = {"minute": "m", "min": "m", "hour": "h", "hr": "h", "day": "d", "week": "w", "wk": "w"}.get(unit, unit)
    return f" Did you mean {count}{short}?" if short in UNITS else ""


def format_duration(duration: int) -> str:
    """A duration in the largest unit that divides it: ``30d``."""
    for unit in ("d", "h", "m"):
        if duration % UNITS[unit] == 0:
            return f"{duration // UNITS[unit]}{unit}"
    return f"{duration / DAY:g}d"


def duration_in_words(duration: int) -> str:
    """A duration to read aloud: ``30 days``."""
    names = (("d", "day"), ("h", "hour"), ("m", "minute"))
    for unit, name in names:
        if duration % UNITS[unit] == 0:
            count = duration // UNITS[unit]
            return f"{count} {name}{'s' if count != 1 else ''}"
    return f"{duration / DAY:g} days"


def parse_at_most(text: str) -> AtMost:
    """How many hits are accepted: ``N per P [by column]`` or ``N ever [by column]``. Raises
    ``ValueError``.
    """
    words = text.split()
    count = int(words[0]) if words and re.fullmatch("[0-9]{1,9}", words[0]) else 0
    by = words[-1] if len(words) >= 2 and words[-2] == "by" else None
    span = words[1:-2] if by else words[1:]
    if by is not None and by not in KEY_COLUMNS:
        raise ValueError(f"at_most counts by {', '.join(KEY_COLUMNS)}, not by '{by[:40]}'.")
    if not 1 <= count <= COUNT_MAX:
        raise ValueError(_not_a_frequency(text))
    if span == ["ever"]:
        return AtMost(count, "ever", by)
    if len(span) == 2 and span[0] == "per":
        if span[1] in _CALENDAR:
            return AtMost(count, _CALENDAR[span[1]], by)
        if _DURATION.fullmatch(span[1]):
            return AtMost(count, parse_duration(span[1]), by)
    raise ValueError(_not_a_frequency(text))


_ADVERBS: Final = {"daily": "1 per day", "weekly": "1 per week", "monthly": "1 per month", "once": "1 ever"}


def _not_a_frequency(text: str) -> str:
    import difflib

    words = text[:60].split()
    known = ["day", "week", "month", "ever", "per", "by"]
    mended = [(difflib.get_close_matches(w, known, 1, 0.6) or [w])[0] if not re.match("[0-9]", w) else w for w in words]
    guess = _ADVERBS.get(text.strip().lower(), " ".join(mended))
    likely = guess != " ".join(words) and re.match(r"[0-9]+ (per|ever)\b", guess)
    hint = f" Did you mean '{guess}'?" if likely else ""
    return f"'{text[:60]}' is not a frequency.{hint} Write N per day|week|month, N per 30d, or N ever."


def format_at_most(at_most: AtMost) -> str:
    """The frequency as the file spells it."""
    period = at_most.period
    span = "ever" if period == "ever" else f"per {format_duration(period) if isinstance(period, int) else period}"
    return f"{at_most.count} {span}" + (f" by {at_most.by}" if at_most.by else "")
