"""What became of leads: the answer that every agreement is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.qualification.layout import NEVER

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of n leads, as known at ``until`` (µs).

    ``won``, ``sql``, ``lost`` (n) say whether; ``won_at``, ``sql_at``, ``lost_at`` (n) say when in µs, ``NEVER``
    where it did not happen or nobody said when. ``value`` (n) of the deals won, NaN for unknown. ``stated`` (n) says
    whether anything is known of the lead at all. ``dated``: whether outcomes have instants; without, they are final.
    """

    won: npt.NDArray[np.bool_]
    sql: npt.NDArray[np.bool_]
    lost: npt.NDArray[np.bool_]
    won_at: npt.NDArray[np.int64]
    sql_at: npt.NDArray[np.int64]
    lost_at: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    stated: npt.NDArray[np.bool_]
    dated: bool
    until: int

    def __len__(self) -> int:
        return len(self.won)


def no_outcomes(leads: int, until: int) -> Outcomes:
    """Of leads of whom nothing is known but that nothing has happened yet."""
    never, nothing = np.full(leads, NEVER), np.zeros(leads, bool)
    return Outcomes(
        won=nothing,
        sql=nothing.copy(),
        lost=nothing.copy(),
        won_at=never,
        sql_at=never.copy(),
        lost_at=never.copy(),
        value=np.full(leads, np.nan),
        stated=np.ones(leads, bool),
        dated=True,
        until=until,
    )
