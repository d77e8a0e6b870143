"""What an agreement may say but cannot have meant: criteria nobody can meet, rules that can never fire."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from leadline.agreement.checking.criterion_sense import CriterionSense
from leadline.agreement.checking.score_ranges import Ranges
from leadline.agreement.criteria import comparisons, quantities
from leadline.agreement.document import PointsRule, StateRule, ThresholdRule
from leadline.agreement.expressions import Column, calls
from leadline.agreement.fingerprint import scores_version_of
from leadline.agreement.sql.text import shortened
from leadline.agreement.usage import profile_conditions
from leadline.agreement.wording.phrasing import listed, number_in_words
from leadline.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.criteria import Comparison
    from leadline.agreement.document import Agreement, Rule, Tier
    from leadline.agreement.format.structure import Written

_DOMAIN: Final = re.compile(r"[^A-Z@/\s]+")


def implausible(agreement: Agreement, written: Written) -> list[Problem]:
    """Warnings about a readable agreement, each with its line. A warned thing really never happens."""
    return list(_Doubts(agreement, written).all())


class _Doubts:
    def __init__(self, agreement: Agreement, written: Written) -> None:
        self.agreement = agreement
        self.written = written
        self.ranges = Ranges(agreement)

    def all(self) -> Iterator[Problem]:
        """Every doubt, in no particular order."""
        yield from self.knockouts()
        yield from self.personas()
        yield from self.tiers("fit.grades", "grade", self.agreement.fit.grades, self.ranges.fit.high)
        yield from self.groups()
        for rule in self.agreement.engagement.rules:
            yield from self.rule(rule)
        levels = self.agreement.engagement.levels
        yield from self.tiers("engagement.levels", "level", levels, self.ranges.engagement.high)
        yield from self.criteria()
        yield from self.lists()
        yield from self.chance()

    def chance(self) -> Iterator[Problem]:
        """A curve that was learned for other scores."""
        learned = self.agreement.chance.learned_from if self.agreement.chance is not None else None
        if learned is not None and learned.scores not in (None, scores_version_of(self.agreement)):
            message = "the chances were learned for other scores than these rules give."
            yield self.at("chance.learned_from.scores", f"{message} Run `leadline calibrate` again.")

    def at(self, place: str, message: str) -> Problem:
        """A warning at a dotted place of the file."""
        found, line = self.written, 0
        for name in place.split("."):
            line = found.line_of(name)
            inner = found.at(name)
            if inner is None or not isinstance(inner.value, dict):
                break
            found = inner
        return Problem(line, place, message, "warning")

    def knockouts(self) -> Iterator[Problem]:
        for knockout in self.agreement.fit.knockouts:
            place = f"fit.knockouts.{knockout.name}"
            if self.ranges.profile.always_true(knockout.when.tree):
                yield self.at(place, "this is always true, so that no lead can ever qualify. Narrow it or remove it.")
            elif not self.ranges.profile.can_be_true(knockout.when.tree):
                yield self.at(place, f"{_never(knockout.when.text)} The knock-out does nothing; correct or remove it.")

    def personas(self) -> Iterator[Problem]:
        for persona in self.agreement.fit.personas:
            for rule in persona.rules:
                place = f"fit.personas.{persona.name}.rules.{rule.name}"
                if not self.ranges.profile.can_be_true(rule.when.tree):
                    way_out = "The rule never gives points; correct or remove it."
                    yield self.at(f"{place}.when", f"{_never(rule.when.text)} {way_out}")
                elif rule.points == 0:
                    yield self.at(f"{place}.points", "0 points change nothing. Give it points or remove the rule.")

    def groups(self) -> Iterator[Problem]:
        for group in self.agreement.engagement.groups:
            if group.max is not None and group.max <= 0:
                message = f"a most of {number_in_words(group.max)} lets no rule of the group count for a lead."
                yield self.at(f"engagement.groups.{group.name}.max", f"{message} Write a number greater than 0.")

    def tiers(self, place: str, name: str, tiers: tuple[Tier, ...], highest: float) -> Iterator[Problem]:
        for tier, bound in tiers:
            if bound > highest:
                reach = f"the rules reach {number_in_words(round(highest, 3))} at most"
                message = f"no lead can have {name} {tier}: it starts at {number_in_words(bound)}, but {reach}."
                yield self.at(f"{place}.{tier}", f"{message} Lower the bound or give the rules more points.")

    def rule(self, rule: Rule) -> Iterator[Problem]:
        place = f"engagement.rules.{rule.name}"
        if not self.ranges.can_fire(rule):
            yield self.at(f"{place}.when", self._why_never(rule))
        elif isinstance(rule, ThresholdRule) and not self.ranges.can_be_active(rule):
            most = number_in_words(self.ranges.reachable(rule) or 0.0)
            message = f"this is never reached: {most} is the most different values that there are."
            yield self.at(f"{place}.at_least", f"{message} Write at_least: {most}, or look at something else.")
        elif rule.points == 0 and not self._looked_at(rule):
            message = "0 points change nothing, and no criterion looks at this rule."
            yield self.at(f"{place}.points", f"{message} Give it points, use it under mql.when, or remove it.")

    def _why_never(self, rule: Rule) -> str:
        text = rule.when.text if rule.when is not None else ""
        hints = []
        if not isinstance(rule, StateRule) and rule.when is not None:
            if rule.on is None and "direction" in rule.when.columns:
                hints.append("`on: any` leaves out outbound events; name the events that are meant.")
            if not rule.machines and "is_machine" in rule.when.columns:
                hints.append("Machine events are left out unless the rule says `machines: true`.")
        return f"{_never(text)} {' '.join(hints) or 'The rule never fires; correct or remove it.'}"

    def _looked_at(self, rule: Rule) -> bool:
        """Whether a rule worth nothing is counted or dated by a criterion."""
        if isinstance(rule, StateRule):
            return False
        found = (q for criterion in self.agreement.mql.criteria for q in quantities(criterion.when))
        return any(q.of == rule.name and (q.measure != "contribution" or isinstance(rule, PointsRule)) for q in found)

    def criteria(self) -> Iterator[Problem]:
        sense = CriterionSense(self.ranges)
        for criterion in self.agreement.mql.criteria:
            place = f"mql.when.{criterion.name}"
            if not sense.can_be_met(criterion.when):
                message = f"no lead can meet this: {self._reach(sense, criterion.when)}"
                yield self.at(place, f"{message} Correct the criterion or the points.")
            elif sense.always_met(criterion.when):
                message = "every lead that can be reached meets this at once."
                yield self.at(place, f"{message} Ask for something that a lead must earn.")

    def _reach(self, sense: CriterionSense, tree: Comparison) -> str:
        """How far the scores get whose comparison cannot be true, or that it is the combination."""
        single = [*comparisons(tree)]
        hopeless = [compare for compare in single if len(single) == 1 or not sense.can_be_met(compare)]
        if not hopeless:
            return "its parts exclude each other."
        known = []
        for compare in hopeless:
            domain = self.ranges.of(compare.left)
            if domain.low > -math.inf and domain.high < math.inf:
                span = f"{number_in_words(round(domain.low, 3))} to {number_in_words(round(domain.high, 3))}"
                known.append(f"{compare.left} goes from {span}")
        return f"{listed([*dict.fromkeys(known)])}." if known else f"{hopeless[0]} is never true."

    def lists(self) -> Iterator[Problem]:
        used = {
            name
            for condition in profile_conditions(self.agreement)
            for call in calls(condition.tree, "in_list")
            if isinstance(call.arguments[0], Column) and call.arguments[0].name == "email_domain"
            for name in _list_name(call.arguments[1])
        }
        for named in self.agreement.lists:
            wrong = sorted(value for value in named.values if not _DOMAIN.fullmatch(value))
            if named.name in used and wrong:
                shown = listed([f"'{shortened(value, 40)}'" for value in wrong[:3]])
                many = f" ({len(wrong):,} in all)" if len(wrong) > 3 else ""
                message = f"{shown}{many} can never match: email_domain is a domain in small letters."
                yield self.at(f"lists.{named.name}", f"{message} Write them like acme.example.")


def _list_name(node: object) -> tuple[str, ...]:
    value = getattr(node, "value", None)
    return (value,) if isinstance(value, str) else ()


def _never(text: str) -> str:
    return f"'{shortened(text)}' can never be true."
