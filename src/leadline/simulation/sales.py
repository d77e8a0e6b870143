"""The desk of sales: limited hours, raised hands first, then the rest in order; everybody else waits."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from leadline.clock import DAY, HOUR, MINUTE
from leadline.simulation.columns import NEVER, Bools, Floats, Ints
from leadline.simulation.company import Topic
from leadline.simulation.deals import DealBook, Deals
from leadline.simulation.judging import DISQUALIFIED, Case, Work, judge, merge, no_work, revive
from leadline.simulation.world import Cohort, World, fit_seen

_OPENS, _CLOSES = 7 * HOUR, 16 * HOUR
_PATIENCE = 45 * DAY
_REACHED_SHARE = 0.25
_SPARE = 1.15


@dataclass(frozen=True, slots=True)
class Applicants:
    """The leads that reached sales, in order of arrival, with their intent in every week (half precision)."""

    lead: Ints
    reached_at: Ints
    by_hand: Bools
    account: Ints
    kind: Ints
    fit: Floats
    fit_seen: Floats
    intent: Floats

    def rows(self, where: Ints) -> Applicants:
        """Some of the rows."""
        return Applicants(*(getattr(self, one.name)[where] for one in fields(self)))


def applicants(here: World, crew: Cohort) -> Applicants:
    """Those of a cohort who reached sales."""
    who = np.flatnonzero(crew.reached.at < NEVER)
    crowd = crew.people
    intent = np.zeros((len(who), here.company.weeks), dtype=np.float16)
    intent[:, crew.life.first_week :] = crew.life.intent[who]
    return Applicants(
        lead=crowd.first + who,
        reached_at=crew.reached.at[who],
        by_hand=crew.reached.raised_at[who] <= crew.reached.counted_at[who],
        account=crowd.account[who],
        kind=crowd.kind[who],
        fit=crowd.fit[who],
        fit_seen=fit_seen(here, crew)[who],
        intent=intent,
    )


def gather(crowds: list[Applicants]) -> Applicants:
    """All who reached sales, in the order in which they did."""
    everyone = Applicants(
        *(np.concatenate([getattr(crowd, one.name) for crowd in crowds]) for one in fields(Applicants))
    )
    return everyone.rows(np.argsort(everyone.reached_at, kind="stable"))


def daily_capacity(here: World) -> Floats:
    """How many leads sales can start on, each day; the team grows with the company."""
    working = here.calendar.working
    given = here.company.sales_capacity
    if given is None:
        given = here.company.leads * _REACHED_SHARE * _SPARE / max(int(working.sum()), 1)
    growing: Floats = given * working * np.linspace(0.85, 1.15, len(working))
    return growing


@dataclass(slots=True)
class _Line:
    """Who waits: rows of the applicants, with the round and the instant from which they wait."""

    row: Ints
    round: Ints
    since: Ints
    by_hand: Bools
    reopens: Bools

    def join(self, more: _Line) -> _Line:
        return _Line(*(np.concatenate([getattr(self, one.name), getattr(more, one.name)]) for one in fields(self)))

    def pick(self, where: Ints | Bools) -> _Line:
        return _Line(*(getattr(self, one.name)[where] for one in fields(self)))


def work(here: World, everyone: Applicants) -> tuple[Work, Deals, Ints]:
    """Run the desk from the first day to the last: what sales did, the deals, and since when accounts are
    customers.
    """
    book = DealBook.empty(here.accounts)
    random = here.company.random(Topic.SALES)
    done: list[Work] = []
    line = _fresh(everyone, np.zeros(0, dtype=np.int64))
    later = line
    credit, reached = 0.0, 0
    for day, capacity in enumerate(daily_capacity(here).tolist()):
        start = here.company.starts_at + day * DAY
        upto = int(np.searchsorted(everyone.reached_at, start + _CLOSES))
        line = line.join(_fresh(everyone, np.arange(reached, upto)))
        reached = upto
        back = later.since < start + _CLOSES
        line, later = line.join(later.pick(back)), later.pick(~back)
        credit = min(credit + capacity, max(capacity, 1.0) + 1.0) if capacity else 0.0
        if credit < 1 or not len(line.row):
            continue
        chosen, started_at, line = _serve(line, int(credit), start)
        credit -= len(started_at)
        case = _case(here, everyone, chosen, started_at)
        piece = judge(random, book, case, np.where(chosen.reopens, chosen.since - HOUR, NEVER))
        done.append(piece)
        later = later.join(_returning(chosen, piece))
        revived = revive(random, book, piece, case.account)
        done.append(revived)
    return _finish(book, done)


def _finish(book: DealBook, done: list[Work]) -> tuple[Work, Deals, Ints]:
    if not book.pages:
        nobody = np.zeros(0, dtype=np.int64)
        book.enter(np.random.Generator(np.random.PCG64(0)), nobody, nobody, nobody, nobody.astype(bool))
    if not done:
        done = [no_work()]
    return merge(done), book.all(), book.customer_at


def _fresh(everyone: Applicants, row: Ints) -> _Line:
    nobody = np.zeros(len(row), dtype=bool)
    return _Line(row, np.ones(len(row), dtype=np.int64), everyone.reached_at[row], everyone.by_hand[row], nobody)


def _serve(line: _Line, seats: int, start: int) -> tuple[_Line, Ints, _Line]:
    """The leads taken today with the instant of the first look, and those who go on waiting (not for
    ever).
    """
    line = line.pick((start - line.since < _PATIENCE) | line.by_hand)
    line = line.pick(np.lexsort((line.since, ~line.by_hand)))
    taken = line.pick(np.arange(min(seats, len(line.row))))
    size = len(taken.row)
    slot = start + _OPENS + ((np.arange(size) + 0.5) / max(seats, 1) * (_CLOSES - _OPENS)).astype(np.int64)
    started_at = np.maximum(slot, taken.since + 4 * MINUTE)
    return taken, started_at, line.pick(np.arange(size, len(line.row)))


def _case(here: World, everyone: Applicants, line: _Line, started_at: Ints) -> Case:
    some = everyone.rows(line.row)
    week = here.calendar.week_of(started_at)
    intent = some.intent[np.arange(len(week)), week].astype(np.float64)
    return Case(
        some.lead,
        line.round,
        line.since,
        started_at,
        line.by_hand,
        some.account,
        some.kind,
        some.fit,
        some.fit_seen,
        intent,
    )


def _returning(line: _Line, piece: Work) -> _Line:
    back = piece.returns_at < NEVER
    who = line.pick(back)
    by_hand = (piece.lead[back] + piece.round[back]) % 2 == 0
    return _Line(who.row, who.round + 1, piece.returns_at[back], by_hand, piece.fate[back] == DISQUALIFIED)
