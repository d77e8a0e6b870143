"""What an agreement makes use of: which lead fields, which event columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.agreement.document import PointsRule, StateRule

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement
    from leadline.agreement.expressions import Condition


def profile_conditions(agreement: Agreement) -> tuple[Condition, ...]:
    """Every condition on the profile, in file order: knock-outs, rules of personas, state rules."""
    fit = agreement.fit
    return (
        *(knockout.when for knockout in fit.knockouts),
        *(rule.when for persona in fit.personas for rule in persona.rules),
        *(rule.when for rule in agreement.engagement.rules if isinstance(rule, StateRule)),
    )


def lead_fields_used(agreement: Agreement) -> tuple[str, ...]:
    """The lead fields that some rule names, each once, in file order."""
    return tuple(dict.fromkeys(name for when in profile_conditions(agreement) for name in when.columns))


def event_columns_used(agreement: Agreement) -> tuple[str, ...]:
    """The event columns and properties that some rule names, each once, in file order."""
    names: dict[str, None] = {}
    for rule in agreement.engagement.rules:
        if isinstance(rule, StateRule):
            continue
        expressions = (rule.when,) if isinstance(rule, PointsRule) else (rule.when, rule.sum, rule.distinct)
        for expression in expressions:
            names |= dict.fromkeys(expression.columns if expression is not None else ())
        if isinstance(rule, PointsRule) and rule.at_most is not None and rule.at_most.by is not None:
            names[rule.at_most.by] = None
    return tuple(names)
