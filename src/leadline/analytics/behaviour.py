"""Makes columns of what leads did in their first days: whether an event happened before sales took over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from leadline import clock
from leadline.analytics.columns import Field
from leadline.analytics.features import Feature, Level
from leadline.analytics.joining import event_field
from leadline.analytics.moments import NEVER
from leadline.analytics.names import Meaning, says, words_of
from leadline.analytics.outcome import first_at
from leadline.analytics.shapes import Shapes
from leadline.analytics.tables import Column
from leadline.fields.catalogue import STAGE_RECORDS
from leadline.fields.spelling import TRUE_TEXTS

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.analytics.joining import Export, Link
    from leadline.analytics.outcome import Ends

WINDOW_DAYS: Final = 30
EVENTS_MOST: Final = 20
LEADS_LEAST: Final = 50
SALES_AND_MACHINES: Final = (
    *("call", "calls", "attempted", "sent", "delivered", "bounced", "opened", "open", "opens", "task", "assigned"),
)
DID, DID_NOT = "yes", "no"


def behaviour_of(export: Export, ends: Ends) -> tuple[Feature, ...]:
    """For each frequent event whether a lead had it within its first 30 days, and before any stage record of it.

    What happened after sales took over is what sales did, not what tells whom to take. Nothing where leads have no
    time of creation, or where there is no log of events.
    """
    link = next((one for one in export.links if one.leads is not None and event_field(one.table) is not None), None)
    if link is None or (ends.created_at == NEVER).mean() > 0.1:
        return ()
    return tuple(_features(export, ends, link))


def time_of(link: Link) -> Field | None:
    """The column that says when the events of a log happened."""
    times = [field for field in link.table.fields if field.kind == "time"]
    said = [field for field in times if "occurred" in words_of(field.name)]
    return next(iter(said or times), None)


def _features(export: Export, ends: Ends, link: Link) -> list[Feature]:
    named, times = event_field(link.table), time_of(link)
    if named is None or times is None or link.leads is None:
        return []
    at, own = times.instants(), ~_flagged(link, ("is_machine", "is_bot", "bot"), TRUE_TEXTS)
    own &= ~_flagged(link, ("direction",), ("outbound", "out", "outgoing"))
    texts = named.column.texts()
    stages = [place for place, text in enumerate(texts) if text in STAGE_RECORDS]
    taken = first_at(export.rows, link.leads, np.isin(named.column.codes, stages), at)
    ends_at = np.minimum.reduce([_or_never(one) for one in (taken, ends.won_at, ends.lost_at)])
    until = np.minimum(ends.created_at + WINDOW_DAYS * clock.DAY, ends_at - 1)
    found = []
    order = np.argsort(-named.known_counts, kind="stable")
    leads_did = [int(one) for one in order if int(one) not in stages and named.known[one] and _is_own(texts[int(one)])]
    for place in leads_did[:EVENTS_MOST]:
        first = first_at(export.rows, link.leads, (named.column.codes == place) & own, at)
        did = (first != NEVER) & (first <= until)
        if LEADS_LEAST <= did.sum() <= export.rows - LEADS_LEAST:
            found.append(_feature(link, texts[place], did))
    return found


def _or_never(at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Instants in which what never happens lies after everything."""
    return np.where(at == NEVER, np.iinfo(np.int64).max, at)


def _is_own(event: str) -> bool:
    """Whether an event is something that a lead does, not sales, a mail program or a mail server."""
    return not says(event, SALES_AND_MACHINES)


def _flagged(link: Link, names: tuple[str, ...], values: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Rows (m) in which a column of one of the names has one of the values: scanners and bots, what sales sent."""
    flag = next((one for one in link.table.fields if one.name.lower() in names), None)
    if flag is None:
        return np.zeros(link.table.table.rows, bool)
    true = [place for place, text in enumerate(flag.column.texts()) if text.lower() in values]
    return np.isin(flag.column.codes, true)


def _feature(link: Link, event: str, did: npt.NDArray[np.bool_]) -> Feature:
    codes = (~did).astype(np.int32)
    counts = np.bincount(codes, minlength=2).astype(np.int64)
    column = Column(event, codes, pa.array([DID, DID_NOT]), counts)
    shapes = Shapes(np.zeros(2, np.uint8), np.full(2, np.nan), np.zeros(2, np.int64))
    name = f"{event} in the first {WINDOW_DAYS} days"
    field = Field(name, link.table.name, column, shapes, Meaning.FLAG, "flag", np.ones(2, bool), joined=True)
    return Feature(name, field, (Level(DID), Level(DID_NOT)), codes.astype(np.int16), event=event)
