"""Chances as people say them: `1 in 9, between 1 in 7 and 1 in 12`."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST: Final = 1e-4
"""Smaller chances than 1 in 10,000 are not told apart."""

_LARGE: Final = ((1, 4), (3, 10), (1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (7, 10), (3, 4), (4, 5), (9, 10),
                 (19, 20), (99, 100))  # fmt: skip
"""Fractions for chances above a quarter, where `1 in n` is too coarse."""
_VALUES: Final = [part / whole for part, whole in _LARGE]


def odds(chance: float) -> str:
    """A chance (0…1) to the nearest fraction that can be said: ``1 in 9``, ``2 in 3``, ``1 in 130``."""
    if chance < LEAST:
        return f"less than 1 in {1 / LEAST:,.0f}"
    if chance > _VALUES[-1]:
        return "more than 99 in 100"
    if chance >= _VALUES[0]:
        place = bisect_left(_VALUES, chance)
        near = [found for found in (place - 1, place) if 0 <= found < len(_VALUES)]
        return _said(*_LARGE[min(near, key=lambda found: abs(_VALUES[found] - chance))])
    return _one_in(1 / chance, round)


def chance_in_words(chance: float, low: float, high: float) -> str:
    """A chance with its interval, whose ends are rounded outwards: the more likely end comes first."""
    if high < LEAST or low > _VALUES[-1]:
        return odds(chance)
    middle, more, less = odds(chance), _at_least(high), _at_most(low)
    return middle if middle == more == less else f"{middle}, between {more} and {less}"


def _at_least(chance: float) -> str:
    """A fraction that can be said and is not below the chance."""
    if chance > _VALUES[-1]:
        return odds(chance)
    if chance > 1 / 5:
        return _said(*_LARGE[bisect_left(_VALUES, chance)])
    return _one_in(1 / chance, math.floor)


def _at_most(chance: float) -> str:
    """A fraction that can be said and is not above the chance."""
    if chance < LEAST:
        return odds(0.0)
    if chance >= _VALUES[0]:
        return _said(*_LARGE[bisect_right(_VALUES, chance) - 1])
    return _one_in(1 / chance, math.ceil)


def _one_in(whole: float, rounded: Callable[[float], int]) -> str:
    """``1 in n`` with two significant digits from 100 on."""
    size = 10 ** max(0, math.floor(math.log10(whole)) - 1) if whole >= 100 else 1
    return _said(1, int(rounded(round(whole / size, 9)) * size))


def _said(part: int, whole: int) -> str:
    return f"{part} in {whole:,}"
