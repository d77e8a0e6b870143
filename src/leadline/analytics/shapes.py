"""Says what the values of columns look like: placeholder, number, formatted number, e-mail, date, plain text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from leadline.fields.spelling import NUMBER_PATTERN
from leadline.log.sql import inside, listed, literal, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb
    import numpy.typing as npt

    from leadline.analytics.tables import Column

VALUES_A_QUERY: Final = 250_000


class Shape(IntEnum):
    """What one value looks like."""

    TEXT = 0
    PLACEHOLDER = 1
    NUMBER = 2
    FORMATTED = 3
    EMAIL = 4
    DATED = 5
    URL = 6
    PHONE = 7
    UUID = 8


PLACEHOLDERS: Final = (
    *("select", "-select-", "--select--", "- select -", "please select", "choose", "choose one", "pick one"),
    *("n/a", "#n/a", "n.a.", "na", "none", "null", "nil", "nan", "unknown", "undefined", "(unknown)", "(none)"),
    *("(not set)", "not set", "not provided", "not specified", "not available", "(blank)", "blank", "empty", "tbd"),
    *("test", "asdf", "xxx", "-", "--", "---", ".", "..", "?", "??", "[]", "{}", "0000-00-00", "1900-01-01"),
    *("keine angabe", "unbekannt", "inconnu", "desconocido", "desconhecido", "sconosciuto"),
)
"""What forms and systems write where nobody said anything; lower case."""

_EMAIL: Final = r"[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}"
_UUID: Final = r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{32}"
_URL: Final = r"(https?://|www\.)\S+"
_PHONE: Final = (
    r"(\+|00)[1-9][0-9 ()./-]{6,18}|\(?0[0-9]{1,4}\)?[ /-][0-9 /-]{5,14}|\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}"
)
_MONTH: Final = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_CLOCK: Final = r"([t ,]+[0-9]{1,2}:[0-9]{2}.*)?"
_DATED: Final = "|".join(
    (
        rf"[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}{_CLOCK}",
        rf"[0-9]{{1,2}}[-/.][0-9]{{1,2}}[-/.]([0-9]{{2}}|[0-9]{{4}}){_CLOCK}",
        rf"[0-9]{{1,2}}[- ]{_MONTH}[- ,]+[0-9]{{2,4}}{_CLOCK}",
        rf"{_MONTH} [0-9]{{1,2}},? [0-9]{{4}}{_CLOCK}",
    )
)
_SIGN: Final = r"([$€£¥₹]|r\$|us\$|usd|eur|gbp|inr|brl|chf)"
_POINTED: Final = r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]+(\.[0-9]+)?"
_COMMAED: Final = r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?|[0-9]+,[0-9]+"
_TAIL: Final = rf" ?(%|k|m|mio|bn|{_SIGN})?"
_FORMATTED: Final = rf"-?{_SIGN}? ?-?({_POINTED}|{_COMMAED}){_TAIL}"


@dataclass(frozen=True, slots=True)
class Shapes:
    """Of each distinct value of a column: its shape, its number (NaN for none), its length in letters."""

    shape: npt.NDArray[np.uint8]
    numbers: npt.NDArray[np.float64]
    letters: npt.NDArray[np.int64]


def shapes_of(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> list[Shapes]:
    """The shapes of the distinct values of columns, in their order."""
    found: list[Shapes] = []
    for batch in _batches(columns):
        values = pa.concat_arrays([column.values.cast(pa.string()) for column in batch])
        connection.register("shaped", pa.table({"place": np.arange(len(values)), "v": values}))
        rows = connection.sql(_QUERY).to_arrow_table()
        connection.unregister("shaped")
        shape = rows["shape"].to_numpy().astype(np.uint8)
        numbers = rows["number"].to_numpy(zero_copy_only=False).astype(np.float64)
        letters = rows["letters"].to_numpy().astype(np.int64)
        ends = np.cumsum([0, *(len(column.values) for column in batch)])
        found += [Shapes(shape[begin:end], numbers[begin:end], letters[begin:end]) for begin, end in pairwise(ends)]
    return found


def _batches(columns: Sequence[Column]) -> Iterator[list[Column]]:
    batch: list[Column] = []
    size = 0
    for column in columns:
        batch.append(column)
        size += len(column.values)
        if size >= VALUES_A_QUERY:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _cleaned() -> str:
    """SQL of a formatted number as a plain one; the last separator of two kinds is the decimal one."""
    bare = f"regexp_replace(w, {literal(_SIGN + '|[ %]|k$|mio$|m$|bn$')}, '', 'g')"
    commaed = f"regexp_full_match({bare}, {literal('-?(' + _COMMAED + ')')})"
    pointed = f"regexp_full_match({bare}, {literal('-?(' + _POINTED + ')')})"
    text = (
        f"CASE WHEN {pointed} THEN replace({bare}, ',', '') "
        f"WHEN {commaed} THEN replace(replace({bare}, '.', ''), ',', '.') END"
    )
    scales = {"k$": "1e3", "m(io)?$": "1e6", "bn$": "1e9"}
    cases = " ".join(f"WHEN regexp_matches(w, {literal(end)}) THEN {factor}" for end, factor in scales.items())
    return f"TRY_CAST({text} AS DOUBLE) * CASE {cases} ELSE 1 END"


def _query() -> str:
    def fits(pattern: str, text: str = "w") -> str:
        return f"regexp_full_match({text}, {literal(pattern)})"

    shape = " ".join(
        f"WHEN {test} THEN {int(kind)}"
        for kind, test in (
            (Shape.PLACEHOLDER, f"length(w) < 20 AND w IN {listed(PLACEHOLDERS)}"),
            (Shape.NUMBER, fits(NUMBER_PATTERN)),
            (Shape.DATED, f"length(w) < 50 AND {fits(_DATED)}"),
            (Shape.EMAIL, f"contains(w, '@') AND {fits(_EMAIL)}"),
            (Shape.UUID, f"length(w) IN (32, 36) AND {fits(_UUID)}"),
            (Shape.FORMATTED, f"length(w) < 30 AND {fits(_FORMATTED)}"),
            (Shape.URL, fits(_URL)),
            (Shape.PHONE, f"length(w) < 24 AND {fits(_PHONE)}"),
        )
    )
    lowered = inside(select({"place": "place", "v": "v", "w": "lower(v)"}, "shaped"), "lowered")
    inner = select({"place": "place", "w": "w", "v": "v", "shape": f"CASE {shape} ELSE {int(Shape.TEXT)} END"}, lowered)
    number = (
        f"CASE shape WHEN {int(Shape.NUMBER)} THEN TRY_CAST(w AS DOUBLE) "
        f"WHEN {int(Shape.FORMATTED)} THEN {_cleaned()} END"
    )
    finite = f"coalesce(CASE WHEN isfinite({number}) THEN {number} END, 'nan'::DOUBLE)"
    chosen = {"shape": "shape", "number": finite, "letters": "length(v)"}
    return f"{select(chosen, inside(inner, 'named'))} ORDER BY place"


_QUERY: Final = _query()
