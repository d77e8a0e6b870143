"""Writes changes into the text of an agreement; comments, order and spaces of all else stay."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from typing import TYPE_CHECKING, Any, Final

from leadline.agreement.format.yaml_spans import Spot, spots_of, written
from leadline.agreement.format.yaml_tree import Mapping, Node, Scalar, parse_yaml
from leadline.agreement.sql.text import did_you_mean
from leadline.errors import AgreementError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

REMOVE: Final = object()
"""Stands for a value that goes away: ``{"engagement.rules.pricing": REMOVE}``."""

_BOM: Final = "\ufeff"
_PART: Final = re.compile(r"\[(\d+)\]$")

Edit = tuple[int, int, str]
"""The characters from start to end become another text."""


def amend(text: str, changes: AnyMapping[str, object]) -> str:
    """The text with values changed, added or removed by dotted place (``engagement.rules.pricing.points``).

    A mapping or a list replaces what stands at its place entry by entry. What does not exist is added at the
    end of its section. Lines without a change stay as they are, to the byte. Raises ``AgreementError`` where
    a place does not exist or the result would not say exactly what was asked for.
    """
    mark, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    node, problems = parse_yaml(body, _SOURCE)
    if problems:
        raise AgreementError(_SOURCE, tuple(problems))
    wanted = plain(node)
    for place, value in changes.items():
        if not place:
            raise _refused(place, "a change needs a place, for example engagement.rules.pricing.points.")
        wanted = _applied(wanted, _path(wanted, place), value, place)
    body = _written(body, plain(node), wanted)
    again, problems = parse_yaml(body, _SOURCE)
    if problems or not _same(plain(again), wanted):
        raise _refused("", "the change cannot be written without touching other parts. Edit the file by hand.")
    return mark + body


_SOURCE: Final = "amendment"


def _refused(place: str, message: str) -> AgreementError:
    return AgreementError(_SOURCE, (Problem(0, place, message),))


def plain(node: Node) -> Any:
    """A parsed document as dictionaries, lists and plain values."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {name: plain(item) for name, item in node.items.items()}
    return [plain(item) for item in node.items]


