"""What the report of an analysis shows, as plain values: the border between finding out and drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline.analytics.cohorts import Month
    from leadline.analytics.conversion import Breakdown
    from leadline.analytics.duplicates import Duplicates
    from leadline.analytics.duration import Curve, Duration
    from leadline.analytics.gaps import Gap
    from leadline.analytics.lever import Lever
    from leadline.analytics.predictors import Predictor
    from leadline.analytics.quality import Flaw
    from leadline.estimates.shares import Share
    from leadline.learning.drafting import Trial
    from leadline.reporting.scored.page import Block


@dataclass(frozen=True, slots=True)
class Described:
    """A column: what it was taken for, the share of leads in which it is known, its distinct values, and examples."""

    name: str
    meaning: str
    known: float
    distinct: int
    examples: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """Columns that should not decide, for the same reason; ``loss`` is what the AUC of all columns loses without it.

    ``title`` is what they are called together.
    """

    title: str
    names: tuple[str, ...]
    degree: str
    reasons: tuple[str, ...]
    auc: float
    loss: float


@dataclass(frozen=True, slots=True)
class Drafted:
    """The first draft: its text, its map, what it says in plain English, and how it did on the later leads."""

    agreement: str
    mapping: str
    words: tuple[Block, ...]
    trial: Trial
    command: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """AUCs of models: of all columns, without the leaks, and of what was left, with the interval of that."""

    of_all: float
    without_leaks: float
    clean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Page:
    """What the report says. ``whole`` counts all leads as they were exported, ``fair`` those that can be judged.

    ``until`` is µs since 1970 UTC, ``None`` where the export knows no time; ``valued`` wins have a known value.
    ``sources`` are (judged, all) by column; ``sources_are_said``: whether those say where leads came from.
    """

    name: str
    tables: tuple[tuple[str, int, int], ...]
    leads: int
    until: int | None
    how: str
    no_outcome: str
    won: int
    lost: int
    open: int
    lost_is_said: bool
    value: float
    valued: int
    whole: Share
    fair: Share
    duration: Duration | None
    curve: Curve | None
    months: tuple[Month, ...]
    sources: tuple[tuple[Breakdown, Breakdown], ...]
    sources_are_said: bool
    owners: Breakdown | None
    flaws: tuple[Flaw, ...]
    duplicates: tuple[Duplicates, ...]
    predictors: tuple[Predictor, ...]
    suspects: tuple[Suspect, ...]
    ranking: Ranking | None
    gaps: tuple[Gap, ...]
    levers: tuple[Lever, ...]
    drafted: Drafted | None
    no_draft: str
    columns: tuple[Described, ...]
    notes: tuple[str, ...]
    broken: int
