"""Raised hands and what follows from trials: use of the product, and seats that fill while people like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.clock import DAY
from leadline.simulation.channels import PRODUCT
from leadline.simulation.columns import NEVER, Floats, Ints, within_group
from leadline.simulation.company import Topic
from leadline.simulation.content import page
from leadline.simulation.intent import activity
from leadline.simulation.reaching import HANDS, TRIAL

if TYPE_CHECKING:
    from leadline.simulation.timeline import Timeline
    from leadline.simulation.world import Cohort, World

FEATURES = ("scoring", "routing", "dashboards", "integrations", "imports", "alerts", "api", "user admin")
_TRIAL_DAYS = 21.0
_MOST_SEATS = 60
_NAMES = {"demo": "Demo Requested", "contact": "Contact Requested", "trial": "Trial Started"}
_PAGES = {"demo": "/demo", "contact": "/contact", "trial": "/trial"}


@dataclass(frozen=True, slots=True)
class Usage:
    """Seats in use as they were counted: lead, instant, seats."""

    lead: Ints
    at: Ints
    seats: Ints


def raise_hands(here: World, crew: Cohort, story: Timeline) -> None:
    """Write the demo and contact requests and the trials that began, with the page and the form in front
    of them.
    """
    raised = crew.reached
    for number, hand in enumerate(HANDS):
        who = np.flatnonzero((raised.hand == number) & (raised.raised_at < NEVER))
        at, campaign = raised.raised_at[who], _latest_campaign(here, crew, who)
        story.add("Page Viewed", who, at - 45_000_000, campaign=campaign, page=page(_PAGES[hand]), landing=0)
        story.add(
            "Form Submitted",
            who,
            at - 1_000_000,
            campaign=campaign,
            properties=story.text(f'{{"form":"{hand}"}}'),
        )
        story.add(_NAMES[hand], who, at, campaign=campaign)


def _latest_campaign(here: World, crew: Cohort, who: Ints) -> Ints:
    """The campaign of the last visit not later than the week of the raised hand."""
    life = crew.life
    week = here.calendar.week_of(np.minimum(crew.reached.raised_at, here.company.ends_at - 1))
    before = life.visit_week <= week[life.visit_lead]
    last = np.zeros(crew.people.size, dtype=np.int64)
    np.maximum.at(last, life.visit_lead[before], np.flatnonzero(before))
    return life.campaign[last[who]]


def use(here: World, crew: Cohort, bought_at: Ints, story: Timeline) -> Usage:
    """Write the use of the product by those on trial, by new customers, and by leads at customers of old."""
    random = here.company.random(Topic.PRODUCT, crew.part)
    crowd, raised, ends_at = crew.people, crew.reached, here.company.ends_at
    busy = activity(here.company)
    trial = np.flatnonzero((raised.hand == TRIAL) & (raised.raised_at < NEVER))
    buyers = np.flatnonzero(bought_at < ends_at)
    old = here.accounts.customer_at[crowd.account] <= here.company.starts_at
    old_users = np.flatnonzero(old & (random.random(crowd.size) < 0.3))
    lead = np.concatenate([trial, buyers, old_users])
    begun = np.concatenate([raised.raised_at[trial], bought_at[buyers], crowd.created_at[old_users]])
    length = np.where(np.arange(len(lead)) < len(trial), _TRIAL_DAYS, 400.0)
    length = np.minimum(length, np.maximum(ends_at - begun, 0) / DAY)
    intent = crew.life.at(lead, here.calendar.week_of(np.minimum(begun, ends_at))).astype(np.float64)
    per_day = 0.16 * np.exp(0.45 * np.clip(intent, -1, 3) + random.normal(0, 0.7, len(lead))) * busy
    per_day = np.where(np.arange(len(lead)) < len(trial), per_day, np.minimum(per_day, 0.5) * 0.25)
    times = random.poisson(np.minimum(per_day * length, 400.0))
    seats = np.minimum(1 + random.poisson(np.exp(np.clip(0.3 + 0.5 * intent, -2, 2.5))), _MOST_SEATS)
    _sessions(here, crew, (lead, begun, length, times, seats), story)
    return _counts(random, lead, begun, length, seats)


def _sessions(here: World, crew: Cohort, users: tuple[Ints, Ints, Floats, Ints, Ints], story: Timeline) -> None:
    random = here.company.random(Topic.PRODUCT, 1_000_000 + crew.part)
    lead, begun, length, times, seats = users
    which = np.repeat(np.arange(len(lead)), times)
    share = random.beta(0.9, 1.4, len(which))
    day = here.calendar.day_of(begun[which] + (share * length[which] * DAY).astype(np.int64))
    at = here.calendar.at_desk(random, day, crew.people.zone[lead[which]])
    at = np.where(at > begun[which], at, begun[which] + 60_000_000 * (1 + within_group(times)))
    table = np.array(
        [[story.text(f'{{"feature":"{name}","seats":{n + 1}}}') for n in range(_MOST_SEATS)] for name in FEATURES]
    )
    now = np.maximum(np.ceil(seats[which] * np.sqrt(share)), 1).astype(np.int64) - 1
    feature = (random.random(len(which)) ** 1.7 * len(FEATURES)).astype(np.int64)
    story.add("Product Used", lead[which], at, campaign=PRODUCT, properties=table[feature, now])


def _counts(random: np.random.Generator, lead: Ints, begun: Ints, length: Floats, seats: Ints) -> Usage:
    """Seats counted at the beginning, after a third and at two thirds of a trial, while they grow."""
    steps = (0.0, 0.12, 0.35, 0.7)
    at = [begun + 60_000_000 + (step * np.minimum(length, 30) * DAY).astype(np.int64) for step in steps]
    grown = [np.maximum(np.ceil(seats * np.sqrt(step)), 1).astype(np.int64) for step in steps]
    counted = [random.random(len(lead)) < 0.85 for _ in steps]
    for step in range(1, len(steps)):
        counted[step] &= grown[step] > grown[step - 1]
    return Usage(
        np.concatenate([lead[one] for one in counted]),
        np.concatenate([when[one] for when, one in zip(at, counted, strict=True)]),
        np.concatenate([count[one] for count, one in zip(grown, counted, strict=True)]),
    )