def _same(left: Any, right: Any) -> bool:
    """Equality in which ``True`` is not 1 and the order of names does not count."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _path(document: Any, place: str) -> list[str | int]:
    """The steps of a dotted place; a name that holds dots itself is found by trying the longest first."""
    steps: list[str | int] = []
    rest = place.split(".")
    while rest:
        size = next(
            (n for n in range(len(rest), 1, -1) if isinstance(document, dict) and ".".join(rest[:n]) in document),
            1,
        )
        name, rest = ".".join(rest[:size]), rest[size:]
        index = _PART.search(name) if not (isinstance(document, dict) and name in document) else None
        steps.append(name[: index.start()] if index else name)
        document = document.get(steps[-1]) if isinstance(document, dict) else None
        if index:
            steps.append(int(index[1]))
            entry = int(index[1])
            document = document[entry] if isinstance(document, list) and entry < len(document) else None
    return steps


def _applied(document: Any, path: Sequence[str | int], value: object, place: str) -> Any:
    """A copy of a document with one change: what the text must say afterwards."""
    if not path:
        return _plain_value(value, place)
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        if not isinstance(document, list) or step >= len(document):
            raise _refused(place, "there is no such entry in the list. Entries count from 0.")
        entries = [*document]
        entries[step : step + 1] = (
            [] if value is REMOVE and not rest else [_applied(document[step], rest, value, place)]
        )
        return entries
    if not isinstance(document, dict) or (value is REMOVE and step not in document):
        guess = did_you_mean(step, document) if isinstance(document, dict) else ""
        raise _refused(place, f"there is no '{step}' here.{guess or ' Look at the names in the file.'}")
    found = dict(document)
    if value is REMOVE and not rest:
        del found[step]
    else:
        found[step] = _applied(found.get(step, {}) if rest else None, rest, value, place)
    return found


def _plain_value(value: object, place: str) -> Any:
    if isinstance(value, AnyMapping):
        return {str(name): _plain_value(item, place) for name, item in value.items() if item is not REMOVE}
    if isinstance(value, list | tuple):
        return [_plain_value(item, place) for item in value]
    if value is None or isinstance(value, str | int | float):
        try:
            written(value)
        except ValueError as error:
            raise _refused(place, str(error)) from None
        return value
    raise _refused(place, f"a {type(value).__name__} cannot be written into an agreement.")


def _written(text: str, before: Any, after: Any) -> str:
    """The text whose document was ``before``, saying ``after``."""
    writer = _Writer(text)
    writer.change(spots_of(text), before, after)
    for start, end, new in sorted(writer.edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
        text = text[:start] + new + text[end:]
    return text


class _Writer:
    """Collects the edits that turn what is written into what is wanted; each is as small as it can be."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line_break = "\r\n" if "\r\n" in text else "\n"
        self.edits: list[Edit] = []

    def change(self, spot: Spot, before: Any, after: Any, colon: int = -1) -> None:
        """Edits of one value; ``colon`` is the place behind the colon of its key, if it has one."""
        if _same(before, after):
            return
        if spot.kind == "mapping" and isinstance(after, dict) and after:
            self.change_mapping(spot, before, after)
        elif spot.kind == "sequence" and isinstance(after, list) and after:
            self.change_list(spot, before, after)
        elif spot.items and not spot.flow and colon >= 0:
            # a block below its key gives way to a value beside it
            self.edits.append((colon, colon, f" {written(after)}"))
            self.edits.append((self.line_start(spot.start), self.line_end(spot.end), ""))
        else:
            lead = " " if spot.start == spot.end else ""
            self.edits.append((spot.start, spot.end, lead + written(after, _kept_style(spot))))

    def change_mapping(self, spot: Spot, before: dict[str, Any], after: dict[str, Any]) -> None:
        gone = [i for i, key in enumerate(spot.keys) if key.text not in after]
        for key, item in zip(spot.keys, spot.items, strict=True):
            if key.text in after:
                colon = self.text.index(":", key.end) + 1
                self.change(item, before[key.text], after[key.text], colon)
        spans = [(key.start, item.end) for key, item in zip(spot.keys, spot.items, strict=True)]
        self.remove(spot, spans, gone)
        new = [f"{written(name)}: {self.entry(value)}" for name, value in after.items() if name not in before]
        self.add(spot, new, emptied=len(gone) == len(spans))

    def change_list(self, spot: Spot, before: list[Any], after: list[Any]) -> None:
        kept, rest = [], [*after]
        for index, item in enumerate(before):  # the entries that stay, in order
            if rest and _same(item, rest[0]):
                kept.append(index)
                rest.pop(0)
        if len(kept) < min(len(before), len(after)) and len(before) == len(after):
            for item, old, new in zip(spot.items, before, after, strict=True):
                self.change(item, old, new)
            return
        gone = [index for index in range(len(before)) if index not in kept]
        starts = [item.start if spot.flow else self.text.rindex("-", 0, item.start) for item in spot.items]
        self.remove(spot, [(start, item.end) for start, item in zip(starts, spot.items, strict=True)], gone)
        dash = "" if spot.flow else "- "
        self.add(spot, [f"{dash}{self.entry(value)}" for value in rest], emptied=not kept)

    @staticmethod
    def entry(value: Any) -> str:
        """A new value; a text with spaces and signs in double quotes, as conditions are written."""
        return written(value, '"' if isinstance(value, str) and re.search(r"[<>=']", value) else "")

    def remove(self, spot: Spot, spans: list[tuple[int, int]], gone: list[int]) -> None:
        if spot.flow:
            self.remove_from_flow(spans, gone)
            return
        for index in gone:
            start, end = spans[index]
            line_start = self.line_start(start)
            if self.text[line_start:start].strip():  # behind a dash: the next name moves up
                following = spans[index + 1][0] if index + 1 < len(spans) else end
                self.edits.append((start, following, ""))
            else:
                self.edits.append((line_start, self.line_end(end), ""))

    def remove_from_flow(self, spans: list[tuple[int, int]], gone: list[int]) -> None:
        kept = [index for index in range(len(spans)) if index not in gone]
        for index in gone:
            if any(other > index for other in kept):
                self.edits.append((spans[index][0], spans[index + 1][0], ""))
            elif kept:
                self.edits.append((spans[index - 1][1], spans[index][1], ""))
            else:
                start = spans[index - 1][1] if index else spans[index][0]
                self.edits.append((start, spans[index][1], ""))

    def add(self, spot: Spot, new: list[str], *, emptied: bool) -> None:
        if not new:
            return
        if spot.flow or not spot.items:
            inner = ", ".join(new)
            at = spot.items[-1].end if spot.items else spot.start + 1
            self.edits.append((at, at, inner if emptied else f", {inner}"))
            return
        at = self.line_end(spot.end)
        indent = " " * spot.column
        lines = "".join(f"{indent}{line}{self.line_break}" for line in new)
        ended = at == 0 or self.text[at - 1] == "\n"
        self.edits.append((at, at, lines if ended else self.line_break + lines.rstrip("\r\n")))

    def line_start(self, position: int) -> int:
        return self.text.rfind("\n", 0, position) + 1

    def line_end(self, position: int) -> int:
        found = self.text.find("\n", position)
        return len(self.text) if found < 0 else found + 1


def _kept_style(spot: Spot) -> str:
    return spot.style if spot.style in ("'", '"') else ""
