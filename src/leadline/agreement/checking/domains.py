"""Which values a quantity can have, as an interval or a set that comparisons narrow down."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

Value = str | float | bool | int


@dataclass(frozen=True, slots=True)
class Domain:
    """All values from ``low`` to ``high``, or ``only`` some, without ``never``; only ``whole`` numbers if so.

    Texts and truth values have no bounds: for them only ``only`` and ``never`` count.
    """

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    only: frozenset[Value] | None = None
    never: frozenset[Value] = frozenset()
    whole: bool = False

    def compared(self, comparator: str, value: Value) -> Domain:
        """The values for which the comparison is true."""
        if comparator == "=":
            return self.among(frozenset([value]))
        if comparator == "<>":
            return replace(self, never=self.never | {value})
        if isinstance(value, str | bool):
            return self  # an order of texts says nothing here
        return self.bounded(comparator, float(value))

    def among(self, values: frozenset[Value]) -> Domain:
        """The values that are also in a set."""
        return replace(self, only=values if self.only is None else self.only & values)

    def bounded(self, comparator: str, value: float) -> Domain:
        """The values on one side of a bound."""
        strict = comparator in (">", "<")
        if comparator in (">", ">="):
            if value > self.low:
                return replace(self, low=value, low_open=strict)
            return replace(self, low_open=self.low_open or strict) if value == self.low else self
        if value < self.high:
            return replace(self, high=value, high_open=strict)
        return replace(self, high_open=self.high_open or strict) if value == self.high else self

    def holds(self, value: Value) -> bool:
        """Whether a value belongs to it."""
        if value in self.never or (self.only is not None and value not in self.only):
            return False
        if isinstance(value, str | bool):
            return True
        above = value > self.low or (value == self.low and not self.low_open)
        below = value < self.high or (value == self.high and not self.high_open)
        return above and below and (not self.whole or float(value).is_integer())

    @property
    def values(self) -> frozenset[Value] | None:
        """The values, where they are a known set."""
        return None if self.only is None else frozenset(value for value in self.only if self.holds(value))

    @property
    def empty(self) -> bool:
        """Whether no value is left."""
        if self.only is not None:
            return not self.values
        if self.low > self.high or (self.low == self.high and not self.holds(self.low)):
            return True
        if not self.whole or not math.isfinite(self.low) or not math.isfinite(self.high):
            return False
        first, last = math.ceil(self.low), math.floor(self.high)
        return last - first < 2 + len(self.never) and not any(self.holds(n) for n in range(first, last + 1))

    def meets(self, other: Domain) -> bool:
        """Whether a value belongs to both."""
        narrowed = self.bounded(">" if other.low_open else ">=", other.low)
        narrowed = narrowed.bounded("<" if other.high_open else "<=", other.high)
        narrowed = replace(narrowed, never=narrowed.never | other.never)
        return not (narrowed if other.only is None else narrowed.among(other.only)).empty


NOTHING = Domain(only=frozenset())
