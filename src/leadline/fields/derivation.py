"""Works out whole columns of derived lead fields, and names the shipped table behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.fields.catalogue import DERIVED_FROM

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa


def table_of(field: str) -> str | None:
    """Name and version of the shipped table that a derived field depends on; ``None`` for any other field."""
    from leadline.fields import email, titles

    tables = {
        "email_is_free": email.FREE_MAIL_TABLE,
        "email_is_disposable": email.DISPOSABLE_TABLE,
        "job_level": titles.TITLES_TABLE,
        "job_function": titles.TITLES_TABLE,
    }
    return tables.get(field)


def with_derived(profiles: pa.Table, wanted: Iterable[str]) -> pa.Table:
    """The table of given fields with the derived fields that are wanted beside them; others are passed over."""
    from leadline.fields import titles
    from leadline.fields.email import emails

    derived = [name for name in wanted if name in DERIVED_FROM]
    addresses = emails(profiles["email"]) if any(DERIVED_FROM[name] == "email" for name in derived) else None
    for name in derived:
        if DERIVED_FROM[name] == "email":
            values = getattr(addresses, name)
        elif name == "job_level":
            values = titles.job_levels(profiles["title"])
        else:
            values = titles.job_functions(profiles["title"])
        profiles = profiles.append_column(name, values)
    return profiles
