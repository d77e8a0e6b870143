"""Finds the latest qualifications among all decision rows, with what the lead's points come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.reporting.scored.page import Latest, Share

if TYPE_CHECKING:
    import numpy.typing as npt

_SHOWN = ("stage", "fit", "grade", "engagement", "level", "contributions")


def latest_qualifications(decisions: pa.Table, most: int) -> tuple[Latest, ...]:
    """The latest ``most`` qualifications, latest first; those of one instant by lead.

    A lead may have several.
    """
    found = pc.list_flatten(decisions["qualifications"])
    at = pc.struct_field(found, "at").cast(pa.int64()).to_numpy()
    if not len(at) or most < 1:
        return ()
    lengths = pc.fill_null(pc.list_value_length(decisions["qualifications"]), 0).to_numpy()
    lead = np.repeat(np.arange(decisions.num_rows), lengths)
    recent = _recent(at, most)
    ids = decisions["lead_id"].take(_places(lead[recent])).to_pylist()
    order = sorted(range(len(recent)), key=lambda place: (-at[recent[place]], ids[place]))
    places = recent[order[:most]]
    because = pc.struct_field(found.take(_places(places)), "because").to_pylist()
    rows = decisions.select(["lead_id", *_SHOWN]).take(_places(lead[places])).to_pylist()
    return tuple(
        _value(row, int(at[place]), reasons) for row, place, reasons in zip(rows, places, because, strict=True)
    )


def _recent(at: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.intp]:
    """Places of the instants that may be among the latest: those not before the ``most``-th from the end."""
    most = min(most, len(at))
    return np.flatnonzero(at >= np.partition(at, len(at) - most)[len(at) - most])


def _places(rows: npt.NDArray[np.intp]) -> pa.Int64Array:
    return pa.array(rows, pa.int64())


def _value(row: dict[str, Any], at: int, because: list[str]) -> Latest:
    parts = [Share(part["rule"], part["counted"]) for part in row["contributions"] or []]
    parts.sort(key=lambda part: (-abs(part.points), part.rule))
    return Latest(
        lead=row["lead_id"],
        at=at,
        because=tuple(because),
        stage=row["stage"],
        fit=row["fit"],
        grade=row["grade"],
        engagement=row["engagement"],
        level=row["level"],
        shares=tuple(parts),
    )
