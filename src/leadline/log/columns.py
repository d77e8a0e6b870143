"""Finds which column means what: by its exact name, by a name that people use for it, or by the mapping file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leadline.agreement.sql.text import did_you_mean, shortened
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leadline.fields.catalogue import Type
    from leadline.log.mapping import TableMapping
    from leadline.log.scan import Column, Scan

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "email": ("e-mail", "mail", "email address", "e-mail address", "work email", "business email"),
    "phone": ("phone number", "mobile", "mobile phone", "mobile number", "telephone", "telephone number", "tel"),
    "handle": ("social handle", "twitter handle", "linkedin handle"),
    "title": ("job title", "position", "job position", "job role"),
    "source": ("lead source", "utm_source", "original source"),
    "channel": ("utm_medium", "lead channel", "medium"),
    "campaign": ("utm_campaign", "campaign name"),
    "account_is_customer": ("is customer",),
    "account_has_open_opportunity": ("has open opportunity",),
    "path": ("page path", "url path", "pathname"),
    "url": ("page url", "page location"),
    "referrer": ("referer", "referring url", "page referrer"),
    "asset": ("asset name", "content name"),
    "asset_kind": ("asset type", "content type"),
    "duration_s": ("duration seconds", "duration in seconds", "duration sec"),
    "value": ("amount",),
    "is_machine": ("is_bot", "bot", "machine"),
    "event": ("event_name", "event_type", "activity", "action", "activity type", "event action"),
    "event_id": ("event uuid", "message_id", "activity id"),
}
LEAD_ID: Final = ("lead", "contact_id", "prospect id", "person_id", "user_id", "customer_id", "record id")
CREATED: Final = (
    "created",
    "create date",
    "created date",
    "creation date",
    "created on",
    "date created",
    "created time",
)
VALID_FROM: Final = (
    *("changed_at", "changed on", "change date", "updated_at", "modified date", "effective from", "effective date"),
    *("since", "timestamp", "date", "time"),
)
OCCURRED: Final = (
    *("timestamp", "time", "event_time", "date", "datetime", "date time", "event date", "event timestamp", "ts"),
    *("happened at", "activity date", "activity time"),
)
COLUMNS_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a column can mean. ``known_as``: further names; ``label``: what the agreement calls the field."""

    name: str
    type: Type
    known_as: tuple[str, ...] = ()
    label: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """The columns of each meaning that the scan has (several are joined with a space), and columns nobody asked for."""

    columns: dict[str, tuple[Column, ...]]
    left_over: tuple[Column, ...]
    renamed: tuple[tuple[str, str], ...]


def key_of(name: str) -> str:
    """Names that differ only in case, spaces and signs have the same key."""
    return re.sub(r"[\W_]+", "", name.casefold())


def property_of(name: str) -> str:
    """A column's name as conditions write it: lower case, everything else an underscore."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def assign(scan: Scan, kind: str, meanings: Sequence[Meaning], mapping: TableMapping) -> Assignment:
    """What each column of a scan means. Raises ``InputError`` where two mean the same or a needed one is missing."""
    columns: dict[str, tuple[Column, ...]] = {}
    for meaning in meanings:
        if meaning.name in mapping.columns:
            columns[meaning.name] = tuple(
                _mapped(scan, kind, meaning.name, name) for name in mapping.columns[meaning.name]
            )
    mapped = {column for found in columns.values() for column in found}
    exact = {meaning.name for meaning in meanings}
    for meaning in meanings:
        if meaning.name in columns or meaning.name in mapping.constants:
            continue
        free = [
            column
            for column in scan.columns
            if column not in mapped and (column.name == meaning.name or column.name not in exact)
        ]
        found = _named(scan, kind, meaning, free)
        if found is not None:
            columns[meaning.name] = (found,)
        elif meaning.needed:
            raise _missing(scan, kind, meaning)
    taken = {column for found in columns.values() for column in found}
    left_over = tuple(column for column in scan.columns if column not in taken)
    renamed = tuple(
        (name, " + ".join(column.name for column in found))
        for name, found in columns.items()
        if [c.name for c in found] != [name]
    )
    return Assignment(columns, left_over, renamed)


def property_column(scan: Scan, kind: str, name: str, canonical: Iterable[str]) -> Column | None:
    """The column that stands for a property: its name with signs as underscores, unless it has a meaning of its own."""
    own = set(canonical)
    found = [column for column in scan.columns if property_of(column.name) == name and column.name not in own]
    return _only(scan, kind, f"properties.{name}", found)


def _named(scan: Scan, kind: str, meaning: Meaning, free: list[Column]) -> Column | None:
    """By exact name, else by the same name written otherwise or its label, else by a synonym."""
    own = {key_of(meaning.name), *([key_of(meaning.label)] if meaning.label else [])}
    others = {key_of(name) for name in meaning.known_as}
    for tier in (
        [column for column in free if column.name == meaning.name],
        [column for column in free if key_of(column.name) in own],
        [column for column in free if key_of(column.name) in others],
    ):
        if tier:
            return _only(scan, kind, meaning.name, tier)
    return None


def _only(scan: Scan, kind: str, name: str, found: list[Column]) -> Column | None:
    doubled = [
        column.name
        for column in scan.columns
        if found and re.fullmatch(re.escape(found[0].name) + r" \([0-9]+\)", column.name)
    ]
    names = [*(column.name for column in found), *doubled]
    if len(names) > 1:
        raise InputError(
            f"{scan.label}: two columns could be {name}: {shown(names)}. Say which one in the mapping file:\n"
            f"{_example(kind, name, names[0])}"
        )
    return found[0] if found else None


def _mapped(scan: Scan, kind: str, meaning: str, name: str) -> Column:
    for same in ((lambda c: c.name == name), (lambda c: key_of(c.name) == key_of(name))):
        found = [column for column in scan.columns if same(column)]
        if len(found) == 1:
            return found[0]
    names = [column.name for column in scan.columns]
    raise InputError(
        f"{scan.label} has no column '{shortened(name)}', which the mapping file names for {kind}.columns.{meaning}."
        f"{did_you_mean(name, names)} Columns found: {shown(names)}."
    )


def _missing(scan: Scan, kind: str, meaning: Meaning) -> InputError:
    names = [column.name for column in scan.columns]
    guess = did_you_mean(meaning.name, names)
    return InputError(
        f"{scan.label}: no column is {meaning.name}.{guess} Columns found: {shown(names)}. "
        f"Name the column {meaning.name}, or say which one it is in a mapping file (--map):\n"
        f"{_example(kind, meaning.name, '<your column>')}"
    )


def _example(kind: str, name: str, column: str) -> str:
    return f'{kind}:\n  columns: {{{name}: "{column}"}}'


def shown(names: Sequence[str]) -> str:
    """Names in a message, only the first of very many."""
    more = f" and {len(names) - COLUMNS_SHOWN:,} more" if len(names) > COLUMNS_SHOWN else ""
    return ", ".join(shortened(name) for name in names[:COLUMNS_SHOWN]) + more
