"""Chart kind: the heat of a table's cells; each cell also states its figure, colour only helps to find it."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Final

STEPS: Final = 5
"""Shades beside the empty one; the style sheet has a colour and a text colour for each."""


def heat(count: int, most: int) -> int:
    """The shade of a cell: 0 for nothing, else 1 to ``STEPS``, by the square root: small cells differ too."""
    return min(STEPS, ceil(STEPS * sqrt(count / most))) if count > 0 and most > 0 else 0
