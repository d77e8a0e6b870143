"""Turns the columns of a table into yes-or-no features, by what the training rows alone say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Column = npt.NDArray[Any]

RARE: Final = 30
"""A value in fewer training rows has no feature of its own."""

CUTS: Final = 9
UNKNOWN: Final = frozenset({"", "select", "nan", "none", "null", "n/a", "unknown", "-"})
"""What people leave in a field that they did not fill in."""


@dataclass(frozen=True, slots=True)
class Binned:
    """``features`` (n, k) of 0 and 1, their ``names`` and the ``columns`` that they come from (k)."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    features: npt.NDArray[np.float64]


def binned(columns: Mapping[str, Sequence[Any] | Column], training: Bools) -> Binned:
    """Features of columns of texts or numbers (n each; None or NaN for unknown).

    A number says whether it reaches each of nine quantiles of the training rows (n) that are not 0, and whether it is
    above 0; a text, in lower case, which of the frequent values it is, or another one; both whether they are unknown.
    """
    found: list[tuple[str, str, Bools]] = []
    for name, values in columns.items():
        numbers = as_numbers(values)
        features = _texts(as_texts(values), training) if numbers is None else _numbers(numbers, training)
        found += [(f"{name} {label}", name, truth) for label, truth in features]
    count = len(training)
    return Binned(
        tuple(label for label, _, _ in found),
        tuple(name for _, name, _ in found),
        np.column_stack([truth for _, _, truth in found]).astype(float) if found else np.zeros((count, 0)),
    )


def as_numbers(values: Sequence[Any] | Column) -> npt.NDArray[np.float64] | None:
    """The values as numbers, NaN for unknown; None where some are no numbers."""
    column = np.asarray(values)
    if column.dtype.kind in "fiub":
        return column.astype(float)
    try:
        return np.array([_number(value) for value in values], float)
    except (TypeError, ValueError):
        return None


def _number(value: Any) -> float:
    if value is None or (isinstance(value, str) and not value.strip()):
        return float("nan")
    return float(value)


def as_texts(values: Sequence[Any] | Column) -> npt.NDArray[np.str_]:
    """The values as trimmed texts in lower case; empty for unknown."""
    texts = ["" if value is None or value != value else str(value).strip().lower() for value in values]
    return np.array(["" if text in UNKNOWN else text for text in texts], dtype=np.str_)


def _numbers(values: npt.NDArray[np.float64], training: Bools) -> Iterator[tuple[str, Bools]]:
    known = ~np.isnan(values)
    seen = values[training & known & (values != 0)]
    cuts = np.unique(np.quantile(seen, np.arange(1, CUTS + 1) / (CUTS + 1))) if len(seen) else np.zeros(0)
    with np.errstate(invalid="ignore"):
        features = [("> 0", values > 0), *((f">= {cut:g}", values >= cut) for cut in cuts if cut != 0)]
    yield from _frequent([*features, ("unknown", ~known)], training)


def _texts(values: npt.NDArray[np.str_], training: Bools) -> Iterator[tuple[str, Bools]]:
    levels, counts = np.unique(values[training], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    frequent = [str(levels[place]) for place in order if counts[place] >= RARE and levels[place]]
    rest = (values != "") & ~np.isin(values, frequent)
    features = [(f"= {level}", values == level) for level in frequent]
    yield from _frequent([*features, ("= something else", rest), ("unknown", values == "")], training)


def _frequent(features: list[tuple[str, Bools]], training: Bools) -> Iterator[tuple[str, Bools]]:
    """Those that tell at least some training rows apart, without doubles."""
    seen: set[bytes] = set()
    for name, truth in features:
        key = truth[training].tobytes()
        if RARE <= int(truth[training].sum()) <= int(training.sum()) - RARE and key not in seen:
            seen.add(key)
            yield name, truth
