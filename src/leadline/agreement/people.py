"""Reads `fit`: personas, grades and knockouts, whose conditions are about lead fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.agreement.conditions import ConditionError, Scope, parse_condition
from leadline.agreement.document import Fit, FitRule, Knockout, Persona
from leadline.fields.catalogue import EVENT_COLUMNS, FIELD_CHOICES, LEAD_FIELDS

if TYPE_CHECKING:
    from leadline.agreement.document import Field, NamedList, Tier
    from leadline.agreement.expressions import Expression
    from leadline.agreement.format.structure import Structure, Written


def lead_scope(
    fields: tuple[Field, ...],
    lists: tuple[NamedList, ...],
    timezone: str,
    broken: frozenset[str] = frozenset(),
) -> Scope:
    """What a condition about a lead may name; ``broken`` are declared fields and lists that could not
    be read.
    """
    columns = {field.name: field.type for field in fields} | LEAD_FIELDS
    return Scope(
        kind="lead field",
        columns=columns,
        choices={field.name: field.choices for field in fields if field.choices} | FIELD_CHOICES,
        lists=frozenset(named.name for named in lists),
        timezone=timezone,
        broken=broken,
        elsewhere={
            name: "it is a column of events, and this rule has no `on`."
            for name in EVENT_COLUMNS
            if name not in columns
        },
    )


def read_condition(structure: Structure, entry: Written | None, scope: Scope) -> Expression | None:
    """The condition written at a place; problems go to ``structure``."""
    if entry is None:
        return None
    try:
        return parse_condition(entry.value, scope)
    except ConditionError as error:
        if not error.follows:
            structure.report(entry.line, entry.place, str(error))
        return None


def read_tiers(
    structure: Structure, section: Written, name: str, *, highest: float, lowest_name: str
) -> tuple[Tier, ...]:
    """Grades or levels, the highest bound first."""
    entry = section.at(name)
    bounds = {tier: written.value for tier, written in section.entries(name).items()}
    if entry is None:
        return ()
    for tier, bound in bounds.items():
        if tier == lowest_name:
            message = f"'{lowest_name}' is whatever lies below the last bound and has none of its own. Remove it."
            structure.report(entry.line_of(tier), f"{entry.place}.{tier}", message)
        elif not 0 <= bound <= highest:
            message = f"{bound:g} is outside 0 to {highest:g}. Write a bound between them."
            structure.report(entry.line_of(tier), f"{entry.place}.{tier}", message)
    if len(set(bounds.values())) < len(bounds):
        structure.report(entry.line, entry.place, "two of them have the same bound. Give each its own.")
    return tuple(sorted(bounds.items(), key=lambda tier: -tier[1]))


def read_fit(structure: Structure, written: Written, scope: Scope) -> Fit:
    """The section `fit`; problems go to ``structure``."""
    highest = written.get("max") or 100.0
    knockouts = tuple(
        Knockout(name, condition)
        for name, entry in written.entries("knockouts").items()
        if (condition := read_condition(structure, entry, scope)) is not None
    )
    personas = written.entries("personas")
    if written.at("personas") is not None and not personas:
        structure.report(written.line_of("personas"), "fit.personas", "there is no persona. Write at least one.")
    return Fit(
        max=highest,
        grades=read_tiers(structure, written, "grades", highest=highest, lowest_name="D"),
        knockouts=knockouts,
        personas=tuple(_persona(structure, name, entry, scope) for name, entry in personas.items()),
    )


def _persona(structure: Structure, name: str, written: Written, scope: Scope) -> Persona:
    rules = []
    for rule, entry in written.entries("rules").items():
        condition = read_condition(structure, entry.at("when"), scope)
        if condition is not None and entry.get("points") is not None:
            rules.append(FitRule(rule, condition, entry.get("points")))
    return Persona(name, written.get("label") or name.replace("_", " ").capitalize(), tuple(rules))
