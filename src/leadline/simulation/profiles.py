"""How profiles change after creation: enrichment, questions by sales, seats in use, news of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.clock import DAY
from leadline.simulation.columns import NEVER, Ints, where_known
from leadline.simulation.company import Topic
from leadline.simulation.people import (
    BUSINESS,
)
from leadline.simulation.tables import instants, lead_ids
from leadline.simulation.world import Cohort, World, known_at

if TYPE_CHECKING:
    from leadline.simulation.histories import AccountHistory
    from leadline.simulation.judging import Work
    from leadline.simulation.product import Usage

from leadline.simulation.contacts import FIELDS, PROFILES, Contacts

_ENRICHED = {
    "title": 0.55,
    "company": 0.9,
    "company_revenue": 0.85,
    "employees": 0.92,
    "industry": 0.9,
    "country": 0.97,
}
_ENRICHMENT_FINDS = 0.72
_ASKED_BY_SALES = {"phone": 0.7, "title": 0.85, "company": 0.9, "employees": 0.5, "country": 0.9}


class Statements:
    """Changes of profiles under construction: who, since when, and the fields that became known."""

    def __init__(self, ends_at: int) -> None:
        self._ends_at = ends_at
        self._lead: list[Ints] = []
        self._at: list[Ints] = []
        self._fields: list[dict[str, npt.NDArray[Any]]] = []

    def add(self, lead: Ints, at: Ints, **fields: npt.NDArray[Any]) -> None:
        """Add statements, those of before the end."""
        seen = at < self._ends_at
        self._lead.append(lead[seen])
        self._at.append(at[seen])
        self._fields.append({name: column[seen] for name, column in fields.items()})

    def table(self, first_lead: int) -> pa.Table:
        """All statements by lead and instant."""
        lead, at = np.concatenate(self._lead), np.concatenate(self._at)
        order = np.lexsort((at, lead))
        columns = [lead_ids(first_lead + lead[order]), instants(at[order])]
        for name, kind in FIELDS.items():
            pieces = [
                fields.get(name, np.full(len(rows), None))
                for rows, fields in zip(self._lead, self._fields, strict=True)
            ]
            given = np.concatenate([piece.astype(object) for piece in pieces])[order]
            columns.append(pa.array(given, type=kind, from_pandas=True))
        return pa.table(columns, schema=PROFILES)


def profile_table(
    here: World, crew: Cohort, them: Contacts, history: AccountHistory, learned: tuple[Work, Usage]
) -> pa.Table:
    """What was learned of a cohort after creation: by enrichment, by sales, from the product, and about
    accounts.
    """
    random = here.company.random(Topic.PROFILES, 2_000_000 + crew.part)
    work, usage = learned
    since = known_at(crew)
    said = Statements(here.company.ends_at)
    _enrich(crew, them, since, said, random)
    asked = np.flatnonzero((work.accepted_at < NEVER) & (random.random(len(work.lead)) < 0.6))
    lead = work.lead[asked]
    said.add(lead, work.accepted_at[asked] + 1_000_000, **_some(them, lead, _ASKED_BY_SALES, random))
    later = usage.at > since[usage.lead]
    said.add(usage.lead[later], usage.at[later], seats_in_use=usage.seats[later].astype(np.float64))
    _about_accounts(crew, history, since, said)
    return said.table(crew.people.first)


def _enrich(crew: Cohort, them: Contacts, since: Ints, said: Statements, random: np.random.Generator) -> None:
    """A data vendor finds most companies by their mail domain, after days; it asks twice and finds more
    the second time.
    """
    crowd = crew.people
    found = (crowd.mailbox == BUSINESS) & (random.random(crowd.size) < _ENRICHMENT_FINDS)
    lead = np.flatnonzero(found)
    days = np.exp(random.normal(0.9, 1.1, len(lead)))
    said.add(lead, since[lead] + (days * DAY).astype(np.int64) + 60_000_000, **_some(them, lead, _ENRICHED, random))
    again = lead[random.random(len(lead)) < 0.1]
    months = random.uniform(60, 200, len(again))
    said.add(again, since[again] + (months * DAY).astype(np.int64), **_some(them, again, _ENRICHED, random))


def _some(
    them: Contacts, lead: Ints, shares: dict[str, float], random: np.random.Generator
) -> dict[str, npt.NDArray[Any]]:
    return {
        name: where_known(random.random(len(lead)) < share, them.true[name][lead]) for name, share in shares.items()
    }


def _about_accounts(crew: Cohort, history: AccountHistory, since: Ints, said: Statements) -> None:
    account = crew.people.account
    bought_at = history.customer_at[account]
    lead = np.flatnonzero((bought_at > since) & (bought_at < NEVER))
    said.add(lead, bought_at[lead], account_is_customer=np.full(len(lead), True))
    for turn in range(int(history.count[account].max(initial=0))):
        lead = np.flatnonzero(turn < history.count[account])
        place = history.first[account[lead]] + turn
        for at, is_open in ((history.opened_at[place], True), (history.closed_at[place], False)):
            after = at > since[lead]
            said.add(lead[after], at[after], account_has_open_opportunity=np.full(int(after.sum()), is_open))
