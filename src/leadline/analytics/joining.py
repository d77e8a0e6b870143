"""Finds which table holds the leads, and joins the others to it by the keys that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pyarrow.compute as pc

from leadline.analytics.names import LOST_WORDS, OUTCOME_NAMES, WON_WORDS, Meaning, is_id, says, words_of
from leadline.analytics.tables import MISSING
from leadline.errors import InputError
from leadline.fields.catalogue import STAGE_RECORDS
from leadline.log.columns import SYNONYMS, key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.analytics.columns import Field
    from leadline.analytics.tables import Column, Table

Way = Literal["each lead has one", "some leads have one", "leads have many", "not joined"]
KEYS: Final = (
    Meaning.ID,
    Meaning.SEQUENCE,
    Meaning.CODE,
    Meaning.EMAIL,
    Meaning.COMPANY,
    Meaning.OWNER,
    Meaning.CATEGORY,
)
JOINED_LEAST: Final = 0.5
"""At least this share of the smaller side's keys must be found on the other side."""

EVENTS_LEAST: Final = 2
"""So many rows for each lead, on average, make a table without a key of its own a log of events."""


@dataclass(frozen=True, slots=True)
class Tableau:
    """A table with its columns understood."""

    table: Table
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        return self.table.name


@dataclass(frozen=True, slots=True)
class Link:
    """How a table was joined: by ``key`` of the leads to ``their_key``; ``matched`` leads found a row there.

    ``rows`` (n) is the row of the other table for each lead, ``MISSING`` for none; of a table that has many rows a
    lead (events), ``leads`` (m) says instead which lead each row is about. ``respelt`` are keys that the two sides
    spell differently: the leads' spelling, the other, and how many leads have it.
    """

    table: Tableau
    way: Way
    key: str = ""
    their_key: str = ""
    matched: int = 0
    respelt: tuple[tuple[str, str, int], ...] = ()
    rows: npt.NDArray[np.int64] | None = None
    leads: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """The leads of an export: a row each, with every column that could be joined to them, and how that was done."""

    leads: Tableau
    fields: tuple[Field, ...]
    links: tuple[Link, ...]
    id_field: Field | None

    @property
    def rows(self) -> int:
        """The number of leads."""
        return self.leads.table.rows

    def field(self, name: str) -> Field | None:
        """The column with a name."""
        return next((field for field in self.fields if field.name == name), None)


def join(tables: Sequence[Tableau]) -> Export:
    """The export that the tables are together. Raises ``InputError`` where they are but logs of events."""
    leads = _leads(tables)
    _refuse_log(leads)
    links = [_link(leads, other) for other in tables if other is not leads]
    fields = list(leads.fields)
    for link in links:
        if link.rows is not None:
            fields += [_over(field, link) for field in link.table.fields if field.name != link.their_key]
    ids = [field for field in leads.fields if field.meaning is Meaning.ID and _is_key(field)]
    ids += [field for field in leads.fields if field.meaning in (Meaning.SEQUENCE, Meaning.EMAIL) and _is_key(field)]
    return Export(leads, tuple(fields), tuple(links), ids[0] if ids else None)


def _over(field: Field, link: Link) -> Field:
    assert link.rows is not None  # noqa: S101 - callers look
    theirs = field.column.codes
    if len(theirs):
        codes = np.where(link.rows >= 0, theirs[np.maximum(link.rows, 0)], MISSING).astype(np.int32)
    else:
        codes = np.full(len(link.rows), MISSING, np.int32)
    counts = np.bincount(codes[codes >= 0], minlength=len(field.column.values)).astype(np.int64)
    return field.over(codes, counts, link.table.name)


def _leads(tables: Sequence[Tableau]) -> Tableau:
    """The table of leads: the one that looks most like it; of two alike the larger, then the first named."""
    return max(tables, key=lambda one: (_likeness(one, tables), one.table.rows, -tables.index(one)))


def _likeness(one: Tableau, tables: Sequence[Tableau]) -> float:
    meanings = {field.meaning for field in one.fields}
    points = 0.0
    points += 3 * any(_is_outcome_like(field) for field in one.fields)
    points += 3 * bool(meanings & {Meaning.EMAIL, Meaning.PHONE, Meaning.PERSON})
    points += 2 * any(_is_key(field) for field in one.fields if field.meaning in (Meaning.ID, Meaning.SEQUENCE))
    points += 1 * (Meaning.CREATED in meanings) + 1 * bool(meanings & {Meaning.SOURCE, Meaning.CHANNEL})
    points += 2 * says(one.name, ("lead", "leads", "mql", "contact", "contacts", "prospect", "prospects", "pipeline"))
    points += 1 * says(one.name, ("opportunity", "opportunities", "qualified", "crm"))
    points -= 5 * is_events(one)
    points -= 4 * any(_is_part_of(one, other) for other in tables if other is not one)
    return points


def _is_outcome_like(field: Field) -> bool:
    spoken = " ".join(words_of(field.name))
    if spoken in OUTCOME_NAMES[:12] and field.kind in ("flag", "text"):
        return True
    if field.kind != "text" or len(field.column.values) > 60:
        return False
    texts = {text.lower() for text in field.column.texts()}
    return bool(texts & {*WON_WORDS}) and bool(texts & {*LOST_WORDS})


def is_events(one: Tableau) -> bool:
    """Whether a table says what happened: the name of an event and a time in each row, and rows that repeat a key."""
    named = event_field(one)
    timed = any(field.kind == "time" for field in one.fields)
    repeats = any(
        field.meaning in KEYS and is_id(field.name) and len(field.column.values) < field.rows for field in one.fields
    )
    return named is not None and timed and repeats


