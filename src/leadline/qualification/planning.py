"""Compiles an agreement into the numbers that folding works with."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from leadline.agreement.criteria import Compare, Comparison, Logic, Quantity
from leadline.agreement.document import PointsRule, StateRule, ThresholdRule
from leadline.clock import to_instant
from leadline.qualification import layout
from leadline.qualification.layout import Plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from leadline.agreement.document import Agreement, AtMost, Rule
    from leadline.agreement.expressions import Condition, Expression

_PERIODS: Final = {
    "ever": layout.EVER,
    "day": layout.PER_DAY,
    "week": layout.PER_WEEK,
    "month": layout.PER_MONTH,
}
_MEASURES: Final = {
    "fit": layout.FIT,
    "engagement": layout.ENGAGEMENT,
    "persona": layout.PERSONA,
    "grade": layout.GRADE,
    "level": layout.LEVEL,
    "count": layout.RULE_COUNT,
    "age_days": layout.RULE_AGE,
}
_COMPARATORS: Final = {
    "=": layout.EQUAL,
    "<>": layout.UNEQUAL,
    "<": layout.LESS,
    "<=": layout.LESS_EQUAL,
    ">": layout.GREATER,
    ">=": layout.GREATER_EQUAL,
}


def event_rules(agreement: Agreement) -> tuple[PointsRule | ThresholdRule, ...]:
    """The rules that events hit, in file order; a rule's place here is its bit."""
    return tuple(rule for rule in agreement.engagement.rules if not isinstance(rule, StateRule))


def sums(agreement: Agreement) -> tuple[Expression, ...]:
    """The expressions that threshold rules add up, each once; an expression's place here is its value column."""
    found = (rule.sum for rule in event_rules(agreement) if isinstance(rule, ThresholdRule))
    return tuple(dict.fromkeys(expression for expression in found if expression is not None))


def keys(agreement: Agreement) -> tuple[Expression | str, ...]:
    """What hits are told apart by (columns of `at_most … by`, expressions of `distinct`), each once."""
    return tuple(dict.fromkeys(key for rule in event_rules(agreement) if (key := _key_of(rule)) is not None))


def truths(agreement: Agreement) -> tuple[Condition, ...]:
    """All conditions on the profile, each once; a condition's place here is its truth bit."""
    from leadline.agreement.usage import profile_conditions

    return tuple(dict.fromkeys(profile_conditions(agreement)))


def _key_of(rule: Rule) -> Expression | str | None:
    if isinstance(rule, PointsRule):
        return rule.at_most.by if rule.at_most else None
    return rule.distinct if isinstance(rule, ThresholdRule) else None


def compile_plan(agreement: Agreement) -> Plan:
    """The plan of an agreement."""
    shift_at, shift = _time_shifts(agreement.timezone)
    on = event_rules(agreement)
    places = {rule.name: place for place, rule in enumerate(agreement.engagement.rules)}
    recycle = agreement.mql.recycle
    knockouts, personas, fit_rules = _fit(agreement)
    compiler = _Compiler(agreement)
    criteria, needs = compiler.criteria()
    return Plan(
        rules=_rules(agreement),
        of_bit=_whole(places[rule.name] for rule in on),
        knockouts=knockouts,
        personas=personas,
        fit_rules=fit_rules,
        grades=_real(bound for _, bound in agreement.fit.grades),
        group_max=_real(math.inf if group.max is None else group.max for group in agreement.engagement.groups),
        levels=_real(bound for _, bound in agreement.engagement.levels),
        compares=_rows(layout.COMPARE_ROW, compiler.compares),
        steps=_rows(layout.STEP_ROW, compiler.steps),
        criteria=criteria,
        needs=needs,
        shift_at=shift_at,
        shift=shift,
        settings=_rows(
            layout.SETTINGS_ROW,
            [
                (
                    agreement.fit.max,
                    agreement.engagement.max,
                    recycle.cooldown,
                    recycle.reset,
                    -1 if recycle.lost is None else recycle.lost,
                )
            ],
        ),
    )


