"""Leadline decides which marketing leads are qualified, and explains every decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline.agreement.reading import load_agreement, parse_agreement
    from leadline.operations.ask import next_question
    from leadline.operations.score import qualify

__version__ = "0.1.0"

__all__ = ["__version__", "load_agreement", "next_question", "parse_agreement", "qualify"]


def __getattr__(name: str) -> object:
    """Imports the library's functions when they are first used, so that importing the package costs nothing."""
    if name == "qualify":
        from leadline.operations.score import qualify

        return qualify
    if name == "next_question":
        from leadline.operations.ask import next_question

        return next_question
    if name in ("load_agreement", "parse_agreement"):
        from leadline.agreement import reading

        return getattr(reading, name)
    raise AttributeError(f"module 'leadline' has no attribute '{name}'")
