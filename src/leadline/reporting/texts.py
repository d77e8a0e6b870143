"""Makes strangers' texts fit to print: nothing invisible, endless, or turning the line around."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LETTERS_SHOWN: Final = 60
_REPLACEMENT: Final = "\ufffd"
_SPACES: Final = "\t\n\r\v\f\x85\u2028\u2029"
_ACCENTS: Final = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILE: Final = re.compile(f"({_ACCENTS}{{4}}){_ACCENTS}+")
"""More accents on one letter than any language has; piled up they would cover the lines above."""
_TURNING: Final = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""Characters that embed, override or isolate a direction; single marks stay: names need them."""


def clean(text: str) -> str:
    """The text on one line, with ``�`` for what cannot be printed or would reorder its surroundings."""
    if text.isascii() and text.isprintable():
        return text
    return _PILE.sub(r"\1", "".join(_printable(letter) for letter in text))


def _printable(letter: str) -> str:
    if letter in _SPACES:
        return " "
    if letter in _TURNING or unicodedata.category(letter) in ("Cc", "Cs"):
        return _REPLACEMENT
    return letter


def shortened(text: str, most: int = LETTERS_SHOWN) -> str:
    """At most ``most`` letters: the beginning and the end, where identifiers differ."""
    if len(text) <= most:
        return text
    end = most // 4
    return f"{text[: most - end - 1]}…{text[-end:]}"


def spoken(name: str) -> str:
    """A name of the agreement as people say it: ``hand_raise`` is ``Hand raise``."""
    words = name.replace("_", " ").strip() or name
    return words[:1].upper() + words[1:]