def _real(values: Iterable[float]) -> npt.NDArray[np.float64]:
    return np.array(list(values), np.float64)


def _whole(values: Iterable[int]) -> npt.NDArray[np.int64]:
    return np.array(list(values), np.int64)


def _rows(kind: np.dtype[np.void], rows: Iterable[tuple[float, ...]]) -> npt.NDArray[np.void]:
    return np.array(list(rows), kind)


def _rules(agreement: Agreement) -> npt.NDArray[np.void]:
    bits = {rule.name: bit for bit, rule in enumerate(event_rules(agreement))}
    groups = {group.name: place for place, group in enumerate(agreement.engagement.groups)}
    key_places = {key: place for place, key in enumerate(keys(agreement))}
    value_places = {expression: place for place, expression in enumerate(sums(agreement))}
    truth_places = {condition: place for place, condition in enumerate(truths(agreement))}
    rows = np.zeros(len(agreement.engagement.rules), layout.RULE_ROW)
    for row, rule in zip(rows, agreement.engagement.rules, strict=True):
        key = _key_of(rule)
        row["kind"] = _kind(rule)
        row["bit"] = bits.get(rule.name, -1)
        row["points"] = rule.points
        row["max"] = math.inf
        row["group"] = -1 if rule.group is None else groups[rule.group]
        row["key"] = -1 if key is None else key_places[key]
        row["value"] = row["truth"] = -1
        if isinstance(rule, PointsRule):
            row["half_life"] = rule.half_life or 0
            row["expires"] = rule.expires or 0
            row["max"] = math.inf if rule.max is None else rule.max
            row["survives"] = rule.survives_reset
            row["limit"], row["period"], row["span"] = _limit(rule.at_most)
        elif isinstance(rule, ThresholdRule):
            row["expires"], row["at_least"], row["measure"] = rule.within, rule.at_least, _measure(rule)
            row["value"] = -1 if rule.sum is None else value_places[rule.sum]
        else:
            row["truth"] = truth_places[rule.when]
    return rows


def _kind(rule: Rule) -> int:
    if isinstance(rule, PointsRule):
        return layout.POINTS
    return layout.THRESHOLD if isinstance(rule, ThresholdRule) else layout.STATE


def _measure(rule: ThresholdRule) -> int:
    if rule.sum is None and rule.distinct is None:
        return layout.COUNT
    return layout.SUM if rule.sum is not None else layout.DISTINCT


def _limit(at_most: AtMost | None) -> tuple[int, int, int]:
    if at_most is None:
        return 0, layout.UNLIMITED, 0
    if isinstance(at_most.period, int):
        return at_most.count, layout.PER_DURATION, at_most.period
    return at_most.count, _PERIODS[at_most.period], 0


def _fit(agreement: Agreement) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.void], npt.NDArray[np.void]]:
    """Truth bits of knock-outs, the run of rules of each persona, and the rules."""
    places = {condition: place for place, condition in enumerate(truths(agreement))}
    fit = agreement.fit
    ends = [int(end) for end in np.cumsum([len(persona.rules) for persona in fit.personas])]
    rules = [rule for persona in fit.personas for rule in persona.rules]
    return (
        _whole(places[knockout.when] for knockout in fit.knockouts),
        _rows(layout.PERSONA_ROW, zip([0, *ends[:-1]], ends, strict=True)),
        _rows(layout.FIT_RULE_ROW, [(places[rule.when], rule.points) for rule in rules]),
    )


