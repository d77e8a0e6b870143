"""The profile as of an instant (semantics, section 6): per field the latest known value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from leadline.fields.catalogue import CONTACT_FIELDS, GIVEN_FIELDS, NUMBER, TEXT, Type
from leadline.fields.email import is_disposable, is_free, normalise_email
from leadline.fields.titles import job_function, job_level
from reference.values import Value, number

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

Statement = tuple[float, dict[str, Any]]
"""Since when a row is known (µs, minus infinity for "before all time"), and the row."""


def statements(lead_id: str, leads: list[dict[str, Any]], profiles: list[dict[str, Any]]) -> list[Statement]:
    """All rows about a lead: the table of leads counts from `created_at`, the history from `valid_from`."""
    rows = [(row.get("created_at"), row) for row in leads if row["lead_id"] == lead_id]
    rows += [(row.get("valid_from"), row) for row in profiles if row["lead_id"] == lead_id]
    return [(-math.inf if since is None else since, row) for since, row in rows]


def profile_as_of(agreement: Agreement, rows: list[Statement], t: int) -> dict[str, Value]:
    """Every lead field as of ``t``; None is unknown."""
    types = {"title": TEXT} | {field.name: field.type for field in agreement.fields} | GIVEN_FIELDS
    profile: dict[str, Value] = {}
    for name, kind in types.items():
        stated = ((since, known(name, kind, row.get(name))) for since, row in rows if since <= t)
        candidates = [(since, value) for since, value in stated if value is not None]
        # the latest wins, and of one instant the greater: just the order of pairs
        profile[name] = max(candidates)[1] if candidates else None
    return profile | derived(profile)


def known(name: str, kind: Type, value: Value) -> Value:
    """A stated value; blank text, invalid e-mail and numbers that are not finite are unknown."""
    if name == "email":
        return normalise_email(value) if isinstance(value, str) else None
    if isinstance(value, str) and not value.strip():
        return None
    return number(value) if kind is NUMBER else value


def derived(profile: dict[str, Value]) -> dict[str, Value]:
    """What Leadline works out itself: unknown where what it comes from is unknown."""
    email, title = profile["email"], profile["title"]
    domain = email.partition("@")[2] if isinstance(email, str) else None
    return {
        "email_domain": domain,
        "email_is_free": is_free(domain) if domain is not None else None,
        "email_is_disposable": is_disposable(domain) if domain is not None else None,
        "job_level": job_level(title) if isinstance(title, str) else None,
        "job_function": job_function(title) if isinstance(title, str) else None,
    }


def can_be_reached(profile: dict[str, Value]) -> bool:
    """At least one of email, phone, handle is known."""
    return any(profile[name] is not None for name in CONTACT_FIELDS)
