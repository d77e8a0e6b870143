"""How often leads of each month are won, and which months cannot be judged: too young, or before wins were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from leadline.analytics.duration import is_mature, is_recorded
from leadline.analytics.moments import NEVER
from leadline.estimates.shares import Share, share

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.analytics.duration import Duration
    from leadline.analytics.outcome import Ends

State = Literal["full", "immature", "truncated"]
MONTHS_MOST: Final = 36
_MOSTLY: Final = 0.8


@dataclass(frozen=True, slots=True)
class Month:
    """Leads that came in one month: how many, how many of the decided were won, and whether that can be judged."""

    first_day: date
    leads: int
    share: Share
    state: State
    open: int


def months_of(ends: Ends, duration: Duration | None) -> tuple[Month, ...]:
    """The months of creation, oldest first, at most three years; gaps are filled."""
    known = ends.created_at != NEVER
    if not known.any():
        return ()
    month = np.full(len(known), -1, np.int64)
    month[known] = ends.created_at[known].astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    recorded, mature = is_recorded(duration, ends), is_mature(duration, ends)
    last, first = int(month.max()), int(month[known].min())
    found = []
    for number in range(max(first, last - MONTHS_MOST + 1), last + 1):
        inside = month == number
        trials = inside & ends.decided
        state = _state(inside, recorded, mature)
        counted = share(float((trials & ends.won).sum()), float(trials.sum()))
        day = date(1970 + number // 12, number % 12 + 1, 1)
        found.append(Month(day, int(inside.sum()), counted, state, int((inside & ends.open).sum())))
    return tuple(found)


def _state(inside: npt.NDArray[np.bool_], recorded: npt.NDArray[np.bool_], mature: npt.NDArray[np.bool_]) -> State:
    if not inside.any():
        return "full"
    if recorded[inside].mean() < _MOSTLY:
        return "truncated"
    return "immature" if mature[inside].mean() < _MOSTLY else "full"


def judged_of(ends: Ends, duration: Duration | None) -> npt.NDArray[np.bool_]:
    """Leads that a rate may rest on: decided, watched long enough, of a time when wins were recorded (n)."""
    return ends.decided & is_recorded(duration, ends) & is_mature(duration, ends)
