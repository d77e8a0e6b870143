"""Intent, week by week: it makes people visit, and visits through good channels raise it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.simulation.channels import DIRECT, LATER, LIFT, NEWSLETTER, NURTURE
from leadline.simulation.columns import Floats, Ints, spin
from leadline.simulation.company import Company, Topic

if TYPE_CHECKING:
    from leadline.simulation.people import People
    from leadline.simulation.seasons import Calendar

LIFT_KEPT = 2 ** (-7 / 60)  # a touch loses half of its effect in 60 days
_LIFT_MOST = 1.7
_VISITS = 0.27
_LONGER_LIVES = 0.6
_FIXED_EVENTS, _MAIL_EVENTS, _WEB_EVENTS = 4.0, 16.0, 19.0  # of the average lead at activity 1
_MOST_MAIL = 2.4
_MOST_VISITS_A_WEEK = 60.0


@dataclass(frozen=True, slots=True)
class Lives:
    """What moves a cohort: ``intent`` (lead, week − ``first_week``) and the visits it caused, first
    touches included.

    ``visit_lead`` counts from 0 inside the cohort, ``visit_week`` from the start of the company,
    ``campaign`` is the one that brought the visit.
    """

    first_week: int
    intent: Floats
    visit_lead: Ints
    visit_week: Ints
    campaign: Ints

    def at(self, lead: Ints, week: Ints) -> Floats:
        """The intent of leads in weeks (weeks before the first one count as the first)."""
        values: Floats = self.intent[lead, np.clip(week - self.first_week, 0, self.intent.shape[1] - 1)]
        return values


def activity(company: Company) -> float:
    """How many times busier than by default people are, so that they leave ``events_per_lead`` events on
    average.

    Mail cannot grow without end (one newsletter is one newsletter), so that beyond a point only visits
    do.
    """
    wanted: float = company.events_per_lead * (18.0 / company.months) ** _LONGER_LIVES
    proportional = (wanted - _FIXED_EVENTS) / (_MAIL_EVENTS + _WEB_EVENTS)
    beyond = (wanted - _FIXED_EVENTS - _MOST_MAIL * _MAIL_EVENTS) / _WEB_EVENTS
    return max(proportional if proportional <= _MOST_MAIL else beyond, 0.1)


def saturated(lift: Floats) -> Floats:
    """Many touches help less and less."""
    most: Floats = _LIFT_MOST * np.tanh(lift / _LIFT_MOST)
    return most


def own_intent(crowd: People, weeks: Ints, rows: Ints | None = None) -> Floats:
    """Intent without any marketing: lasting need, and the rise and fall while the person looks for a
    product.
    """
    start, length, height, need = (
        (column if rows is None else column[rows])[:, None]
        for column in (crowd.window_from, crowd.window_length, crowd.window_height, crowd.need)
    )
    age = np.maximum((weeks[None, :] - start) / (length / 2.5), 0.0).astype(np.float32)
    bump = height.astype(np.float32) * age * np.exp(1.0 - age)
    own: Floats = bump + (0.35 * need - 0.55).astype(np.float32)
    return own


def lives(company: Company, calendar: Calendar, crowd: People, part: int) -> Lives:
    """Let the weeks of a cohort pass."""
    random = company.random(Topic.INTENT, part)
    arrived = calendar.week_of(crowd.arrived_at)
    created = calendar.week_of(crowd.created_at)
    first_week = int(arrived.min())
    weeks = np.arange(first_week, company.weeks)
    intent = own_intent(crowd, weeks)
    busy = activity(company)
    eager = np.exp(crowd.appetite) * _VISITS * busy
    lift = np.zeros(crowd.size)
    leads, when, campaigns = [np.arange(crowd.size)], [arrived], [crowd.campaign]
    for week in weeks.tolist():
        now = intent[:, week - first_week]
        now += saturated(lift)
        age = week - arrived
        rate = eager * np.exp(0.62 * now) * (0.2 + 0.8 * np.exp(-np.maximum(age, 0) / 7)) * calendar.week_weight[week]
        visits = random.poisson(np.where(age >= 0, np.minimum(rate, _MOST_VISITS_A_WEEK * max(busy, 1.0)), 0.0))
        visitor = np.repeat(np.arange(crowd.size), visits)
        campaign = spin(random, LATER, (now[visitor] > 0.4).astype(np.int64) + (now[visitor] > 1.5))
        mailed = (campaign == NEWSLETTER) | (campaign == NURTURE)
        reachable = crowd.subscribes[visitor] & ~crowd.bad_address[visitor] & (created[visitor] < week)
        campaign = np.where(mailed & ~reachable, DIRECT, campaign)
        leads.append(visitor)
        when.append(np.full(len(visitor), week))
        campaigns.append(campaign)
        lift *= LIFT_KEPT
        lift += np.bincount(visitor, LIFT[campaign], crowd.size) / max(busy, 0.5)
        lift += np.where(age == 0, LIFT[crowd.campaign], 0.0)
    return Lives(first_week, intent, np.concatenate(leads), np.concatenate(when), np.concatenate(campaigns))
