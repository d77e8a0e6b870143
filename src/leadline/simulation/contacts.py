"""The leads as a CRM holds them: what was known when contact data came in, and what was learned later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.simulation.channels import KNOWN_AT_ONCE
from leadline.simulation.columns import Bools, where_known
from leadline.simulation.company import Topic
from leadline.simulation.histories import AccountHistory, open_at
from leadline.simulation.identities import identities
from leadline.simulation.people import (
    NO_MAILBOX,
)
from leadline.simulation.tables import INSTANT, instants, lead_ids
from leadline.simulation.world import Cohort, World, known_at

FIELDS: dict[str, Any] = {
    "email": pa.string(),
    "phone": pa.string(),
    "handle": pa.string(),
    "first_name": pa.string(),
    "last_name": pa.string(),
    "title": pa.string(),
    "company": pa.string(),
    "company_revenue": pa.float64(),
    "employees": pa.float64(),
    "industry": pa.string(),
    "country": pa.string(),
    "seats_in_use": pa.float64(),
    "source": pa.string(),
    "channel": pa.string(),
    "campaign": pa.string(),
    "account_is_customer": pa.bool_(),
    "account_has_open_opportunity": pa.bool_(),
}
LEADS = pa.schema({"lead_id": pa.string(), "created_at": INSTANT, **FIELDS})
PROFILES = pa.schema({"lead_id": pa.string(), "valid_from": INSTANT, **FIELDS})

# The share of leads of which a field is known at creation: filled in a form, or bought with a list.
_IN_FORM = {
    "phone": 0.2,
    "handle": 0.05,
    "first_name": 0.9,
    "last_name": 0.9,
    "title": 0.6,
    "company": 0.78,
    "company_revenue": 0.16,
    "employees": 0.24,
    "industry": 0.2,
    "country": 0.85,
    "source": 0.95,
}
_IN_LIST = {
    **_IN_FORM,
    "phone": 0.6,
    "title": 0.93,
    "company": 0.98,
    "industry": 0.7,
    "employees": 0.55,
    "country": 0.97,
}


@dataclass(frozen=True, slots=True)
class Contacts:
    """What is true of every lead of a cohort, as texts and numbers; who knows it, and when, is another
    matter.
    """

    true: dict[str, npt.NDArray[Any]]
    created: dict[str, npt.NDArray[Any]]
    known: dict[str, Bools]


def contacts(here: World, crew: Cohort, history: AccountHistory) -> Contacts:
    """Who the leads are and what their first form or list said."""
    random = here.company.random(Topic.PROFILES, 1_000_000 + crew.part)
    crowd = crew.people
    true = identities(here, crowd, random)
    listed = KNOWN_AT_ONCE[crowd.campaign]
    known = {
        name: random.random(crowd.size) < np.where(listed, _IN_LIST[name], share) for name, share in _IN_FORM.items()
    }
    raised = crew.reached.raised_at <= crowd.created_at
    known["phone"] |= raised & (random.random(crowd.size) < 0.5)
    known["email"] = crowd.mailbox != NO_MAILBOX
    known["phone"] |= ~known["email"] & ~known["handle"]
    known["channel"] = known["campaign"] = known["source"]
    known["company"] &= true["company"].astype(bool)
    at = known_at(crew)
    true["account_is_customer"] = history.customer_at[crowd.account] <= at
    true["account_has_open_opportunity"] = open_at(history, crowd.account, at)
    created = {
        name: where_known(known[name], true[name]) if name in known else true[name] for name in FIELDS if name in true
    }
    return Contacts(true, created, known)


def lead_table(crew: Cohort, them: Contacts) -> pa.Table:
    """The leads of a cohort as known at creation."""
    numbers = crew.people.first + np.arange(crew.people.size)
    columns = [lead_ids(numbers), instants(known_at(crew))]
    for name, kind in FIELDS.items():
        given = them.created.get(name)
        columns.append(pa.array(np.full(len(numbers), None) if given is None else given, type=kind, from_pandas=True))
    return pa.table(columns, schema=LEADS)