def _refuse_log(leads: Tableau) -> None:
    """A log has a row for each event, so its rows must not be counted as leads."""
    if not is_events(leads) or any(_is_key(field) for field in leads.fields if field.meaning in KEYS):
        return
    repeated = [field for field in leads.fields if field.meaning in KEYS and is_id(field.name) and field.filled]
    most = min(repeated, key=lambda field: len(field.column.values))
    if leads.table.rows < EVENTS_LEAST * len(most.column.values):
        return
    raise InputError(
        f"{leads.name}: this is a log of events ({leads.table.rows:,} rows about {len(most.column.values):,} values of "
        f"{most.name}), and no file of leads is there. Add one with a row for each lead, {most.name} in it, and, where "
        "known, when the lead came and what became of it."
    )


def event_field(one: Tableau) -> Field | None:
    """The column with the names of events."""
    names = {key_of("event"), *map(key_of, SYNONYMS["event"])}
    texts = [field for field in one.fields if field.kind == "text"]
    found = [field for field in texts if key_of(field.name) in names]
    found += [field for field in texts if {*field.column.texts()[:200]} & {*STAGE_RECORDS}]
    return found[0] if found else None


def _is_key(field: Field) -> bool:
    """Whether every row has a value of its own."""
    return field.rows > 0 and field.filled == field.rows and int(field.known.sum()) == field.rows


def _is_part_of(one: Tableau, other: Tableau) -> bool:
    """Whether the rows of a table are some of the rows of another: deals among leads."""
    if one.table.rows >= other.table.rows:
        return False
    pairs = ((a, b) for a in one.fields for b in other.fields if _is_key(a) and _is_key(b) and _same_name(a, b))
    return any(_contained(a.column, b.column) >= JOINED_LEAST for a, b in pairs)


def _same_name(a: Field, b: Field) -> bool:
    return key_of(a.name) == key_of(b.name) or {key_of(a.name), key_of(b.name)} <= {"id", "leadid", "lead", "contactid"}


def _contained(small: Column, large: Column) -> float:
    found = pc.is_in(small.values, value_set=large.values)
    return float(pc.sum(found).as_py() or 0) / max(1, len(small.values))


def _link(leads: Tableau, other: Tableau) -> Link:
    """The best way to join a table to the leads."""
    mine = [field for field in leads.fields if field.meaning in KEYS]
    theirs = [field for field in other.fields if field.meaning in KEYS or _is_key(field)]
    best = Link(other, "not joined")
    for a in mine:
        for b in theirs:
            if not _worth_trying(a, b):
                continue
            link = _one_each(a, b, other) if _is_key(b) else _many(a, b, other)
            if link is not None and link.matched > best.matched:
                best = link
    return best


def _worth_trying(a: Field, b: Field) -> bool:
    if _same_name(a, b):
        return True
    return a.meaning == b.meaning and a.meaning in (Meaning.ID, Meaning.EMAIL)


def _lookup(wanted: Column, among: Column) -> npt.NDArray[np.int64]:
    """For each distinct value of one column the place of the same value in another, by spelling where it must be."""
    exact = pc.index_in(wanted.values, value_set=among.values)
    places = np.asarray(pc.fill_null(exact, MISSING), np.int64)
    if (places >= 0).all() or len(wanted.values) > 100_000:
        return places
    spelt: dict[str, int] = {}
    for place, text in enumerate(among.texts()):
        spelt.setdefault(key_of(text), place)
    texts = wanted.texts()
    for missing in np.flatnonzero(places < 0):
        places[missing] = spelt.get(key_of(texts[int(missing)]), MISSING)
    return places


def _one_each(a: Field, b: Field, other: Tableau) -> Link | None:
    places = _lookup(a.column, b.column)
    row_of = np.full(len(b.column.values), MISSING, np.int64)
    row_of[b.column.codes] = np.arange(b.rows)
    found = np.where(places >= 0, row_of[np.maximum(places, 0)], MISSING)
    rows = np.where(a.column.codes >= 0, found[np.maximum(a.column.codes, 0)], MISSING) if len(found) else None
    if rows is None or not _enough(places):
        return None
    matched = int((rows >= 0).sum())
    way: Way = "some leads have one" if _is_key(a) and matched < 0.98 * a.rows else "each lead has one"
    return Link(other, way, a.name, b.name, matched, _respelt(a.column, b.column, places), rows=rows)


def _respelt(mine: Column, theirs: Column, places: npt.NDArray[np.int64]) -> tuple[tuple[str, str, int], ...]:
    if len(mine.values) > 100_000:
        return ()
    pairs = [(place, int(there)) for place, there in enumerate(places) if there >= 0]
    texts = [(str(mine.values[here]), str(theirs.values[there]), int(mine.counts[here])) for here, there in pairs]
    return tuple(one for one in texts if one[0] != one[1])


def _many(a: Field, b: Field, other: Tableau) -> Link | None:
    """Rows of the other table that are about leads: possible where the leads' key is one of theirs."""
    if not _is_key(a):
        return None
    places = _lookup(b.column, a.column)
    if not _enough(places):
        return None
    lead_of = np.full(len(a.column.values), MISSING, np.int64)
    lead_of[a.column.codes] = np.arange(a.rows)
    found = np.where(places >= 0, lead_of[np.maximum(places, 0)], MISSING)
    leads = np.where(b.column.codes >= 0, found[np.maximum(b.column.codes, 0)], MISSING)
    matched = len(np.unique(leads[leads >= 0]))
    return Link(other, "leads have many", a.name, b.name, matched, leads=leads)


def _enough(places: npt.NDArray[np.int64]) -> bool:
    """Whether the smaller side's values are mostly found on the other."""
    found = len(np.unique(places[places >= 0]))
    return found > 0 and (found >= JOINED_LEAST * len(places) or found >= 20)
