"""E-mail to those who agreed to it, and what people do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.clock import DAY
from leadline.simulation.channels import NEWSLETTER, NURTURE
from leadline.simulation.columns import NEVER, Bools, Floats, Ints, logistic, spin
from leadline.simulation.company import Topic
from leadline.simulation.content import READ
from leadline.simulation.intent import activity
from leadline.simulation.world import Cohort, World, known_at

if TYPE_CHECKING:
    from leadline.simulation.timeline import Timeline
    from leadline.simulation.visiting import Visits

_ISSUE_EVERY = 14  # days
_ISSUE_SHARE = 0.42
_SERIES = (1.0, 4.0, 10.0)
_SERIES_SHARE = 0.6
_BOUNCES = 0.008


@dataclass(frozen=True, slots=True)
class Mails:
    """Mails sent. ``clicked_at`` is the visit that a mail is known to have caused (``NEVER``: none)."""

    lead: Ints
    sent_at: Ints
    delivered_at: Ints
    campaign: Ints
    clicked_at: Ints
    intent: Floats

    def rows(self, where: Bools) -> Mails:
        """Some of the mails."""
        return Mails(
            self.lead[where],
            self.sent_at[where],
            self.delivered_at[where],
            self.campaign[where],
            self.clicked_at[where],
            self.intent[where],
        )


def send(here: World, crew: Cohort, visits: Visits, story: Timeline) -> Mails:
    """Write all marketing mail of a cohort into its timeline; gives what was delivered."""
    random = here.company.random(Topic.MAIL, crew.part)
    mails = _without_unsubscribed(crew, _all(here, crew, visits, random), story, random)
    story.add("Email Sent", mails.lead, mails.sent_at, campaign=mails.campaign)
    bounced = (random.random(len(mails.lead)) < _BOUNCES) & (mails.clicked_at == NEVER)
    arrived = mails.rows(~bounced & ~crew.people.bad_address[mails.lead])
    story.add("Email Delivered", arrived.lead, arrived.delivered_at, campaign=arrived.campaign)
    _read(crew, arrived, story, random)
    return arrived


def _all(here: World, crew: Cohort, visits: Visits, random: np.random.Generator) -> Mails:
    crowd, since = crew.people, known_at(crew)
    issue_lead, issue_at = _issues(here, crew, random)
    drip = np.tile(np.flatnonzero(crowd.subscribes), len(_SERIES))
    pause = np.repeat(np.array(_SERIES), len(drip) // len(_SERIES)) * DAY
    drip_at = since[drip] + pause.astype(np.int64) + random.integers(0, DAY // 8, len(drip))
    keep = random.random(len(drip)) < _SERIES_SHARE
    read = ((visits.campaign == NEWSLETTER) | (visits.campaign == NURTURE)) & (visits.at > since[visits.lead] + DAY)
    lag = (np.exp(random.normal(9.6, 1.1, int(read.sum()))) + 60) * 1e6
    read_at = np.maximum(
        visits.at[read] - np.minimum(lag, 0.9 * DAY).astype(np.int64), since[visits.lead[read]] + 10**9
    )
    lead = np.concatenate([issue_lead, drip[keep], visits.lead[read]])
    sent_at = np.concatenate([issue_at, drip_at[keep], read_at])
    unread = len(issue_lead) + int(keep.sum())
    campaign = np.concatenate(
        [np.full(len(issue_lead), NEWSLETTER), np.full(int(keep.sum()), NURTURE), visits.campaign[read]]
    )
    clicked_at = np.concatenate([np.full(unread, NEVER), visits.at[read]])
    delivered_at = sent_at + (np.exp(random.normal(1.0, 0.7, len(lead))) * 1e6).astype(np.int64)
    intent = crew.life.at(lead, here.calendar.week_of(sent_at)).astype(np.float64)
    return Mails(lead, sent_at, delivered_at, campaign, clicked_at, intent)


def _issues(here: World, crew: Cohort, random: np.random.Generator) -> tuple[Ints, Ints]:
    """The newsletter goes out every other week, Tuesday to Thursday morning, to a part of the subscribers
    each time.
    """
    crowd = crew.people
    tuesday = int((1 - here.calendar.weekday[0]) % 7)
    days = np.arange(tuesday, len(here.calendar.weight), _ISSUE_EVERY)
    share = min(1.0, _ISSUE_SHARE * activity(here.company))
    gets = random.random((crowd.size, len(days)), dtype=np.float32) < share
    gets &= crowd.subscribes[:, None] & (here.calendar.day_of(known_at(crew))[:, None] < days[None, :] - 1)
    days_later = random.integers(0, 3, crowd.size)
    lead, issue = np.nonzero(gets)
    second = 9.5 * 3600 + random.random(len(lead)) * 1200
    return lead, here.calendar.at(np.minimum(days[issue] + days_later[lead], days.max()), second, crowd.zone[lead])


def _without_unsubscribed(crew: Cohort, mails: Mails, story: Timeline, random: np.random.Generator) -> Mails:
    """Some have enough; nothing is sent to them afterwards, and mails that they clicked are kept as they
    were.
    """
    tired = random.random(len(mails.lead)) < 0.0035 * np.exp(-0.4 * np.clip(mails.intent, -2, 3))
    gone_at = np.full(crew.people.size, NEVER)
    at = mails.delivered_at + (np.exp(random.normal(9.0, 1.2, len(mails.lead))) * 1e6).astype(np.int64)
    np.minimum.at(gone_at, mails.lead[tired], at[tired])
    who = np.flatnonzero(gone_at < NEVER)
    story.add("Unsubscribed", who, gone_at[who], campaign=NEWSLETTER)
    return mails.rows(mails.sent_at < gone_at[mails.lead])


def _read(crew: Cohort, mails: Mails, story: Timeline, random: np.random.Generator) -> None:
    """Opens and clicks by people; a mail that led to a visit was opened a little before it."""
    size = len(mails.lead)
    clicked = mails.clicked_at < NEVER
    taste = logistic(-1.15 + 0.4 * mails.intent + 0.7 * crew.people.reads_mail[mails.lead])
    opened = clicked | (random.random(size) < taste)
    later = mails.delivered_at + (np.exp(random.normal(9.2, 1.6, size)) * 1e6).astype(np.int64) + 5_000_000
    before = mails.clicked_at - random.integers(5, 120, size) * 1_000_000
    opened_at = np.where(clicked, np.maximum(before, mails.delivered_at + 1), later)
    story.add("Email Opened", mails.lead[opened], opened_at[opened], campaign=mails.campaign[opened])
    page = spin(random, READ, np.clip(mails.intent[clicked].astype(np.int64), 0, 1))
    story.add(
        "Email Link Clicked",
        mails.lead[clicked],
        mails.clicked_at[clicked] - 2_000_000,
        campaign=mails.campaign[clicked],
        page=page,
    )
    replied = opened & (random.random(size) < 0.004 * np.exp(0.7 * np.clip(mails.intent, -1, 4)))
    answered_at = np.maximum(opened_at, mails.delivered_at) + random.integers(90, 5400, size) * 1_000_000
    story.add("Email Replied", mails.lead[replied], answered_at[replied], campaign=mails.campaign[replied])
