"""What changed in one rule of engagement or in one criterion, in sentences that name both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leadline.agreement.criteria import Compare, comparisons
from leadline.agreement.document import AtMost, PointsRule, StateRule, ThresholdRule
from leadline.agreement.durations import duration_in_words
from leadline.agreement.wording.conditions import condition_in_words, value_in_words
from leadline.agreement.wording.phrasing import listed, number_in_words, points_in_words
from leadline.agreement.wording.rules import criterion_in_words, frequency_in_words, rule_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.criteria import Comparison
    from leadline.agreement.document import Rule
    from leadline.agreement.wording.conditions import Vocabulary

_KEYS: Final = {
    PointsRule: (
        "on",
        "when",
        "at_most",
        "half_life",
        "expires",
        "max",
        "group",
        "survives_reset",
        "machines",
    ),
    ThresholdRule: ("on", "when", "at_least", "within", "sum", "distinct", "group", "machines"),
    StateRule: ("when", "group"),
}
_PHRASES: Final = {
    "on": "is about {}", "when": "needs: {}", "at_most": "counts {}", "half_life": "halves {}",
    "expires": "is gone {}", "max": "counts {} in all", "group": "belongs to {}", "at_least": "needs at "
    "least {}",
    "within": "looks back {}", "sum": "adds up {}", "distinct": "counts different values of {}",
}  # fmt: skip


def rule_changes(
    before: Rule, after: Rule, words: Vocabulary, inherited: tuple[int | None, int | None] = (None, None)
) -> Iterator[tuple[str, str]]:
    """Each changed key of a rule with its sentence; a rule of another kind as a whole, with an empty key.

    ``inherited`` is the half-life of `engagement` before and after: a rule that merely follows it is
    not listed.
    """
    if type(before) is not type(after):
        yield (
            "",
            f"{after.name} is now: {rule_in_words(after, words)}; before: {rule_in_words(before, words)}",
        )
        return
    if before.points != after.points:
        then = number_in_words(before.points)
        yield "points", f"{after.name} counts {points_in_words(after.points)} instead of {then}"
    for key in _KEYS[type(after)]:
        then_value, now_value = getattr(before, key), getattr(after, key)
        follows = key == "half_life" and inherited == (then_value, now_value)
        if then_value != now_value and not follows:
            yield key, _sentence(after.name, key, (then_value, now_value), words)


def _sentence(name: str, key: str, values: tuple[Any, Any], words: Vocabulary) -> str:
    then, now = values
    if key == "survives_reset":
        return f"{name} {'counts on' if now else 'no longer counts'} after a lead came back"
    if key == "machines":
        return f"{name} {'counts machines too' if now else 'no longer counts machines'}"
    shown = [_value(key, value, words) for value in (now, then)]
    return f"{name} now {_PHRASES[key].format(shown[0])}; before: {shown[1]}"


def _value(key: str, value: Any, words: Vocabulary) -> str:
    if key == "on":
        return "events of any kind" if value is None else listed(value, "or")
    if key == "when":
        return "nothing more" if value is None else condition_in_words(value, words)
    if key in ("half_life", "expires"):
        return "never" if value is None else f"after {duration_in_words(value)}"
    if isinstance(value, AtMost):
        return frequency_in_words(value)
    if value is None:
        return {"group": "no group", "max": "without limit", "at_most": "every time"}.get(key, "hits")
    if key == "max":
        return f"at most {points_in_words(value)}"
    if key == "within":
        return duration_in_words(value)
    if isinstance(value, float):
        return number_in_words(value)
    return f"the group {value}" if key == "group" else value_in_words(value, words)


def criterion_change(name: str, before: Comparison, after: Comparison) -> str:
    """What changed in a criterion, as short as it can be said."""
    pairs = _differing(before, after)
    if pairs is not None and len(pairs) == 1:
        then, now = pairs[0]
        same_way = (then.left, then.comparator) == (now.left, now.comparator)
        was = str(then).removeprefix(f"{then.left} {then.comparator} ") if same_way else str(then)
        return f"{name} now needs {now} instead of {was}"
    return f"{name} now reads: {criterion_in_words(after)}; before: {criterion_in_words(before)}"


def _differing(before: Comparison, after: Comparison) -> list[tuple[Compare, Compare]] | None:
    """The comparisons that differ, or nothing where the two are built differently."""
    if _skeleton(before) != _skeleton(after):
        return None
    pairs = zip(comparisons(before), comparisons(after), strict=True)
    return [(then, now) for then, now in pairs if then != now]


def _skeleton(tree: Comparison) -> Any:
    return None if isinstance(tree, Compare) else (tree.operator, *(_skeleton(part) for part in tree.parts))
