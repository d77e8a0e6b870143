"""The people of one cohort: who they are, how well they fit, and the latent traits that drive all they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.simulation.accounts import INDUSTRY_FIT, Accounts
from leadline.simulation.channels import BRINGS, FIRST, KNOWN_AT_ONCE
from leadline.simulation.columns import Bools, Floats, Ints, draw, logistic, spin, wheel
from leadline.simulation.company import Company, Topic
from leadline.simulation.countries import COUNTRIES

if TYPE_CHECKING:
    from leadline.simulation.seasons import Calendar

KINDS = (
    "economic_buyer", "champion", "evaluator", "end_user", "bystander", "consultant", "student",
    "competitor", "job_seeker",
)  # fmt: skip
STUDENT, COMPETITOR, JOB_SEEKER = (KINDS.index(kind) for kind in ("student", "competitor", "job_seeker"))
_KIND_SHARE = (13, 24, 14, 22, 12, 3, 6, 2, 4)

# By kind, in the order of KINDS.
_LEVELS = np.stack(
    [
        wheel(weights)
        for weights in (
            (55, 45, 0, 0, 0, 0), (0, 0, 55, 45, 0, 0), (0, 0, 20, 40, 40, 0), (0, 0, 0, 25, 75, 0),
            (8, 7, 20, 30, 35, 0),
            (5, 0, 5, 20, 70, 0), (0, 0, 0, 0, 4, 96), (3, 7, 30, 40, 20, 0), (0, 0, 5, 25, 70, 0),
        )
    ]
)  # fmt: skip
_FUNCTIONS = np.stack(
    [
        wheel(weights)
        for weights in (
            (42, 30, 0, 0, 0, 0, 10, 0, 0, 0, 18), (60, 25, 0, 0, 0, 0, 15, 0, 0, 0, 0), (0, 0, 30,
            40, 0, 0, 30, 0, 0, 0, 0),
            (52, 34, 0, 0, 0, 0, 0, 0, 14, 0, 0), (0, 0, 8, 0, 26, 22, 0, 16, 10, 8, 10), (10, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 90),
            (60, 0, 10, 0, 0, 0, 0, 0, 0, 0, 30), (30, 30, 0, 0, 0, 0, 0, 40, 0, 0, 0), (30, 40, 15,
            0, 0, 0, 0, 0, 15, 0, 0),
        )
    ]
)  # fmt: skip
_LEVEL_FIT = np.array([0.5, 0.75, 0.7, 0.25, -0.55, -2.5])
_FUNCTION_FIT = np.array([0.6, 0.5, -0.5, -0.25, -0.4, -0.9, 0.3, 0.05, -0.5, -1.1, -0.2])
_KIND_FIT = np.array([0.0, 0.0, 0.0, 0.0, -0.2, -1.0, -2.0, -3.0, -2.5])
_KIND_NEED = np.array([0.1, 0.25, 0.1, 0.0, -0.6, -0.6, -1.3, -1.1, -1.4])
_KIND_APPETITE = np.array([-0.1, 0.1, 0.05, 0.0, 0.0, 0.2, 0.75, 0.9, 0.7])

_NO_ACCOUNT = np.array([0.01, 0.01, 0.01, 0.02, 0.05, 0.5, 1.0, 0.0, 0.85])
_SAME_SESSION = 0.5

MAILBOXES = ("business", "free", "university", "rival", "throw-away", "invalid", "none")
BUSINESS, FREE, UNIVERSITY, RIVAL, THROW_AWAY, INVALID, NO_MAILBOX = range(len(MAILBOXES))
_MAILBOX_SHARE = (79, 15, 0, 0, 2.2, 1.6, 2.2)
_FREE_MAIL_FIT = -0.35


@dataclass(frozen=True, slots=True)
class People:
    """One row a lead, in order of arrival; ``first`` is the number of the first of them in the whole
    company.

    ``fit`` is true suitability and ``need`` lasting interest (both about standard normal), ``appetite``
    the log of how much the person does whatever the intent; ``window_*`` describe the time in which the
    person is looking for a product (weeks from the start; height 0: never). ``mailbox`` is an index of
    ``MAILBOXES``; ``scans_mail`` and ``proxies_mail`` are what reads the mail first.
    """

    first: int
    arrived_at: Ints
    account: Ints
    country: Ints
    zone: Ints
    kind: Ints
    level: Ints
    function: Ints
    campaign: Ints
    fit: Floats
    need: Floats
    appetite: Floats
    window_from: Floats
    window_length: Floats
    window_height: Floats
    created_at: Ints
    subscribes: Bools
    reads_mail: Floats
    scans_mail: Bools
    proxies_mail: Bools
    mailbox: Ints

    @property
    def bad_address(self) -> Bools:
        """Mail to these people comes back."""
        return self.mailbox >= THROW_AWAY

    @property
    def size(self) -> int:
        """How many."""
        return len(self.kind)


def arrivals(company: Company, calendar: Calendar) -> Ints:
    """The local day on which each lead of the company arrives, in order."""
    random = company.random(Topic.ARRIVALS)
    edges = np.cumsum(calendar.growth)
    sorted_luck = np.sort(random.random(company.leads))
    day: Ints = np.searchsorted(edges, sorted_luck * edges[-1], side="right").astype(np.int32)
    return day


def people(company: Company, calendar: Calendar, market: Accounts, days: Ints, part: int) -> People:
    """The cohort number ``part``, whose members arrive on ``days``."""
    random = company.random(Topic.PEOPLE, part)
    size = len(days)
    kind = draw(random, _KIND_SHARE, size)
    account = np.where(random.random(size) < _NO_ACCOUNT[kind], 0, market.pick(random.random(size)))
    alone = account == 0
    country = np.where(alone, draw(random, [one.share for one in COUNTRIES], size), market.country[account])
    zone = np.where(alone, market.zone[1 + random.integers(0, len(market.zone) - 1, size)], market.zone[account])
    level, function = spin(random, _LEVELS, kind), spin(random, _FUNCTIONS, kind)
    campaign = spin(random, FIRST[None, :], np.zeros(size, dtype=np.int64))
    arrived_at = np.minimum(calendar.at_desk(random, days, zone), company.ends_at - 1 - random.integers(1, 10**9, size))
    arrived_at = np.maximum(arrived_at, company.starts_at)
    mailbox = _mailboxes(random, kind, alone)
    fit = _fit(market, account, country, level, function) + _KIND_FIT[kind] + _FREE_MAIL_FIT * (mailbox == FREE)
    need = 0.6 * market.need[account] + 0.8 * random.standard_normal(size) + _KIND_NEED[kind] + BRINGS[campaign]
    looking = random.random(size) < np.where(kind >= STUDENT, 0.0, logistic(-0.9 + 1.0 * need + 0.25 * fit))
    lively = random.normal(-0.32, 0.8, size) + 0.25 * random.exponential(1, size)
    return People(
        first=company.cohorts[part][0],
        arrived_at=arrived_at,
        account=account,
        country=country,
        zone=zone,
        kind=kind,
        level=level,
        function=function,
        campaign=campaign,
        fit=fit,
        need=need,
        appetite=_KIND_APPETITE[kind] + np.minimum(lively, 3.0),
        window_from=(arrived_at - company.starts_at) / 604_800e6 + _weeks_until_looking(random, size),
        window_length=random.lognormal(1.95, 0.5, size),
        window_height=np.where(looking, 1.0 + random.gamma(3.0, 0.55, size), 0.0),
        created_at=_created(random, arrived_at, campaign, company.ends_at),
        subscribes=(random.random(size) < 0.72) & (mailbox != NO_MAILBOX),
        reads_mail=random.standard_normal(size),
        scans_mail=market.scans_mail[account],
        proxies_mail=random.random(size) < 0.055,
        mailbox=mailbox,
    )  # fmt: skip


def _weeks_until_looking(random: np.random.Generator, size: int) -> Floats:
    """Some arrive because they look for a product, most begin to look months later."""
    at_once = random.random(size) < 0.35
    return np.where(at_once, random.normal(-1.0, 1.0, size), random.lognormal(1.9, 0.8, size))


def _mailboxes(random: np.random.Generator, kind: Ints, alone: Bools) -> Ints:
    """Where people get their mail; without a company it is a free mailbox, students have their university."""
    box = draw(random, _MAILBOX_SHARE, len(kind))
    box = np.where(alone & (box == BUSINESS), FREE, box)
    luck = random.random(len(kind))
    box = np.where((kind == STUDENT) & (box == FREE) & (luck < 0.45), UNIVERSITY, box)
    return np.where((kind == COMPETITOR) & (box == BUSINESS), np.where(luck < 0.75, RIVAL, FREE), box)


def _fit(market: Accounts, account: Ints, country: Ints, level: Ints, function: Ints) -> Floats:
    """True suitability: seniority, function, a company of the right size and industry, a home market."""
    distance = (np.log10(market.revenue[account]) - 7.7) / 0.8
    company_fit = np.where(account == 0, -1.6, 0.55 - 0.5 * distance**2 + INDUSTRY_FIT[market.industry[account]])
    home = np.array([0.2 if one.home else -0.35 for one in COUNTRIES])[country]
    person_fit = _LEVEL_FIT[level] + _FUNCTION_FIT[function]
    fit: Floats = np.clip(person_fit + company_fit + home, -4.0, 2.5)
    return fit


def _created(random: np.random.Generator, arrived_at: Ints, campaign: Ints, ends_at: int) -> Ints:
    """When contact data became known: at once, later in the first visit, or weeks of anonymous visits
    later.
    """
    size = len(arrived_at)
    at_once = KNOWN_AT_ONCE[campaign]
    first_visit = random.random(size) < _SAME_SESSION
    minutes = random.uniform(60e6, 900e6, size)
    weeks = random.exponential(22 * 86_400e6, size) + 3600e6
    wait = np.where(at_once, 0.0, np.where(first_visit, minutes, weeks))
    wait = np.minimum(wait, (ends_at - 1 - arrived_at) * random.random(size))
    return arrived_at + wait.astype(np.int64)
