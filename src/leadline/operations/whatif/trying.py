"""Applies changes to an agreement that has been read: checked in place, and without parsing the whole file again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from leadline.agreement.criteria import CriterionScope, parse_criterion
from leadline.agreement.document import Agreement, Criterion, PointsRule, StateRule, ThresholdRule
from leadline.agreement.format.leaves import READERS
from leadline.agreement.format.shape import Kind
from leadline.agreement.format.yaml_tree import Scalar, parse_yaml, plain_of_text
from leadline.agreement.sql.text import ConditionError
from leadline.agreement.writing import REMOVE, amend, plain
from leadline.operations.whatif.controls import Control, Panel, panels_of

if TYPE_CHECKING:
    from collections.abc import Mapping as AnyMapping

    from leadline.agreement.document import Engagement, Fit, FitRule, Group, Mql, Recycle, Rule, Tier

TEXT_MAX: Final = 4_000
"""Longer than any criterion; what comes from a browser has an end."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Some changes tried: ``asked`` are the texts that differ from the file by place; ``values`` what they mean, as
    ``amend`` takes them. With ``problems`` (place, sentence) there is no agreement.
    """

    asked: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, object], ...]
    agreement: Agreement | None
    problems: tuple[tuple[str, str], ...] = ()


class Basis:
    """The agreement as the file says it, ready to be changed at its controls."""

    def __init__(self, text: str, agreement: Agreement) -> None:
        self.text = text
        self.agreement = agreement
        node, _ = parse_yaml(text.removeprefix("\ufeff"), "agreement")
        self._said: dict[str, Any] = plain(node)
        self.panels: tuple[Panel, ...] = panels_of(agreement, self._said)
        self.controls: dict[str, Control] = {c.place: c for panel in self.panels for c in panel.controls()}

    def attempt(self, asked: AnyMapping[str, str]) -> Trial:
        """What comes of texts typed at places; places that are no control are left out."""
        differing = tuple(
            (place, asked[place].strip())
            for place, control in self.controls.items()
            if place in asked and asked[place].strip() != control.written
        )
        says = {place: control.written for place, control in self.controls.items()} | dict(differing)
        building = _Building(self, says)
        agreement = building.agreement()
        if building.problems:
            return Trial(differing, (), None, tuple(building.problems.items()))
        values = tuple((place, _to_write(self.controls[place].kind, text)) for place, text in differing)
        return Trial(differing, values, agreement)

    def amended_text(self, trial: Trial) -> str:
        """The text of the file with the changes in it; comments stay."""
        return amend(self.text, dict(trial.values)) if trial.values else self.text

    def survives_reset(self, rule: str) -> bool | None:
        """What the file says of a rule, ``None`` where it says nothing."""
        stated: bool | None = self._said["engagement"]["rules"][rule].get("survives_reset")
        return stated


def _to_write(kind: Kind, text: str) -> object:
    if not text:
        return REMOVE
    if kind in (Kind.NUMBER, Kind.POSITIVE):
        value = float(text)
        return int(value) if value.is_integer() else value
    return text


class _Building:
    """Builds the agreement that the texts at all places mean, and notes what is wrong with any."""

    def __init__(self, basis: Basis, says: dict[str, str]) -> None:
        self.basis = basis
        self.says = says
        self.problems: dict[str, str] = {}

    def value(self, place: str) -> Any:
        """What stands at a place; ``None`` where nothing does, or nothing that can be used."""
        control, text = self.basis.controls[place], self.says[place]
        if not text:
            if control.needed:
                self.problems[place] = "this is needed. Write a number." if control.unit else "this is needed."
            return None
        if len(text) > TEXT_MAX:
            self.problems[place] = f"this is longer than {TEXT_MAX:,} letters."
            return None
        try:
            return READERS[control.kind](Scalar(plain_of_text(text), text, 0))
        except ValueError as error:
            self.problems[place] = str(error)
            return None

    def agreement(self) -> Agreement | None:
        signed = self.basis.agreement
        fit, engagement, mql = self.fit(signed.fit), self.engagement(signed.engagement), self.mql(signed.mql)
        return None if self.problems else replace(signed, fit=fit, engagement=engagement, mql=mql)

    def fit(self, fit: Fit) -> Fit:
        highest = self.value("fit.max") or 100.0
        personas = tuple(
            replace(persona, rules=tuple(self.fit_rule(persona.name, rule) for rule in persona.rules))
            for persona in fit.personas
        )
        return replace(fit, max=highest, grades=self.tiers("fit.grades", fit.grades, highest), personas=personas)

    def fit_rule(self, persona: str, rule: FitRule) -> FitRule:
        points = self.value(f"fit.personas.{persona}.rules.{rule.name}.points")
        return replace(rule, points=points or 0.0)

    def tiers(self, place: str, tiers: tuple[Tier, ...], highest: float) -> tuple[Tier, ...]:
        bounds: dict[str, float] = {}
        for name, _ in tiers:
            where = f"{place}.{name}"
            bound = self.value(where)
            if bound is None:
                continue
            if not 0 <= bound <= highest:
                self.problems[where] = f"{bound:g} is outside 0 to {highest:g}. Write a bound between them."
            elif bound in bounds.values():
                self.problems[where] = "two of them have the same bound. Give each its own."
            bounds[name] = bound
        return tuple(sorted(bounds.items(), key=lambda tier: -tier[1]))

    def engagement(self, engagement: Engagement) -> Engagement:
        highest, half_life = self.value("engagement.max") or 100.0, self.value("engagement.half_life")
        return replace(
            engagement,
            max=highest,
            half_life=half_life,
            levels=self.tiers("engagement.levels", engagement.levels, highest),
            groups=tuple(self.group(group) for group in engagement.groups),
            rules=tuple(self.rule(rule, half_life) for rule in engagement.rules),
        )

    def group(self, group: Group) -> Group:
        place = f"engagement.groups.{group.name}.max"
        highest = self.value(place)
        if highest is not None and highest < 0:
            self.problems[place] = f"{group.name} would count less than nothing. Write 0 or more."
        return replace(group, max=highest)

    def rule(self, rule: Rule, inherited: int | None) -> Rule:
        place = f"engagement.rules.{rule.name}"
        points = self.value(f"{place}.points") or 0.0
        if isinstance(rule, StateRule):
            return replace(rule, points=points)
        if isinstance(rule, ThresholdRule):
            at_least, within = self.value(f"{place}.at_least"), self.value(f"{place}.within")
            return replace(rule, points=points, at_least=at_least or rule.at_least, within=within or rule.within)
        return self.points_rule(replace(rule, points=points), inherited)

    def points_rule(self, rule: PointsRule, inherited: int | None) -> PointsRule:
        """Inheritance as in `agreement/interest.py`: a rule that expires does not inherit a half-life."""
        place = f"engagement.rules.{rule.name}"
        expires = self.value(f"{place}.expires")
        half_life = self.value(f"{place}.half_life")
        if not self.says[f"{place}.half_life"] and expires is None:
            half_life = inherited
        survives = self.basis.survives_reset(rule.name)
        lasting = rule.points < 0 and half_life is None and expires is None
        return replace(
            rule,
            half_life=half_life,
            expires=expires,
            max=self.value(f"{place}.max"),
            survives_reset=lasting if survives is None else survives,
        )

    def mql(self, mql: Mql) -> Mql:
        criteria = tuple(found for one in mql.criteria if (found := self.criterion(one)) is not None)
        if not criteria:
            for one in mql.criteria:
                self.problems.setdefault(
                    f"mql.when.{one.name}", "there is no way to qualify. Write at least one criterion."
                )
        return replace(mql, criteria=criteria, recycle=self.recycle(mql.recycle))

    def recycle(self, recycle: Recycle) -> Recycle:
        cooldown, lost = self.value("mql.recycle.cooldown"), self.value("mql.recycle.lost")
        return replace(recycle, cooldown=cooldown or 0, lost=lost)

    def criterion(self, criterion: Criterion) -> Criterion | None:
        """The criterion, or nothing where it is switched off or cannot be read."""
        place = f"mql.when.{criterion.name}"
        text = self.says[place]
        if text == self.basis.controls[place].written:
            return criterion
        if self.value(place) is None:
            return None
        try:
            return Criterion(criterion.name, parse_criterion(text, self.scope()), text)
        except ConditionError as error:
            self.problems[place] = str(error)
            return None

    def scope(self) -> CriterionScope:
        signed = self.basis.agreement
        return CriterionScope(
            rules={rule.name: not isinstance(rule, StateRule) for rule in signed.engagement.rules},
            groups=tuple(group.name for group in signed.engagement.groups),
            names={
                "persona": tuple(persona.name for persona in signed.fit.personas),
                "grade": (*(name for name, _ in signed.fit.grades), "D"),
                "level": (*(name for name, _ in signed.engagement.levels), "cold"),
            },
        )
