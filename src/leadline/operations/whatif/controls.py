"""The numbers and texts of an agreement that can be tried: each with its place, what the file says, and its range."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from leadline.agreement.criteria import Compare, comparisons
from leadline.agreement.document import PointsRule, ThresholdRule
from leadline.agreement.format.shape import Kind
from leadline.agreement.words import fit_rule_in_words, rule_in_words, vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.document import Agreement, Criterion, Rule
    from leadline.agreement.wording.conditions import Vocabulary

Shown = Literal["number", "duration", "criterion"]

LITERAL: Final = re.compile(r"'(?:[^']|'')*'|(?<![\w.])(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?![\w.])")
"""Numbers of a criterion, and the texts in which a number is none."""


@dataclass(frozen=True, slots=True)
class Range:
    """Where a slider goes; beyond it, a number can still be typed."""

    low: float
    high: float
    step: float


@dataclass(frozen=True, slots=True)
class Constant:
    """A number inside a criterion; ``number`` counts the numbers of its text from 0."""

    number: int
    label: str
    value: float
    range: Range


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that can be changed. ``written`` is what the file says, empty where it says nothing; then ``otherwise``
    holds. ``kind`` is what may stand there; ``needed``: it may not be left empty.
    """

    place: str
    label: str
    kind: Kind
    written: str
    otherwise: str = ""
    unit: str = ""
    needed: bool = False
    range: Range | None = None
    constants: tuple[Constant, ...] = ()

    @property
    def shown(self) -> Shown:
        """As what it is drawn."""
        if self.kind is Kind.CRITERION:
            return "criterion"
        return "duration" if self.kind in (Kind.DURATION, Kind.DURATION_OR_NEVER) else "number"


