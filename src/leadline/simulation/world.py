"""One simulated world: the settings with all that follows from them, and cohorts grown when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.simulation.accounts import Accounts, accounts
from leadline.simulation.intent import Lives, lives
from leadline.simulation.people import People, arrivals, people
from leadline.simulation.reaching import Reached, reached
from leadline.simulation.seasons import Calendar, calendar

if TYPE_CHECKING:
    from leadline.simulation.columns import Floats, Ints
    from leadline.simulation.company import Company


@dataclass(frozen=True, slots=True)
class World:
    """What all cohorts share."""

    company: Company
    calendar: Calendar
    accounts: Accounts
    arrival_days: Ints


@dataclass(frozen=True, slots=True)
class Cohort:
    """Some thousand leads who arrive one after the other; ``part`` is the cohort's number."""

    part: int
    people: People
    life: Lives
    reached: Reached


def world(company: Company) -> World:
    """The world of a company."""
    days = calendar(company)
    return World(company, days, accounts(company), arrivals(company, days))


def cohort(here: World, part: int) -> Cohort:
    """Cohort ``part``, the same every time: it is grown twice, once to fill the queue of sales, once to be
    written.
    """
    first, last = here.company.cohorts[part]
    crowd = people(here.company, here.calendar, here.accounts, here.arrival_days[first:last], part)
    life = lives(here.company, here.calendar, crowd, part)
    return Cohort(part, crowd, life, reached(here.company, here.calendar, crowd, life, part))


def known_at(crew: Cohort) -> Ints:
    """When contact data became known: a raised hand makes it known at once."""
    return np.minimum(crew.people.created_at, crew.reached.raised_at)


def fit_seen(here: World, crew: Cohort) -> Floats:
    """Fit as sales sees it at first glance."""
    from leadline.simulation.company import Topic

    luck = here.company.random(Topic.PROFILES, crew.part).standard_normal(crew.people.size)
    seen: Floats = crew.people.fit + 0.4 * luck
    return seen
