"""Divides leads by what their table says of where they came from: channel and source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc

from leadline.operations.whatif.answers import Segments

if TYPE_CHECKING:
    import pyarrow as pa

SEGMENTS_MAX: Final = 12
OTHER: Final = "others"
UNKNOWN: Final = "unknown"


def segments_of(title: str, lead: pa.ChunkedArray, names: pa.ChunkedArray, counts: tuple[int, int]) -> Segments | None:
    """Segments by a name of each lead; ``counts``: the leads of the table, and all leads.

    The names of most leads, then all others, then unknown.
    """
    told = {row["values"]: row["counts"] for row in pc.value_counts(names).to_pylist() if row["values"] is not None}
    if not told:
        return None
    chosen = sorted(told, key=lambda name: (-told[name], name))[:SEGMENTS_MAX]
    titles = (*chosen, *((OTHER,) if len(told) > len(chosen) else ()), UNKNOWN)
    places = {name: place for place, name in enumerate(chosen)}
    other = len(chosen)
    codes = np.full(counts[1], len(titles) - 1)
    codes[lead.to_numpy()] = [
        len(titles) - 1 if name is None else places.get(name, other) for name in names.to_pylist()
    ]
    return Segments(title, tuple(titles), codes)
