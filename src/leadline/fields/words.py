"""Cuts a job title into words that compare equal however they were typed: accents, dots, odd Unicode."""

from __future__ import annotations

import html
import re
import unicodedata

PART = ","
"""Stands where one part of a title ends: at a comma, slash, bracket, colon or dash."""

CUT = "|"
"""Stands where a title ends and another begins: at a bar, semicolon, bullet or line break."""

_LONGEST = 500  # characters; nobody's title is longer, and a pasted page must not cost time

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "'", "‘": "'"}
    | {"´": "'", "`": "'", "–": " - ", "—": " - ", "−": " - ", "‐": "-", "•": "|", "·": "|", "_": " "}
)
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_DOTTED = re.compile(r"(?<!\w)((?:[a-z]\.)+[a-z])(?!\w)\.?")
_GENDERED = re.compile(r"(?<=[a-z])[/:*(]-?(?:in|innen|trice|rice|a|e|ne|euse)\b\)?")
_WORD = re.compile(r"\w+(?:'s\b)?|[&+@,/():|;\n\[\]]|(?<=\s)-|-(?=\s)")
_ENDS = dict.fromkeys("/():[]-", PART) | dict.fromkeys(";\n", CUT)


def words(text: str) -> list[str]:
    """The words of ``text``, lower case and without accents, with :data:`PART` and :data:`CUT` between.

    HTML entities are read. A hyphen separates words; ``V.P.`` is one word, ``CEO's`` too (it is not the word
    ``CEO``); ``Leiter/in`` is ``leiter``. Only the first 500 characters are read.
    """
    folded = _folded(text[:_LONGEST])
    if "." in folded:
        folded = _DOTTED.sub(lambda found: found[1].replace(".", ""), folded)
    found = [_ENDS.get(word, word) for word in _WORD.findall(_GENDERED.sub("", folded))]
    while found and found[-1] == PART:
        found.pop()
    while found and found[0] == PART:
        found.pop(0)
    return found


def spellings(text: str) -> list[list[str]]:
    """The words of ``text`` in each usual spelling: ``Geschäftsführer`` also as ``Geschaeftsfuehrer``."""
    ways = [words(text), words(text.translate(_SPELT_OUT))]
    return ways if ways[0] != ways[1] else ways[:1]


def _folded(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    if text.isascii():
        return text.lower().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf")).translate(_LETTERS)
