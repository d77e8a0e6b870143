"""How an operation tells an entrance how far it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears about steps of work: ``done`` of ``total`` (``None``: unknown) of what ``step`` names."""

    def __call__(self, step: str, done: int, total: int | None) -> None: ...


def silent(step: str, done: int, total: int | None) -> None:
    """Nobody listens."""
