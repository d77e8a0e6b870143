"""Reads a job title in a dozen languages: how senior its holder is, and what the person works on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from leadline.fields.phrases import Mark, Phrases, edges_of, read_rows
from leadline.fields.words import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadline.fields.catalogue import JobFunction, JobLevel

TITLES_TABLE = "job_titles 2026.1"
"""Name and version of the shipped table and of how it is read: part of the fingerprint where it is used."""

_LEVELS: tuple[JobLevel, ...] = ("individual", "student", "manager", "director", "vp", "c_level")
_RANKS = {level: rank for rank, level in enumerate(_LEVELS)}
_MANAGER = _RANKS["manager"]


def job_level(title: str) -> JobLevel | None:
    """The level that a job title names; None for a blank one, "individual" if the table knows no word of it.

    Of several levels the highest wins; what the person assists, once was or is employed by does not count,
    and "Marketing Manager Intern" is a student. "n/a" and its like are blank. Source:
    ``tables/job_titles.tsv``, whose head states what was decided; nothing else has a part in the answer.
    """
    found = words(title)
    if _is_blank(found):
        return None
    reading = _Reading()
    for mark in _table().levels.marks(found):
        reading.take(mark)
    return reading.level()


def job_function(title: str) -> JobFunction | None:
    """What somebody with a job title works on; None for a blank one, "other" if no word of it is known.

    The phrase of the greatest weight decides, of equals the first: "VP Sales and Marketing" is sales,
    "Software Engineer, Marketing" engineering. Names of employers after "at" or "@" do not count. Source:
    ``tables/job_titles.tsv``.
    """
    found = words(title)
    if _is_blank(found):
        return None
    best, weight, employer = "other", 0, False
    for mark in _table().functions.marks(found):
        if mark.field == "function":
            if mark.weight > weight and not employer:
                best, weight = mark.value, mark.weight
        elif mark.field == "end" or mark.value == "and":
            employer = False
        elif mark.value == "employer":
            employer = True
    return cast("JobFunction", best)


def job_levels(titles: pa.Array[Any] | pa.ChunkedArray[Any]) -> pa.StringArray:
    """:func:`job_level` of the titles of a column of text, each distinct one read once; nulls stay."""
    return _each(titles, job_level)


def job_functions(titles: pa.Array[Any] | pa.ChunkedArray[Any]) -> pa.StringArray:
    """:func:`job_function` of the titles of a column of text, each distinct one read once; nulls stay."""
    return _each(titles, job_function)


def _each(titles: pa.Array[Any] | pa.ChunkedArray[Any], read: Callable[[str], str | None]) -> pa.StringArray:
    whole = titles.combine_chunks() if isinstance(titles, pa.ChunkedArray) else titles
    if isinstance(whole, pa.DictionaryArray):
        whole = whole.dictionary_decode()
    encoded = whole.cast(pa.string()).dictionary_encode()
    answers = pa.array([read(str(title)) for title in encoded.dictionary.to_pylist()], pa.string())
    return answers.take(encoded.indices)


@dataclass(slots=True)
class _Reading:
    """The highest rank so far (``before`` the last cut, ``here`` in the words since the last end).

    ``muted`` names the scope that hides levels until it ends. ``assists`` lasts from the word for assistant
    to the next cut: the person is at most a manager. ``bare`` holds while a part is nothing but "former".
    """

    best: int = 0
    before: int = 0
    here: int = 0
    studies: bool = False
    muted: str = ""
    assists: bool = False
    bare: bool = True

    def take(self, mark: Mark) -> None:
        if mark.field == "end" or mark.value == "and":
            self._end(mark.value)
        elif mark.field == "level":
            self._level(mark.value)
        elif mark.field == "scope" and not self.muted:
            self._scope(mark.value)
        if mark.value not in ("former", "retired", "and"):
            self.bare = mark.field == "end"

    def _scope(self, name: str) -> None:
        if name in ("retired", "whose"):
            self.here = 0
        self.muted = {"retired": "former", "whose": ""}.get(name, name)
        self.assists = self.assists or name == "others"

    def level(self) -> JobLevel:
        self._end("cut")
        return _LEVELS[self.best]

    def _level(self, name: str) -> None:
        rank = _RANKS[cast("JobLevel", name)]
        if self.muted or (self.assists and rank > _MANAGER):
            return
        self.studies = self.studies or name == "student"
        self.here = max(self.here, rank)

    def _end(self, how: str) -> None:
        self.best = max(self.best, _RANKS["student"] if self.studies else self.here)
        self.here, self.studies = 0, False
        if self.muted == "former" and how != "and" and self.bare:
            # "CEO (retired)", "Retired, CEO": standing alone, the word is about its neighbours.
            self.best = self.before
        elif self.muted != "former" or how != "and":
            self.muted = ""
        if how == "cut":
            self.muted, self.assists, self.before = "", False, self.best


@dataclass(frozen=True, slots=True)
class _Table:
    levels: Phrases
    functions: Phrases
    blanks: frozenset[tuple[str, ...]]


@lru_cache(maxsize=1)
def _table() -> _Table:
    text = files("leadline.fields").joinpath("tables/job_titles.tsv").read_text(encoding="utf-8")
    rows = read_rows(text)
    edges = edges_of(rows)
    table = _Table(
        Phrases(edges),
        Phrases(edges),
        frozenset(tuple(words(text)) for row in rows if row.mark.field == "blank" for text in row.phrases),
    )
    for row in rows:
        if row.mark.field in ("level", "scope", "ignored"):
            table.levels.add(row)
        if row.mark.field == "function" or row.mark.value in ("and", "employer"):
            table.functions.add(row)
    return table


def _is_blank(found: list[str]) -> bool:
    return not any(word[0].isalnum() for word in found) or tuple(found) in _table().blanks
