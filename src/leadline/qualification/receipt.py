"""The receipt of a decision: every rule with its hits and caps, every fit rule, every criterion with its margin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from leadline.agreement.criteria import Compare, Quantity, comparisons
from leadline.agreement.document import PointsRule, StateRule
from leadline.fields.catalogue import STAGES
from leadline.qualification.chances import PROMISING, chances_of
from leadline.qualification.deciding import tiers
from leadline.qualification.layout import BITS_PER_WORD, NEVER, PRE
from leadline.qualification.planning import truths

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement, Rule
    from leadline.agreement.expressions import Condition
    from leadline.qualification.layout import Answers, Examination

Truth = Literal["true", "false", "unknown"]
TRUTHS: tuple[Truth, Truth, Truth] = ("false", "unknown", "true")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What a rule of engagement gives now. ``binds`` names the caps that cut its points: rule, group, total."""

    rule: str
    group: str | None
    hits: int
    accepted: int
    measure: float
    raw: float
    counted: float
    last_hit: int | None
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FitLine:
    """What a rule of a persona says of the profile; ``missing`` are the unknown fields that it asks for."""

    persona: str
    rule: str
    points: float
    truth: Truth
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompareLine:
    """One comparison of a criterion with both sides; numbers are NaN when unknown, names are texts."""

    text: str
    left: float | str
    right: float | str
    truth: Truth

    @property
    def margin(self) -> float:
        """How far the left side is above the right one; NaN for names and unknowns."""
        if isinstance(self.left, str) or isinstance(self.right, str):
            return math.nan
        return self.left - self.right


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """A way to qualify, and how near it is."""

    name: str
    text: str
    truth: Truth
    compares: tuple[CompareLine, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything about one lead as of a moment. Instants in µs."""

    lead_id: str
    as_of: int
    version: str
    stage: str
    fit: float
    persona: str
    grade: str
    engagement: float
    level: str
    reachable: bool
    knocked_out: tuple[str, ...]
    cool_until: int | None
    qualifications: tuple[tuple[int, tuple[str, ...]], ...]
    criteria: tuple[CriterionLine, ...]
    rules: tuple[RuleLine, ...]
    fits: tuple[FitLine, ...]
    unknown_fields: tuple[str, ...]
    chance: tuple[float, float, float] | None = None
    """Of becoming a customer within the agreement's horizon, with low and high; unknown where a score says nothing."""

    @property
    def may_qualify(self) -> bool:
        """Whether nothing but the criteria keeps the lead from qualifying now."""
        waiting = self.stage in ("lead", "engaged", "nurture")
        cooling = self.cool_until is not None and self.as_of <= self.cool_until
        return waiting and self.reachable and not self.knocked_out and not cooling


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile version in force: bits of conditions that are true or unknown, and of fields that are known."""

    truths: npt.NDArray[np.int64]
    unsure: npt.NDArray[np.int64]
    known: npt.NDArray[np.int64]
    reachable: bool


def receipt_of(
    agreement: Agreement,
    answers: Answers,
    examination: Examination,
    profile: Profile,
    subject: tuple[str, int, int],
) -> Receipt:
    """The receipt of one span; ``subject`` is its lead's id, its place among the answers, and its moment (µs)."""
    lead_id, span, as_of = subject
    lead = answers.leads[span]
    fields = _fields(agreement)
    cool = int(examination.cool_until[span])
    names = _Names(agreement, float(lead["fit"]), float(lead["engagement"]))
    stage = _stage(int(lead["stage"]), heard=bool(lead["two_way"]), reachable=profile.reachable)
    return Receipt(
        lead_id=lead_id,
        as_of=as_of,
        version=agreement.version,
        stage=stage,
        fit=float(lead["fit"]),
        persona=agreement.fit.personas[int(lead["persona"])].name,
        grade=names.grade,
        engagement=float(lead["engagement"]),
        level=names.level,
        reachable=profile.reachable,
        knocked_out=tuple(
            knockout.name for knockout in agreement.fit.knockouts if _truth(agreement, profile, knockout.when) == "true"
        ),
        cool_until=None if cool == NEVER else cool,
        qualifications=_qualifications(agreement, answers, span),
        criteria=_criteria(agreement, examination, span, names),
        rules=_rules(agreement, answers, span),
        fits=_fits(
            agreement,
            profile,
            frozenset(name for name in fields if not _bit(profile.known, fields.index(name))),
        ),
        unknown_fields=tuple(name for place, name in enumerate(fields) if not _bit(profile.known, place)),
        chance=_chance(agreement, stage, float(lead["fit"]) + float(lead["engagement"])),
    )


def _chance(agreement: Agreement, stage: str, score: float) -> tuple[float, float, float] | None:
    if agreement.chance is None or stage not in PROMISING:
        return None
    chance, low, high = chances_of(agreement.chance, np.array([score]))[0]
    return float(chance), float(low), float(high)


def _fields(agreement: Agreement) -> list[str]:
    from leadline.agreement.usage import lead_fields_used

    return list(lead_fields_used(agreement))


def _bit(words: npt.NDArray[np.int64], place: int) -> bool:
    return bool(int(words[place // BITS_PER_WORD]) >> (place % BITS_PER_WORD) & 1)


def _truth(agreement: Agreement, profile: Profile, condition: Condition) -> Truth:
    place = truths(agreement).index(condition)
    if _bit(profile.truths, place):
        return "true"
    return "unknown" if _bit(profile.unsure, place) else "false"


def _stage(stage: int, *, heard: bool, reachable: bool) -> str:
    if stage != PRE:
        return STAGES[stage + 2]
    return STAGES[0] if not reachable else STAGES[2] if heard else STAGES[1]


def _qualifications(agreement: Agreement, answers: Answers, span: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
    rows = answers.qualifications[: int(answers.found[0])]
    return tuple(
        (int(rows[place]["at"]), _because(agreement, answers.because[place]))
        for place in np.flatnonzero(rows["span"] == span)
    )


def _because(agreement: Agreement, words: npt.NDArray[np.int64]) -> tuple[str, ...]:
    return tuple(criterion.name for place, criterion in enumerate(agreement.mql.criteria) if _bit(words, place))


class _Names:
    """The names behind the numbers that criteria compare."""

    def __init__(self, agreement: Agreement, fit: float, engagement: float) -> None:
        grades = [*(name for name, _ in agreement.fit.grades), "D"]
        levels = [*(name for name, _ in agreement.engagement.levels), "cold"]
        self.of = {
            "persona": [persona.name for persona in agreement.fit.personas],
            "grade": grades,
            "level": levels,
        }
        self.grade = grades[_tier(fit, [bound for _, bound in agreement.fit.grades])]
        self.level = levels[_tier(engagement, [bound for _, bound in agreement.engagement.levels])]

    def value(self, quantity: Quantity, number: float) -> float | str:
        names = self.of.get(quantity.measure)
        return names[int(number)] if names else float(number)


def _tier(value: float, bounds: list[float]) -> int:
    return int(tiers(np.array([value]), np.array(bounds))[0])


def _criteria(agreement: Agreement, examination: Examination, span: int, names: _Names) -> tuple[CriterionLine, ...]:
    lines, place = [], 0
    for number, criterion in enumerate(agreement.mql.criteria):
        compares = []
        for compare in comparisons(criterion.when):
            compares.append(_compare_line(compare, examination, (span, place), names))
            place += 1
        truth = TRUTHS[int(examination.holds[span, number])]
        lines.append(CriterionLine(criterion.name, criterion.text, truth, tuple(compares)))
    return tuple(lines)


def _compare_line(compare: Compare, examination: Examination, cell: tuple[int, int], names: _Names) -> CompareLine:
    right = compare.right
    return CompareLine(
        text=str(compare),
        left=names.value(compare.left, float(examination.left[cell])),
        right=right if isinstance(right, str) else names.value(compare.left, float(examination.right[cell])),
        truth=TRUTHS[int(examination.compared[cell])],
    )


def _rules(agreement: Agreement, answers: Answers, span: int) -> tuple[RuleLine, ...]:
    groups = {group.name: place for place, group in enumerate(agreement.engagement.groups)}
    lines = []
    for place, rule in enumerate(agreement.engagement.rules):
        row = answers.rules[span, place]
        last_hit = int(row["last_hit"])
        lines.append(
            RuleLine(
                rule=rule.name,
                group=rule.group,
                hits=int(row["hits"]),
                accepted=0 if isinstance(rule, StateRule) else int(row["accepted"]),
                measure=float(row["measure"]),
                raw=float(row["raw"]),
                counted=float(row["counted"]),
                last_hit=None if last_hit == NEVER else last_hit,
                binds=_binds(agreement, rule, row, answers.groups[span], groups),
            )
        )
    return tuple(lines)


def _binds(
    agreement: Agreement,
    rule: Rule,
    row: np.void,
    group_sums: npt.NDArray[np.float64],
    groups: dict[str, int],
) -> tuple[str, ...]:
    binds = []
    if isinstance(rule, PointsRule) and rule.max is not None and row["capped"] != row["raw"]:
        binds.append("rule")
    group = next((group for group in agreement.engagement.groups if group.name == rule.group), None)
    after = float(row["capped"])
    if group is not None and group.max is not None and group_sums[groups[group.name]] == group.max and after > 0:
        binds.append("group")
    if abs(float(row["counted"]) - after) > 1e-5 and "group" not in binds:
        binds.append("total")
    return tuple(binds)


def _fits(agreement: Agreement, profile: Profile, unknown: frozenset[str]) -> tuple[FitLine, ...]:
    return tuple(
        FitLine(
            persona=persona.name,
            rule=rule.name,
            points=rule.points,
            truth=_truth(agreement, profile, rule.when),
            missing=tuple(name for name in rule.when.columns if name in unknown),
        )
        for persona in agreement.fit.personas
        for rule in persona.rules
    )
