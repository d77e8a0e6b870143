"""What a back-test is asked to judge by: outcomes, horizon, capacity, money, window, and which threshold to vary."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.errors import InputError

if TYPE_CHECKING:
    from leadline.log.loading import Source


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a back-test; ``None`` stands for what follows from the data.

    ``outcomes``: a table, by default the log's own stage records. ``horizon`` µs, ``capacity`` MQLs a week,
    ``deal_value`` of a win and ``cost_per_lead`` handed over in one currency, ``since`` ≤ t < ``until`` µs of the first
    qualification, ``curve`` the path of a threshold, ``draw_curve`` whether there is to be one at all.
    Raises ``InputError`` for terms that cannot be.
    """

    outcomes: Source | None = None
    horizon: int | None = None
    capacity: float | None = None
    deal_value: float | None = None
    cost_per_lead: float | None = None
    since: int | None = None
    until: int | None = None
    curve: str | None = None
    draw_curve: bool = True

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise InputError("--from must lie before --until.")
        for name, value in (("--capacity", self.capacity), ("--deal-value", self.deal_value)):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise InputError(f"{name} must be a number above 0.")
        if self.cost_per_lead is not None and not (math.isfinite(self.cost_per_lead) and self.cost_per_lead >= 0):
            raise InputError("--cost-per-lead must be 0 or more.")
