"""What is wrong with the values of an export: missing, placeholders, spellings, impossible, mixed, constant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from leadline.analytics.conversion import SPELLINGS_MOST, spellings_of
from leadline.analytics.moments import NEVER
from leadline.analytics.names import Meaning, suggested
from leadline.analytics.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.analytics.columns import Field
    from leadline.analytics.joining import Export
    from leadline.analytics.outcome import Ends

Kind = Literal["missing", "placeholder", "spelling", "constant", "empty", "mixed", "impossible", "future", "formatted"]
WEIGHT: Final[dict[str, int]] = {
    "impossible": 0, "future": 1, "placeholder": 2, "spelling": 3, "mixed": 4, "formatted": 5, "missing": 6,
    "constant": 7,
    "empty": 8,
}  # fmt: skip
MISSING_LEAST: Final = 0.05
PRIVATE: Final = (Meaning.EMAIL, Meaning.PHONE, Meaning.PERSON, Meaning.ID, Meaning.FREE_TEXT)
"""Columns whose values are nobody else's business: no example of them is ever shown."""
_NAMED: Final = 4


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a column: ``rows`` it touches, ``said`` in a sentence part."""

    kind: Kind
    column: str
    rows: int
    said: str


def flaws_of(export: Export, ends: Ends, now: int) -> tuple[Flaw, ...]:
    """Every flaw, the gravest kinds first, and within a kind what touches most rows."""
    found = [flaw for field in export.leads.fields for flaw in _of_field(field, now)]
    found += _of_order(ends)
    for link in export.links:
        found += [
            Flaw(
                "spelling",
                link.key,
                rows,
                f"'{mine}' is '{theirs}' in {link.table.name}: the same thing, spelt differently",
            )
            for mine, theirs, rows in link.respelt[:_NAMED]
        ]
        found += [flaw for field in link.table.fields for flaw in _of_field(field, now) if flaw.kind != "missing"]
    return tuple(sorted(found, key=lambda flaw: (WEIGHT[flaw.kind], -flaw.rows, flaw.column)))


def _of_field(field: Field, now: int) -> Iterator[Flaw]:
    if field.kind == "empty":
        yield Flaw("empty", field.name, field.rows, "nothing is written in it")
        return
    yield from _placeholders(field)
    missing = field.rows - field.filled
    if missing >= MISSING_LEAST * field.rows:
        yield Flaw("missing", field.name, missing, f"unknown in {missing:,} of {field.rows:,} rows")
    if field.kind == "constant":
        yield Flaw("constant", field.name, field.rows, f"always {_example(field, 0)}: it cannot tell leads apart")
        return
    yield from _spellings(field)
    yield from _mixed(field)
    yield from _impossible(field)
    if field.kind == "time":
        later = int((field.instants() > now).sum())
        if later:
            yield Flaw("future", field.name, later, "lies in the future")


def _example(field: Field, place: int) -> str:
    return "one value" if is_private(field) else f"'{field.column.values[place]}'"


def is_private(field: Field) -> bool:
    """Whether the values of a column are of persons: by what it means, what it is called, or how its values look."""
    if field.meaning in PRIVATE or set(suggested(field.name)) & {*PRIVATE}:
        return True
    return bool(np.isin(field.shapes.shape[:1000], (Shape.EMAIL, Shape.PHONE)).any())


def _placeholders(field: Field) -> Iterator[Flaw]:
    places = np.flatnonzero((field.shapes.shape == Shape.PLACEHOLDER) & ~field.known)
    rows = int(field.column.counts[places].sum())
    if rows:
        ordered = sorted(places, key=lambda place: -int(field.column.counts[place]))
        words = ", ".join(f"'{field.column.values[int(place)]}'" for place in ordered[:_NAMED])
        yield Flaw("placeholder", field.name, rows, f"{words} means that nobody knows")


def _spellings(field: Field) -> Iterator[Flaw]:
    if field.kind not in ("text", "flag") or is_private(field) or len(field.column.values) > SPELLINGS_MOST:
        return
    counts = field.column.counts
    several = [(texts, places) for texts, places in spellings_of(field) if len(texts) > 1 and field.known[places[0]]]
    rows = sum(int(counts[place]) for _, places in several for place in places[1:])
    if rows:
        several.sort(key=lambda one: -int(counts[list(one[1])].sum()))
        words = "; ".join(" and ".join(f"'{text}'" for text in texts[:_NAMED]) for texts, _ in several[:_NAMED])
        yield Flaw("spelling", field.name, rows, f"{words}: the same thing, spelt differently")


def _mixed(field: Field) -> Iterator[Flaw]:
    counts = field.known_counts
    if field.kind == "number":
        strange = int(counts[np.isnan(field.shapes.numbers)].sum())
        if strange:
            yield Flaw("mixed", field.name, strange, "is a number elsewhere, and a text here")
        formatted = int(counts[field.shapes.shape == Shape.FORMATTED].sum())
        if formatted:
            said = "is written with separators, signs or units; programs that read plain numbers will not count it"
            yield Flaw("formatted", field.name, formatted, said)
    if field.kind == "time" and field.moments is not None:
        strange = int(counts[field.moments.at == NEVER].sum())
        if strange:
            yield Flaw(
                "mixed", field.name, strange, f"cannot be read as a time, unlike the others ({field.moments.form})"
            )
    if field.meaning is Meaning.EMAIL:
        wrong = int(counts[field.shapes.shape != Shape.EMAIL].sum())
        if wrong:
            yield Flaw("impossible", field.name, wrong, "is no e-mail address")


def _impossible(field: Field) -> Iterator[Flaw]:
    if field.kind != "number" or field.meaning not in (Meaning.METRIC, Meaning.MONEY):
        return
    numbers, counts = field.shapes.numbers, field.known_counts
    with np.errstate(invalid="ignore"):
        negative = int(counts[numbers < 0].sum())
    known = counts[~np.isnan(numbers)].sum()
    if negative and negative < 0.05 * known:
        yield Flaw("impossible", field.name, negative, "is below zero, unlike all others")
    yield from _far_out(field)


def _far_out(field: Field) -> Iterator[Flaw]:
    bound, far = field.far_out()
    if far.any():
        said = f"is above {bound:,.0f}, a hundred times what 99 of 100 leads have"
        yield Flaw("impossible", field.name, int(far.sum()), said)


def _of_order(ends: Ends) -> Iterator[Flaw]:
    both = (ends.created_at != NEVER) & (ends.won_at != NEVER)
    # A day's grace: dates without a clock stand for midnight, moments do not.
    backwards = int((both & (ends.won_at < ends.created_at)).sum())
    if backwards and ends.closed is not None and ends.created is not None:
        yield Flaw(
            "impossible", ends.closed.name, backwards, f"was won before it came: earlier than its {ends.created.name}"
        )
    if ends.won.any() and ends.closed is not None:
        undated = int((ends.won & (ends.won_at == NEVER)).sum())
        if undated:
            yield Flaw("missing", ends.closed.name, undated, "is empty although the lead was won")
