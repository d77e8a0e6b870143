"""What an agreement needs to know of leads and events, as meanings that columns can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.sql.text import did_you_mean, shortened
from leadline.agreement.usage import event_columns_used, lead_fields_used
from leadline.errors import InputError
from leadline.fields.catalogue import (
    CONTACT_FIELDS,
    DERIVED_FROM,
    EVENT_COLUMNS,
    EVENT_PROPERTIES,
    GIVEN_FIELDS,
    TEXT,
    TIME,
    Type,
)
from leadline.log.columns import CREATED, LEAD_ID, OCCURRED, SYNONYMS, VALID_FROM, Meaning

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement
    from leadline.log.mapping import TableMapping

PREFIX: Final = f"{EVENT_PROPERTIES}."
RECEIVED, FLAGGED, LINKED = "received_at", "flagged_at", "linked_at"
ARRIVALS: Final[dict[str, tuple[str, ...]]] = {
    RECEIVED: ("received", "received on", "ingested_at", "arrived_at"),
    FLAGGED: ("flagged", "flagged on"),
    LINKED: ("linked", "linked on", "identified_at", "matched_at"),
}
"""When a row became known, when it was found to be a machine's, when it was matched to its lead: for replays."""
ALWAYS: Final = ("event", "is_machine", "direction")
"""Event columns that matching reads, whatever the rules say."""


def field_types(agreement: Agreement) -> dict[str, Type]:
    """Every lead field that input can state, with its type."""
    return {"title": TEXT} | {declared.name: declared.type for declared in agreement.fields} | GIVEN_FIELDS


def fields_needed(agreement: Agreement) -> dict[str, Type]:
    """The lead fields that the agreement rests on: the contact fields first, then in file order."""
    types = field_types(agreement)
    used = (DERIVED_FROM.get(name, name) for name in lead_fields_used(agreement))
    return {name: types[name] for name in dict.fromkeys((*CONTACT_FIELDS, *used))}


def lead_meanings(agreement: Agreement) -> tuple[Meaning, ...]:
    """The columns of a table of leads."""
    created = Meaning("created_at", TIME, CREATED)
    return _profile(agreement, (Meaning("lead_id", TEXT, (*LEAD_ID, "id"), needed=True), created))


def profile_meanings(agreement: Agreement) -> tuple[Meaning, ...]:
    """The columns of a history of profiles."""
    since = Meaning("valid_from", TIME, VALID_FROM, needed=True)
    return _profile(agreement, (Meaning("lead_id", TEXT, (*LEAD_ID, "id"), needed=True), since))


def _profile(agreement: Agreement, first: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    titles = agreement.title_of
    taken = {meaning.name for meaning in first}
    rest = (
        Meaning(name, kind, CREATED if name == "created_at" else SYNONYMS.get(name, ()), titles.get(name, ""))
        for name, kind in fields_needed(agreement).items()
        if name not in taken
    )
    return (*first, *rest)


def event_names(agreement: Agreement) -> tuple[str, ...]:
    """The columns of the relation ``events`` that conditions read, properties included."""
    return tuple(dict.fromkeys((*ALWAYS, *event_columns_used(agreement))))


def event_meanings(wanted: tuple[str, ...], mapping: TableMapping) -> tuple[Meaning, ...]:
    """The columns of a log of events; properties only where the mapping file names their column."""
    names = [name for name in wanted if name not in ("event", "occurred_at") and not name.startswith(PREFIX)]
    said = [name for name in (*mapping.columns, *mapping.constants) if name.startswith(PREFIX)]
    return (
        Meaning("lead_id", TEXT, LEAD_ID, needed=True),
        Meaning("occurred_at", TIME, OCCURRED, needed=True),
        Meaning("event", TEXT, SYNONYMS["event"], needed=True),
        Meaning("event_id", TEXT, SYNONYMS["event_id"]),
        *(Meaning(name, EVENT_COLUMNS[name], SYNONYMS.get(name, ())) for name in names),
        *(Meaning(name, TEXT) for name in dict.fromkeys(said)),
    )


def arrival_meanings(kind: str) -> tuple[Meaning, ...]:
    """The columns that say when a row of a source became known."""
    names = ARRIVALS if kind == "events" else (RECEIVED,)
    return tuple(Meaning(name, TIME, ARRIVALS[name]) for name in names)


def check_names(kind: str, agreement: Agreement, mapping: TableMapping) -> None:
    """Raises ``InputError`` where the mapping file names something that a source of this kind cannot have."""
    if kind == "events":
        known = ["lead_id", "occurred_at", "event_id", EVENT_PROPERTIES, *EVENT_COLUMNS, *ARRIVALS]
    else:
        known = ["lead_id", *(["valid_from"] if kind == "profiles" else []), *field_types(agreement), RECEIVED]
    for name in (*mapping.columns, *mapping.constants):
        if name not in known and not (kind == "events" and name.startswith(PREFIX)):
            guess = did_you_mean(name, known) or f" Known are {', '.join(known)}."
            raise InputError(f"mapping file, {kind}: '{shortened(name)}' is not known here.{guess}")
    fixed = [name for name in mapping.constants if name in ("lead_id", "event_id")]
    if fixed:
        raise InputError(
            f"mapping file, {kind}.constants: {fixed[0]} differs from row to row. Name its column under columns."
        )
