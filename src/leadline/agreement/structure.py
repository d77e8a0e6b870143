"""From YAML nodes to plain values by the declared shape: unknown names, wrong types and missing parts are all reported."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, available_timezones

from leadline.agreement.conditions import did_you_mean
from leadline.agreement.durations import parse_at_most, parse_duration
from leadline.agreement.shape import STORY_RECORD, Key, Kind, Listed, Named, Section
from leadline.agreement.yaml_tree import Mapping, Node, Scalar, Sequence
from leadline.errors import Problem
from leadline.fields.catalogue import Type

if TYPE_CHECKING:
    from collections.abc import Callable

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
POINTS_MAX: Final = 1e9


@dataclass(frozen=True, slots=True)
class Written:
    """A value with its place: ``value`` is a dict, a list, or what its kind makes of the text."""

    value: Any
    line: int
    place: str
    key_lines: dict[str, int]

    def get(self, name: str) -> Any:
        """The plain value of a key, ``None`` where it is not written."""
        inner = self.value.get(name)
        return None if inner is None else inner.value

    def at(self, name: str) -> Written | None:
        """The written value of a key."""
        found: Written | None = self.value.get(name)
        return found

    def entries(self, name: str) -> dict[str, Written]:
        """The named things of a key, none where it is not written."""
        inner = self.value.get(name)
        return {} if inner is None else inner.value

    def line_of(self, name: str) -> int:
        """The line of a key, or of the whole where the key is not written."""
        return self.key_lines.get(name, self.line)


class Structure:
    """Reads nodes by shape and collects every problem met on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def report(self, line: int, place: str, message: str) -> None:
        """Notes one problem."""
        self.problems.append(Problem(line, place, message))

    def read(self, node: Node, holds: Kind | Section | Named | Listed, place: str) -> Written | None:
        """The value of a node, or ``None`` when it cannot be used."""
        if isinstance(holds, Section):
            return self._section(node, holds, place)
        if isinstance(holds, Named):
            return self._named(node, holds, place)
        if isinstance(holds, Listed):
            return self._listed(node, holds, place)
        return self._leaf(node, holds, place)

    def _section(self, node: Node, section: Section, place: str) -> Written | None:
        if not isinstance(node, Mapping):
            known = ", ".join(key.name for key in section.keys)
            self.report(node.line, place, f"this must be a mapping with some of: {known}.")
            return None
        found: dict[str, Written] = {}
        for name, inner in node.items.items():
            where = f"{place}.{name}" if place else name
            key = section.key(name)
            if key is None and section is STORY_RECORD:
                key = Key(name, Kind.ANY, "")
            if key is None:
                guess = did_you_mean(name, [key.name for key in section.keys])
                known = guess or f" Known are {', '.join(key.name for key in section.keys)}."
                self.report(node.key_lines[name], where, f"'{name}' is not known here.{known}")
                continue
            if isinstance(inner, Scalar) and inner.value is None:
                self.report(inner.line, where, f"{name} is empty. Write a value or remove the line.")
                continue
            value = self.read(inner, key.holds, where)
            if value is not None:
                found[name] = value
        for key in section.keys:
            if key.required and key.name not in node.items:
                self.report(node.line, place, f"'{key.name}' is missing. {key.doc}")
        return Written(found, node.line, place, node.key_lines)

    def _named(self, node: Node, named: Named, place: str) -> Written | None:
        if not isinstance(node, Mapping):
            self.report(node.line, place, "this must be a mapping of names, one below the other.")
            return None
        if len(node.items) > named.at_most:
            self.report(node.line, place, f"{len(node.items):,} entries; {named.at_most} is the most.")
            return None
        found: dict[str, Written] = {}
        for name, inner in node.items.items():
            where = f"{place}.{name}"
            if not named.free and not NAME.fullmatch(name):
                self.report(
                    node.key_lines[name],
                    where,
                    f"'{name}' cannot be a name. Write lower-case letters, digits and underscores, a letter first.",
                )
                continue
            value = self.read(inner, named.of, where)
            if value is not None:
                found[name] = value
        return Written(found, node.line, place, node.key_lines)

    def _listed(self, node: Node, listed: Listed, place: str) -> Written | None:
        if not isinstance(node, Sequence):
            self.report(node.line, place, "this must be a list, each entry behind a dash.")
            return None
        if len(node.items) > listed.at_most:
            self.report(node.line, place, f"{len(node.items):,} entries; {listed.at_most} is the most.")
            return None
        read = [self.read(item, listed.of, f"{place}[{number}]") for number, item in enumerate(node.items)]
        return Written([item for item in read if item is not None], node.line, place, {})

    def _leaf(self, node: Node, kind: Kind, place: str) -> Written | None:
        try:
            value = _READERS[kind](node)
        except ValueError as error:
            self.report(node.line, place, str(error))
            return None
        return Written(value, node.line, place, {})


