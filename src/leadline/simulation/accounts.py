"""The companies where leads work: size, industry, country, need, and who buys already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadline.simulation.columns import NEVER, Bools, Floats, Ints, draw
from leadline.simulation.company import Company, Topic
from leadline.simulation.countries import COUNTRIES, ZONES

INDUSTRIES = (
    "software", "manufacturing", "professional services", "financial services", "health care",
    "retail", "logistics",
    "education", "media", "public sector", "energy", "hospitality",
)  # fmt: skip
_INDUSTRY_SHARE = (20, 16, 13, 10, 8, 8, 6, 5, 5, 4, 3, 2)
INDUSTRY_FIT = np.array([0.45, 0.15, 0.3, 0.2, -0.1, 0.0, 0.0, -0.5, 0.2, -0.8, -0.1, -0.4])

_LEADS_PER_ACCOUNT = 2.3
_CUSTOMERS_BEFORE = 0.03


@dataclass(frozen=True, slots=True)
class Accounts:
    """One row an account; row 0 stands for "no company" (students, private people) and never buys.

    ``need`` is the account's part of the latent need (standard normal), ``customer_at`` when it first bought.
    """

    country: Ints
    zone: Ints
    industry: Ints
    employees: Ints
    revenue: Floats
    need: Floats
    scans_mail: Bools
    customer_at: Ints

    def pick(self, luck: Floats) -> Ints:
        """Accounts for people; some companies send many, most send one."""
        size = len(self.country) - 1
        return 1 + np.minimum((size * luck**1.6).astype(np.int64), size - 1)


def accounts(company: Company) -> Accounts:
    """All accounts of the market, a function of the settings."""
    random = company.random(Topic.ACCOUNTS)
    size = 1 + max(20, int(company.leads / _LEADS_PER_ACCOUNT))
    country = draw(random, [one.share for one in COUNTRIES], size)
    employees = np.clip(np.exp(random.normal(4.7, 1.6, size)), 2, 250_000).astype(np.int64)
    revenue = employees * np.exp(random.normal(11.85, 0.6, size))
    scans = random.random(size) < np.where(employees > 800, 0.11, 0.028)
    before = random.random(size) < _CUSTOMERS_BEFORE
    before[0] = scans[0] = False
    need = random.standard_normal(size, dtype=np.float32)
    need[0] = 0.0
    return Accounts(
        country=country,
        zone=_zones(random, country),
        industry=draw(random, _INDUSTRY_SHARE, size),
        employees=employees,
        revenue=np.round(revenue, -4),
        need=need,
        scans_mail=scans,
        customer_at=np.where(before, company.starts_at, NEVER),
    )


def _zones(random: np.random.Generator, country: Ints) -> Ints:
    zone = np.zeros(len(country), dtype=np.int64)
    luck = random.random(len(country))
    for number, one in enumerate(COUNTRIES):
        mine = country == number
        edges = np.cumsum([weight for _, weight in one.zones])
        chosen = np.searchsorted(edges / edges[-1], luck[mine], side="right")
        zone[mine] = np.array([ZONES.index(name) for name, _ in one.zones])[np.minimum(chosen, len(edges) - 1)]
    return zone
