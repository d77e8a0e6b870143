"""How SQL reads a cell of any type as a text, a number or a truth; what is blank or unreadable is unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from leadline.errors import InputError
from leadline.fields.catalogue import NUMBER, TEXT, Type
from leadline.fields.spelling import FALSE_TEXTS, NUMBER_PATTERN, TRUE_TEXTS
from leadline.log.sql import listed, literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.log.scan import Column

SQL_TYPES: Final[dict[Type, str]] = {
    Type.TEXT: "VARCHAR",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.TIME: "TIMESTAMPTZ",
}
Kind = Literal["text", "whole", "number", "boolean", "instant", "naive", "other"]

_SIGNED: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_WHOLE: Final = (*_SIGNED, *(f"U{name}" for name in _SIGNED))
_NOT_A_NUMBER: Final = ("nan", "inf", "-inf", "+inf", "infinity", "-infinity")
_BLANKS: Final = literal("".join(chr(code) for code in range(1, 0x3001) if chr(code).isspace()) + "\ufeff")


@dataclass(frozen=True, slots=True)
class Cell:
    """SQL for a value, NULL where unknown, and for whether something is written that cannot be read (or never)."""

    value: str
    lost: str = ""


def kind_of(column: Column) -> Kind:
    """What a column's type holds."""
    name = column.type
    if name in ("VARCHAR", "JSON", "UUID", "TIME", "BIGNUM") or name.startswith("ENUM"):
        return "text"
    if name in _WHOLE:
        return "whole"
    if name in ("DOUBLE", "FLOAT") or name.startswith("DECIMAL"):
        return "number"
    if name == "BOOLEAN":
        return "boolean"
    if name in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"):
        return "instant"
    return "naive" if name == "DATE" or re.fullmatch(r"TIMESTAMP(_\w+)?", name) else "other"


def known(text: str) -> str:
    """A text as it is, NULL where it is blank. That nearly all texts are not is seen at their first letter."""
    plainly = f"{text} >= '!' AND {text} < '\x7f'"
    return f"CASE WHEN {plainly} THEN {text} WHEN {text} <> '' AND trim({text}, {_BLANKS}) <> '' THEN {text} END"


def lightly_known(text: str) -> str:
    """The same, where only spaces count as blank: cheaper still where few texts occur many times, as in events."""
    return f"CASE WHEN trim({text}) <> '' THEN {text} END"


def stripped(text: str) -> str:
    """A text without blanks around it, NULL where nothing is left.

    Nearly all texts show at their ends that they have none; to look for all kinds of blanks costs a microsecond.
    """
    plainly = f"{text} >= '!' AND right({text}, 1) > '!'"
    return f"CASE WHEN {plainly} THEN {text} WHEN {text} <> '' THEN nullif(trim({text}, {_BLANKS}), '') END"


def as_text(column: Column) -> str:
    """A cell of any type as people would write it; whole numbers without a point, instants in ISO 8601 and UTC."""
    kind = kind_of(column)
    if column.type == "VARCHAR":
        return column.sql
    if column.type in ("DOUBLE", "FLOAT"):
        whole = f"trunc({column.sql}) = {column.sql} AND abs({column.sql}) < 9007199254740992"
        number = f"CASE WHEN {whole} THEN {column.sql}::BIGINT::VARCHAR ELSE {column.sql}::VARCHAR END"
        return f"CASE WHEN isfinite({column.sql}) THEN {number} END"
    if kind == "instant":
        return f"strftime(timezone('UTC', {column.sql}::TIMESTAMPTZ), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind == "naive" and column.type != "DATE":
        return f"strftime({column.sql}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%f')"
    if kind == "other":
        return f"to_json({column.sql})::VARCHAR"
    return f"{column.sql}::VARCHAR"


def text(columns: Sequence[Column], unknown: Sequence[str] = (), *, lightly: bool = False) -> str:
    """What is written in one column, or in several joined with spaces; NULL where blank or a word for unknown."""
    if len(columns) == 1:
        only = as_text(columns[0])
        return _without(lightly_known(only) if lightly else known(only), unknown)
    parts = ", ".join(_without(stripped(as_text(column)), unknown) for column in columns)
    return f"nullif(concat_ws(' ', {parts}), '')"


def _without(value: str, unknown: Sequence[str]) -> str:
    return (
        f"CASE WHEN trim({value}) NOT IN {listed(word.strip() for word in unknown)} THEN {value} END"
        if unknown
        else value
    )


def plain(columns: Sequence[Column], unknown: Sequence[str] = ()) -> str:
    """What is written, without blanks around it."""
    if len(columns) == 1 and not unknown:
        return stripped(as_text(columns[0]))
    return stripped(text(columns, unknown))


def number(columns: Sequence[Column], unknown: Sequence[str] = ()) -> Cell:
    """A number: plain or scientific notation. What could be thousands, per cent or money is not guessed."""
    if len(columns) == 1 and kind_of(columns[0]) in ("whole", "number", "boolean"):
        value = f"{columns[0].sql}::DOUBLE"
        return Cell(value if kind_of(columns[0]) == "whole" else f"CASE WHEN isfinite({value}) THEN {value} END")
    written = plain(columns, unknown)
    shaped = f"regexp_full_match({written}, {literal(NUMBER_PATTERN)})"
    value = f"TRY_CAST(CASE WHEN {shaped} THEN {written} END AS DOUBLE)"
    finite = f"CASE WHEN isfinite({value}) THEN {value} END"
    lost = f"CASE WHEN {shaped} THEN false ELSE coalesce(lower({written}) NOT IN {listed(_NOT_A_NUMBER)}, false) END"
    return Cell(finite, lost)


def boolean(columns: Sequence[Column], unknown: Sequence[str] = ()) -> Cell:
    """True or false, in the words that people use for it."""
    if len(columns) == 1 and kind_of(columns[0]) == "boolean":
        return Cell(columns[0].sql)
    word = f"lower({plain(columns, unknown)})"
    value = f"CASE WHEN {word} IN {listed(TRUE_TEXTS)} THEN true WHEN {word} IN {listed(FALSE_TEXTS)} THEN false END"
    return Cell(value, f"coalesce({word} NOT IN {listed((*TRUE_TEXTS, *FALSE_TEXTS))}, false)")


def constant(written: str, wanted: Type, place: str) -> Cell:
    """A value that the mapping file gives to every row. Raises ``InputError`` unless it is of its type."""
    if wanted == TEXT:
        return Cell(literal(written))
    if wanted == NUMBER:
        if not re.fullmatch(NUMBER_PATTERN, written.strip()):
            raise InputError(f"mapping file, {place}: '{written}' is not a number. Write for example 12.5.")
        return Cell(f"{literal(written.strip())}::DOUBLE")
    word = written.strip().lower()
    if word not in (*TRUE_TEXTS, *FALSE_TEXTS):
        raise InputError(f"mapping file, {place}: '{written}' must be true or false.")
    return Cell("true" if word in TRUE_TEXTS else "false")


def fixed_time(written: str, timezone: str | None, place: str) -> Cell:
    """A moment that the mapping file gives to every row. Raises ``InputError`` unless it says which moment that is."""
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        raise InputError(
            f"mapping file, {place}: '{written}' is not a moment. Write 2026-03-31T00:00:00+02:00."
        ) from None
    if moment.tzinfo is None:
        if timezone is None:
            raise InputError(
                f"mapping file, {place}: '{written}' has no offset. Write for example 2026-03-31T00:00:00+02:00, "
                "or say `timezone:`."
            )
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return Cell(f"TIMESTAMPTZ {literal(moment.isoformat())}")
