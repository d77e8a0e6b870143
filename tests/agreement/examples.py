"""The agreement of the semantics page, and a small one to change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leadline.agreement.reading import parse_agreement

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

HERE = Path(__file__).parent
EXAMPLE = HERE / "example.yaml"


def example_text() -> str:
    """The agreement of the semantics page."""
    return EXAMPLE.read_text(encoding="utf-8")


def parsed(text: str) -> Agreement:
    """An agreement whose list files lie beside the example."""
    return parse_agreement(text, folder=HERE)


def changed(*replacements: tuple[str, str], text: str | None = None) -> Agreement:
    """The example with pieces of its text replaced."""
    result = example_text() if text is None else text
    for old, new in replacements:
        assert old in result, old
        result = result.replace(old, new)
    return parsed(result)
