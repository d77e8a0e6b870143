"""From scores to the chance of becoming a customer, by the agreement's curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Chance

PROMISING: Final = ("lead", "engaged", "mql", "nurture")
"""Stages in which a score speaks for a lead: a visitor cannot be reached, and from `sal` on sales knows more."""


def chances_of(chance: Chance, score: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Chance, low and high (n, 3) of scores (n): straight lines between the curve's points, level beyond its ends."""
    at = [point.score for point in chance.curve]
    columns = ([getattr(point, name) for point in chance.curve] for name in ("chance", "low", "high"))
    return np.stack([np.interp(score, at, column) for column in columns], axis=-1)
