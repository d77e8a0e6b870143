"""The events of one cohort while they are being made: plain columns, put in order at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from leadline.simulation.columns import Ints

# Name and direction; two names stand twice because a call or a mail can go either way.
_KINDS: tuple[tuple[str, str | None], ...] = (
    ("Page Viewed", None),
    ("Page Left", None),
    ("Content Downloaded", "inbound"),
    ("Webinar Registered", "inbound"),
    ("Webinar Attended", "inbound"),
    ("Email Sent", "outbound"),
    ("Email Delivered", "outbound"),
    ("Email Opened", "inbound"),
    ("Email Link Clicked", "inbound"),
    ("Email Replied", "inbound"),
    ("Unsubscribed", "inbound"),
    ("Form Submitted", "inbound"),
    ("Trial Started", "inbound"),
    ("Product Used", None),
    ("Demo Requested", "inbound"),
    ("Contact Requested", "inbound"),
    ("Chat Started", "inbound"),
    ("Call Connected", None),
    ("Call Attempted", "outbound"),
    ("Meeting Booked", None),
    ("Meeting Held", None),
    ("Lead Accepted", None),
    ("Lead Qualified", None),
    ("Opportunity Created", None),
    ("Deal Won", None),
    ("Deal Lost", None),
    ("Lead Rejected", None),
    ("Lead Recycled", None),
    ("Lead Disqualified", None),
    ("Lead Reopened", None),
)
EVENTS = tuple(name for name, _ in _KINDS)
DIRECTIONS = ("inbound", "outbound")
DIRECTION_OF = np.array([DIRECTIONS.index(direction) if direction else -1 for _, direction in _KINDS], dtype=np.int8)
STAGE_RECORDS = EVENTS[EVENTS.index("Lead Accepted") :]

_DTYPES: dict[str, npt.DTypeLike] = {
    "event": np.int8,
    "lead": np.int32,
    "at": np.int64,
    "campaign": np.int8,
    "page": np.int8,
    "asset": np.int8,
    "duration": np.float32,
    "value": np.float64,
    "machine": np.int8,
    "landing": np.int8,
    "properties": np.int32,
}
_MISSING: dict[str, float] = {
    "campaign": -1,
    "page": -1,
    "asset": -1,
    "duration": np.nan,
    "value": np.nan,
    "machine": 0,
    "landing": 0,
    "properties": -1,
}
FLAGGED, UNFLAGGED = 1, 2


@dataclass(slots=True)
class Timeline:
    """Columns under construction. ``lead`` counts inside the cohort; ``-1`` and ``nan`` are unknown.

    ``machine`` is 0 for people, 1 for a machine that was noticed, 2 for one that was not; ``properties``
    is an index of ``texts`` (JSON).
    """

    ends_at: int
    pieces: dict[str, list[npt.NDArray[Any]]] = field(default_factory=lambda: {name: [] for name in _DTYPES})
    texts: dict[str, int] = field(default_factory=dict)

    def add(self, event: str, lead: Ints, at: Ints, **columns: npt.ArrayLike) -> None:
        """Add events of one name; a scalar column holds for all of them. What lies after the end is left
        out.
        """
        seen = at < self.ends_at
        whole = bool(seen.all())
        given: dict[str, npt.ArrayLike] = {"event": EVENTS.index(event), "lead": lead, "at": at, **columns}
        size = int(seen.sum())
        for name, dtype in _DTYPES.items():
            value = np.asarray(given.get(name, _MISSING.get(name, -1)))
            if value.ndim == 0:
                self.pieces[name].append(np.full(size, value, dtype=dtype))
            else:
                self.pieces[name].append((value if whole else value[seen]).astype(dtype, copy=False))

    def text(self, json: str) -> int:
        """The number of a properties text."""
        return self.texts.setdefault(json, len(self.texts))

    def in_order(self) -> dict[str, npt.NDArray[Any]]:
        """All columns, sorted by instant; of one instant, in the order in which they were added."""
        merged = {name: np.concatenate(pieces) for name, pieces in self.pieces.items()}
        order = np.argsort(merged["at"], kind="stable")
        return {name: column[order] for name, column in merged.items()}
