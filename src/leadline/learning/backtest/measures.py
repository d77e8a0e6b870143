"""Measures qualifications against what became of the leads: volume, precision, recall, lift, load, lead time.

Pure NumPy on columns, so that a "what if" over a whole history can be measured at every move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.clock import DAY
from leadline.estimates.shares import Share, intervals, share
from leadline.qualification.layout import NEVER

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.learning.backtest.weeks import Weeks
    from leadline.qualification.outcomes import Outcomes

    Instants = npt.NDArray[np.int64]
    Places = npt.NDArray[np.integer]
    Truths = npt.NDArray[np.bool_]

HORIZON: Final = 180 * DAY
"""Where too few wins say how long one takes."""
_STEP: Final = 30 * DAY
_LONGEST: Final = 720 * DAY
_WINS_MIN: Final = 20
_WINS_WITHIN: Final = 0.9


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What agreements are measured with, the same for each of them.

    ``outcomes`` of n leads; ``entered`` (n) µs when each became known, ``NEVER`` for before all time; a win counts if
    it comes within ``horizon`` (µs) after the qualification; ``weeks`` is the window that is looked at; ``capacity``
    is how many MQLs sales can work a week.
    """

    outcomes: Outcomes
    entered: Instants
    weeks: Weeks
    horizon: int
    capacity: float | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Hand-offs a week over the ``weeks`` that lie in the window whole; ``over`` of them exceed ``capacity``."""

    weeks: int
    mean: float
    most: int
    capacity: float | None
    over: int


@dataclass(frozen=True, slots=True)
class Measures:
    """One agreement's qualifications in the window, measured.

    ``mqls`` counts leads, each at its first qualification; ``hand_offs`` counts qualifications, a recycled lead's
    again; ``weekly`` (w) are hand-offs. ``judged`` MQLs are old enough for their outcome to count, ``young`` are not
    (censored), ``unjudged`` have no outcome stated or were customers before. ``won``, ``sql`` count successes among
    the judged. ``recall``: customers of the window who were MQL before they were won. ``base``: share of all leads
    that became customers within the horizon after they became known, judged alike; ``lift`` = precision ÷ base.
    ``lead_time``: median days from MQL to won, None without a win that has an instant.
    """

    mqls: int
    hand_offs: int
    weekly: Instants
    judged: int
    young: int
    unjudged: int
    won: int
    sql: int
    precision: Share
    precision_sql: Share
    recall: Share
    base: Share
    lift: float | None
    load: Load
    lead_time: float | None


@dataclass(frozen=True, slots=True)
class SegmentMeasures:
    """MQLs of one segment (a persona, a channel, …), measured as ``Measures`` are."""

    code: int
    leads: int
    mqls: int
    judged: int
    won: int
    sql: int
    precision: Share
    precision_sql: Share


@dataclass(frozen=True, slots=True)
class Movement:
    """Who becomes MQL in the window under the second agreement only, the first only, or both: places of leads.

    ``entering_at`` (second's instants), ``leaving_at`` (first's instants), and for those who stay ``earlier`` (µs):
    how much sooner the second qualifies them (negative: later).
    """

    entering: Places
    entering_at: Instants
    leaving: Places
    leaving_at: Instants
    staying: Places
    earlier: Instants


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Of n moments of leads: whether each is judged, whether it is too young, and what came of the judged."""

    judged: Truths
    young: Truths
    won: Truths
    sql: Truths


def first_qualifications(lead: Places, at: Instants) -> tuple[Places, Instants]:
    """Each lead's first qualification, by lead."""
    if not len(lead):
        return lead, at
    step = np.diff(lead)
    if (step < 0).any() or ((step == 0) & (np.diff(at) < 0)).any():
        order = np.lexsort((at, lead))
        lead, at = lead[order], at[order]
        step = np.diff(lead)
    first = np.concatenate([[True], step != 0])
    return lead[first], at[first]


def judge(outcomes: Outcomes, lead: Places, at: Instants, horizon: int) -> Verdicts:
    """What came of leads within a horizon (µs) after moments.

    Judged is whoever has a stated outcome, was no customer at the moment, and whose horizon is over: to count a young
    lead's win but not another's wait would flatter. Outcomes without dates are final. A lead that sales had qualified
    before the moment (under another agreement) counts as qualified.
    """
    won, sql, stated = outcomes.won[lead], outcomes.sql[lead], outcomes.stated[lead]
    if not outcomes.dated:
        nobody = np.zeros(len(lead), bool)
        return Verdicts(stated, nobody, stated & won, stated & sql)
    won_at, sql_at = outcomes.won_at[lead], outcomes.sql_at[lead]
    bygone = at == NEVER
    end = np.where(bygone, outcomes.until, at + horizon)
    open_ = stated & ~(won & (won_at != NEVER) & (won_at <= at))
    ripe = bygone | (end <= outcomes.until)
    judged = open_ & ripe
    return Verdicts(judged, open_ & ~ripe, judged & won & (won_at <= end), judged & sql & (sql_at <= end))


