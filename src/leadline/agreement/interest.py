"""Reads `engagement`: groups, levels and the three kinds of rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leadline.agreement.conditions import Scope, parse_expression
from leadline.agreement.document import Engagement, Group, PointsRule, Rule, StateRule, ThresholdRule
from leadline.agreement.people import read_condition, read_tiers
from leadline.agreement.sql.text import ConditionError, did_you_mean, is_word_of_sql, shortened
from leadline.fields.catalogue import EVENT_CHOICES, EVENT_COLUMNS, NUMBER, STAGE_RECORDS

if TYPE_CHECKING:
    from leadline.agreement.expressions import Expression
    from leadline.agreement.format.structure import Structure, Written

RESERVED: Final = ("fit", "engagement", "persona", "grade", "level")

_POINTS_ONLY: Final = ("at_most", "half_life", "expires", "max", "survives_reset")
_THRESHOLD_ONLY: Final = ("at_least", "within", "sum", "distinct")


def event_scope(leads: Scope) -> Scope:
    """What a condition about an event may name."""
    return replace(
        leads,
        kind="event column",
        columns=EVENT_COLUMNS,
        choices=EVENT_CHOICES,
        properties=True,
        elsewhere={
            name: "it is a field of leads, and a rule with `on` is about events. Write a rule without `on`."
            for name in leads.columns
            if name not in EVENT_COLUMNS
        },
    )


def read_engagement(structure: Structure, written: Written, leads: Scope) -> Engagement:
    """The section `engagement`; problems go to ``structure``."""
    groups = tuple(Group(name, entry.get("max")) for name, entry in written.entries("groups").items())
    for name, entry in written.entries("groups").items():
        if (entry.get("max") or 0) < 0:
            message = f"{name} would count less than nothing. Write 0 or more; points below 0 belong to rules."
            structure.report(entry.line_of("max"), f"{entry.place}.max", message)
    written_groups = written.at("groups")
    reader = _Rules(structure, written, leads, frozenset(written_groups.key_lines if written_groups else ()))
    rules = tuple(
        rule for name, entry in written.entries("rules").items() if (rule := reader.rule(name, entry)) is not None
    )
    check_names(structure, written)
    highest = written.get("max") or 100.0
    return Engagement(
        max=highest,
        half_life=written.get("half_life"),
        levels=read_tiers(structure, written, "levels", highest=highest, lowest_name="cold"),
        groups=groups,
        rules=rules,
    )


def check_names(structure: Structure, written: Written) -> None:
    """Rules, groups and reserved words share no name."""
    groups, rules = written.entries("groups"), written.entries("rules")
    for names in (groups, rules):
        for name, entry in names.items():
            if name in RESERVED:
                structure.report(entry.line, entry.place, f"'{name}' is a reserved word. Choose another name.")
            elif is_word_of_sql(name):
                message = f"'{name}' is a word of SQL and cannot be a name in criteria. Choose another."
                structure.report(entry.line, entry.place, message)
    for name in rules:
        if name in groups:
            structure.report(
                rules[name].line,
                rules[name].place,
                f"a group is called '{name}' too. Rename the rule or the group.",
            )


class _Rules:
    def __init__(self, structure: Structure, section: Written, leads: Scope, groups: frozenset[str]) -> None:
        self.structure = structure
        self.leads = leads
        self.events = event_scope(leads)
        self.groups = groups
        self.half_life: int | None = section.get("half_life")

    def rule(self, name: str, entry: Written) -> Rule | None:
        """One rule of whatever kind its keys make it; ``None`` where it cannot be used."""
        problems = len(self.structure.problems)
        self._check_group(entry)
        on = entry.at("on")
        if on is None and "on" in entry.key_lines:
            return None  # what is wrong with it has been said
        if entry.at("at_least") is not None or entry.at("within") is not None:
            rule: Rule | None = self._threshold(name, entry)
        elif on is None:
            rule = self._state(name, entry)
        else:
            rule = self._points(name, entry)
        if on is not None:
            self._check_events(on)
        usable = len(self.structure.problems) == problems and entry.get("points") is not None
        return rule if usable else None

    def _check_group(self, entry: Written) -> None:
        group = entry.get("group")
        if group is not None and group not in self.groups:
            known = did_you_mean(group, self.groups) or f" Declare it: groups: {{{group}: {{max: 40}}}}."
            self.structure.report(
                entry.line_of("group"),
                f"{entry.place}.group",
                f"there is no group '{shortened(group)}'.{known}",
            )

    def _check_events(self, on: Written) -> None:
        for name in on.value or ():
            if name in STAGE_RECORDS:
                message = (
                    f"'{name}' says what sales did; such records move stages and are never hits. "
                    "Name an event of the lead instead."
                )
                self.structure.report(on.line, on.place, message)

    def _refuse(self, entry: Written, keys: tuple[str, ...], reason: str) -> None:
        for key in keys:
            if entry.at(key) is not None:
                self.structure.report(entry.line_of(key), f"{entry.place}.{key}", f"{key} {reason}")

    def _points(self, name: str, entry: Written) -> PointsRule:
        self._refuse(entry, _THRESHOLD_ONLY, "belongs to a threshold rule. Add `at_least` and `within`, or remove it.")
        expires = entry.get("expires")
        inherited = None if expires is not None else self.half_life
        half_life = entry.get("half_life") if entry.at("half_life") is not None else inherited
        points = entry.get("points") or 0.0
        lasting = points < 0 and half_life is None and expires is None
        survives = entry.get("survives_reset")
        return PointsRule(
            name=name,
            on=entry.get("on"),
            points=points,
            when=read_condition(self.structure, entry.at("when"), self.events),
            at_most=entry.get("at_most"),
            half_life=half_life,
            expires=expires,
            max=entry.get("max"),
            group=entry.get("group"),
            survives_reset=lasting if survives is None else survives,
            machines=bool(entry.get("machines")),
        )

    def _threshold(self, name: str, entry: Written) -> ThresholdRule | None:
        self._refuse(entry, _POINTS_ONLY, "does not belong to a threshold rule (`at_least`, `within`). Remove it.")
        for key, example in (("at_least", "3"), ("within", "30d")):
            if key not in entry.key_lines:
                message = (
                    f"'{key}' is missing: a threshold rule needs `at_least` and `within`. Add it, "
                    f"for example {key}: {example}."
                )
                self.structure.report(entry.line, entry.place, message)
        if "on" not in entry.key_lines:
            message = "a threshold rule counts events: write `on`, for example on: any."
            self.structure.report(entry.line, entry.place, message)
        if entry.at("sum") is not None and entry.at("distinct") is not None:
            message = "a rule has either `sum` or `distinct`, not both. Write two rules."
            self.structure.report(entry.line, entry.place, message)
        summed = self._expression(entry.at("sum"))
        if summed is not None and summed.tree.type is not NUMBER:
            property_ = summed.text.startswith("properties.")
            hint = f" Write CAST({summed.text} AS double precision)." if property_ else " Use `distinct`, or a number."
            message = f"`sum` adds up numbers, but '{shortened(summed.text)}' is a {summed.tree.type}.{hint}"
            self.structure.report(entry.line_of("sum"), f"{entry.place}.sum", message)
        distinct = self._expression(entry.at("distinct"))
        when = read_condition(self.structure, entry.at("when"), self.events)
        if entry.get("at_least") is None or entry.get("within") is None:
            return None
        return ThresholdRule(
            name=name,
            on=entry.get("on"),
            points=entry.get("points") or 0.0,
            at_least=entry.get("at_least"),
            within=entry.get("within"),
            when=when,
            sum=summed,
            distinct=distinct,
            group=entry.get("group"),
            machines=bool(entry.get("machines")),
        )

    def _expression(self, entry: Written | None) -> Expression | None:
        if entry is None:
            return None
        try:
            return parse_expression(entry.value, self.events)
        except ConditionError as error:
            if not error.follows:
                self.structure.report(entry.line, entry.place, str(error))
            return None

    def _state(self, name: str, entry: Written) -> StateRule | None:
        self._refuse(
            entry,
            (*_POINTS_ONLY, *_THRESHOLD_ONLY, "machines"),
            "needs `on`: a rule without `on` is about the profile. Add `on` or remove it.",
        )
        condition = read_condition(self.structure, entry.at("when"), self.leads)
        if "when" not in entry.key_lines:
            message = "a rule needs `on` (events) or `when` (a condition on lead fields). Add one."
            self.structure.report(entry.line, entry.place, message)
        if condition is None:
            return None
        return StateRule(name, condition, entry.get("points") or 0.0, entry.get("group"))
