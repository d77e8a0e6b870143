"""Which shipped table stands behind each derived field, and how whole columns of derived fields are worked out."""

from __future__ import annotations


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