def measure(yardstick: Yardstick, lead: Places, at: Instants) -> Measures:
    """Measures the qualifications (n) of leads at instants (µs), in any order."""
    outcomes, weeks = yardstick.outcomes, yardstick.weeks
    leads, firsts = first_qualifications(lead, at)
    inside = _within(weeks, firsts)
    verdicts = judge(outcomes, leads[inside], firsts[inside], yardstick.horizon)
    judged, won, sql = (int(found.sum()) for found in (verdicts.judged, verdicts.won, verdicts.sql))
    young, mqls = int(verdicts.young.sum()), int(inside.sum())
    precision, base = share(won, judged), base_share(yardstick)
    weekly = weeks.count(at)
    caught, customers, waits = _caught(yardstick, leads, firsts)
    return Measures(
        mqls=mqls,
        hand_offs=int(weekly.sum()),
        weekly=weekly,
        judged=judged,
        young=young,
        unjudged=mqls - judged - young,
        won=won,
        sql=sql,
        precision=precision,
        precision_sql=share(sql, judged),
        recall=share(caught, customers),
        base=base,
        lift=precision.rate / base.rate if judged and base.hits else None,
        load=load_of(weeks, weekly, yardstick.capacity),
        lead_time=float(np.median(waits)) / DAY if len(waits) else None,
    )


def base_share(yardstick: Yardstick) -> Share:
    """Share of all leads that became customers within the horizon after they became known."""
    entered = yardstick.entered
    known = np.flatnonzero((entered == NEVER) | _within(yardstick.weeks, entered))
    verdicts = judge(yardstick.outcomes, known, entered[known], yardstick.horizon)
    return share(int(verdicts.won.sum()), int(verdicts.judged.sum()))


def load_of(weeks: Weeks, weekly: Instants, capacity: float | None) -> Load:
    """Load of the full weeks."""
    full = weekly[weeks.full]
    over = 0 if capacity is None else int((full > capacity).sum())
    return Load(len(full), float(full.mean()) if len(full) else 0.0, int(full.max(initial=0)), capacity, over)


def by_segment(
    yardstick: Yardstick, lead: Places, at: Instants, codes: npt.NDArray[np.integer], segments: int
) -> tuple[SegmentMeasures, ...]:
    """Measures each segment; ``codes`` (leads) are 0 … segments - 1, negative for leads of none."""
    leads, firsts = first_qualifications(lead, at)
    inside = _within(yardstick.weeks, firsts)
    leads, firsts = leads[inside], firsts[inside]
    verdicts = judge(yardstick.outcomes, leads, firsts, yardstick.horizon)
    code = codes[leads]

    def tally(chosen: Truths) -> npt.NDArray[np.int64]:
        return np.bincount(code[chosen & (code >= 0)], minlength=segments)

    mqls, judged, won, sql = (
        tally(chosen) for chosen in (np.ones(len(leads), bool), verdicts.judged, verdicts.won, verdicts.sql)
    )
    all_leads = np.bincount(codes[codes >= 0], minlength=segments)
    ends, sql_ends = intervals(won, judged), intervals(sql, judged)
    return tuple(
        SegmentMeasures(
            place,
            int(all_leads[place]),
            int(mqls[place]),
            int(judged[place]),
            int(won[place]),
            int(sql[place]),
            Share(int(won[place]), int(judged[place]), float(ends[0][place]), float(ends[1][place])),
            Share(int(sql[place]), int(judged[place]), float(sql_ends[0][place]), float(sql_ends[1][place])),
        )
        for place in range(segments)
    )


def enter_and_leave(weeks: Weeks, first: tuple[Places, Instants], second: tuple[Places, Instants]) -> Movement:
    """Who enters and who leaves when the second agreement's qualifications (lead, at) replace the first's."""
    before, before_at = _in_window(weeks, first)
    after, after_at = _in_window(weeks, second)
    staying, of_before, of_after = np.intersect1d(before, after, assume_unique=True, return_indices=True)
    new, gone = np.ones(len(after), bool), np.ones(len(before), bool)
    new[of_after] = False
    gone[of_before] = False
    return Movement(
        after[new], after_at[new], before[gone], before_at[gone], staying, before_at[of_before] - after_at[of_after]
    )


def default_horizon(outcomes: Outcomes, lead: Places, at: Instants) -> int:
    """How long (µs) to wait for an outcome: whole 30 days in which nine of ten wins after a qualification came.

    With fewer than twenty such wins, 180 days. Never so long that less than half of the MQLs could be judged, if
    thirty days allow that.
    """
    leads, firsts = first_qualifications(lead, at)
    if not outcomes.dated or not len(leads):
        return HORIZON
    won_at = outcomes.won_at[leads]
    waits = (won_at - firsts)[outcomes.won[leads] & (won_at > firsts) & (won_at != NEVER)]
    wanted = float(np.quantile(waits, _WINS_WITHIN)) if len(waits) >= _WINS_MIN else float(HORIZON)
    wanted = min(-(-wanted // _STEP) * _STEP, float(_LONGEST))
    age = float(np.median(outcomes.until - firsts))
    return int(max(_STEP, min(wanted, age // _STEP * _STEP)))


def _within(weeks: Weeks, at: Instants) -> Truths:
    return (at >= weeks.since) & (at < weeks.until)


def _in_window(weeks: Weeks, found: tuple[Places, Instants]) -> tuple[Places, Instants]:
    leads, firsts = first_qualifications(*found)
    inside = _within(weeks, firsts)
    return leads[inside], firsts[inside]


def _caught(yardstick: Yardstick, leads: Places, firsts: Instants) -> tuple[int, int, Instants]:
    """Customers of the window who were MQL before they were won, all customers of it, and the times between (µs)."""
    outcomes = yardstick.outcomes
    dated = outcomes.won_at != NEVER
    customers = outcomes.won & outcomes.stated & (~dated | _within(yardstick.weeks, outcomes.won_at))
    won_at = outcomes.won_at[leads]
    caught = customers[leads] & (~dated[leads] | (firsts < won_at))
    return int(caught.sum()), int(customers.sum()), (won_at - firsts)[caught & dated[leads]]
