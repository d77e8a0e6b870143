"""Machines that read mail before people do: scanners that click every link, proxies that open all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.simulation.columns import Bools, Ints, spin
from leadline.simulation.company import Topic
from leadline.simulation.content import READ
from leadline.simulation.timeline import FLAGGED, UNFLAGGED, Timeline

if TYPE_CHECKING:
    from leadline.simulation.mail import Mails
    from leadline.simulation.world import Cohort, World

_SCANNER_NOTICED, _PROXY_NOTICED, _FETCH_NOTICED = 0.8, 0.92, 0.6
_MOST_LINKS = 3
_FETCHES = 0.3
_PROXY_OPENS = 0.95


def scan(here: World, crew: Cohort, mails: Mails, story: Timeline) -> None:
    """Write what machines did with the delivered mails of a cohort."""
    random = here.company.random(Topic.MACHINES, crew.part)
    _scanners(mails.rows(crew.people.scans_mail[mails.lead]), story, random)
    proxied = crew.people.proxies_mail[mails.lead] & (random.random(len(mails.lead)) < _PROXY_OPENS)
    some = mails.rows(proxied)
    at = some.delivered_at + random.integers(20_000_000, 1_200_000_000, len(some.lead))
    flag = _noticed(random, len(some.lead), _PROXY_NOTICED)
    story.add("Email Opened", some.lead, at, campaign=some.campaign, machine=flag)


def _scanners(some: Mails, story: Timeline, random: np.random.Generator) -> None:
    """A scanner opens a mail, follows every link at once, and now and then fetches a page behind it."""
    size = len(some.lead)
    flag = _noticed(random, size, _SCANNER_NOTICED)
    at = some.delivered_at + random.integers(400_000, 3_000_000, size)
    story.add("Email Opened", some.lead, at, campaign=some.campaign, machine=flag)
    links = random.integers(1, _MOST_LINKS + 1, size)
    for link in range(_MOST_LINKS):
        has = links > link
        at = at + random.integers(100_000, 1_500_000, size)
        page = spin(random, READ, np.zeros(int(has.sum()), dtype=np.int64))
        story.add(
            "Email Link Clicked",
            some.lead[has],
            at[has],
            campaign=some.campaign[has],
            page=page,
            machine=flag[has],
        )
        fetched: Bools = has & (random.random(size) < _FETCHES / _MOST_LINKS)
        page = spin(random, READ, np.zeros(int(fetched.sum()), dtype=np.int64))
        noticed = np.where(random.random(size) < _FETCH_NOTICED, flag, UNFLAGGED)
        story.add(
            "Page Viewed",
            some.lead[fetched],
            at[fetched] + 300_000,
            campaign=some.campaign[fetched],
            page=page,
            machine=noticed[fetched],
            landing=1,
        )


def _noticed(random: np.random.Generator, size: int, share: float) -> Ints:
    return np.where(random.random(size) < share, FLAGGED, UNFLAGGED)
