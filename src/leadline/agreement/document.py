"""The agreement as frozen values: everything that a file says, after it has been checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from leadline.agreement.criteria import Comparison
    from leadline.agreement.expressions import Condition, Expression
    from leadline.fields.catalogue import Type

Calendar = Literal["day", "week", "month"]
Tier = tuple[str, float]
"""A name and its lower bound."""


@dataclass(frozen=True, slots=True)
class Field:
    """One declared fact about a lead; also a question of the lead form unless ``ask`` is false."""

    name: str
    type: Type
    label: str
    unit: str | None = None
    choices: tuple[str | float, ...] = ()
    ask: bool = True


@dataclass(frozen=True, slots=True)
class NamedList:
    """A set of texts for ``in_list``; ``file`` is where it came from, if from a file."""

    name: str
    values: frozenset[str]
    file: str | None = None


@dataclass(frozen=True, slots=True)
class FitRule:
    """Points for a persona while the condition is true of the profile."""

    name: str
    when: Condition
    points: float


@dataclass(frozen=True, slots=True)
class Persona:
    """One kind of buyer. ``rules`` in file order."""

    name: str
    label: str
    rules: tuple[FitRule, ...]


@dataclass(frozen=True, slots=True)
class Knockout:
    """Never an MQL while the condition is true of the profile."""

    name: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Fit:
    """Who fits. ``grades`` highest bound first; below the last is ``D``."""

    max: float
    grades: tuple[Tier, ...]
    knockouts: tuple[Knockout, ...]
    personas: tuple[Persona, ...]


@dataclass(frozen=True, slots=True)
class AtMost:
    """How many hits are accepted: ``count`` a calendar period, within a duration (µs), or ever."""

    count: int
    period: Calendar | Literal["ever"] | int
    by: str | None = None


@dataclass(frozen=True, slots=True)
class PointsRule:
    """Points for each accepted hit. ``half_life`` and ``expires`` in µs, ``None`` for never;
    inheritance is done.
    """

    name: str
    on: tuple[str, ...] | None
    points: float
    when: Condition | None = None
    at_most: AtMost | None = None
    half_life: int | None = None
    expires: int | None = None
    max: float | None = None
    group: str | None = None
    survives_reset: bool = False
    machines: bool = False


@dataclass(frozen=True, slots=True)
class ThresholdRule:
    """Points while enough was seen within a window (µs): a count of hits, a sum, or a number of values."""

    name: str
    on: tuple[str, ...] | None
    points: float
    at_least: float
    within: int
    when: Condition | None = None
    sum: Expression | None = None
    distinct: Expression | None = None
    group: str | None = None
    machines: bool = False


@dataclass(frozen=True, slots=True)
class StateRule:
    """Points while the condition is true of the profile."""

    name: str
    when: Condition
    points: float
    group: str | None = None


Rule = PointsRule | ThresholdRule | StateRule
"""A rule of engagement. ``on`` of ``None`` means ``any``."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rules whose contributions are limited together; ``max`` of ``None`` is uncapped."""

    name: str
    max: float | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    """What counts as interest. ``levels`` highest bound first, below the last is ``cold``;
    ``half_life`` in µs.
    """

    max: float
    half_life: int | None
    levels: tuple[Tier, ...]
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One named way to qualify."""

    name: str
    when: Comparison
    text: str


@dataclass(frozen=True, slots=True)
class Recycle:
    """When a lead that came back may qualify again. Durations in µs."""

    cooldown: int = 0
    reset: bool = False
    lost: int | None = None


@dataclass(frozen=True, slots=True)
class Mql:
    """When a lead is a marketing qualified lead; ``criteria`` in file order."""

    criteria: tuple[Criterion, ...]
    recycle: Recycle


@dataclass(frozen=True, slots=True)
class ChancePoint:
    """A score (fit + engagement) with the chance of becoming a customer there, and its interval; all within 0…1."""

    score: float
    chance: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LearnedFrom:
    """What a curve was learned from: leads and wins, known until then (µs), how, and for which scores."""

    leads: int
    wins: int
    until: int
    method: str
    scores: str | None = None


@dataclass(frozen=True, slots=True)
class Chance:
    """What a score says about becoming a customer within ``horizon`` (µs); ``curve`` ascends and is straight between
    its points.
    """

    horizon: int
    curve: tuple[ChancePoint, ...]
    learned_from: LearnedFrom | None = None


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """One thing that happens in a story: an event with its columns, or (``event`` ``None``) a changed
    profile.
    """

    event: str | None
    at: int
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """A test that domain people write: a lead, what happened, and what must come out at ``as_of``."""

    name: str
    line: int
    as_of: int
    lead: tuple[tuple[str, object], ...]
    records: tuple[StoryRecord, ...]
    expect: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of what marketing and sales agreed on."""

    name: str
    timezone: str
    currency: str
    fiscal_year_starts: int
    fields: tuple[Field, ...]
    lists: tuple[NamedList, ...]
    fit: Fit
    engagement: Engagement
    mql: Mql
    two_way: tuple[str, ...] = ()
    chance: Chance | None = None
    stories: tuple[Story, ...] = field(default=(), compare=False)

    @property
    def version(self) -> str:
        """Fingerprint of the whole meaning, 16 hexadecimal digits."""
        from leadline.agreement.fingerprint import version_of

        return version_of(self)

    @property
    def title_of(self) -> dict[str, str]:
        """What each declared field is called on a form, by field name."""
        return {declared.name: declared.label for declared in self.fields}
