"""From columns of numbers to Arrow tables: ids, texts and instants, without a loop over rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.simulation.channels import CAMPAIGNS
from leadline.simulation.content import ASSET_KINDS, ASSETS, PAGES, SITE
from leadline.simulation.timeline import DIRECTION_OF, DIRECTIONS, EVENTS, FLAGGED, Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.simulation.columns import Ints

INSTANT = pa.timestamp("us", tz="UTC")


def numbered(prefix: str, numbers: Ints, digits: int) -> pa.Array[Any]:
    """Texts such as L00000042, built digit by digit for all rows at once."""
    size, width = len(numbers), len(prefix) + digits
    letters = np.empty((size, width), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    rest = numbers.astype(np.int64)
    for place in range(width - 1, len(prefix) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        letters[:, place] = digit + ord("0")
    offsets = np.arange(size + 1, dtype=np.int32) * width
    return pa.StringArray.from_buffers(size, pa.py_buffer(offsets.tobytes()), pa.py_buffer(letters.tobytes()))


def lead_ids(numbers: Ints) -> pa.Array[Any]:
    """The ids of leads by number."""
    return numbered("L", numbers, 8)


def instants(at: Ints) -> pa.Array[Any]:
    """Instants; ``NEVER`` and anything in a distant future is null."""
    return pa.array(at, type=pa.int64(), mask=at >= 2**61).cast(INSTANT)


def coded(codes: npt.NDArray[Any], words: Sequence[str | None] | pa.Array[Any]) -> pa.Array[Any]:
    """Texts given as indices of ``words``; negative is null, and so is a word that is None."""
    if not isinstance(words, pa.Array):
        none = np.array([word is None for word in words], dtype=bool)
        distinct = list(dict.fromkeys(word for word in words if word is not None))
        place = np.array([-1 if word is None else distinct.index(word) for word in words], dtype=np.int32)
        codes = np.where(codes < 0, -1, place[codes]) if none.any() or len(distinct) < len(words) else codes
        words = pa.array(distinct, type=pa.string())
    indices: pa.Array[Any] = pa.array(codes.astype(np.int32, copy=False), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(cast("Any", indices), words)


def floats(values: npt.NDArray[Any]) -> pa.Array[Any]:
    """Doubles; nan is null."""
    wide = values.astype(np.float64, copy=False)
    return pa.array(wide, mask=np.isnan(wide))


def event_table(story: Timeline, part: int, first_lead: int, random: np.random.Generator) -> tuple[pa.Table, pa.Table]:
    """The events of a cohort in order, and which of them machines made (noticed or not)."""
    columns = story.in_order()
    size = len(columns["at"])
    ids = numbered(f"E{part:05d}", np.arange(size), 7)
    words = pa.array(list(story.texts), type=pa.string())
    people = lead_ids(first_lead + np.arange(int(columns["lead"].max(initial=0)) + 1))
    campaign, page, asset = columns["campaign"], columns["page"], columns["asset"]
    on_page = columns["event"] <= 1
    received = _received(random, columns["at"], columns["event"], story.ends_at)
    table = pa.table(
        {
            "lead_id": coded(columns["lead"], people),
            "event_id": ids,
            "event": coded(columns["event"], EVENTS),
            "occurred_at": instants(columns["at"]),
            "received_at": instants(received),
            "channel": coded(campaign, [one.channel for one in CAMPAIGNS]),
            "campaign": coded(campaign, [one.name for one in CAMPAIGNS]),
            "source": coded(campaign, [one.source for one in CAMPAIGNS]),
            "path": coded(np.where(on_page, page, -1), PAGES),
            "url": coded(page, [SITE + one for one in PAGES]),
            "referrer": coded(np.where(columns["landing"] == 1, campaign, -1), [one.referrer for one in CAMPAIGNS]),
            "asset": coded(asset, ASSETS),
            "asset_kind": coded(asset, ASSET_KINDS),
            "duration_s": floats(columns["duration"]),
            "value": floats(columns["value"]),
            "direction": coded(DIRECTION_OF[columns["event"]], DIRECTIONS),
            "is_machine": pa.array(columns["machine"] == FLAGGED),
            "properties": coded(columns["properties"], words),
        }
    )
    machines = np.flatnonzero(columns["machine"])
    truth = pa.table(
        {
            "event_id": ids.filter(pa.array(columns["machine"] > 0)),
            "lead_id": lead_ids(first_lead + columns["lead"][machines]),
            "flagged": pa.array(columns["machine"][machines] == FLAGGED),
        }
    )
    return table, truth


def _received(random: np.random.Generator, at: Ints, event: Ints, ends_at: int) -> Ints:
    """Most arrive within seconds, two in a hundred hours later and a few days later; sales writes down at
    once.
    """
    size = len(at)
    delay = random.standard_exponential(size, dtype=np.float32) * 2.5 + 0.2
    luck = random.random(size, dtype=np.float32)
    late = luck < 0.02
    delay[late] *= np.where(luck[late] < 0.003, 40_000.0, 2_500.0)
    ours = event >= EVENTS.index("Lead Accepted")
    delay[ours] = np.minimum(delay[ours], 30.0)
    received = at + (delay * 1e6).astype(np.int64)
    return np.maximum(np.minimum(received, ends_at), at)
