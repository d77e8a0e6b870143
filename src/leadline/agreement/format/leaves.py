"""What one written value can be: from a YAML scalar or list to a number, a duration, a moment …"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import available_timezones

from leadline.agreement.durations import parse_at_most, parse_duration
from leadline.agreement.format.shape import Kind
from leadline.agreement.format.yaml_tree import Mapping, Node, Scalar, Sequence
from leadline.agreement.sql.text import did_you_mean, shortened
from leadline.fields.catalogue import Type

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS_MAX: Final = 1e9


class UnusableError(ValueError):
    """A value that is not of its kind; the message says what is wrong and the way out."""


def _scalar(node: Node, wanted: str) -> Scalar:
    if not isinstance(node, Scalar):
        found = "a list" if isinstance(node, Sequence) else "a mapping"
        raise UnusableError(f"this must be {wanted}, not {found}.")
    return node


def _text(node: Node) -> str:
    text = _scalar(node, "a text").text.strip()
    if not text:
        raise UnusableError("this text is empty. Write something, or remove the line.")
    return text


def _number(node: Node) -> float:
    scalar = _scalar(node, "a number")
    if isinstance(scalar.value, bool) or not isinstance(scalar.value, int | float):
        raise UnusableError(f"'{shortened(scalar.text)}' is not a number.{_number_hint(scalar.text)}")
    value = float(scalar.value)
    if not math.isfinite(value) or abs(value) > POINTS_MAX:
        limits = f"between -{POINTS_MAX:,.0f} and {POINTS_MAX:,.0f}"
        raise UnusableError(f"{shortened(scalar.text)} is out of range. Write a number {limits}.")
    return value


def _number_hint(text: str) -> str:
    plain = text.replace(",", ".").replace(" ", "")
    return (
        f" Did you mean {plain}?"
        if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", plain)
        else " Write for example 25 or -7.5."
    )


def _positive(node: Node) -> float:
    value = _number(node)
    if value <= 0:
        raise UnusableError(f"{value:g} is too small. Write a number greater than 0.")
    return value


def _whole(node: Node) -> int:
    value = _number(node)
    if not value.is_integer():
        raise UnusableError(f"{value:g} is not whole. Write a whole number.")
    return int(value)


def _boolean(node: Node) -> bool:
    scalar = _scalar(node, "true or false")
    if not isinstance(scalar.value, bool):
        raise UnusableError(f"'{shortened(scalar.text)}' must be true or false.")
    return scalar.value


def _duration(node: Node) -> int:
    return parse_duration(_text(node))


def _duration_or_never(node: Node) -> int | None:
    text = _text(node)
    return None if text == "never" else parse_duration(text)


def _texts(node: Node) -> tuple[str, ...]:
    if not isinstance(node, Sequence):
        raise UnusableError("this must be a list: [first, second].")
    return tuple(_text(item) for item in node.items)


def _values(node: Node) -> tuple[str | float, ...]:
    if not isinstance(node, Sequence):
        raise UnusableError("this must be a list: [first, second].")
    scalars = [_scalar(item, "a text or a number") for item in node.items]
    return tuple(
        float(s.value) if isinstance(s.value, int | float) and not isinstance(s.value, bool) else s.text
        for s in scalars
    )


def _events(node: Node) -> tuple[str, ...] | None:
    if isinstance(node, Sequence):
        names = _texts(node)
        if not names:
            raise UnusableError("the list of events is empty. Name at least one event, or write any.")
        if "any" in names:
            raise UnusableError("`any` stands alone: on: any.")
        return tuple(dict.fromkeys(names))
    text = _text(node)
    return None if text == "any" else (text,)


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _timezone(node: Node) -> str:
    text = _text(node)
    if text not in _timezones():
        guess = did_you_mean(text, _timezones()) or " Write for example Europe/Berlin or America/New_York."
        raise UnusableError(f"'{shortened(text)}' is not a time zone.{guess}")
    return text


def _currency(node: Node) -> str:
    text = _text(node)
    if not re.fullmatch("[A-Z]{3}", text):
        raise UnusableError(
            f"'{shortened(text)}' is not a currency. Write three capital letters, for example EUR or USD."
        )
    return text


def _moment(node: Node) -> datetime:
    text = _text(node)
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnusableError(
            f"'{shortened(text)}' is not a moment. Write 2026-03-31 or 2026-03-31T14:00:00+02:00."
        ) from None


_ALIASES: Final = {
    "string": "text", "str": "text", "int": "number", "integer": "number", "float": "number",
    "bool": "boolean",
    "date": "time", "datetime": "time", "timestamp": "time",
}  # fmt: skip


def _type(node: Node) -> Type:
    text = _text(node)
    if text not in tuple(Type):
        guess = f" Did you mean {_ALIASES[text]}?" if text in _ALIASES else did_you_mean(text, Type)
        raise UnusableError(f"'{shortened(text)}' is not a type. Types are {', '.join(Type)}.{guess}")
    return Type(text)


def _reset(node: Node) -> bool:
    text = _text(node)
    if text != "engagement":
        raise UnusableError(f"'{shortened(text)}' cannot be reset. Write reset: engagement, or leave it out.")
    return True


def _any(node: Node) -> object:
    if isinstance(node, Sequence):
        return tuple(_any(item) for item in node.items)
    if isinstance(node, Mapping):
        return {name: _any(item) for name, item in node.items.items()}
    return node.value


def _criterion(node: Node) -> str:
    scalar = _scalar(node, "a criterion")
    if isinstance(scalar.value, bool):
        raise UnusableError("a criterion compares scores. Write for example: fit >= 50 AND engagement >= 60.")
    return _text(node)


READERS: Final[dict[Kind, Callable[[Node], Any]]] = {
    Kind.TEXT: _text,
    Kind.NAME: _text,
    Kind.NUMBER: _number,
    Kind.POSITIVE: _positive,
    Kind.WHOLE: _whole,
    Kind.BOOLEAN: _boolean,
    Kind.DURATION: _duration,
    Kind.DURATION_OR_NEVER: _duration_or_never,
    Kind.FREQUENCY: lambda node: parse_at_most(_text(node)),
    Kind.CONDITION: _text,
    Kind.EXPRESSION: _text,
    Kind.CRITERION: _criterion,
    Kind.EVENTS: _events,
    Kind.TEXTS: _texts,
    Kind.VALUES: _values,
    Kind.TIMEZONE: _timezone,
    Kind.CURRENCY: _currency,
    Kind.MOMENT: _moment,
    Kind.TYPE: _type,
    Kind.RESET: _reset,
    Kind.ANY: _any,
}
