"""How texts spell numbers and truths: the same in files that are read and in conditions that cast."""

from __future__ import annotations

from typing import Final

NUMBER_PATTERN: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
"""A number in RE2 and Python alike: digits with a point, perhaps an exponent; no separators, no units."""

TRUE_TEXTS: Final = ("true", "t", "yes", "y", "on", "1")
FALSE_TEXTS: Final = ("false", "f", "no", "n", "off", "0")
