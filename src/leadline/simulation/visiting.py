"""What people do on the web site: sessions of pages, downloads, chats and forms, in their own time zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.simulation.channels import KNOWN_AT_ONCE, SYNDICATION, WEBINARS
from leadline.simulation.columns import NEVER, Bools, Floats, Ints, spin, within_group
from leadline.simulation.company import Topic
from leadline.simulation.content import DOWNLOADED, MIX_NUMBERS, READ, page
from leadline.simulation.people import COMPETITOR, JOB_SEEKER, STUDENT
from leadline.simulation.world import Cohort, World, known_at

if TYPE_CHECKING:
    from leadline.simulation.timeline import Timeline

_SPECIAL = {STUDENT: "student", COMPETITOR: "competitor", JOB_SEEKER: "job_seeker"}
_MORE_PAGES = 0.62
_LEAVES_SEEN = 0.5


@dataclass(frozen=True, slots=True)
class Visits:
    """Sessions on the web site: who, when, brought by which campaign, with which intent; ``pages`` viewed
    in each.
    """

    lead: Ints
    at: Ints
    campaign: Ints
    intent: Floats
    pages: Ints
    until: Ints

    def rows(self, where: Bools) -> Visits:
        """Some of the sessions."""
        return Visits(
            self.lead[where],
            self.at[where],
            self.campaign[where],
            self.intent[where],
            self.pages[where],
            self.until[where],
        )


def sessions(here: World, crew: Cohort, bought_at: Ints, random: np.random.Generator) -> Visits:
    """The sessions of a cohort: its visits at real instants, and one for each form that made somebody
    known.
    """
    crowd, life = crew.people, crew.life
    lead, campaign = life.visit_lead, life.campaign
    day = here.calendar.day_within(life.visit_week, random.random(len(lead)))
    at = here.calendar.at_desk(random, day, crowd.zone[lead])
    at[: crowd.size] = crowd.arrived_at
    at[: crowd.size][KNOWN_AT_ONCE[crowd.campaign]] = NEVER  # a badge scanned or a lead bought is no visit
    stays = (at > crowd.arrived_at[lead]) | (np.arange(len(lead)) < crowd.size)
    stays &= (at < bought_at[lead]) | (random.random(len(lead)) < 0.35)
    stays &= at < here.company.ends_at
    formed = _form_sessions(crew)
    lead = np.concatenate([lead[stays], formed[0]])
    at = np.concatenate([at[stays], formed[1]])
    campaign = np.concatenate([campaign[stays], formed[2]])
    intent = life.at(lead, here.calendar.week_of(at)).astype(np.float64)
    more = random.poisson(_MORE_PAGES * np.exp(np.clip(0.25 * intent, -1, 1.2)))
    return Visits(lead, at, campaign, intent, 1 + np.minimum(more, 24), at)


def _form_sessions(crew: Cohort) -> tuple[Ints, Ints, Ints]:
    """Those who become known later than in their first visit come back to fill in a form."""
    crowd = crew.people
    later = np.flatnonzero(
        (crowd.created_at > crowd.arrived_at + 20 * 60_000_000) & (crowd.created_at < crew.reached.raised_at)
    )
    before = crowd.created_at[later] - 90_000_000
    return later, before, crowd.campaign[later]


def visit(here: World, crew: Cohort, bought_at: Ints, story: Timeline) -> Visits:
    """Write the sessions of a cohort into its timeline."""
    random = here.company.random(Topic.VISITS, crew.part)
    visits = sessions(here, crew, bought_at, random)
    until = _pages(here, crew, visits, bought_at, story, random)
    visits = Visits(visits.lead, visits.at, visits.campaign, visits.intent, visits.pages, until)
    _downloads(crew, visits, story, random)
    _chats(crew, visits, story, random)
    _forms(crew, story, random)
    return visits


def _pages(
    here: World, crew: Cohort, visits: Visits, bought_at: Ints, story: Timeline, random: np.random.Generator
) -> Ints:
    """Page views with their dwell times; gives the instant at which each session ended."""
    mix = _mix(here, crew, visits, bought_at, random)
    which = np.repeat(np.arange(len(visits.lead)), visits.pages)
    viewed = spin(random, READ, mix[which])
    dwell = np.exp(3.7 + 0.95 * random.standard_normal(len(which), dtype=np.float32) + 0.06 * visits.intent[which])
    dwell = np.minimum(dwell, 1500.0)
    clock = np.cumsum(dwell * 1e6).astype(np.int64)
    ends = np.cumsum(visits.pages)
    begun = np.concatenate([np.zeros(1, dtype=np.int64), clock])[ends - visits.pages]
    left = visits.at[which] + clock - begun[which]
    viewed_at = left - (dwell * 1e6).astype(np.int64)
    lead, campaign = visits.lead[which], visits.campaign[which]
    first = within_group(visits.pages) == 0
    story.add("Page Viewed", lead, viewed_at, campaign=campaign, page=viewed, landing=first)
    seen = random.random(len(which), dtype=np.float32) < _LEAVES_SEEN
    story.add(
        "Page Left",
        lead[seen],
        left[seen],
        campaign=campaign[seen],
        page=viewed[seen],
        duration=np.round(dwell[seen], 1),
    )
    until: Ints = left[ends - 1]
    return until


def _mix(here: World, crew: Cohort, visits: Visits, bought_at: Ints, random: np.random.Generator) -> Ints:
    """What a session is about: the stage of buying, which intent tells with noise, or what the person is
    after.
    """
    felt = visits.intent + random.normal(0.0, 0.6, len(visits.lead))
    mix = (felt > 0.6).astype(np.int64) + (felt > 1.9)
    kind = crew.people.kind[visits.lead]
    typical = random.random(len(visits.lead)) < 0.72
    for number, name in _SPECIAL.items():
        mix = np.where((kind == number) & typical, MIX_NUMBERS[name], mix)
    customer = (visits.at >= bought_at[visits.lead]) | (
        here.accounts.customer_at[crew.people.account[visits.lead]] <= visits.at
    )
    return np.where(customer & typical, MIX_NUMBERS["customer"], mix)


def _downloads(crew: Cohort, visits: Visits, story: Timeline, random: np.random.Generator) -> None:
    """Content behind the form that the person has already filled in."""
    student = crew.people.kind[visits.lead] == STUDENT
    chance = 0.035 + 0.045 * np.clip(visits.intent, 0, 3) + 0.08 * student
    loads = (random.random(len(visits.lead)) < chance) & (visits.at > known_at(crew)[visits.lead])
    some = visits.rows(loads)
    stage = np.clip(np.round(some.intent / 1.3 + random.normal(0, 0.5, len(some.lead))), 0, 2).astype(np.int64)
    story.add(
        "Content Downloaded",
        some.lead,
        some.until - 5_000_000,
        campaign=some.campaign,
        asset=spin(random, DOWNLOADED, stage),
    )


def _chats(crew: Cohort, visits: Visits, story: Timeline, random: np.random.Generator) -> None:
    chance = 0.006 * np.exp(0.5 * np.clip(visits.intent, -1, 4))
    known = visits.at > known_at(crew)[visits.lead]
    some = visits.rows((random.random(len(visits.lead)) < chance) & known)
    story.add("Chat Started", some.lead, some.at + 20_000_000, campaign=some.campaign, page=page("/pricing"))


def _forms(crew: Cohort, story: Timeline, random: np.random.Generator) -> None:
    """The moment when somebody becomes known: a badge, a bought list, a newsletter, or a download with its
    form.
    """
    crowd = crew.people
    who = np.flatnonzero(crowd.created_at < crew.reached.raised_at)
    at, campaign = crowd.created_at[who], crowd.campaign[who]
    luck = random.random(len(who))
    names = ("event badge", "publisher list", "newsletter", "download")
    codes = np.array([story.text(f'{{"form":"{name}"}}') for name in names])
    listed = KNOWN_AT_ONCE[campaign]
    form = np.where(listed, (campaign == SYNDICATION).astype(np.int64), np.where(luck < 0.3, 2, 3))
    story.add("Form Submitted", who, at, campaign=campaign, properties=codes[form])
    loads = (form == 3) & (campaign != WEBINARS)
    stage = (random.random(int(loads.sum())) < 0.3).astype(np.int64)
    asset = spin(random, DOWNLOADED, stage)
    story.add("Content Downloaded", who[loads], at[loads] + 4_000_000, campaign=campaign[loads], asset=asset)
