"""Webinars: every third Thursday; people register on the site, and fewer than half of them come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.clock import DAY, HOUR, MINUTE
from leadline.simulation.channels import WEBINARS
from leadline.simulation.columns import Ints, logistic
from leadline.simulation.company import Topic
from leadline.simulation.content import FIRST_WEBINAR, WEBINAR_TOPICS
from leadline.simulation.world import Cohort, World, known_at

if TYPE_CHECKING:
    from leadline.simulation.timeline import Timeline
    from leadline.simulation.visiting import Visits

_EVERY = 21 * DAY
_BY_THE_WAY = 0.012


def attend(here: World, crew: Cohort, visits: Visits, story: Timeline) -> None:
    """Write registrations and attendances of a cohort."""
    random = here.company.random(Topic.WEBINARS, crew.part)
    crowd, since = crew.people, known_at(crew)
    by_the_way = random.random(len(visits.lead)) < _BY_THE_WAY * np.exp(0.4 * np.clip(visits.intent, -1, 3))
    here_for_it = (visits.campaign == WEBINARS) & (random.random(len(visits.lead)) < 0.8)
    some = visits.rows((here_for_it | by_the_way) & (visits.at > since[visits.lead] + HOUR))
    fresh = np.flatnonzero((crowd.campaign == WEBINARS) & (crowd.created_at < crew.reached.raised_at))
    lead = np.concatenate([some.lead, fresh])
    at = np.concatenate([some.until - 3_000_000, crowd.created_at[fresh] + 3_000_000])
    campaign = np.concatenate([some.campaign, crowd.campaign[fresh]])
    number, begins_at = _next(here, at)
    lead, at, campaign, number, begins_at = _once(lead, at, campaign, number, begins_at)
    asset = FIRST_WEBINAR + number % WEBINAR_TOPICS
    story.add("Webinar Registered", lead, at, campaign=campaign, asset=asset)
    intent = crew.life.at(lead, here.calendar.week_of(begins_at)).astype(np.float64)
    comes = random.random(len(lead)) < logistic(-0.7 + 0.4 * intent)
    late = random.integers(0, 9 * MINUTE, len(lead))
    stays = np.clip(random.normal(2300, 900, len(lead)) + 150 * intent, 60, 3600 - late / 1e6)
    story.add(
        "Webinar Attended",
        lead[comes],
        (begins_at + late)[comes],
        campaign=campaign[comes],
        asset=asset[comes],
        duration=np.round(stays[comes]),
    )


def _next(here: World, at: Ints) -> tuple[Ints, Ints]:
    """Number and beginning of the first webinar at least a day after each instant."""
    thursday = int((3 - here.calendar.weekday[0]) % 7)
    first = here.company.starts_at + thursday * DAY + 15 * HOUR
    number = np.maximum(-(-(at + DAY - first) // _EVERY), 0)
    return number, first + number * _EVERY


def _once(lead: Ints, *columns: Ints) -> tuple[Ints, ...]:
    """Nobody registers twice for the same webinar: the first row of each lead and webinar (the third
    column).
    """
    number = columns[2]
    _, first = np.unique(lead.astype(np.int64) * (int(number.max(initial=0)) + 1) + number, return_index=True)
    return (lead[first], *(column[first] for column in columns))
