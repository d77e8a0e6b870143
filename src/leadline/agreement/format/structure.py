"""From YAML nodes to plain values by the declared shape: the unknown, wrong and missing is reported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from leadline.agreement.format.leaves import READERS
from leadline.agreement.format.shape import STORY_RECORD, Key, Kind, Listed, Named, Section
from leadline.agreement.format.yaml_tree import Mapping, Node, Scalar, Sequence
from leadline.agreement.sql.text import did_you_mean, shortened
from leadline.errors import Problem

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
KEYS_MAX: Final = 200
"""More unknown names than this in one section are not worth a message each."""


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
        if len(node.items) > KEYS_MAX:
            self.report(node.line, place, f"{len(node.items):,} entries; {KEYS_MAX} is the most.")
            return None
        found: dict[str, Written] = {}
        for name, inner in node.items.items():
            where = f"{place}.{name}" if place else name
            key = section.key(name)
            if key is None and section is STORY_RECORD:
                key = Key(name, Kind.ANY, "")
            if key is None:
                self.report(node.key_lines[name], shortened(where), _unknown(name, section))
            elif isinstance(inner, Scalar) and inner.value is None and key.holds is not Kind.ANY:
                self.report(inner.line, where, f"{name} is empty. Write a value or remove the line.")
            elif (value := self.read(inner, key.holds, where)) is not None:
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
                    f"'{shortened(name)}' cannot be a name. Write lower-case letters, digits and "
                    f"underscores, "
                    f"a letter first{_name_hint(name)}.",
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
            value = READERS[kind](node)
        except ValueError as error:
            self.report(node.line, place, str(error))
            return None
        return Written(value, node.line, place, {})


def _unknown(name: str, section: Section) -> str:
    names = [key.name for key in section.keys]
    if name == "<<":
        return "merge keys (<<) are not allowed. Write the values out."
    if name.isdigit():
        return f"'{shortened(name)}' is not known here. A decimal number is written with a point: 1.5."
    way_out = did_you_mean(name, names) or f" Known are {', '.join(names)}."
    return f"'{shortened(name)}' is not known here.{way_out}"


def _name_hint(name: str) -> str:
    mended = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    return f", for example {mended}" if NAME.fullmatch(mended) else ""
