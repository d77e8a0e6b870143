"""Cuts columns into levels: groups of values or ranges of numbers, small ones together, unknown apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from leadline.analytics.columns import Field
from leadline.analytics.conversion import SPELLINGS_MOST, spellings_of
from leadline.analytics.names import Meaning
from leadline.analytics.shapes import Shapes
from leadline.analytics.tables import MISSING, encoded
from leadline.fields.catalogue import DERIVED_FROM
from leadline.fields.derivation import with_derived

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.analytics.joining import Export
    from leadline.analytics.outcome import Ends

LEVELS_MOST: Final = 15
LEVEL_LEAST: Final = 20
LEVEL_SHARE: Final = 0.005
CUTS: Final = (0.25, 0.5, 0.75, 0.9)
ROWS_MOST: Final = 40_000
"""So many leads are enough to see what predicts; of more, every so-many-th is taken."""
UNKNOWN: Final = "unknown"
REST: Final = "all others"
_SILENT: Final = (
    *(Meaning.ID, Meaning.SEQUENCE, Meaning.EMAIL, Meaning.PHONE, Meaning.PERSON, Meaning.CONSTANT, Meaning.EMPTY),
    *(Meaning.FREE_TEXT, Meaning.CODE, Meaning.TITLE),
)
"""Columns whose values are of one lead each; only whether they are filled says something of many."""
_DERIVED: Final = {"title": ("job_level", "job_function"), "email": ("email_is_free",)}


@dataclass(frozen=True, slots=True)
class Level:
    """One group of values (``values`` as they are spelt) or range of numbers (``low`` ≤ number < ``high``)."""

    label: str
    values: tuple[str, ...] = ()
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True, slots=True)
class Feature:
    """A column cut into levels. ``codes`` (n) are places in ``levels``; the last level is ``UNKNOWN``.

    ``derived`` names the built-in lead field that it is, where it was worked out from another column, ``source``;
    ``event`` the event that it is about.
    """

    name: str
    field: Field
    levels: tuple[Level, ...]
    codes: npt.NDArray[np.int16]
    derived: str = ""
    source: Field | None = None
    event: str = ""
    only_filled: bool = False

    def of(self, rows: npt.NDArray[np.intp]) -> Feature:
        """The same of some leads."""
        return replace(self, codes=self.codes[rows])


def sampled(judged: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Places of the leads that are looked at: all that are judged, or evenly spread ones of many."""
    places = np.flatnonzero(judged)
    if len(places) <= ROWS_MOST:
        return places
    return places[np.linspace(0, len(places) - 1, ROWS_MOST).astype(np.intp)]


def features_of(export: Export, ends: Ends) -> tuple[Feature, ...]:
    """Every column that can be cut, and what job titles and e-mail addresses tell; never the outcome itself."""
    found = []
    for field in export.fields:
        if ends.column is not None and field.name == ends.column.name:
            continue
        feature = _feature(field)
        if feature is not None:
            found.append(feature)
        if field.meaning in (Meaning.TITLE, Meaning.EMAIL):
            source = "title" if field.meaning is Meaning.TITLE else "email"
            found += [derived for name in _DERIVED[source] if (derived := _derived(field, source, name)) is not None]
    return tuple(found)


def _feature(field: Field) -> Feature | None:
    if field.meaning in _SILENT or field.kind == "time":
        return _filledness(field)
    if field.kind == "number" and int(field.known.sum()) > 12:
        return _of_numbers(field)
    return _of_groups(field)


def _filledness(field: Field) -> Feature | None:
    known = field.is_known()
    if known.all() or not known.any():
        return None
    return Feature(field.name, field, (Level("filled"), Level(UNKNOWN)), (~known).astype(np.int16), only_filled=True)


def _of_numbers(field: Field) -> Feature | None:
    numbers = field.numbers()
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return None
    cuts = np.unique([_round(float(cut)) for cut in np.quantile(known, CUTS)])
    cuts = cuts[(cuts > known.min()) & (cuts <= known.max())]
    if not len(cuts):
        return None
    bounds = [-np.inf, *cuts, np.inf]
    levels = [Level(_range(low, high), (), low, high) for low, high in pairwise(bounds)]
    codes = np.searchsorted(cuts, numbers, side="right").astype(np.int16)
    codes[np.isnan(numbers)] = len(levels)
    return Feature(field.name, field, (*levels, Level(UNKNOWN)), codes)


def _round(value: float) -> float:
    """A bound that people can say: two significant digits."""
    if value == 0:
        return 0.0
    digits = 1 - int(np.floor(np.log10(abs(value))))
    return float(np.round(value, digits))


def _range(low: float, high: float) -> str:
    if low == -np.inf:
        return f"below {high:,.10g}"
    return f"{low:,.10g} or more" if high == np.inf else f"{low:,.10g} to below {high:,.10g}"


def _of_groups(field: Field) -> Feature | None:
    if len(field.column.values) > SPELLINGS_MOST:
        return _filledness(field)
    least = max(LEVEL_LEAST, LEVEL_SHARE * field.rows)
    counts = field.known_counts
    groups = [(texts, places) for texts, places in spellings_of(field) if field.known[list(places)].any()]
    groups.sort(key=lambda one: (-int(counts[list(one[1])].sum()), one[0][0]))
    large = [one for one in groups if counts[list(one[1])].sum() >= least][:LEVELS_MOST]
    levels = [Level(texts[0], texts) for texts, _ in large]
    level_of = np.full(len(field.column.values) + 1, len(levels), np.int16)
    for place, (_, places) in enumerate(large):
        level_of[list(places)] = place
    unknown = len(levels) + 1
    level_of[:-1][~field.known] = unknown
    level_of[-1] = unknown
    codes = level_of[np.where(field.column.codes == MISSING, len(field.column.values), field.column.codes)]
    if len(np.unique(codes)) < 2:
        return None
    return Feature(field.name, field, (*levels, Level(REST), Level(UNKNOWN)), codes)


def _derived(field: Field, source: str, name: str) -> Feature | None:
    """What a job title or an address tells, worked out as agreements do."""
    assert DERIVED_FROM[name] == source  # noqa: S101 - a table of our own
    given = pa.table({source: field.column.values})
    texts = with_derived(given, (name,))[name].cast(pa.string()).combine_chunks()
    inner = encoded(name, texts)
    codes = np.where(field.column.codes >= 0, np.append(inner.codes, MISSING)[field.column.codes], MISSING)
    codes = np.where(field.is_known(), codes, MISSING).astype(np.int32)
    counts = np.bincount(codes[codes >= 0], minlength=len(inner.values)).astype(np.int64)
    column = replace(inner, codes=codes, counts=counts)
    size = len(inner.values)
    shapes = Shapes(np.zeros(size, np.uint8), np.full(size, np.nan), np.zeros(size, np.int64))
    made = Field(name, field.table, column, shapes, Meaning.CATEGORY, "text", np.ones(size, bool), None, field.joined)
    feature = _of_groups(made)
    return None if feature is None else replace(feature, name=f"{field.name}: {name}", derived=name, source=field)


def one_hot(features: tuple[Feature, ...]) -> npt.NDArray[np.float64]:
    """All levels but the last of each feature as columns of 0 and 1 (n, k); levels that nobody has are left out."""
    columns = []
    for feature in features:
        present = np.unique(feature.codes)
        columns += [feature.codes == code for code in present[:-1]]
    if not columns:
        return np.zeros((len(features[0].codes) if features else 0, 0))
    return np.column_stack(columns).astype(np.float64)
