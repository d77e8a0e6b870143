"""The mapping file (``--map``): what cannot be told from the input itself, said by a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import available_timezones

from leadline.agreement.format.yaml_tree import Mapping as Node
from leadline.agreement.format.yaml_tree import Scalar, Sequence, parse_yaml
from leadline.agreement.sql.text import did_you_mean, shortened
from leadline.errors import AgreementError, InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as Named

KINDS: Final = ("leads", "profiles", "events", "outcomes")
EPOCHS: Final = ("epoch_s", "epoch_ms", "epoch_us", "epoch_ns")


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What is said about one source. ``columns``: meaning to columns; ``events``: names of events to better ones.

    ``values``: texts of outcomes to won, lost or open.
    """

    columns: Named[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Named[str, str] = field(default_factory=dict)
    events: Named[str, str] = field(default_factory=dict)
    values: Named[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    timezone: str | None = None
    time_format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file."""

    leads: TableMapping = field(default_factory=TableMapping)
    profiles: TableMapping = field(default_factory=TableMapping)
    events: TableMapping = field(default_factory=TableMapping)
    outcomes: TableMapping = field(default_factory=TableMapping)


def read_mapping(path: str | Path) -> Mapping:
    """The mapping in a file. Raises ``InputError`` with every problem and its line."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}. Check the name of the mapping file."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8. Save the mapping file as UTF-8.") from error
    return parse_mapping(text, str(path))


def parse_mapping(text: str, source: str = "mapping") -> Mapping:
    """The mapping in a text. Raises ``InputError``."""
    if not text.strip():
        raise InputError(
            f"{source}: the mapping file is empty. Write for example:\nevents:\n  columns: {{lead_id: Contact}}"
        )
    try:
        tree, problems = parse_yaml(text, source)
    except AgreementError as error:
        raise InputError(str(error)) from error
    reader = _Reader(list(problems))
    mapping = reader.whole(tree)
    if reader.problems:
        raise InputError(str(AgreementError(source, tuple(reader.problems))))
    return mapping


class _UnusableError(ValueError):
    """A value that is not what its key needs."""


class _Reader:
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def whole(self, tree: Any) -> Mapping:
        tables = {name: self._table(node, name) for name, node in self._items(tree, "", KINDS)}
        return Mapping(**tables)

    def _table(self, node: Any, place: str) -> TableMapping:
        found: dict[str, Any] = {}
        keys = {name: read for name, read in _KEYS.items() if _ONLY_OF.get(name, place) == place}
        for name, inner in self._items(node, place, keys):
            try:
                found[name] = keys[name](inner)
            except _UnusableError as error:
                self.problems.append(Problem(inner.line, f"{place}.{name}", str(error)))
        both = set(found.get("columns", ())) & set(found.get("constants", ()))
        if both and isinstance(node, Node):
            message = f"{', '.join(sorted(both))} stands under columns and under constants. Keep one of them."
            self.problems.append(Problem(node.line, place, message))
        return TableMapping(**found)

    def _items(self, node: Any, place: str, known: Any) -> list[tuple[str, Any]]:
        if not isinstance(node, Node):
            self.problems.append(Problem(node.line, place, f"this must be a mapping with some of: {', '.join(known)}."))
            return []
        for name in node.items:
            if name not in known:
                guess = did_you_mean(name, known) or f" Known are {', '.join(known)}."
                where = f"{place}.{shortened(name)}" if place else shortened(name)
                self.problems.append(
                    Problem(node.key_lines[name], where, f"'{shortened(name)}' is not known here.{guess}")
                )
        return [(name, inner) for name, inner in node.items.items() if name in known]


def _text(node: Any) -> str:
    if not isinstance(node, Scalar) or not node.text.strip():
        raise _UnusableError("this must be a text.")
    return node.text


def _texts(node: Any) -> tuple[str, ...]:
    texts = tuple(map(_text, node.items)) if isinstance(node, Sequence) else (_text(node),)
    if not texts:
        raise _UnusableError("this list is empty. Name something, or remove the line.")
    return texts


def _named(read: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    def each(node: Any) -> dict[str, Any]:
        if not isinstance(node, Node):
            raise _UnusableError("this must be a mapping, {name: value}.")
        return {name: read(inner) for name, inner in node.items.items()}

    return each


def _timezone(node: Any) -> str:
    return checked_timezone(_text(node), _UnusableError)


def checked_timezone(name: str, error: type[Exception] = InputError) -> str:
    """The name of a time zone that exists; raises ``error`` for another."""
    if name not in available_timezones():
        guess = did_you_mean(name, available_timezones()) or " Write for example Europe/Berlin or UTC."
        raise error(f"'{shortened(name)}' is not a time zone.{guess}")
    return name


def _time_format(node: Any) -> str:
    text = _text(node)
    if text not in EPOCHS and "%" not in text:
        raise _UnusableError(
            f"'{shortened(text)}' is not a time format. Write for example \"%d/%m/%Y %H:%M\", "
            f"or one of {', '.join(EPOCHS)}."
        )
    return text


def _delimiter(node: Any) -> str:
    text = node.text if isinstance(node, Scalar) else ""
    sign = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|", "\\t": "\t"}.get(text, text)
    if len(sign) != 1 or not sign.isascii() or sign in '"\r\n':
        raise _UnusableError('a delimiter is one sign, for example ";", or tab.')
    return sign


_KEYS: Final[dict[str, Callable[[Any], Any]]] = {
    "columns": _named(_texts),
    "constants": _named(_text),
    "events": _named(_text),
    "values": _named(_text),
    "unknown": _texts,
    "timezone": _timezone,
    "time_format": _time_format,
    "encoding": _text,
    "delimiter": _delimiter,
    "sheet": _text,
}
_ONLY_OF: Final = {"events": "events", "values": "outcomes"}
"""Keys that only one kind of table has."""
