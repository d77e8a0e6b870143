"""Compares a text with the one on disk; LEADLINE_WRITE_GOLDEN=1 writes it instead, for review."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def check_golden(path: Path, text: str) -> None:
    """Asserts that the file holds exactly the text."""
    if os.environ.get("LEADLINE_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; see {__doc__}"
