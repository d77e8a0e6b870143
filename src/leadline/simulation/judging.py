"""What becomes of the leads that sales works on: how far they get, why they leave, if they return."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.clock import DAY
from leadline.simulation import chances
from leadline.simulation.columns import NEVER, Bools, Floats, Ints, logistic, micros
from leadline.simulation.people import STUDENT

if TYPE_CHECKING:
    from leadline.simulation.deals import DealBook

FATES = ("rejected", "disqualified", "recycled", "closed")
REJECTED, DISQUALIFIED, RECYCLED, CLOSED = range(4)

# Customers, students, competitors and job seekers are named as such; the other reasons are mere excuses.
REASONS = (
    "existing customer",
    "no response",
    "not a fit",
    "too small",
    "wrong person",
    "student",
    "competitor",
    "job seeker",
    "no budget",
    "bad timing",
    "no need",
    "went silent",
    "chose competitor",
    "no decision",
    "too expensive",
    "invalid contact",
)
_EXISTING = REASONS.index("existing customer")
_REJECTION = np.array([REASONS.index(reason) for reason in ("not a fit", "wrong person", "no response", "too small")])
_RECYCLING = np.array(
    [REASONS.index(reason) for reason in ("no budget", "bad timing", "no response", "went silent", "no need")]
)
_LOSS = np.array(
    [REASONS.index(reason) for reason in ("chose competitor", "no decision", "too expensive", "no budget")]
)
_DISQUALIFICATION = np.array([REASONS.index(reason) for reason in ("invalid contact", "not a fit", "too small")])

_RETURNS = np.array([0.16, 0.05, 0.55, 0.0])
_MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """Leads that sales starts to work on: ``lead`` counts in the whole company, ``started_at`` ends the
    wait.
    """

    lead: Ints
    round: Ints
    reached_at: Ints
    started_at: Ints
    by_hand: Bools
    account: Ints
    kind: Ints
    fit: Floats
    fit_seen: Floats
    intent: Floats

    def rows(self, where: Ints | Bools) -> Case:
        """Some of the rows."""
        return Case(*(getattr(self, one.name)[where] for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Work:
    """What sales did, one row a lead and round; ``NEVER`` where it did not come to that.

    ``left_at`` is the instant of the rejection, disqualification or recycling; ``reopened_at`` precedes
    all else in the row. ``returns_at`` is when a lead that left reaches sales again.
    """

    lead: Ints
    round: Ints
    reached_at: Ints
    started_at: Ints
    by_hand: Bools
    reopened_at: Ints
    accepted_at: Ints
    qualified_at: Ints
    opened_at: Ints
    closed_at: Ints
    left_at: Ints
    won: Bools
    fate: Ints
    reason: Ints
    deal: Ints
    returns_at: Ints

    def rows(self, where: Ints | Bools | slice) -> Work:
        """Some of the rows."""
        return Work(*(getattr(self, one.name)[where] for one in fields(self)))


def no_work() -> Work:
    """Not a single row."""
    empty: Any = np.zeros(0, dtype=np.int64)
    return Work(*(empty.astype(bool) if one.name in ("won", "by_hand") else empty for one in fields(Work)))


def merge(works: list[Work]) -> Work:
    """All rows, by lead and round."""
    merged = Work(*(np.concatenate([getattr(work, one.name) for work in works]) for one in fields(Work)))
    return merged.rows(np.lexsort((merged.round, merged.lead)))


def judge(random: np.random.Generator, book: DealBook, case: Case, reopened_at: Ints) -> Work:
    """Work on leads: draws every step, with the delays between them."""
    size = len(case.lead)
    luck = random.random((5, size))
    days = np.exp(random.normal(0.0, 1.0, (4, size)) * 0.6)
    wait = (case.started_at - case.reached_at) / DAY
    customer = book.customer_at[case.account] <= case.started_at
    accepts = (luck[0] < chances.accepted(case.fit_seen, case.intent, case.by_hand)) & ~customer
    qualifies = accepts & (luck[1] < chances.qualified(case.fit, case.intent, wait))
    opens = qualifies & (luck[2] < chances.opened(case.fit, case.intent))
    wins = opens & (luck[3] < chances.won(case.fit, case.intent))
    hopeless = ~accepts & ~customer & ((case.kind >= STUDENT) | (case.fit_seen < -2.2)) & (luck[4] < 0.6)
    accepted_at = np.where(accepts, case.started_at + micros(0.002 + 0.2 * days[0]), NEVER)
    qualified_at = np.where(qualifies, accepted_at + micros(2.8 * days[1]), NEVER)
    opened_at = np.where(opens, qualified_at + micros(1.8 * days[2]), NEVER)
    closed_at = np.where(opens, opened_at + micros(np.where(wins, 34.0, 44.0) * days[3]), NEVER)
    deal = np.full(size, -1)
    if opens.any():
        deal[opens], closed_at[opens], wins[opens] = book.enter(
            random, case.account[opens], opened_at[opens], closed_at[opens], wins[opens]
        )
    last = np.where(qualifies, qualified_at, np.where(accepts, accepted_at, case.started_at))
    left_after = micros(np.where(accepts, 9.0, 0.25) * days[3] + 0.003)
    left_at = np.where(opens, NEVER, np.minimum(last, NEVER - 10**15) + left_after)
    fate = np.where(opens, CLOSED, np.where(accepts, RECYCLED, np.where(hopeless, DISQUALIFIED, REJECTED)))
    reason = _reasons(random, case, fate, customer)
    return Work(
        case.lead,
        case.round,
        case.reached_at,
        case.started_at,
        case.by_hand,
        reopened_at,
        accepted_at,
        qualified_at,
        opened_at,
        closed_at,
        left_at,
        wins,
        fate,
        reason,
        deal,
        _returns(random, case, fate, left_at, customer),
    )


def _reasons(random: np.random.Generator, case: Case, fate: Ints, customer: Bools) -> Ints:
    choice = random.integers(0, 60, len(fate))
    named = case.kind - STUDENT + REASONS.index("student")
    disqualified = np.where(case.kind >= STUDENT, named, _DISQUALIFICATION[choice % 3])
    by_fate = np.stack([_REJECTION[choice % 4], disqualified, _RECYCLING[choice % 5], _LOSS[choice % 4]])
    return np.where(customer, _EXISTING, by_fate[fate, np.arange(len(fate))])


def _returns(random: np.random.Generator, case: Case, fate: Ints, left_at: Ints, customer: Bools) -> Ints:
    """Some come back after months, the interested ones rather."""
    chance = _RETURNS[fate] * logistic(0.4 + 0.6 * case.fit)
    again = (random.random(len(fate)) < chance) & ~customer & (case.round < _MOST_ROUNDS)
    pause = micros(np.exp(random.normal(np.log(70.0), 0.5, len(fate))))
    return np.where(again, np.minimum(left_at, NEVER - 10**16) + pause, NEVER)


def revive(random: np.random.Generator, book: DealBook, work: Work, account: Ints) -> Work:
    """Lost deals that are opened again months later, a few in a hundred, with a deal of their own."""
    lost = (work.fate == CLOSED) & ~work.won & (random.random(len(work.lead)) < 0.05)
    old, where = work.rows(lost), account[lost]
    size = len(old.lead)
    never = np.full(size, NEVER)
    reopened_at = old.closed_at + micros(np.exp(random.normal(np.log(80.0), 0.4, size)))
    opened_at = reopened_at + micros(random.uniform(0.01, 1.0, size))
    wins = random.random(size) < 0.35
    closed_at: Ints = opened_at + micros(25.0 * np.exp(random.normal(0.0, 0.5, size)))
    deal: Ints = np.full(size, -1)
    if size:
        deal, closed_at, wins = book.enter(random, where, opened_at, closed_at, wins)
    return Work(
        old.lead,
        old.round + 1,
        reopened_at,
        reopened_at,
        np.zeros(size, dtype=bool),
        reopened_at,
        never,
        never,
        opened_at,
        closed_at,
        never,
        wins,
        np.full(size, CLOSED),
        _LOSS[random.integers(0, 4, size)],
        deal,
        never,
    )