def _scalar(node: Node, wanted: str) -> Scalar:
    if not isinstance(node, Scalar):
        found = "a list" if isinstance(node, Sequence) else "a mapping"
        raise ValueError(f"this must be {wanted}, not {found}.")
    return node


def _text(node: Node) -> str:
    text = _scalar(node, "a text").text.strip()
    if not text:
        raise ValueError("this text is empty.")
    return text


def _number(node: Node) -> float:
    scalar = _scalar(node, "a number")
    if isinstance(scalar.value, bool) or not isinstance(scalar.value, int | float):
        raise ValueError(f"'{scalar.text}' is not a number.{_number_hint(scalar.text)}")
    value = float(scalar.value)
    if not math.isfinite(value) or abs(value) > POINTS_MAX:
        raise ValueError(f"{scalar.text} is out of range: between -{POINTS_MAX:,.0f} and {POINTS_MAX:,.0f}.")
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
        raise ValueError(f"{value:g} must be greater than 0.")
    return value


def _whole(node: Node) -> int:
    value = _number(node)
    if not value.is_integer():
        raise ValueError(f"{value:g} must be a whole number.")
    return int(value)


def _boolean(node: Node) -> bool:
    scalar = _scalar(node, "true or false")
    if not isinstance(scalar.value, bool):
        raise ValueError(f"'{scalar.text}' must be true or false.")
    return scalar.value


def _duration(node: Node) -> int:
    return parse_duration(_text(node))


def _duration_or_never(node: Node) -> int | None:
    text = _text(node)
    return None if text == "never" else parse_duration(text)


def _texts(node: Node) -> tuple[str, ...]:
    if not isinstance(node, Sequence):
        raise ValueError("this must be a list: [first, second].")
    return tuple(_text(item) for item in node.items)


def _values(node: Node) -> tuple[str | float, ...]:
    if not isinstance(node, Sequence):
        raise ValueError("this must be a list: [first, second].")
    scalars = [_scalar(item, "a text or a number") for item in node.items]
    return tuple(
        float(s.value) if isinstance(s.value, int | float) and not isinstance(s.value, bool) else s.text
        for s in scalars
    )


def _events(node: Node) -> tuple[str, ...] | None:
    if isinstance(node, Sequence):
        names = _texts(node)
        if not names:
            raise ValueError("the list of events is empty. Name at least one event, or write any.")
        if "any" in names:
            raise ValueError("`any` stands alone: on: any.")
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
        raise ValueError(f"'{text}' is not a time zone.{guess}")
    return text


def _currency(node: Node) -> str:
    text = _text(node)
    if not re.fullmatch("[A-Z]{3}", text):
        raise ValueError(f"'{text}' is not a currency. Write three capital letters, for example EUR or USD.")
    return text


def _moment(node: Node) -> datetime:
    text = _text(node)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"'{text}' is not a moment. Write 2026-03-31 or 2026-03-31T14:00:00+02:00."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("UTC"))


def _type(node: Node) -> Type:
    text = _text(node)
    if text not in tuple(Type):
        aliases = {"string": "text", "str": "text", "int": "number", "integer": "number", "float": "number", "bool": "boolean",
                   "date": "time", "datetime": "time", "timestamp": "time"}  # fmt: skip
        guess = f" Did you mean {aliases[text]}?" if text in aliases else did_you_mean(text, Type)
        raise ValueError(f"'{text}' is not a type. Types are {', '.join(Type)}.{guess}")
    return Type(text)


def _reset(node: Node) -> bool:
    text = _text(node)
    if text != "engagement":
        raise ValueError(f"'{text}' cannot be reset. Write reset: engagement, or leave it out.")
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
        raise ValueError("a criterion compares scores. Write for example: fit >= 50 AND engagement >= 60.")
    return _text(node)


_READERS: Final[dict[Kind, Callable[[Node], Any]]] = {
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
