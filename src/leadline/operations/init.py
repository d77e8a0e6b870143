"""Writes an agreement to start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.agreement.template import template_text
from leadline.operations.writing import write_agreement_text

if TYPE_CHECKING:
    from pathlib import Path


def write_agreement(path: Path, name: str | None = None, *, replace: bool = False) -> None:
    """Writes the B2B SaaS agreement. Raises ``InputError`` if there is a file already and it shall stay."""
    text = template_text()
    if name is not None:
        from leadline.agreement.writing import amend

        text = amend(text, {"name": name})
    write_agreement_text(path, text, replace=replace)
