"""Understands the columns of an export: what each is about, from its name and from what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from leadline.analytics.moments import NEVER, Moments, epoch_of, moments_of
from leadline.analytics.names import CLOSED_WORDS, CREATED_WORDS, Meaning, is_id, says, suggested, words_of
from leadline.analytics.shapes import Shape, shapes_of
from leadline.analytics.tables import MISSING
from leadline.fields.spelling import FALSE_TEXTS, TRUE_TEXTS

if TYPE_CHECKING:
    import duckdb
    import numpy.typing as npt

    from leadline.analytics.shapes import Shapes
    from leadline.analytics.tables import Column, Table

Kind = Literal["empty", "constant", "flag", "number", "time", "text"]
MOSTLY: Final = 0.9
CATEGORY_SHARE: Final = 0.5
"""A text column whose distinct values are at most this share of its cells is a category."""
FREE_LETTERS: Final = 45


@dataclass(frozen=True, slots=True)
class Field:
    """A column that is understood. ``known`` (distinct values) says which are no placeholders, ``numbers`` reads them.

    ``origin`` is the column as its file has it, where this one was joined to the leads; ``table`` is that of the file.
    """

    name: str
    table: str
    column: Column
    shapes: Shapes
    meaning: Meaning
    kind: Kind
    known: npt.NDArray[np.bool_]
    moments: Moments | None = None
    joined: bool = False

    @property
    def rows(self) -> int:
        """How many cells it has."""
        return len(self.column.codes)

    @property
    def known_counts(self) -> npt.NDArray[np.int64]:
        """In how many rows each distinct value stands, 0 for placeholders."""
        return np.where(self.known, self.column.counts, 0)

    @property
    def filled(self) -> int:
        """Rows with a value that is no placeholder."""
        return int(self.known_counts.sum())

    def is_known(self) -> npt.NDArray[np.bool_]:
        """Of each row, whether it has a value that is no placeholder (n)."""
        return _taken(self.known, self.column.codes, False)

    def known_codes(self) -> npt.NDArray[np.int32]:
        """Codes (n) with ``MISSING`` for placeholders too."""
        return np.where(self.is_known(), self.column.codes, MISSING).astype(np.int32)

    def numbers(self) -> npt.NDArray[np.float64]:
        """The number of each row (n), NaN for none."""
        return _taken(np.where(self.known, self.shapes.numbers, np.nan), self.column.codes, np.nan)

    def far_out(self) -> tuple[float, npt.NDArray[np.bool_]]:
        """A bound a hundred times beyond what 99 of 100 rows have, and which rows (n) exceed it: typing errors, tests,
        machines. Infinite where there are too few numbers to say."""
        numbers = self.numbers()
        known = numbers[~np.isnan(numbers)]
        if len(known) < 200:
            return np.inf, np.zeros(self.rows, bool)
        least = 0.0 if self.meaning is Meaning.METRIC else 1.0
        bound = max(float(np.quantile(known, 0.99)), least) * 100
        with np.errstate(invalid="ignore"):
            return bound, (numbers > bound) & (bound > 0)

    def instants(self) -> npt.NDArray[np.int64]:
        """The instant of each row (n) in µs, ``NEVER`` for none."""
        if self.moments is None:
            return np.full(self.rows, NEVER)
        return _taken(np.where(self.known, self.moments.at, NEVER), self.column.codes, NEVER)

    def over(self, codes: npt.NDArray[np.int32], counts: npt.NDArray[np.int64], prefix: str) -> Field:
        """The same column over other rows: joined to them."""
        column = replace(self.column, codes=codes, counts=counts)
        return replace(self, name=f"{prefix}: {self.name}", column=column, joined=True)


def _taken(values: npt.NDArray[Any], codes: npt.NDArray[np.int32], otherwise: Any) -> npt.NDArray[Any]:
    if not len(values):
        return np.full(len(codes), otherwise, dtype=values.dtype)
    return np.asarray(np.where(codes >= 0, values[codes], otherwise), dtype=values.dtype)


def understand(
    connection: duckdb.DuckDBPyConnection, table: Table, timezone: str = "UTC", time_format: str | None = None
) -> tuple[Field, ...]:
    """The columns of a table, understood."""
    found = []
    for column, shapes in zip(table.columns, shapes_of(connection, table.columns), strict=True):
        known = shapes.shape != Shape.PLACEHOLDER
        if says(column.name, ("country", "country code")) and _two_letters(column):
            known |= np.array([text == "NA" for text in column.texts()], bool)  # Namibia
        moments = _moments(connection, column, shapes, known, timezone, time_format)
        kind = _kind(column, shapes, known, moments)
        meaning = _meaning(column, shapes, known, kind)
        found.append(Field(column.name, table.name, column, shapes, meaning, kind, known, moments))
    return _only_one_created(found)


def _two_letters(column: Column) -> bool:
    return len(column.values) < 400 and sum(len(text) == 2 for text in column.texts()) * 2 > len(column.values)


def _share(column: Column, known: npt.NDArray[np.bool_], chosen: npt.NDArray[np.bool_]) -> float:
    filled = column.counts[known].sum()
    return float(column.counts[known & chosen].sum() / filled) if filled else 0.0


def _moments(
    connection: duckdb.DuckDBPyConnection,
    column: Column,
    shapes: Shapes,
    known: npt.NDArray[np.bool_],
    timezone: str,
    time_format: str | None,
) -> Moments | None:
    dated = _share(column, known, shapes.shape == Shape.DATED)
    said = says(column.name, ("date", "time", "timestamp", "at", "day", *CREATED_WORDS))
    if dated >= CATEGORY_SHARE or (time_format is not None and said):
        return moments_of(connection, column, timezone, time_format)
    if said and _share(column, known, shapes.shape == Shape.NUMBER) >= MOSTLY:
        return epoch_of(np.where(known, shapes.numbers, np.nan), column.counts)
    return None


def _kind(column: Column, shapes: Shapes, known: npt.NDArray[np.bool_], moments: Moments | None) -> Kind:
    distinct = int(known.sum())
    if not distinct:
        return "empty"
    if distinct == 1:
        # One value beside blanks says something by being there; one value in every row says nothing.
        return (
            "constant" if column.filled == len(column.codes) and column.counts[known].sum() == column.filled else "flag"
        )
    if moments is not None:
        return "time"
    numeric = _share(column, known, ~np.isnan(shapes.numbers))
    if distinct == 2 and _are_truths(column, known):
        return "flag"
    return "number" if numeric >= MOSTLY else "text"


def _are_truths(column: Column, known: npt.NDArray[np.bool_]) -> bool:
    texts = {str(column.values[int(place)]).lower() for place in np.flatnonzero(known)}
    return texts <= {*TRUE_TEXTS, *FALSE_TEXTS} and bool(texts & {*TRUE_TEXTS}) and bool(texts & {*FALSE_TEXTS})


def _meaning(column: Column, shapes: Shapes, known: npt.NDArray[np.bool_], kind: Kind) -> Meaning:
    if kind in ("empty", "constant"):
        return Meaning(kind)
    if _share(column, known, shapes.shape == Shape.EMAIL) >= CATEGORY_SHARE:
        return Meaning.EMAIL
    if kind == "time":
        return _of_time(column)
    hints = suggested(column.name)
    if Meaning.PHONE in hints and _looks_like_phones(column, shapes, known):
        return Meaning.PHONE
    if kind == "flag":
        return Meaning.FLAG
    if kind == "number":
        return _of_number(column, known, hints)
    return _of_text(column, shapes, known, hints)


def _of_time(column: Column) -> Meaning:
    if says(column.name, CLOSED_WORDS):
        return Meaning.CLOSED
    return Meaning.CREATED if says(column.name, CREATED_WORDS) else Meaning.TIME


def _looks_like_phones(column: Column, shapes: Shapes, known: npt.NDArray[np.bool_]) -> bool:
    like = (shapes.shape == Shape.PHONE) | ((shapes.shape == Shape.NUMBER) & (shapes.letters >= 6))
    return _share(column, known, like) >= CATEGORY_SHARE


def _is_unique(column: Column, known: npt.NDArray[np.bool_]) -> bool:
    filled = int(column.counts[known].sum())
    return filled > 1 and int(known.sum()) >= 0.98 * filled


def _of_number(column: Column, known: npt.NDArray[np.bool_], hints: tuple[Meaning, ...]) -> Meaning:
    if _is_unique(column, known) and (is_id(column.name) or says(column.name, ("number", "no", "nr", "num"))):
        return Meaning.SEQUENCE
    if is_id(column.name):
        return Meaning.CODE if Meaning.OWNER not in hints else Meaning.OWNER
    return Meaning.MONEY if Meaning.MONEY in hints else Meaning.METRIC


def _of_text(column: Column, shapes: Shapes, known: npt.NDArray[np.bool_], hints: tuple[Meaning, ...]) -> Meaning:
    filled = int(column.counts[known].sum())
    distinct = int(known.sum())
    unique = _is_unique(column, known)
    if Meaning.OWNER in hints and distinct * 2 <= filled:
        return Meaning.OWNER
    if is_id(column.name) and Meaning.CAMPAIGN not in hints:
        return Meaning.ID if unique else Meaning.CODE
    if unique and _share(column, known, shapes.shape == Shape.UUID) > CATEGORY_SHARE:
        return Meaning.ID
    letters = float((shapes.letters[known] * column.counts[known]).sum() / filled)
    if letters > FREE_LETTERS and distinct > CATEGORY_SHARE * filled:
        return Meaning.FREE_TEXT
    for hint in hints:
        if hint in _TEXT_HINTS and not (hint in _FEW_VALUES and distinct > max(20, CATEGORY_SHARE * filled)):
            return hint
    if words_of(column.name) == ("name",) and distinct > CATEGORY_SHARE * filled:
        return Meaning.PERSON
    if distinct <= max(20, CATEGORY_SHARE * filled):
        return Meaning.CATEGORY
    return Meaning.FREE_TEXT if letters > 20 else Meaning.CODE


_TEXT_HINTS: Final = (
    *(Meaning.PERSON, Meaning.TITLE, Meaning.SOURCE, Meaning.CHANNEL, Meaning.CAMPAIGN, Meaning.COUNTRY),
    *(Meaning.PLACE, Meaning.COMPANY),
)
_FEW_VALUES: Final = (Meaning.SOURCE, Meaning.CHANNEL, Meaning.COUNTRY)


def _only_one_created(found: list[Field]) -> tuple[Field, ...]:
    """Where a table has one time that is not called anything, that is when its rows came to be."""
    times = [field for field in found if field.kind == "time"]
    if len(times) == 1 and times[0].meaning is Meaning.TIME:
        found[found.index(times[0])] = replace(times[0], meaning=Meaning.CREATED)
    return tuple(found)
