"""Looks whether the quotes of a delimited file are in order, block by block, while it is read."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

_QUOTE: Final = ord('"')


class DisorderError(Exception):
    """Quotes that open inside a cell, that more text follows, or that never close."""


class QuoteCheck:
    """Sees every byte once. A quote opens where a cell begins and closes where it ends; doubled ones stay inside.

    Readers disagree about anything else, and the fast one would swallow the rows that follow.
    """

    def __init__(self, delimiter: str) -> None:
        self._edges = np.zeros(256, bool)
        self._edges[[ord(sign) for sign in '\r\n"']] = True
        self._edges[list(delimiter.encode())] = True
        self._inside = False
        self._held = b"\n"

    def look(self, block: bytes) -> None:
        """Takes the next block. Raises ``DisorderError``."""
        seen = self._held + block
        if _QUOTE in seen:
            self._check(np.frombuffer(seen, np.uint8))
        self._held = seen[-2:]

    def finish(self) -> None:
        """Says that there is no more."""
        self.look(b"\n")
        if self._inside:
            raise DisorderError

    def _check(self, seen: npt.NDArray[np.uint8]) -> None:
        places = np.flatnonzero(seen[1:-1] == _QUOTE) + 1
        opens = (np.arange(len(places)) % 2 == 0) != self._inside
        beside = np.where(opens, seen[places - 1], seen[places + 1])
        if not self._edges[beside].all():
            raise DisorderError
        self._inside ^= len(places) % 2 == 1
