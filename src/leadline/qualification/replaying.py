"""Replays decisions as they would have been made: at each arrival, from what was believed then.

Live, a lead is decided anew whenever something arrives about it. If it stands as MQL then, by a qualification later
than its last hand-off, it is handed over at that instant, and the hand-off is a fact from then on. A lead whose
records arrived in the order in which they happened needs one fold; only others are folded once a run of arrivals
(``late.py`` beside this file).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from leadline.qualification.arrivals import first_not_before, is_closing
from leadline.qualification.folding import qualified, without_hand_offs
from leadline.qualification.late import replay_late
from leadline.qualification.layout import NEVER
from leadline.qualification.promising import earliest
from leadline.qualification.timeline import FOREVER

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.qualification.folding import Qualified
    from leadline.qualification.layout import Plan
    from leadline.qualification.timeline import Beliefs, Part


class Replayed(NamedTuple):
    """Hand-offs (q) in order of lead and time: ``lead`` places in the whole, ``at`` µs when it was decided,
    ``qualified_at`` µs since when the lead had qualified, ``because`` (q, words) of that qualification."""

    lead: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    qualified_at: npt.NDArray[np.int64]
    because: npt.NDArray[np.int64]


def replay(plan: Plan, part: Part, as_of: int, begin: npt.NDArray[np.int64] | None = None) -> Replayed:
    """The hand-offs of a part's leads up to a moment (µs), past hand-offs and what followed from them left out.

    ``begin`` (leads of the part) µs: before when none of them qualifies, where that is known (see ``earliest``).
    """
    part = replace(part, log=without_hand_offs(part.log))
    if part.beliefs is None:
        found = qualified(plan, part, as_of)
        return Replayed(found.lead, found.at, found.at.copy(), found.because)
    late = _out_of_order(part, part.beliefs)
    found = qualified(plan, part, np.where(late, NEVER, as_of))
    place = found.lead - part.first_lead
    decided = decided_at(part, part.beliefs, place, found.at)
    late[place[_closed_before(part, found, decided)]] = True
    kept = ~late[place] & (decided <= as_of)
    in_order = Replayed(found.lead[kept], decided[kept], found.at[kept], found.because[kept])
    if not late.any():
        return in_order
    begin = earliest(plan, part) if begin is None else begin
    rest = replay_late(plan, part, np.where(late, begin, FOREVER), as_of)
    both = [np.concatenate(columns) for columns in zip(in_order, rest, strict=True)]
    order = np.lexsort((both[1], both[0]))
    return Replayed._make(column[order] for column in both)


def decided_at(
    part: Part, beliefs: Beliefs, place: npt.NDArray[np.int64], at: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """When the records of leads (by place in the part) at instants were known, for records that arrived in order."""
    decided = at.copy()
    for begins, instants, known in (
        (part.event_begins, part.log.at, beliefs.event_from),
        (part.profile_begins, part.log.known_at, beliefs.profile_from),
    ):
        row = first_not_before(instants, begins[place], begins[place + 1], at)
        there = row < begins[place + 1]
        there[there] = instants[row[there]] == at[there]
        decided[there] = np.maximum(decided[there], known[row[there]])
    return decided


def _closed_before(part: Part, found: Qualified, decided: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether something closed a qualification between its instant and the one at which it was decided."""
    closing = np.flatnonzero(is_closing(part.log.flags))
    begins = np.searchsorted(closing, part.event_begins)
    place = found.lead - part.first_lead
    row = first_not_before(part.log.at[closing], begins[place], begins[place + 1], found.at + 1)
    there = row < begins[place + 1]
    there[there] = part.log.at[closing[row[there]]] <= decided[there]
    return there


def _out_of_order(part: Part, beliefs: Beliefs) -> npt.NDArray[np.bool_]:
    """For each lead whether some record arrived after a later one, apart from another of its instant, or changed."""
    late = np.zeros(part.end_lead - part.first_lead, bool)
    log = part.log
    event_lead = np.repeat(np.arange(len(late)), np.diff(part.event_begins))
    profile_lead = np.repeat(np.arange(len(late)), np.diff(part.profile_begins))
    late[event_lead[beliefs.event_until != FOREVER]] = True
    late[profile_lead[beliefs.profile_until != FOREVER]] = True
    events, profiles = (log.at, beliefs.event_from), (log.known_at, beliefs.profile_from)
    for lead, (at, known) in ((event_lead, events), (profile_lead, profiles)):
        wrong = _disordered((at[:-1], known[:-1]), (at[1:], known[1:]))
        late[lead[1:][(lead[1:] == lead[:-1]) & wrong]] = True
    # Each kind is in order by itself: only the events beside a profile version can be out of order with it.
    begins, ends = part.event_begins[profile_lead], part.event_begins[profile_lead + 1]
    row = first_not_before(log.at, begins, ends, log.known_at)
    before, after = row > begins, row < ends
    late[profile_lead[before][_disordered(_rows(events, row[before] - 1), _rows(profiles, before))]] = True
    late[profile_lead[after][_disordered(_rows(profiles, after), _rows(events, row[after]))]] = True
    return late


_Records = tuple["npt.NDArray[np.int64]", "npt.NDArray[np.int64]"]


def _rows(records: _Records, rows: npt.NDArray[np.generic]) -> _Records:
    return records[0][rows], records[1][rows]


def _disordered(records: _Records, following: _Records) -> npt.NDArray[np.bool_]:
    """Whether a record (instant, known since) arrived after a later one, or apart from another of its instant."""
    (at, known), (next_at, next_known) = records, following
    return np.asarray((next_known < known) | ((at == next_at) & (known != next_known)), bool)
