"""What was believed of leads at moments: a log of its own, ready to be folded as of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.qualification.arrivals import runs_of
from leadline.qualification.layout import Log, Spans

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.qualification.timeline import Part

    Whole = npt.NDArray[np.int64]


def snapshot(part: Part, place: Whole, at: Whole) -> tuple[Log, Spans]:
    """The records of leads (k places in a part, also the same again) as believed at moments (k) µs; one span each."""
    runs = (part.event_begins[place], part.event_begins[place + 1])
    versions = (part.profile_begins[place], part.profile_begins[place + 1])
    beliefs = part.beliefs
    if beliefs is None:
        return part.log, Spans(*runs, *versions, at)
    event_rows, event_place = believed(runs, at, (beliefs.event_from, beliefs.event_until))
    profile_rows, profile_place = believed(versions, at, (beliefs.profile_from, beliefs.profile_until))
    log = part.log
    columns = [*(column[event_rows] for column in log[:5]), *(column[profile_rows] for column in log[5:8]), log.blank]
    event_begins, profile_begins = _begins(event_place, len(at)), _begins(profile_place, len(at))
    spans = Spans(event_begins[:-1], event_begins[1:], profile_begins[:-1], profile_begins[1:], at)
    return Log._make(columns), spans


def believed(runs: tuple[Whole, Whole], moment: Whole, known: tuple[Whole, Whole]) -> tuple[Whole, Whole]:
    """The rows of runs that are believed at a moment each, and the place of each row's run."""
    rows, starts = runs_of(*runs)
    place = np.repeat(np.arange(len(moment)), np.diff(starts))
    kept = (known[0][rows] <= moment[place]) & (moment[place] < known[1][rows])
    return rows[kept], place[kept]


def _begins(place: Whole, count: int) -> Whole:
    return np.searchsorted(place, np.arange(count + 1))
