"""What an expression is worth on one row (semantics, section 4): SQL's 3-valued logic; None is unknown."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from leadline.agreement.expressions import Call, Column, Constant, Node
from leadline.clock import to_instant
from leadline.fields.catalogue import NUMBER

Value = str | float | bool | int | None
Row = Mapping[str, Value]
Lists = Mapping[str, frozenset[str]]

_TIME: Final = (
    "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-5][0-9])?)?)?"
)


def value_of(node: Node, row: Row, lists: Lists) -> Value:
    """The value of an expression; times are instants in µs, None is unknown."""
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Column):
        return number(row.get(node.name)) if node.type is NUMBER else row.get(node.name)
    return _applied(node, [value_of(argument, row, lists) for argument in node.arguments], lists)


def is_true(node: Node, row: Row, lists: Lists) -> bool:
    """Whether a condition holds: neither false nor unknown."""
    return value_of(node, row, lists) is True


def _applied(call: Call, values: list[Value], lists: Lists) -> Value:
    if call.operator == "and":
        return all_of(values)
    if call.operator == "or":
        return any_of(values)
    if call.operator == "is_null":
        return values[0] is None
    if call.operator == "coalesce":
        return next((value for value in values if value is not None), None)
    if call.operator == "case":
        branches = zip(values[:-1:2], values[1::2], strict=True)
        return next((result for condition, result in branches if condition is True), values[-1])
    if None in values:  # everything else is unknown as soon as one part is
        return None
    if call.operator == "in_list":
        return values[0] in lists[str(values[1])]
    return _STRICT[call.operator](*values)


def all_of(values: list[Value]) -> bool | None:
    """AND: false if one is false, else unknown if one is unknown."""
    if False in values:
        return False
    return None if None in values else True


def any_of(values: list[Value]) -> bool | None:
    """OR: true if one is true, else unknown if one is unknown."""
    if True in values:
        return True
    return None if None in values else False


def compared(left: Value, comparator: str, right: Value) -> bool | None:
    """A comparison; unknown if either side is."""
    if left is None or right is None:
        return None
    return _COMPARED[comparator](left, right)


def number(value: Value) -> float | None:
    """A number as a double; what is not finite is unknown."""
    return None if value is None or not math.isfinite(float(value)) else float(value)


def divided(dividend: float, divisor: float) -> float | None:
    """Real division; by zero it is unknown."""
    return None if divisor == 0 else number(dividend / divisor)


def rounded_half_away(value: float, digits: float) -> float:
    """The nearest multiple of 10^-digits, halves away from zero, as seen on value · 10^digits in doubles."""
    scale = 10.0**digits
    scaled = abs(value) * scale
    if not math.isfinite(scaled):
        return value
    whole = math.floor(scaled)
    return math.copysign((whole + 1 if scaled - whole >= 0.5 else whole) / scale, value)


def to_number(text: str) -> float | None:
    """A number in plain or exponent notation with spaces around it; anything else is unknown."""
    trimmed = text.strip(" ")
    if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", trimmed):
        return None
    return number(float(trimmed))


def to_boolean(text: str) -> bool | None:
    """The words for true and false that PostgreSQL reads, in any case; anything else is unknown."""
    word = text.strip(" ").lower()
    if word in ("true", "t", "yes", "y", "on", "1"):
        return True
    return False if word in ("false", "f", "no", "n", "off", "0") else None


def to_time(text: str) -> int | None:
    """A day or an instant in ISO 8601's long form, in UTC where it names no offset; anything else is unknown."""
    trimmed = text.strip(" ")
    if not re.fullmatch(_TIME, trimmed):  # Python reads more, and each version of it something else
        return None
    try:
        moment = datetime.fromisoformat(trimmed)
    except ValueError:
        return None
    return to_instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def like(text: str, pattern: str) -> bool:
    r"""LIKE: ``%`` is any text, ``_`` is one character, ``\`` takes the next character as it is."""
    tokens = re.findall(r"\\.|[^\\]", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    regex = "".join(wild.get(token) or re.escape(token[-1]) for token in tokens)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def matches(text: str, pattern: str, flags: int = 0) -> bool:
    """RE2 somewhere in the text, as far as Python's own expressions mean the same."""
    return re.search(pattern, text, re.ASCII | flags) is not None


def split_part(text: str, separator: str, part: float) -> str:
    """The n-th part between separators, empty beyond the last; without a separator all is part 1."""
    parts = text.split(separator) if separator else [text]
    return parts[int(part) - 1] if part <= len(parts) else ""


_COMPARED: Final[dict[str, Callable[..., bool]]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_STRICT: Final[dict[str, Callable[..., Value]]] = {
    **_COMPARED,
    "not": lambda value: not value,
    "in": lambda value, *literals: value in literals,
    "like": like,
    "ilike": lambda text, pattern: like(text.lower(), pattern.lower()),
    "~": matches,
    "~*": lambda text, pattern: matches(text, pattern, re.IGNORECASE),
    "+": lambda left, right: number(left + right),
    "-": lambda left, right: number(left - right),
    "*": lambda left, right: number(left * right),
    "/": divided,
    "negate": lambda value: -value,
    "to_number": to_number,
    "to_boolean": to_boolean,
    "to_time": to_time,
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "trim": lambda text: text.strip(" "),
    "length": lambda text: float(len(text)),
    "starts_with": lambda text, start: text.startswith(start),
    "contains": lambda text, part: part in text,
    "split_part": split_part,
    "abs": abs,
    "round": rounded_half_away,
}
