"""What would most likely bring more customers: every lever that an export supports, the strongest first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

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
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt

    from leadline.analytics.outcome import Ends

SUPPOSED: Final = ("stale", "complete")
AGAIN: Final = "It names leads that a lever above names too, so it is hardly a gain of its own."


def levers_of(found: Found, ends: Ends, judged: npt.NDArray[np.bool_]) -> tuple[Lever, ...]:
    """All levers, the strongest first by the lower end of what they bring, one of each kind.

    What is measured comes before what supposes a share that no export holds; and a lever about leads that one above
    already names comes last, and says so: it is the same finding again.
    """
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
    for lever in sorted(worth, key=lambda one: (one.kind in SUPPOSED, -one.low, -one.gain, one.kind)):
        kinds.setdefault(lever.kind, lever)
    return _distinct_first(kinds.values())


def _distinct_first(levers: Iterable[Lever]) -> tuple[Lever, ...]:
    first: list[Lever] = []
    again: list[Lever] = []
    named: set[tuple[int, int]] = set()
    for lever in levers:
        if named & {*lever.about}:
            again.append(replace(lever, doubt=f"{lever.doubt} {AGAIN}"))
        else:
            first.append(lever)
        named |= {*lever.about}
    return (*first, *again)
