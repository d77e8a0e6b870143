"""What sales did, as the log shows it: stage records, and the calls, mails and meetings around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.clock import DAY, HOUR, MINUTE, to_datetime
from leadline.simulation.channels import DIRECT, SALES
from leadline.simulation.columns import NEVER, Bools, Ints
from leadline.simulation.company import Topic
from leadline.simulation.deals import CURRENCY_NAMES, Deals
from leadline.simulation.judging import DISQUALIFIED, REASONS, RECYCLED, REJECTED, Work

if TYPE_CHECKING:
    from leadline.simulation.timeline import Timeline
    from leadline.simulation.world import Cohort, World

_LEAVING = {REJECTED: "Lead Rejected", DISQUALIFIED: "Lead Disqualified", RECYCLED: "Lead Recycled"}


def record(here: World, crew: Cohort, work: Work, deals: Deals, story: Timeline) -> None:
    """Write the work of sales on a cohort (``work.lead`` counts inside the cohort) into its timeline."""
    random = here.company.random(Topic.CONVERSATIONS, crew.part)
    _stages(work, deals, story)
    _returns(work, story)
    _calls(work, story, random)
    _meetings(work, story, random)
    _mails(work, story, random)


def deal_name(number: int) -> str:
    """The ``deal_id`` of a deal."""
    return f"D{number:07d}"


def _stages(work: Work, deals: Deals, story: Timeline) -> None:
    for name, at in (
        ("Accepted", work.accepted_at),
        ("Qualified", work.qualified_at),
        ("Reopened", work.reopened_at),
    ):
        came = at < NEVER
        story.add(f"Lead {name}", work.lead[came], at[came])
    for fate, name in _LEAVING.items():
        left = (work.fate == fate) & (work.left_at < story.ends_at)
        reasons = np.array([story.text(f'{{"reason":"{reason}"}}') for reason in REASONS])
        story.add(name, work.lead[left], work.left_at[left], properties=reasons[work.reason[left]])
    _deals(work, deals, story, work.opened_at, "Opportunity Created")
    _deals(work, deals, story, np.where(work.won, work.closed_at, NEVER), "Deal Won")
    _deals(work, deals, story, np.where(work.won, NEVER, work.closed_at), "Deal Lost")


def _deals(work: Work, deals: Deals, story: Timeline, at: Ints, name: str) -> None:
    """Deal records; one loop over deals, which are few."""
    came = (at < story.ends_at) & (work.deal >= 0)
    texts = []
    for deal, reason in zip(work.deal[came].tolist(), work.reason[came].tolist(), strict=True):
        currency, value = CURRENCY_NAMES[deals.currency[deal]], deals.value[deal]
        text = f'{{"deal_id":"{deal_name(deal)}","currency":"{currency}","value":{value:.2f}'
        if name != "Opportunity Created":
            text += f',"close_date":"{to_datetime(int(deals.closed_at[deal])):%Y-%m-%d}"'
        if name == "Deal Lost":
            text += f',"reason":"{REASONS[reason]}"'
        texts.append(story.text(f"{text}}}"))
    story.add(
        name,
        work.lead[came],
        at[came],
        value=deals.value[work.deal[came]],
        properties=np.array(texts, dtype=np.int64),
    )


def _returns(work: Work, story: Timeline) -> None:
    """A lead that comes back by itself asks to be contacted."""
    asks = work.by_hand & (work.round > 1)
    story.add("Contact Requested", work.lead[asks], work.reached_at[asks], campaign=DIRECT)


def _calls(work: Work, story: Timeline, random: np.random.Generator) -> None:
    """One to three attempts; accepted leads were mostly reached in the end."""
    size = len(work.lead)
    tried = work.reopened_at != work.reached_at
    attempts = random.integers(1, 4, size)
    talked = random.random(size) < np.where(work.accepted_at < NEVER, 0.72, 0.3)
    at = work.started_at.copy()
    for attempt in range(3):
        rings = tried & (attempts > attempt)
        last = rings & (attempts == attempt + 1)
        at = np.where(attempt > 0, at + random.integers(20 * MINUTE, 90 * MINUTE, size), at)
        missed = rings & ~(last & talked)
        story.add("Call Attempted", work.lead[missed], at[missed], campaign=SALES)
        spoken = last & talked
        length = np.round(np.exp(random.normal(5.3, 0.8, size)))
        story.add("Call Connected", work.lead[spoken], at[spoken], campaign=SALES, duration=length[spoken])


def _meetings(work: Work, story: Timeline, random: np.random.Generator) -> None:
    """A first meeting stands before every qualification; more follow while a deal is open."""
    met = work.qualified_at < NEVER
    _meeting(work, met, work.qualified_at - random.integers(10 * MINUTE, 2 * HOUR, len(met)), story, random)
    vain = (work.accepted_at < NEVER) & ~met & (random.random(len(met)) < 0.35)
    _meeting(work, vain, work.accepted_at + random.integers(DAY, 6 * DAY, len(met)), story, random)
    for share in (0.15, 0.4, 0.75):
        more = (work.opened_at < NEVER) & (random.random(len(met)) < 0.45 + 0.2 * work.won)
        span = np.where(more, work.closed_at - work.opened_at, 0)
        _meeting(work, more, work.opened_at + (span * share).astype(np.int64), story, random)


def _meeting(work: Work, which: Bools, at: Ints, story: Timeline, random: np.random.Generator) -> None:
    lead, held_at = work.lead[which], at[which]
    since = np.maximum(work.accepted_at, np.minimum(work.opened_at, work.started_at))[which]
    since = np.where(since < NEVER, since, held_at - DAY)
    span = np.maximum(held_at - since, MINUTE)
    booked_at = held_at - (span * random.uniform(0.2, 0.95, len(lead))).astype(np.int64)
    story.add("Meeting Booked", lead, booked_at, campaign=SALES)
    comes = random.random(len(lead)) < 0.85
    length = np.round(np.exp(random.normal(7.6, 0.35, len(lead))))
    story.add("Meeting Held", lead[comes], held_at[comes], campaign=SALES, duration=length[comes])


def _mails(work: Work, story: Timeline, random: np.random.Generator) -> None:
    """Mails that a sales person writes; interested people answer."""
    size = len(work.lead)
    writes = (random.random(size) < 0.7) & (work.reopened_at != work.reached_at)
    sent_at = work.started_at + random.integers(MINUTE, 3 * HOUR, size)
    by = story.text('{"sender":"sales"}')
    story.add("Email Sent", work.lead[writes], sent_at[writes], campaign=SALES, properties=by)
    story.add("Email Delivered", work.lead[writes], sent_at[writes] + 2_000_000, campaign=SALES, properties=by)
    answers = writes & (random.random(size) < np.where(work.qualified_at < NEVER, 0.6, 0.1))
    answered_at = sent_at + random.integers(HOUR, 30 * HOUR, size)
    story.add("Email Replied", work.lead[answers], answered_at[answers], campaign=SALES)
