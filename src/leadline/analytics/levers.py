"""What would most likely bring more customers: every lever that an export supports, the strongest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.analytics.lead_levers import (
    completion_lever,
    order_lever,
    owner_lever,
    question_lever,
    stale_lever,
    value_lever,
)
from leadline.analytics.lever import WORTH, Found, Lever
from leadline.analytics.source_levers import campaign_levers, source_levers

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from leadline.analytics.outcome import Ends


def levers_of(found: Found, ends: Ends, judged: npt.NDArray[np.bool_]) -> tuple[Lever, ...]:
    """All levers, the strongest first by the lower end of what they bring, one of each kind."""
    wins = float((judged & ends.won).sum())
    if not wins:
        return ()
    levers = [
        order_lever(found),
        *source_levers(found, wins),
        *campaign_levers(found, wins),
        question_lever(found),
        stale_lever(found, ends),
        completion_lever(found, ends),
        owner_lever(found, wins),
        value_lever(found, ends),
    ]
    worth = [lever for lever in levers if lever is not None and lever.gain >= WORTH]
    kinds: dict[str, Lever] = {}
    for lever in sorted(worth, key=lambda one: (-one.low, -one.gain, one.kind)):
        kinds.setdefault(lever.kind, lever)
    return tuple(kinds.values())
