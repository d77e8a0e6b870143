"""How scores are rounded, clipped and put into tiers, so that sums taken in another order agree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline.agreement.document import Tier


def rounded(x: float) -> float:
    """Six decimals, as every number is before it is compared or shown (semantics, section 5)."""
    scaled = x * 1e6 + 0.5001
    return math.floor(scaled) / 1e6 if math.isfinite(scaled) else x


def clipped(x: float, lowest: float, highest: float) -> float:
    """The nearest number within the bounds."""
    return min(max(x, lowest), highest)


def tier(tiers: tuple[Tier, ...], score: float, lowest: str) -> str:
    """The name of the first tier (highest bound first) that a score reaches."""
    return next((name for name, bound in tiers if score >= bound), lowest)
