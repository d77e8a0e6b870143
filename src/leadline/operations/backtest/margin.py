"""The threshold curve of an agreement, and the lead that stands at its margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.agreement.criteria import comparisons
from leadline.learning.backtest.curve import curve_of, grid, threshold_of, with_value
from leadline.learning.backtest.findings import Margin, Mover
from leadline.operations.backtest.moving import mover_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.learning.backtest.curve import Curve, Found, Threshold
    from leadline.learning.backtest.measures import Yardstick
    from leadline.operations.backtest.origins import Origins
    from leadline.operations.backtest.sides import Side
    from leadline.operations.progress import Progress

NEAREST_AMONG = 2_000
"""So many leads of the band are looked at for the one nearest the threshold."""


def margin_of(
    side: Side,
    yardstick: Yardstick,
    path: str | None,
    money: tuple[float | None, float],
    origins: Origins,
    progress: Progress,
) -> Margin | None:
    """The curve of one threshold (``path``: see ``threshold_of``); None for an agreement without any number.

    ``money``: the value of a win, and the cost of a lead. Raises ``InputError``.
    """
    threshold = threshold_of(side.agreement, path)
    if threshold is None:
        return None
    tried: dict[float, Found] = {}
    values = grid(side.agreement, threshold)
    until = yardstick.weeks.until - 1
    # Whoever qualifies at some value does so no earlier than at one of the outermost.
    begins = side.history.earliest(*(with_value(side.agreement, threshold, one) for one in (values[0], values[-1])))
    for number in values:
        if number == threshold.value:
            tried[number] = (side.replayed.lead, side.replayed.at)
        else:
            found = side.history.hand_offs(with_value(side.agreement, threshold, number), until, begins=begins)
            tried[number] = (found.lead, found.at)
        progress("Trying thresholds", len(tried), len(values))
    curve = curve_of(yardstick, threshold, tried, *money)
    return Margin(curve, _marginal(side, threshold, curve, tried, yardstick, origins))


def _marginal(
    side: Side,
    threshold: Threshold,
    curve: Curve,
    tried: dict[float, Found],
    yardstick: Yardstick,
    origins: Origins,
) -> Mover | None:
    values = [point.value for point in curve.strictest_first]
    place = values.index(threshold.value)
    stricter = tried[values[place - 1]][0] if place else np.zeros(0, np.int64)
    inside = (side.firsts >= yardstick.weeks.since) & (side.firsts < yardstick.weeks.until)
    band: npt.NDArray[np.integer] = side.leads[inside & ~np.isin(side.leads, stricter)]
    if not len(band):
        return None
    margins = [(abs(_margin(side, threshold, int(lead))), int(lead)) for lead in band[-NEAREST_AMONG:]]
    return mover_of(side, None, min(margins)[1], yardstick.outcomes, origins)


def _margin(side: Side, threshold: Threshold, lead: int) -> float:
    """How far a lead was beyond the threshold when it qualified; endless where that is unknown."""
    row = int(np.searchsorted(side.replayed.lead, lead))
    at, since = int(side.replayed.at[row]), int(side.replayed.qualified_at[row])
    _, examination = side.history.examine(side.agreement, lead, since, known_at=at)
    column = 0
    for criterion in side.agreement.mql.criteria:
        if criterion.name == threshold.criterion:
            break
        column += sum(1 for _ in comparisons(criterion.when))
    left = float(examination.left[0, column + threshold.place])
    return abs(left - threshold.value) if left == left else float("inf")
