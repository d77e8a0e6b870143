"""Fit, persona, grade and knock-outs (semantics, section 6): functions of the profile alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.agreement.document import StateRule
from reference.rounding import clipped, rounded, tier
from reference.values import Lists, Value, is_true

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

Profile = dict[str, Value]


def best_persona(agreement: Agreement, profile: Profile, lists: Lists) -> tuple[str, float]:
    """The persona with the highest sum, the first in the file on a tie, and fit: its sum clipped."""
    sums = {
        persona.name: rounded(sum(rule.points for rule in persona.rules if is_true(rule.when.tree, profile, lists)))
        for persona in agreement.fit.personas
    }
    best = max(sums, key=lambda name: sums[name])  # max keeps the first of equals
    return best, rounded(clipped(sums[best], 0.0, agreement.fit.max))


def grade(agreement: Agreement, fit: float) -> str:
    """The first of the grades whose bound is reached, else D."""
    return tier(agreement.fit.grades, fit, "D")


def knocked_out(agreement: Agreement, profile: Profile, lists: Lists) -> bool:
    """Whether some knock-out is true; an unknown one is not."""
    return any(is_true(knockout.when.tree, profile, lists) for knockout in agreement.fit.knockouts)


def unknown_fields(agreement: Agreement, profile: Profile) -> tuple[str, ...]:
    """Unknown fields that a knock-out, a persona's rule or a state rule names, in file order, each once."""
    conditions = [knockout.when for knockout in agreement.fit.knockouts]
    conditions += [rule.when for persona in agreement.fit.personas for rule in persona.rules]
    conditions += [rule.when for rule in agreement.engagement.rules if isinstance(rule, StateRule)]
    named = dict.fromkeys(name for condition in conditions for name in condition.columns)
    return tuple(name for name in named if profile[name] is None)
