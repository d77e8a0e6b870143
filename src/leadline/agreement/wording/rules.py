"""Rules and criteria, each in one sentence: for the agreement in words, for receipts, for differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.criteria import Compare, Logic, Quantity
from leadline.agreement.document import PointsRule, StateRule, ThresholdRule
from leadline.agreement.durations import duration_in_words
from leadline.agreement.wording.conditions import Vocabulary, condition_in_words, value_in_words
from leadline.agreement.wording.phrasing import listed, number_in_words, points_in_words

if TYPE_CHECKING:
    from leadline.agreement.criteria import Comparison
    from leadline.agreement.document import AtMost, FitRule, Rule


def frequency_in_words(at_most: AtMost) -> str:
    """How often something counts: ``at most once a day``, ``only the first 3 times for each asset``."""
    count, period = at_most.count, at_most.period
    by = f" for each {at_most.by.replace('asset_kind', 'kind of asset')}" if at_most.by else ""
    if period == "ever":
        return ("only the first time" if count == 1 else f"only the first {count} times") + by
    times = {1: "once", 2: "twice"}.get(count, f"{number_in_words(count)} times")
    span = f"within any {duration_in_words(period)}" if isinstance(period, int) else f"a {period}"
    return f"at most {times} {span}{by}"


def fit_rule_in_words(rule: FitRule, vocabulary: Vocabulary | None = None) -> str:
    """A rule of a persona: ``40 points if job level is vp``."""
    return f"{points_in_words(rule.points)} if {condition_in_words(rule.when, vocabulary)}"


def rule_in_words(rule: Rule, vocabulary: Vocabulary | None = None) -> str:
    """A rule of engagement in one sentence without full stop."""
    words = vocabulary or Vocabulary()
    if isinstance(rule, StateRule):
        sentence = f"{points_in_words(rule.points)} while {condition_in_words(rule.when, words)}"
    elif isinstance(rule, ThresholdRule):
        sentence = _threshold_in_words(rule, words)
    else:
        sentence = _points_in_words(rule, words)
    return sentence + (f" (in the group {rule.group})" if rule.group else "")


def events_in_words(rule: PointsRule | ThresholdRule, vocabulary: Vocabulary | None = None) -> str:
    """Which events a rule is about: ``Page Viewed where path starts with /pricing``."""
    anything = "event of any kind" if isinstance(rule, PointsRule) else "events of any kind"
    names = anything if rule.on is None else listed(rule.on, "or")
    where = "" if rule.when is None else f" where {condition_in_words(rule.when, vocabulary)}"
    return names + where


def _points_in_words(rule: PointsRule, words: Vocabulary) -> str:
    parts = [f"{points_in_words(rule.points)} for every {events_in_words(rule, words)}"]
    if rule.at_most is not None:
        parts.append(frequency_in_words(rule.at_most))
    if rule.max is not None:
        parts.append(
            f"never more than {points_in_words(rule.max)} in all" + (", up or down" if rule.points < 0 else "")
        )
    if rule.half_life is not None:
        parts.append(f"half of it left after {duration_in_words(rule.half_life)}")
    if rule.expires is not None:
        parts.append(f"gone after {duration_in_words(rule.expires)}")
    if rule.half_life is None and rule.expires is None:
        parts.append("it does not fade")
    return "; ".join(parts) + _exceptions(rule)


def _exceptions(rule: PointsRule) -> str:
    kept = "; it counts on when the lead comes back" if rule.survives_reset else ""
    return kept + ("; machines count too" if rule.machines else "")


def _threshold_in_words(rule: ThresholdRule, words: Vocabulary) -> str:
    least, window = number_in_words(rule.at_least), duration_in_words(rule.within)
    events = events_in_words(rule, words)
    if rule.sum is not None:
        unit = words.unit(rule.sum.tree)
        least = number_in_words(rule.at_least, unit)
        what = f"{value_in_words(rule.sum, words)} adds up to at least {least} over {events}"
    elif rule.distinct is not None:
        of = value_in_words(rule.distinct, words)
        what = f"there are at least {least} different values of {of} in {events}"
    else:
        what = f"there are at least {least} {events}"
    machines = "; machines count too" if rule.machines else ""
    return f"{points_in_words(rule.points)} while, within the last {window}, {what}{machines}"


_ORDER: Final = {
    "=": "is", "<>": "is not", ">=": "is at least", ">": "is more than", "<=": "is at most", "<": "is "
    "less than",
}  # fmt: skip
_AMOUNTS: Final = {
    "=": "exactly", "<>": "not exactly", ">=": "at least", ">": "more than", "<=": "at most",
    "<": "less than",
}  # fmt: skip
_AGES: Final = {
    "=": "exactly {} ago", "<>": "not exactly {} ago", ">=": "{} ago or longer", ">": "more than {} ago",
    "<=": "at most {} ago", "<": "less than {} ago",
}  # fmt: skip


def criterion_in_words(tree: Comparison) -> str:
    """A criterion as a clause without full stop: ``fit is at least 50 and engagement is at least 60``."""
    if isinstance(tree, Compare):
        return _compare_in_words(tree)
    if tree.operator == "not":
        return f"it is not so that {criterion_in_words(tree.parts[0])}"
    spoken = [_part_in_words(part, tree) for part in tree.parts]
    longer = any(isinstance(part, Logic) for part in tree.parts)
    return f", {tree.operator} ".join(spoken) if longer else listed(spoken, tree.operator)


def _part_in_words(part: Comparison, outer: Logic) -> str:
    nested = isinstance(part, Logic) and part.operator == "or" and outer.operator == "and"
    return f"either {criterion_in_words(part)}" if nested else criterion_in_words(part)


def quantity_in_words(quantity: Quantity) -> str:
    """A score as a noun: ``fit``, ``the points of pricing``."""
    if quantity.measure == "contribution":
        return f"the points of {quantity.of}"
    if quantity.measure == "count":
        return f"the count of {quantity.of}"
    if quantity.measure == "age_days":
        return f"the days since the last {quantity.of}"
    return str(quantity)


def _compare_in_words(compare: Compare) -> str:
    left, right = compare.left, compare.right
    if left.measure == "age_days" and isinstance(right, float):
        days = f"{number_in_words(right)} day{'' if right == 1 else 's'}"
        return f"the last {left.of} was {_AGES[compare.comparator].format(days)}"
    if left.measure == "contribution" and isinstance(right, float):
        return f"{left.of} counts {_AMOUNTS[compare.comparator]} {points_in_words(right)}"
    said = quantity_in_words(right) if isinstance(right, Quantity) else right
    if isinstance(said, float):
        said = number_in_words(said)
    return f"{quantity_in_words(left)} {_ORDER[compare.comparator]} {said}"
