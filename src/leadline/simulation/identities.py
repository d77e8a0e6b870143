"""Who people are on paper: names, mailboxes, phones, titles and employers, as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.simulation.accounts import INDUSTRIES
from leadline.simulation.channels import CAMPAIGNS
from leadline.simulation.columns import Ints, where_known
from leadline.simulation.countries import COUNTRIES, LANGUAGES
from leadline.simulation.names import (
    FIRST_NAMES,
    FREE_MAIL,
    LAST_NAMES,
    RIVALS,
    THROW_AWAY_MAIL,
    UNIVERSITIES,
    company_words,
    mailbox,
)
from leadline.simulation.people import (
    BUSINESS,
    FREE,
    INVALID,
    NO_MAILBOX,
    RIVAL,
    THROW_AWAY,
    UNIVERSITY,
    People,
)
from leadline.simulation.titles import titles

if TYPE_CHECKING:
    from leadline.simulation.world import World


Texts = npt.NDArray[np.object_]


def identities(here: World, crowd: People, random: np.random.Generator) -> dict[str, npt.NDArray[Any]]:
    market, account = here.accounts, crowd.account
    language = np.array([LANGUAGES.index(one.language) for one in COUNTRIES])[crowd.country]
    first, last = _names(random, language)
    company, domain = _employers(crowd, random)
    measured = np.exp(random.normal(0.0, 0.2, crowd.size))
    campaigns = np.array([(one.source, one.channel, one.name) for one in CAMPAIGNS], dtype=object)[crowd.campaign]
    dial = np.array([one.dial for one in COUNTRIES], dtype=object)[crowd.country]
    number = random.integers(10**8, 10**9, crowd.size).tolist()
    boxes = [f"{mailbox(a)}.{mailbox(b)}" for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    private = account == 0
    return {
        "email": _emails(crowd, boxes, domain, random),
        "phone": np.array(
            [f"{code}{digits}" for code, digits in zip(dial.tolist(), number, strict=True)], dtype=object
        ),
        "handle": np.array([f"@{box.replace('.', '_')}" for box in boxes], dtype=object),
        "first_name": first,
        "last_name": last,
        "title": np.array(titles(random, language, crowd.level, crowd.function), dtype=object),
        "company": company,
        "company_revenue": where_known(~private, np.round(market.revenue[account] * measured, -3)),
        "employees": where_known(~private, market.employees[account].astype(np.float64)),
        "industry": where_known(~private, np.array(INDUSTRIES, dtype=object)[market.industry[account]]),
        "country": np.array([one.code for one in COUNTRIES], dtype=object)[crowd.country],
        "source": campaigns[:, 0],
        "channel": campaigns[:, 1],
        "campaign": campaigns[:, 2],
    }


def _names(random: np.random.Generator, language: Ints) -> tuple[Texts, Texts]:
    first = np.empty(len(language), dtype=object)
    last = np.empty(len(language), dtype=object)
    for number, spoken in enumerate(LANGUAGES):
        mine = np.flatnonzero(language == number)
        for column, pool in ((first, FIRST_NAMES[spoken]), (last, LAST_NAMES[spoken])):
            column[mine] = np.array(pool, dtype=object)[random.integers(0, len(pool), len(mine))]
    return first, last


def _employers(crowd: People, random: np.random.Generator) -> tuple[Texts, Texts]:
    """Names and mail domains of employers; people do not always write the legal form."""
    size = crowd.size
    choice = random.integers(0, 3, size)
    legal = [one.legal for one in COUNTRIES]
    country = crowd.country.tolist()
    company: list[str | None] = []
    domains: list[str] = []
    for row, account in enumerate(crowd.account.tolist()):
        if account == 0:
            company.append(None)
            domains.append("")
            continue
        name, domain = company_words(account)
        company.append(f"{name} {legal[country[row]]}" if choice[row] else name)
        domains.append(domain)
    employer, domain_of = np.array(company, dtype=object), np.array(domains, dtype=object)
    rival = crowd.mailbox == RIVAL
    domain_of[rival] = np.array(RIVALS, dtype=object)[random.integers(0, len(RIVALS), int(rival.sum()))]
    employer[rival] = [domain.partition(".")[0].title() for domain in domain_of[rival]]
    return employer, domain_of


def _emails(crowd: People, boxes: list[str], domain: Texts, random: np.random.Generator) -> Texts:
    pools = {FREE: FREE_MAIL, UNIVERSITY: UNIVERSITIES, THROW_AWAY: THROW_AWAY_MAIL}
    hosts = domain.copy()
    for box, pool in pools.items():
        mine = crowd.mailbox == box
        hosts[mine] = np.array(pool, dtype=object)[random.integers(0, len(pool), int(mine.sum()))]
    twin = (crowd.first + np.arange(crowd.size)).tolist()
    business = np.isin(crowd.mailbox, (BUSINESS, RIVAL)).tolist()
    emails: list[str | None] = []
    for row, box in enumerate(crowd.mailbox.tolist()):
        name = boxes[row] if business[row] and twin[row] % 3 else f"{boxes[row]}{twin[row] % 1000}"
        if box == INVALID:
            emails.append((name, f"{name}@", "test@test", f"{name}@@mail", "asdf")[twin[row] % 5])
        else:
            emails.append(None if box == NO_MAILBOX else f"{name}@{hosts[row]}")
    return np.array(emails, dtype=object)
