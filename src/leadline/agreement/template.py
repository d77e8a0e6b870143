"""Agreements to start from, shipped with the package: each works as it is, and its comments say why."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

TEMPLATES: Final = ("b2b_saas",)
"""The names of the shipped agreements; the first is the one that `leadline init` writes."""


@cache
def template_text(name: str = TEMPLATES[0]) -> str:
    """The text of a shipped agreement. Raises ``KeyError`` for a name that is not in ``TEMPLATES``."""
    if name not in TEMPLATES:
        raise KeyError(name)
    return (files("leadline.agreement") / "templates" / f"{name}.yaml").read_text(encoding="utf-8")