class _Compiler:
    """Turns criteria into comparisons and postfix steps."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        engagement = agreement.engagement
        self.rules = {rule.name: place for place, rule in enumerate(engagement.rules)}
        self.groups = {group.name: place for place, group in enumerate(engagement.groups)}
        self.names = {
            "persona": [persona.name for persona in agreement.fit.personas],
            "grade": [*(name for name, _ in agreement.fit.grades), "D"],
            "level": [*(name for name, _ in engagement.levels), "cold"],
        }
        self.compares: list[tuple[int, int, int, int, int, float]] = []
        self.steps: list[tuple[int, int]] = []

    def criteria(self) -> tuple[npt.NDArray[np.void], npt.NDArray[np.int64]]:
        """A row a criterion, and the rules that each needs a hit of."""
        rows, needs = [], []
        for criterion in self.agreement.mql.criteria:
            first = len(self.steps)
            self.compile(criterion.when)
            fit_min, engagement_min = _least(criterion.when, "fit"), _least(criterion.when, "engagement")
            rows.append((first, len(self.steps), fit_min, engagement_min))
            needed = [self.rules[name] for name in _needed_hits(criterion.when)][:4]
            needs.append(needed + [-1] * (4 - len(needed)))
        return _rows(layout.CRITERION_ROW, rows), np.array(needs, np.int64).reshape(len(needs), 4)

    def compile(self, tree: Comparison) -> None:
        if isinstance(tree, Logic):
            for part in tree.parts:
                self.compile(part)
            operator = {"and": layout.AND, "or": layout.OR, "not": layout.NOT}[tree.operator]
            self.steps.append((operator, len(tree.parts)))
            return
        left, left_of = self.quantity(tree.left)
        right, right_of, constant = layout.CONSTANT, -1, 0.0
        if isinstance(tree.right, Quantity):
            right, right_of = self.quantity(tree.right)
        elif isinstance(tree.right, str):
            constant = float(self.names[tree.left.measure].index(tree.right))
        else:
            constant = tree.right
        self.steps.append((layout.COMPARE, len(self.compares)))
        self.compares.append((left, left_of, _COMPARATORS[tree.comparator], right, right_of, constant))

    def quantity(self, quantity: Quantity) -> tuple[int, int]:
        if quantity.of is None:
            return _MEASURES[quantity.measure], -1
        if quantity.measure != "contribution":
            return _MEASURES[quantity.measure], self.rules[quantity.of]
        if quantity.of in self.groups:
            return layout.GROUP, self.groups[quantity.of]
        return layout.RULE, self.rules[quantity.of]


def _necessary(tree: Comparison) -> list[Compare]:
    """Comparisons that must each be true for the whole to be true."""
    if isinstance(tree, Compare):
        return [tree]
    if tree.operator == "and":
        return [compare for part in tree.parts for compare in _necessary(part)]
    return []


def _least(tree: Comparison, measure: str) -> float:
    """The least value of fit or engagement without which a criterion cannot be true."""
    bounds = [
        float(compare.right)
        for compare in _necessary(tree)
        if compare.left.measure == measure
        and compare.comparator in (">=", ">", "=")
        and isinstance(compare.right, float)
    ]
    return max(bounds, default=-math.inf)


def _needed_hits(tree: Comparison) -> list[str]:
    """Rules that must have had a hit before a criterion can be true: an age is unknown without one, a count 0."""
    names = []
    for compare in _necessary(tree):
        counted = (
            compare.left.measure == "count"
            and compare.comparator in (">=", ">", "=")
            and isinstance(compare.right, float)
            and (compare.right >= 0 if compare.comparator == ">" else compare.right > 0)
        )
        if (counted or compare.left.measure == "age_days") and compare.left.of is not None:
            names.append(compare.left.of)
    return names


@lru_cache
def _time_shifts(timezone: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Instants (µs) from which a time zone is ahead of UTC by a shift (µs), from 1900 to 2100."""
    zone = ZoneInfo(timezone)

    def shift_of(moment: datetime) -> timedelta:
        return moment.astimezone(zone).utcoffset() or timedelta()

    moment, end = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    starts, shifts = [layout.NEVER], [shift_of(moment)]
    step = timedelta(days=7)
    while moment < end:
        following = moment + step
        if shift_of(following) != shifts[-1]:
            low, high = moment, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if shift_of(middle) == shifts[-1] else (low, middle)
            starts.append(to_instant(high))
            shifts.append(shift_of(high))
        moment = following
    return _whole(starts), _whole(int(shift / timedelta(microseconds=1)) for shift in shifts)