@dataclass(frozen=True, slots=True)
class Line:
    """One rule or tier: its main control, what it means in words, and further controls behind it."""

    name: str
    control: Control
    words: str = ""
    more: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under a heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the agreement: who qualifies, interest, fit."""

    name: str
    title: str
    blocks: tuple[Block, ...]

    def controls(self) -> Iterator[Control]:
        """All its controls."""
        for block in self.blocks:
            for line in block.lines:
                yield line.control
                yield from line.more


def panels_of(agreement: Agreement, said: dict[str, Any]) -> tuple[Panel, ...]:
    """The controls of an agreement; ``said`` is its document as plain values, for what is stated and what inherited."""
    maker = _Maker(agreement, said)
    return (maker.qualifying(), maker.interest(), maker.fit())


class _Maker:
    def __init__(self, agreement: Agreement, said: dict[str, Any]) -> None:
        self.agreement = agreement
        self.said = said
        self.words: Vocabulary = vocabulary_of(agreement)

    def qualifying(self) -> Panel:
        criteria = tuple(self._criterion(criterion) for criterion in self.agreement.mql.criteria)
        cooldown = Control(
            "mql.recycle.cooldown", "Cool-down", Kind.DURATION, self._text("mql", "recycle", "cooldown"),
            otherwise="none", range=Range(1, 180, 1),
        )  # fmt: skip
        lost = Control(
            "mql.recycle.lost", "Lost leads return after", Kind.DURATION, self._text("mql", "recycle", "lost"),
            otherwise="never", range=Range(1, 720, 1),
        )  # fmt: skip
        return Panel(
            "qualifying",
            "Who qualifies",
            (
                Block("Ways to qualify", criteria),
                Block("Levels of engagement, from", self._tiers("engagement", "levels")),
                Block("Grades of fit, from", self._tiers("fit", "grades")),
                Block("Leads that came back", (Line("cooldown", cooldown), Line("lost", lost))),
            ),
        )

    def _criterion(self, criterion: Criterion) -> Line:
        text = self._text("mql", "when", criterion.name)
        control = Control(
            f"mql.when.{criterion.name}",
            criterion.name,
            Kind.CRITERION,
            text,
            constants=self._constants(criterion, text),
        )
        return Line(criterion.name, control)

    def _constants(self, criterion: Criterion, text: str) -> tuple[Constant, ...]:
        compares = [compare for compare in comparisons(criterion.when) if isinstance(compare.right, float)]
        numbers = [found for found in LITERAL.finditer(text) if not found[0].startswith("'")]
        if len(numbers) != len(compares) or any(
            float(found[0]) != c.right for found, c in zip(numbers, compares, strict=True)
        ):
            return ()  # a number with a sign, or on both sides: the text alone
        return tuple(
            Constant(place, f"{compare.left} {compare.comparator}", float(found[0]), self._span(compare))
            for place, (found, compare) in enumerate(zip(numbers, compares, strict=True))
        )

    def _span(self, compare: Compare) -> Range:
        value = compare.right if isinstance(compare.right, float) else 0.0
        if compare.left.measure == "fit":
            return Range(0, max(self.agreement.fit.max, value), 1)
        if compare.left.measure == "engagement":
            return Range(0, max(self.agreement.engagement.max, value), 1)
        if compare.left.measure == "age_days":
            return Range(0, max(90.0, 2 * value), 1)
        return Range(0, max(10.0, 3 * value), 1 if value.is_integer() else 0.5)

    def _tiers(self, section: str, name: str) -> tuple[Line, ...]:
        highest = self.agreement.engagement.max if section == "engagement" else self.agreement.fit.max
        tiers = self.agreement.engagement.levels if section == "engagement" else self.agreement.fit.grades
        return tuple(
            Line(
                tier,
                Control(
                    f"{section}.{name}.{tier}", tier, Kind.NUMBER, self._text(section, name, tier),
                    unit="points", needed=True, range=Range(0, highest, 1),
                ),
            )
            for tier, _ in tiers
        )  # fmt: skip

    def interest(self) -> Panel:
        engagement = self.agreement.engagement
        whole = (
            Line("max", self._cap("engagement.max", "Highest engagement", "100")),
            Line(
                "half_life",
                Control(
                    "engagement.half_life", "Half-life of every rule without its own", Kind.DURATION_OR_NEVER,
                    self._text("engagement", "half_life"), otherwise="never", range=Range(1, 180, 1),
                ),
            ),
        )  # fmt: skip
        groups = tuple(
            Line(group.name, self._cap(f"engagement.groups.{group.name}.max", group.name, "no cap", Kind.NUMBER))
            for group in engagement.groups
        )
        rules = tuple(self._rule(rule) for rule in engagement.rules)
        blocks = (Block("All of it", whole), Block("Caps of groups", groups), Block("Points of rules", rules))
        return Panel("interest", "What counts as interest", tuple(block for block in blocks if block.lines))

    def _cap(self, place: str, label: str, otherwise: str, kind: Kind = Kind.POSITIVE) -> Control:
        text = self._text(*place.split("."))
        least = 0.0 if kind is Kind.NUMBER else 1.0
        span = Range(least, max(100.0, 2 * float(text or 0)), 1)
        return Control(place, label, kind, text, otherwise=otherwise, unit="points", range=span)

    def _rule(self, rule: Rule) -> Line:
        place = f"engagement.rules.{rule.name}"
        more: tuple[Control, ...] = ()
        if isinstance(rule, PointsRule):
            more = (self._half_life(rule), self._rule_cap(rule), self._expires(rule))
        elif isinstance(rule, ThresholdRule):
            more = self._threshold(rule)
        return Line(rule.name, self._points(place, rule.name, rule.points), rule_in_words(rule, self.words), more=more)

    def _points(self, place: str, label: str, points: float) -> Control:
        reach = max(20.0, 10 * math.ceil(abs(points) / 5))
        span = Range(-reach, 0, 1) if points < 0 else Range(0, reach, 1)
        text = self._text(*place.split("."), "points")
        return Control(f"{place}.points", label, Kind.NUMBER, text, unit="points", needed=True, range=span)

    def _half_life(self, rule: PointsRule) -> Control:
        inherits = rule.expires is None or bool(self._text("engagement", "rules", rule.name, "half_life"))
        general = self._text("engagement", "half_life") or "never"
        return Control(
            f"engagement.rules.{rule.name}.half_life", "Half-life", Kind.DURATION_OR_NEVER,
            self._text("engagement", "rules", rule.name, "half_life"),
            otherwise=general if inherits else "never", range=Range(1, 180, 1),
        )  # fmt: skip

    def _rule_cap(self, rule: PointsRule) -> Control:
        return self._cap(f"engagement.rules.{rule.name}.max", "At most", "no cap")

    def _expires(self, rule: PointsRule) -> Control:
        text = self._text("engagement", "rules", rule.name, "expires")
        place = f"engagement.rules.{rule.name}.expires"
        return Control(place, "Gone after", Kind.DURATION, text, otherwise="never", range=Range(1, 365, 1))

    def _threshold(self, rule: ThresholdRule) -> tuple[Control, ...]:
        place, path = f"engagement.rules.{rule.name}", ("engagement", "rules", rule.name)
        most = max(10.0, 3 * rule.at_least)
        step = 1.0 if most <= 200 else 10.0 ** math.floor(math.log10(most / 100))
        unit = "hits" if rule.sum is None and rule.distinct is None else ""
        at_least, within = self._text(*path, "at_least"), self._text(*path, "within")
        spans = Range(step, most, step), Range(1, 180, 1)
        return (
            Control(f"{place}.at_least", "At least", Kind.POSITIVE, at_least, unit=unit, needed=True, range=spans[0]),
            Control(f"{place}.within", "Within", Kind.DURATION, within, needed=True, range=spans[1]),
        )

    def fit(self) -> Panel:
        blocks = [Block("All of it", (Line("max", self._cap("fit.max", "Highest fit", "100")),))]
        for persona in self.agreement.fit.personas:
            lines = tuple(
                Line(
                    rule.name,
                    self._points(f"fit.personas.{persona.name}.rules.{rule.name}", rule.name, rule.points),
                    fit_rule_in_words(rule, self.words),
                )
                for rule in persona.rules
            )
            blocks.append(Block(persona.label, lines))
        return Panel("fit", "Who fits", tuple(blocks))

    def _text(self, *path: str) -> str:
        """What the file says at a place, as it would be typed; empty where it says nothing."""
        found: Any = self.said
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        if found is None:
            return ""
        if isinstance(found, float) and found.is_integer():
            return str(int(found))
        return str(found)
