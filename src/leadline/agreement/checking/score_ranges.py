"""How high and how low every score of an agreement can get: bounds that are safe, not tight."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from leadline.agreement.checking.condition_sense import Sense
from leadline.agreement.checking.domains import NOTHING, Domain
from leadline.agreement.document import PointsRule, StateRule, ThresholdRule
from leadline.clock import DAY, HOUR
from leadline.fields.catalogue import EVENT_CHOICES, FIELD_CHOICES, STAGE_RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leadline.agreement.checking.domains import Value
    from leadline.agreement.criteria import Quantity
    from leadline.agreement.document import Agreement, AtMost, Persona, Rule

_SLACK: Final = 1e-5
"""Scores are rounded to six digits before they are compared."""
_SHORTEST: Final = {"day": 22 * HOUR, "week": 6 * DAY, "month": 27 * DAY}
"""No calendar period is shorter than this, whatever the time zone does."""


def profile_sense(agreement: Agreement) -> Sense:
    """What conditions on the profile can be."""
    choices = {field.name: field.choices for field in agreement.fields if field.choices} | FIELD_CHOICES
    domains = {name: Domain(only=frozenset(values)) for name, values in choices.items()}
    return Sense(domains, {named.name: named.values for named in agreement.lists})


def event_sense(agreement: Agreement, rule: PointsRule | ThresholdRule) -> Sense:
    """What conditions on the events of one rule can be."""
    domains: dict[str, Domain] = {name: Domain(only=frozenset(values)) for name, values in EVENT_CHOICES.items()}
    if rule.on is not None:
        domains["event"] = Domain(only=frozenset(rule.on))
    else:
        domains["event"] = Domain(never=frozenset(STAGE_RECORDS))
        domains["direction"] = Domain(only=frozenset(["inbound"]))
    if not rule.machines:
        domains["is_machine"] = Domain(only=frozenset([False]))
    return Sense(domains, {named.name: named.values for named in agreement.lists})


class Ranges:
    """The domain of every quantity that a criterion can name."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.profile = profile_sense(agreement)
        self.rules = {rule.name: rule for rule in agreement.engagement.rules}
        self.contributions = {rule.name: self._contribution(rule) for rule in agreement.engagement.rules}
        self.groups = {group.name: self._group(group.name, group.max) for group in agreement.engagement.groups}
        self.fit_of = {persona.name: self._fit(persona) for persona in agreement.fit.personas}
        self.fit = Domain(0.0, max((domain.high for domain in self.fit_of.values()), default=0.0))
        self.engagement = Domain(0.0, self._engagement_high())

    def of(self, quantity: Quantity) -> Domain:
        """The values of a quantity; of names, nothing is said here."""
        name = quantity.of or ""
        if quantity.measure == "fit":
            return self.fit
        if quantity.measure == "engagement":
            return self.engagement
        if quantity.measure == "contribution":
            return self.groups[name] if name in self.groups else self.contributions[name]
        if quantity.measure == "count":
            return self._count(self.rules[name])
        if quantity.measure == "age_days":
            return Domain(0.0) if self.can_fire(self.rules[name]) else NOTHING
        return Domain()

    def can_fire(self, rule: Rule) -> bool:
        """False only if the condition of a rule can never be true."""
        if isinstance(rule, StateRule):
            return self.profile.can_be_true(rule.when.tree)
        return rule.when is None or event_sense(self.agreement, rule).can_be_true(rule.when.tree)

    def reachable(self, rule: ThresholdRule) -> float | None:
        """The most different values that a `distinct` can see, if that is known."""
        if rule.distinct is None:
            return None
        sense = event_sense(self.agreement, rule)
        values = sense.values_of(rule.distinct.tree, rule.when.tree if rule.when else None)
        return None if values is None else float(len(values))

    def can_be_active(self, rule: ThresholdRule) -> bool:
        """False only if a threshold can never be reached."""
        most = self.reachable(rule)
        return self.can_fire(rule) and (most is None or most >= rule.at_least)

    def _contribution(self, rule: Rule) -> Domain:
        if isinstance(rule, PointsRule):
            size = _above(self._most_points(rule)) if rule.points else 0.0
            return Domain(0.0, size) if rule.points >= 0 else Domain(-size, 0.0)
        fires = self.can_be_active(rule) if isinstance(rule, ThresholdRule) else self.can_fire(rule)
        points = math.floor(rule.points * 1e6 + 0.5001) / 1e6  # as scores are rounded
        values: set[Value] = {0.0, points} if fires else {0.0}
        high = max(0.0, points) if fires else 0.0
        return Domain(min(0.0, points) if fires else 0.0, high, only=frozenset(values))

    def _most_points(self, rule: PointsRule) -> float:
        if not self.can_fire(rule):
            return 0.0
        size = abs(rule.points)
        bounds = [size * accepted_at_most(rule.at_most, rule.expires)]
        if rule.half_life is not None:
            bounds.append(size * _decayed_at_most(rule.at_most, rule.half_life))
        return min(bounds) if rule.max is None else min(*bounds, rule.max)

    def _group(self, name: str, limit: float | None) -> Domain:
        low, high = _sum(self.contributions[rule.name] for rule in self.rules.values() if rule.group == name)
        return Domain(low, high) if limit is None else Domain(min(low, limit), _above(min(high, limit)))

    def _engagement_high(self) -> float:
        alone = [self.contributions[rule.name] for rule in self.rules.values() if rule.group is None]
        _, high = _sum([*alone, *self.groups.values()])
        return _above(max(0.0, min(high, self.agreement.engagement.max)))

    def _fit(self, persona: Persona) -> Domain:
        points = (rule.points for rule in persona.rules if rule.points > 0 and self.profile.can_be_true(rule.when.tree))
        return Domain(0.0, _above(min(sum(points, 0.0), self.agreement.fit.max)))

    def _count(self, rule: Rule) -> Domain:
        if isinstance(rule, StateRule) or not self.can_fire(rule):
            return Domain(only=frozenset([0.0]))
        if isinstance(rule, PointsRule):
            return Domain(0.0, accepted_at_most(rule.at_most, rule.expires), whole=True)
        if rule.sum is not None:
            return Domain()
        most = self.reachable(rule)
        return Domain(0.0, math.inf if most is None else most, whole=True)


def _sum(domains: Iterable[Domain]) -> tuple[float, float]:
    low = high = 0.0
    for domain in domains:
        low, high = low + domain.low, high + domain.high
    return -_above(-low), _above(high)


def _above(bound: float) -> float:
    """A bound with room for rounding; sums of whole points are exact."""
    return bound if math.isinf(bound) or bound.is_integer() else bound + _SLACK


def accepted_at_most(at_most: AtMost | None, expires: int | None) -> float:
    """How many hits can be accepted and not expired at one moment."""
    if at_most is None or at_most.by is not None:
        return math.inf
    if at_most.period == "ever":
        return float(at_most.count)
    if expires is None:
        return math.inf
    if isinstance(at_most.period, int):
        return float(at_most.count * math.ceil(expires / at_most.period))
    return float(at_most.count * (math.ceil(expires / _SHORTEST[at_most.period]) + 1))


def _decayed_at_most(at_most: AtMost | None, half_life: int) -> float:
    """The sum of the factors of all hits, each as late as acceptance allows."""
    if at_most is None or at_most.by is not None or at_most.period == "ever":
        return math.inf
    if isinstance(at_most.period, int):
        return at_most.count / -math.expm1(-math.log(2) * at_most.period / half_life)
    period = _SHORTEST[at_most.period]
    return at_most.count * (1 + 1 / -math.expm1(-math.log(2) * period / half_life))
