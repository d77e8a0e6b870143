"""What an agreement may say but cannot have meant: criteria that nobody can meet, rules that can never fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.errors import Problem

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement
    from leadline.agreement.structure import Written


def implausible(agreement: Agreement, written: Written) -> list[Problem]:
    """Warnings about a readable agreement, each with its line."""
    return []
