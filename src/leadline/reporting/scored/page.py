"""What a report shows, as plain values: the border between finding figures out and drawing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Counted:
    """A name of the agreement or the catalogue, its meaning ("" where the name says it all), and how many."""

    name: str
    meaning: str
    count: int


@dataclass(frozen=True, slots=True)
class Driver:
    """A rule that moves engagement now: the leads it counts for, and the mean of its points there."""

    name: str
    meaning: str
    leads: int
    mean: float

    @property
    def together(self) -> float:
        """Points of all leads."""
        return self.leads * self.mean


@dataclass(frozen=True, slots=True)
class Share:
    """What one rule counts for a lead now, in points after all caps."""

    rule: str
    points: float


@dataclass(frozen=True, slots=True)
class Latest:
    """One qualification (``at`` in µs since 1970 UTC), and how the lead stands as of the report's moment."""

    lead: str
    at: int
    because: tuple[str, ...]
    stage: str
    fit: float
    grade: str
    engagement: float
    level: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Rows of one input that were left out for one reason."""

    source: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What people ask for first; ``waiting`` are MQLs, ``cooled`` those of them below the highest level."""

    leads: int
    visitors: int
    qualified_leads: int
    qualifications: int
    waiting: int
    cooled: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Leads by grade (rows, best first) and level (columns, hottest first)."""

    grades: tuple[str, ...]
    levels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the agreement in words: a ``heading``, a ``text``, or the items of a ``list``."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of a scoring run says. ``as_of`` in µs since 1970 UTC; times are shown in ``timezone``.

    ``weeks`` are (Monday, qualifications), oldest first; the last holds ``as_of``.
    """

    name: str
    version: str
    as_of: int
    timezone: str
    totals: Totals
    grid: Grid
    stages: tuple[Counted, ...]
    weeks: tuple[tuple[date, int], ...]
    reasons: tuple[Counted, ...]
    unknown: tuple[Counted, ...]
    drivers: tuple[Driver, ...]
    latest: tuple[Latest, ...]
    agreed: tuple[Block, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    rejected: tuple[Rejected, ...]
