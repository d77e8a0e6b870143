"""Why a row is left out: the numbers that travel in the column ``verdict``, and the words for people."""

from __future__ import annotations

from enum import IntEnum


class Verdict(IntEnum):
    """0 is a good row."""

    GOOD = 0
    NO_LEAD_ID = 1
    NO_TIME = 2
    TIME_UNREADABLE = 3
    UNKNOWN_LEAD = 4
    IN_THE_FUTURE = 5
    OTHER_CONTENT = 6

    @property
    def reason(self) -> str:
        """What people read."""
        return _REASONS[self]


_REASONS = {
    Verdict.GOOD: "",
    Verdict.NO_LEAD_ID: "no lead id",
    Verdict.NO_TIME: "no time",
    Verdict.TIME_UNREADABLE: "the time cannot be read",
    Verdict.UNKNOWN_LEAD: "unknown lead",
    Verdict.IN_THE_FUTURE: "in the future",
    Verdict.OTHER_CONTENT: "event_id seen before with other content",
}
BROKEN = "not a row"
"""The reason under which rows that are none are counted."""
