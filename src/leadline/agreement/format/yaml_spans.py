"""Where each value of a YAML text stands, so that one can be replaced without touching the rest."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import Any, Final

from leadline.agreement.format.yaml_tree import plain_of_text

_PLAIN: Final = re.compile(r"(?:[A-Za-z0-9_/.]|[-+][0-9.])(?:[A-Za-z0-9 _./+%@()-]*[A-Za-z0-9_./+%@()-])?")
_BREAKS: Final = re.compile(r"[\x7f-\xa0\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True)
class Spot:
    """One value: its characters from ``start`` to ``end`` (comments behind it excluded) and what is inside.

    ``keys`` are the spots of a mapping's keys, ``items`` of its values or of a list's entries;
    ``style`` is the quote of a text (``|`` and ``>`` for blocks); ``column`` counts from 0.
    """

    kind: str
    start: int
    end: int
    column: int
    flow: bool
    style: str
    text: str
    keys: tuple[Spot, ...] = ()
    items: tuple[Spot, ...] = ()

    def index(self, name: str) -> int | None:
        """The position of a key in a mapping."""
        return next((i for i, key in enumerate(self.keys) if key.text == name), None)


def spots_of(text: str) -> Spot:
    """The root of a text that ``parse_yaml`` accepted and that has no byte order mark."""
    import ruamel.yaml

    return _spot(ruamel.yaml.YAML(typ="safe", pure=True).compose(text), text)


def _spot(node: Any, text: str) -> Spot:
    start, end = node.start_mark.index, node.end_mark.index
    kind = str(node.id)
    keys: tuple[Spot, ...] = ()
    items: tuple[Spot, ...] = ()
    flow = bool(getattr(node, "flow_style", False))
    style = str(node.style or "") if kind == "scalar" else ""
    if kind == "mapping":
        keys = tuple(_spot(key, text) for key, _ in node.value)
        items = tuple(_spot(value, text) for _, value in node.value)
    elif kind == "sequence":
        items = tuple(_spot(item, text) for item in node.value)
    if items and not flow:
        end = items[-1].end
    elif style in ("|", ">"):
        end = start + len(text[start:end].rstrip())
    value = str(node.value) if kind == "scalar" else ""
    return Spot(kind, start, end, node.start_mark.column, flow, style, value, keys, items)


def written(value: object, style: str = "") -> str:
    """A value in YAML on one line. ``style`` is the quote to keep for a text. Raises ``ValueError``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return _text(value, style)
    if isinstance(value, AnyMapping):
        inner = (f"{_text(str(name), '')}: {written(item)}" for name, item in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(item) for item in value) + "]"
    raise ValueError(f"a {type(value).__name__} cannot be written into an agreement.")


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written into an agreement.")
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _text(text: str, style: str) -> str:
    if style == "'" and "\n" not in text and not _BREAKS.search(text):
        return "'" + text.replace("'", "''") + "'"
    if style == "" and _PLAIN.fullmatch(text) and plain_of_text(text) == text:
        return text
    return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
