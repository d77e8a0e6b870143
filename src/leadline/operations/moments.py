"""The moment at which each lead stood best before sales took it: what scores are compared with outcomes at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.learning.backtest.measures import judge
from leadline.learning.examples import drawn_ends
from leadline.qualification.folding import peaks, spans_of
from leadline.qualification.layout import NEVER, RECORD_SHIFT
from leadline.qualification.planning import compile_plan

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.operations.score import Matched
    from leadline.qualification.outcomes import Outcomes
    from leadline.qualification.timeline import Part

_ACCEPTED, _DISQUALIFIED = 2, 9
"""Stage records with which sales takes or judges a lead, counted from 1 in the order of STAGE_RECORDS."""
_RECORDED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Moments:
    """Of each lead (n): the instant at which fit + engagement was highest while it could be reached, before sales took
    it and before its outcome (µs, NEVER where there is none), the score then, and until when that was looked for (µs).
    """

    at: npt.NDArray[np.int64]
    score: npt.NDArray[np.float64]
    door: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judged:
    """Leads whose horizon is over: their places (n), scores, moments (µs), and whether each won in time.

    ``young`` leads were left out: nobody knows yet.
    """

    lead: npt.NDArray[np.int64]
    score: npt.NDArray[np.float64]
    at: npt.NDArray[np.int64]
    won: npt.NDArray[np.bool_]
    young: int


def best_moments(matched: Matched, agreement: Agreement, outcomes: Outcomes) -> Moments:
    """The best moment of every lead as known at ``outcomes.until``."""
    plan = compile_plan(agreement)
    doors = _doors(matched, outcomes)

    def found(part: Part) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        rows = peaks(plan, part.log, spans_of(part, doors[part.first_lead : part.end_lead]))
        return rows["at"].copy(), rows["fit"] + rows["engagement"]

    columns = zip(*matched.timeline.each_part(matched.profiles, found), strict=True)
    at, score = (np.concatenate(column) for column in columns)
    return Moments(at, score, doors)


def _doors(matched: Matched, outcomes: Outcomes) -> npt.NDArray[np.int64]:
    """Of each lead, the last instant (µs) that is looked at: before sales took or judged it.

    Where sales keeps no records of most customers, their histories end with the purchase, and those of the others at
    the like moment of some customer: otherwise customers alone would be seen at shorter histories.
    """
    doors = np.concatenate(
        list(matched.timeline.each_part(matched.profiles, lambda part: _taken(part, outcomes.until)))
    )
    customers = outcomes.won & (outcomes.won_at != NEVER)
    recorded = doors < outcomes.until
    if not customers.any() or recorded[customers].mean() >= _RECORDED_SHARE:
        return doors
    ends: npt.NDArray[np.int64] = np.minimum(doors, drawn_ends(matched.profiles, outcomes, customers))
    return ends


def _taken(part: Part, until: int) -> npt.NDArray[np.int64]:
    """Of each lead of a part, the last instant (µs) before a record of sales, or ``until``."""
    log = part.log
    record = log.flags >> RECORD_SHIFT
    rows = np.flatnonzero((record >= _ACCEPTED) & (record <= _DISQUALIFIED))
    lead, first = np.unique(np.searchsorted(part.event_begins, rows, side="right") - 1, return_index=True)
    doors = np.full(len(part.event_begins) - 1, until)
    doors[lead] = np.minimum(doors[lead], log.at[rows[first]] - 1)
    return doors


def judged(moments: Moments, outcomes: Outcomes, horizon: int) -> Judged:
    """The leads with a best moment of whom it is known whether they became customers within the horizon (µs) after it.

    Judged as MQLs are (see ``learning.backtest.measures.judge``): too young ones are left out, won or not.
    """
    lead = np.flatnonzero(moments.at != NEVER)
    verdicts = judge(outcomes, lead, moments.at[lead], horizon)
    ripe = lead[verdicts.judged]
    young = int(verdicts.young.sum())
    return Judged(ripe, moments.score[ripe], moments.at[ripe], verdicts.won[verdicts.judged], young)


def first_instant(matched: Matched) -> int | None:
    """When a log begins (µs): with its first event that is no stage record, without such with its first record.

    Leads may have become known years before anything was recorded of them; those years would count as weeks in which
    nobody qualified. ``None`` where nothing has a time.
    """

    def firsts(part: Part) -> tuple[int | None, int | None]:
        log = part.log
        events = log.at[log.flags >> RECORD_SHIFT == 0]
        records = [int(at.min()) for at in (log.at, log.known_at[log.known_at != NEVER]) if len(at)]
        return (int(events.min()) if len(events) else None), min(records, default=None)

    found = list(matched.timeline.each_part(matched.profiles, firsts))
    for choice in (0, 1):
        instants: list[int] = [one[choice] for one in found if one[choice] is not None]
        if instants:
            return min(instants)
    return None


def last_instant(matched: Matched, now: int) -> int:
    """The latest instant (µs) of anything in a log: what is known ends there. ``now`` where nothing has a time."""
    last = [int(part.log.at.max()) for part in matched.timeline.each_part(matched.profiles, lambda part: part)
            if len(part.log.at)]  # fmt: skip
    known = matched.profiles.known_at
    if len(known) and int(known.max()) != NEVER:
        last.append(int(known.max()))
    return min(now, max(last, default=now))
