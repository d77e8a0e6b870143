"""Finds leads that are in an export more than once: by id, by e-mail address, by phone number, or as whole rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.compute as pc

from leadline.analytics.names import Meaning, is_id
from leadline.analytics.tables import encoded

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.analytics.columns import Field
    from leadline.analytics.joining import Export

PHONE_DIGITS: Final = 9
"""So many last digits tell numbers apart, whatever stands before: +49 30, 0049 30 and 030."""
_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows that share something only one lead should have: ``groups`` values that several rows have, ``rows`` of those
    beyond the first of each, ``conflicting`` groups in which some were won and others not."""

    by: str
    column: str
    groups: int
    rows: int
    conflicting: int


def duplicates_of(export: Export, won: npt.NDArray[np.bool_]) -> tuple[Duplicates, ...]:
    """Every kind of duplicate that there is."""
    found = []
    for field in export.leads.fields:
        by, codes = _comparable(field)
        if by:
            found.append(_counted(by, field.name, codes, won))
    found.append(_counted("whole row", "all columns", _row_codes(export), won))
    return tuple(one for one in found if one.rows)


def _comparable(field: Field) -> tuple[str, npt.NDArray[np.int64]]:
    """What duplicates by a column are called, and codes (n) that are equal where the lead is the same."""
    codes = field.known_codes().astype(np.int64)
    if field.meaning in (Meaning.ID, Meaning.SEQUENCE) and is_id_like(field):
        return "id", codes
    if field.meaning is Meaning.EMAIL:
        return "e-mail address", _merged(codes, pc.utf8_lower(field.column.values))
    if field.meaning is Meaning.PHONE:
        digits = pc.replace_substring_regex(field.column.values, r"[^0-9]", "")
        long_enough = np.asarray(pc.greater_equal(pc.utf8_length(digits), 6))
        codes = np.where((codes >= 0) & np.append(long_enough, False)[codes], codes, -1)
        return "phone number", _merged(codes, pc.utf8_slice_codeunits(digits, -PHONE_DIGITS))
    return "", codes


def is_id_like(field: Field) -> bool:
    """Whether a column is there to tell leads apart."""
    return is_id(field.name) or field.meaning is Meaning.ID


def _merged(codes: npt.NDArray[np.int64], texts: Any) -> npt.NDArray[np.int64]:
    """Codes after values were brought into one form."""
    forms = encoded("", texts).codes.astype(np.int64)
    return np.where(codes >= 0, np.append(forms, -1)[codes], -1)


def _counted(by: str, column: str, codes: npt.NDArray[np.int64], won: npt.NDArray[np.bool_]) -> Duplicates:
    known = codes >= 0
    _, group, counts = np.unique(codes[known], return_inverse=True, return_counts=True)
    hits = np.bincount(group, weights=won[known], minlength=len(counts))
    several = counts > 1
    mixed = several & (hits > 0) & (hits < counts)
    return Duplicates(by, column, int(several.sum()), int((counts[several] - 1).sum()), int(mixed.sum()))


def _row_codes(export: Export) -> npt.NDArray[np.int64]:
    """A number for each row that is the same for equal rows; 64 bits, so that chance has no say in it."""
    hashed = np.zeros(export.rows, np.uint64)
    for column in export.leads.table.columns:
        hashed = (hashed ^ (column.codes.astype(np.int64) + 2).astype(np.uint64)) * _PRIME
        hashed ^= hashed >> np.uint64(29)
    return (hashed >> np.uint64(1)).astype(np.int64)
