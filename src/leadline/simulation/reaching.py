"""How leads reached sales without Leadline: a raised hand, a naive count of visits, a list passed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.clock import DAY, HOUR
from leadline.simulation import chances
from leadline.simulation.channels import KNOWN_AT_ONCE
from leadline.simulation.columns import NEVER, Floats, Ints, draw
from leadline.simulation.company import Company, Topic
from leadline.simulation.intent import Lives, activity
from leadline.simulation.people import COMPETITOR, STUDENT, People

if TYPE_CHECKING:
    from leadline.simulation.seasons import Calendar

HANDS = ("demo", "contact", "trial")
TRIAL = HANDS.index("trial")
_HAND_SHARE = (45, 25, 30)

NAIVE_VISITS = 7.0
_NAIVE_WEEKS = 12
_LISTS_PASSED_ON = 0.4


@dataclass(frozen=True, slots=True)
class Reached:
    """When each lead of a cohort raised a hand or was passed on, and so reached sales (``NEVER`` if not).

    ``counted_at``: by the naive count, or with the list of a fair or a publisher. ``hand`` says how it
    raised it (an index of ``HANDS``).
    """

    raised_at: Ints
    counted_at: Ints
    hand: Ints

    @property
    def at(self) -> Ints:
        """The first of both ways."""
        return np.minimum(self.raised_at, self.counted_at)


def reached(company: Company, calendar: Calendar, crowd: People, life: Lives, part: int) -> Reached:
    """Who reached sales, and when."""
    random = company.random(Topic.RAISING, part)
    weeks = np.arange(life.first_week, company.weeks)
    hazard = hazards(calendar, crowd, life.intent, life.first_week)
    raises = random.random(hazard.shape, dtype=np.float32) < hazard
    week = np.where(raises.any(axis=1), weeks[raises.argmax(axis=1)], -1)
    day = calendar.day_within(np.maximum(week, 0), random.random(crowd.size))
    at = calendar.at_desk(random, day, crowd.zone)
    at = np.maximum(at, crowd.arrived_at + random.integers(120, 900, crowd.size) * 1_000_000)
    raised_at = np.where((week >= 0) & (at < company.ends_at), at, NEVER)
    hand = draw(random, _HAND_SHARE, crowd.size)
    hand = np.where((crowd.kind == STUDENT) | (crowd.kind == COMPETITOR), TRIAL, hand)
    counted_at = _counted(company, calendar, crowd, life, random)
    passed = KNOWN_AT_ONCE[crowd.campaign] & (random.random(crowd.size) < _LISTS_PASSED_ON)
    days = (np.exp(random.normal(0.9, 0.5, crowd.size)) * DAY).astype(np.int64)
    listed_at = np.where(passed, crowd.created_at + days, NEVER)
    counted_at = np.minimum(counted_at, np.where(listed_at < company.ends_at, listed_at, NEVER))
    return Reached(raised_at, counted_at, hand)


def hazards(calendar: Calendar, crowd: People, intent: Floats, first_week: int, rows: Ints | None = None) -> Floats:
    """The probability of raising a hand in each week; none before the person arrives."""
    season = calendar.week_weight[first_week : first_week + intent.shape[1]].astype(np.float32)
    kind, arrived_at = crowd.kind, crowd.arrived_at
    if rows is not None:
        kind, arrived_at = kind[rows], arrived_at[rows]
    chance = chances.raising(intent, kind[:, None], season[None, :]).astype(np.float32)
    weeks = np.arange(first_week, first_week + intent.shape[1])
    here: Floats = np.where(weeks[None, :] < calendar.week_of(arrived_at)[:, None], np.float32(0), chance)
    return here


def _counted(company: Company, calendar: Calendar, crowd: People, life: Lives, random: np.random.Generator) -> Ints:
    """Monday morning after the week in which the visits of a quarter, whoever paid them, pass the mark."""
    size, width = crowd.size, life.intent.shape[1]
    column = life.visit_lead * width + (life.visit_week - life.first_week)
    visits = np.bincount(column, minlength=size * width).reshape(size, width).astype(np.float32)
    total = np.cumsum(visits, axis=1)
    total[:, _NAIVE_WEEKS:] -= total[:, :-_NAIVE_WEEKS].copy()
    known = np.arange(width)[None, :] >= (calendar.week_of(crowd.created_at) - life.first_week)[:, None]
    many = (total >= NAIVE_VISITS * activity(company)) & known
    week = life.first_week + many.argmax(axis=1) + 1
    monday = week * 7 + (-calendar.weekday[0] % 7)
    at = company.starts_at + monday * DAY + 8 * HOUR + random.integers(0, 6 * HOUR, size)
    at = np.maximum(at, crowd.created_at + HOUR)
    return np.where(many.any(axis=1) & (at < company.ends_at), at, NEVER)
