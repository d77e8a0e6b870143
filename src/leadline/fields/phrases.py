"""Finds the phrases of a shipped table in the words of a text, however many phrases the table has."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from leadline.fields.words import CUT, PART, spellings, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_WORDS_KNOWN = 100_000  # bounds the memory for words looked up once


class Mark(NamedTuple):
    """What a phrase of the table means: a value of one of its fields, with a weight where it has any."""

    field: str
    value: str
    weight: int = 0


WORD = Mark("word", "word")
"""Any word that the table does not know."""

ENDS = {PART: Mark("end", "part"), CUT: Mark("end", "cut")}
"""The end of a part of the text, and of a text within the text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: phrases with one meaning, and where they do not have it."""

    mark: Mark
    phrases: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row, what they mean, and where they do not mean it.

    ``places`` may hold ``^`` (the text, or one within it, must begin so), ``[`` (a part must begin so) and
    ``]`` (a part must end so).
    """

    words: tuple[str, ...]
    mark: Mark
    places: str
    not_after: frozenset[str]
    not_before: frozenset[str]

    def stands_at(self, start: int, text: list[str], edges: frozenset[str]) -> bool:
        """Whether the phrase, already found to be at ``start``, has its meaning there."""
        end = start + len(self.words)
        before = text[start - 1] if start else ""
        after = text[end] if end < len(text) else ""
        if before in self.not_after or after in self.not_before:
            return False
        if not self.places:
            return True
        return (
            ("^" not in self.places or before in ("", CUT))
            and ("[" not in self.places or before in edges)
            and ("]" not in self.places or after in edges)
        )


@dataclass(slots=True)
class Phrases:
    """Phrases by their first word, and words by their beginning (``x*``) or end (``*x``, longer than x).

    A longer phrase hides a shorter one, a whole word hides its beginning or end; of equals the first counts.
    """

    edges: frozenset[str]
    whole: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    beginnings: dict[str, Phrase] = field(default_factory=dict)
    endings: dict[str, Phrase] = field(default_factory=dict)
    known: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        places = "".join(sign for sign in row.unless if sign in ("^", "[", "]"))
        not_after = frozenset(sign[1:] for sign in row.unless if sign[0] == "<")
        not_before = frozenset(sign[1:] for sign in row.unless if sign[0] == ">")
        for text in row.phrases:
            for spelling in spellings(text):
                phrase = Phrase(tuple(spelling), row.mark, places, not_after, not_before)
                if text.endswith("*"):
                    self.beginnings.setdefault(spelling[0], phrase)
                elif text.startswith("*"):
                    self.endings.setdefault(spelling[0], phrase)
                else:
                    self.whole[spelling[0]].append(phrase)

    def marks(self, text: list[str]) -> Iterator[Mark]:
        """What the words of ``text`` mean, from the first to the last."""
        start, end = 0, len(text)
        while start < end:
            word = text[start]
            phrases = self.known.get(word)
            if phrases is None:
                phrases = self._starting_with(word)
            length, mark = 1, ENDS.get(word, WORD)
            for phrase in phrases:
                size = len(phrase.words)
                if size > 1 and tuple(text[start : start + size]) != phrase.words:
                    continue
                if phrase.stands_at(start, text, self.edges):
                    length, mark = size, phrase.mark
                    break
            yield mark
            start += length

    def _starting_with(self, word: str) -> tuple[Phrase, ...]:
        found = sorted(self.whole.get(word, ()), key=lambda phrase: -len(phrase.words))
        for size in range(len(word), 2, -1):
            ending = self.endings.get(word[-size:]) if size < len(word) else None
            found += [phrase for phrase in (self.beginnings.get(word[:size]), ending) if phrase]
        if len(self.known) < _MOST_WORDS_KNOWN:
            self.known[word] = tuple(found)
        return tuple(found)


def read_rows(text: str) -> list[Row]:
    """The rows of a table: tabs between columns, ``#`` before remarks, the first line names the columns.

    Raises ValueError, with the line's number, for a line that does not have as many columns as the first.
    """
    lines = [(number, line.split("\t")) for number, line in enumerate(text.split("\n"), 1) if line[:1] not in ("", "#")]
    (_, names), *rows = lines
    found = []
    for number, cells in rows:
        if len(cells) != len(names):
            raise ValueError(f"line {number}: {len(cells)} columns, not {len(names)}")
        cell = dict(zip(names, cells, strict=True))
        weight = int(cell["weight"].replace("-", "0"))
        mark = Mark(cell["field"], cell["value"], weight)
        found.append(Row(mark, tuple(cell["phrases"].split("; ")), tuple(cell["unless"].split())))
    return found


def edges_of(rows: list[Row]) -> frozenset[str]:
    """What may stand around a part of a text: its start or end, a stop, a word for "and"."""
    joins = {" ".join(words(text)) for row in rows if row.mark == Mark("scope", "and") for text in row.phrases}
    return frozenset({"", PART, CUT} | joins)
