"""Takes the agreement in words apart into headings, texts and lists, so that a page can set them as such."""

from __future__ import annotations

from typing import Final

from leadline.reporting.scored.page import Block

_ITEM: Final = "  - "
_LETTERS_MOST: Final = 40_000
_CUT: Final = "The agreement is longer than this page. `leadline check` says all of it."


def blocks_of(words: str) -> tuple[Block, ...]:
    """The blocks of ``agreement.words.in_words``; a very long agreement is cut, and says so."""
    blocks: list[Block] = []
    items: list[str] = []
    for line in [*words[:_LETTERS_MOST].split("\n"), ""]:
        if line.startswith(_ITEM):
            items.append(line.removeprefix(_ITEM))
            continue
        if items:
            blocks.append(Block("list", tuple(items)))
            items = []
        if line.strip():
            blocks.append(_line(line.strip()))
    if len(words) > _LETTERS_MOST:
        blocks.append(Block("text", (_CUT,)))
    return tuple(blocks)


def _line(line: str) -> Block:
    return Block("heading", (line.capitalize(),)) if line.isupper() else Block("text", (line,))
