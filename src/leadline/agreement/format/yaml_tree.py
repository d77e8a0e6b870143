"""YAML text as a tree of nodes that know their lines: bounded, typed by the core schema of YAML 1.2."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from leadline.errors import AgreementError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTES_MAX: Final = 128 * 1024
NODES_MAX: Final = 20_000
DEPTH_MAX: Final = 12
SCALAR_LENGTH_MAX: Final = 4_000

Plain = str | float | int | bool | None

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value, typed by YAML 1.2's core schema (``on`` and ``NO`` are text). Lines count from 1."""

    value: Plain
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Named nodes in file order; every key is a text and stands once."""

    items: dict[str, Node]
    key_lines: dict[str, int]
    line: int


Node = Scalar | Sequence | Mapping


def parse_yaml(text: str, source: str) -> tuple[Node, list[Problem]]:
    """The tree of a document, and what is wrong with its keys. Raises ``AgreementError`` if it is no YAML."""
    size = len(text.encode("utf-8", "replace"))
    if size > BYTES_MAX:
        _refuse(
            source,
            0,
            f"the file has {size:,} bytes; {BYTES_MAX:,} is the most. Put long sets into list files.",
        )
    reader = _Reader(text, source)
    return reader.document(), reader.problems


_TOO_DEEP: Final = f"the file is nested deeper than {DEPTH_MAX} levels. Write it flatter."


def _refuse(source: str, line: int, message: str) -> tuple[Node, list[Problem]]:
    raise AgreementError(source, (Problem(line, "", message),))


class _Reader:
    """Builds nodes from parse events, one at a time, so that hostile text is refused before it is
    expanded.
    """

    def __init__(self, text: str, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.count = 0
        self.events = self._bounded(text)

    def _bounded(self, text: str) -> Iterator[object]:
        import ruamel.yaml

        try:
            yield from self._counted(ruamel.yaml.YAML(typ="rt", pure=True).parse(io.StringIO(text, newline="")))
        except AgreementError:
            raise
        except ruamel.yaml.error.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(str(error.problem or error.context or "unreadable").split())
            message = (
                f"this is not YAML: {what[:100]}. Look at quotes, colons and indentation here and in the line above."
            )
            _refuse(self.source, mark.line + 1 if mark else 0, message)
        except ruamel.yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 0
            message = f"the character U+{error.character:04X} is not allowed in a text file. Remove it."
            _refuse(self.source, line, message)
        except RecursionError:
            _refuse(self.source, 0, _TOO_DEEP)
        except Exception:  # noqa: BLE001 - a stranger's text met a gap in somebody else's parser
            _refuse(self.source, 0, "this is not YAML that can be read. Look for stray backslashes and tags.")

    def _counted(self, events: Iterator[Any]) -> Iterator[object]:
        from ruamel.yaml import events as kinds

        depth = 0
        for event in events:
            line = event.start_mark.line + 1
            self.count += 1
            if self.count > NODES_MAX:
                _refuse(
                    self.source,
                    line,
                    f"the file has more than {NODES_MAX:,} values. Put long sets into list files.",
                )
            if isinstance(event, kinds.AliasEvent) or getattr(event, "anchor", None):
                _refuse(self.source, line, "anchors (&) and aliases (*) are not allowed. Write the value out.")
            if getattr(event, "ctag", None):
                _refuse(self.source, line, "tags (!) are not allowed. Write the plain value.")
            if isinstance(event, kinds.MappingStartEvent | kinds.SequenceStartEvent):
                depth += 1
                if depth > DEPTH_MAX:
                    _refuse(self.source, line, _TOO_DEEP)
            elif isinstance(event, kinds.MappingEndEvent | kinds.SequenceEndEvent):
                depth -= 1
            yield event

    def document(self) -> Node:
        from ruamel.yaml import events as kinds

        root: Node | None = None
        for event in self.events:
            if isinstance(event, kinds.DocumentStartEvent) and root is not None:
                _refuse(
                    self.source,
                    event.start_mark.line + 1,
                    "the file has two documents. Remove the '---' between.",
                )
            if isinstance(event, kinds.ScalarEvent | kinds.SequenceStartEvent | kinds.MappingStartEvent):
                root = self.node(event, "")
        if root is None or (isinstance(root, Scalar) and root.value is None):
            _refuse(self.source, 0, "the file is empty. `leadline init` writes an agreement to start from.")
            raise AssertionError
        return root

    def node(self, event: Any, place: str) -> Node:
        from ruamel.yaml import events as kinds

        line = event.start_mark.line + 1
        if isinstance(event, kinds.ScalarEvent):
            return self.scalar(event.value, quoted=bool(event.style), line=line)
        if isinstance(event, kinds.SequenceStartEvent):
            entries: list[Node] = []
            while not isinstance(inner := next(self.events), kinds.SequenceEndEvent):
                entries.append(self.node(inner, f"{place}[{len(entries)}]"))
            return Sequence(tuple(entries), line)
        return self.mapping(line, place)

    def mapping(self, line: int, place: str) -> Mapping:
        from ruamel.yaml import events as kinds

        items: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        while not isinstance(inner := next(self.events), kinds.MappingEndEvent):
            key_node = self.node(inner, place)
            key = key_node.text if isinstance(key_node, Scalar) else ""
            where = f"{place}.{key[:60]}" if place else key[:60]
            value = self.node(next(self.events), where)
            if not isinstance(key_node, Scalar):
                message = "a name must be a single word, not a list or a mapping."
                self.problems.append(Problem(key_node.line, place, message))
            elif key in items:
                message = f"'{key[:60]}' stands twice (first in line {key_lines[key]}). Remove or rename one."
                self.problems.append(Problem(key_node.line, where, message))
            else:
                items[key], key_lines[key] = value, key_node.line
        return Mapping(items, key_lines, line)

    def scalar(self, text: str, *, quoted: bool, line: int) -> Scalar:
        if len(text) > SCALAR_LENGTH_MAX:
            limit = f"{SCALAR_LENGTH_MAX:,} is the most. Put long sets into list files."
            _refuse(self.source, line, f"a text of {len(text):,} characters; {limit}")
        if found := _CONTROL.search(text):
            _refuse(self.source, line, f"the character U+{ord(found[0]):04X} is not allowed. Remove it.")
        return Scalar(text if quoted else plain_of_text(text), text, line)


def plain_of_text(text: str) -> Plain:
    """What an unquoted text is in the core schema."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
