"""Divides leads by what their table says of where they came from: channel and source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc

from leadline.agreement.reading import parse_agreement
from leadline.engines.duckdb import connect
from leadline.log.reading import Sources, read_inputs
from leadline.operations.whatif.answers import Segments

if TYPE_CHECKING:
    import pyarrow as pa

    from leadline.operations.whatif.past import Past

SEGMENTS_MAX: Final = 12
OTHER: Final = "others"
UNKNOWN: Final = "unknown"
_ASKS: Final = """
leadline: 1
name: where leads come from
fit:
  personas:
    any: {rules: {channel: {when: channel IS NOT NULL, points: 1}, source: {when: source IS NOT NULL, points: 1}}}
engagement: {rules: {any_event: {on: any, points: 0}}}
mql: {when: {nobody: fit > 100}}
"""
_WHERE_FROM: Final = (
    'SELECT lead, arg_min(channel, coalesce("at", 0)) AS channel, arg_min(source, coalesce("at", 0)) AS source '
    "FROM versions GROUP BY lead ORDER BY lead"
)


def divisions_of(past: Past, sources: Sources, now: int) -> tuple[Segments, ...]:
    """Channel and source, where the leads' table has them. The places of leads are those of the past."""
    connection = connect()
    alone = Sources(leads=sources.leads, mapping=sources.mapping, timezone=sources.timezone)
    inputs = read_inputs(connection, alone, parse_agreement(_ASKS), now=now)
    found = connection.sql(_WHERE_FROM).to_arrow_table()
    count = len(inputs.lead_ids)
    return tuple(
        segments
        for name in ("channel", "source")
        if (segments := segments_of(name.capitalize(), found["lead"], found[name], (count, past.leads))) is not None
    )


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
