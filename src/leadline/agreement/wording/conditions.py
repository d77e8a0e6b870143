"""Conditions in plain English: `company_revenue >= 10e6` as "yearly revenue is at least 10 million EUR"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leadline.agreement.expressions import COMPARISONS, Call, Column, Constant, Node
from leadline.agreement.wording.phrasing import listed, lowered, moment_in_words, number_in_words
from leadline.fields.catalogue import EVENT_PROPERTIES, NUMBER, TIME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadline.agreement.document import Agreement
    from leadline.agreement.expressions import Expression

_LABELS: Final = {
    "email": "e-mail address", "phone": "phone number", "handle": "social handle",
    "email_domain": "mail domain",
    "job_level": "job level", "job_function": "job function", "created_at": "the day it became known",
    "source": "source", "channel": "channel", "campaign": "campaign", "asset_kind": "kind of asset",
    "duration_s": "duration", "occurred_at": "its time", "event": "name of the event", "url": "address "
    "of the page",
}  # fmt: skip
_UNITS: Final = {"duration_s": "seconds"}
_FACTS: Final = {
    "email_is_free": (
        "the mail address is from a free provider",
        "the mail address is not from a free provider",
    ),
    "email_is_disposable": ("the mail address is disposable", "the mail address is not disposable"),
    "account_is_customer": ("the company is a customer", "the company is not a customer"),
    "account_has_open_opportunity": (
        "the company has an open opportunity",
        "the company has no open opportunity",
    ),
    "is_machine": ("a machine did it", "no machine did it"),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the columns of an agreement are called: labels and units by field name, and the time zone
    of its dates.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"

    def label(self, column: str) -> str:
        """A column inside a sentence."""
        if column in self.labels:
            return lowered(self.labels[column])
        bare = column.removeprefix(f"{EVENT_PROPERTIES}.")
        return _LABELS.get(bare, bare.replace("_", " "))

    def unit(self, node: Node) -> str | None:
        """The unit of a column, none for anything else."""
        if not isinstance(node, Column):
            return None
        return self.units.get(node.name) or _UNITS.get(node.name)


def vocabulary_of(agreement: Agreement) -> Vocabulary:
    """The words of one agreement."""
    return Vocabulary(
        labels=agreement.title_of,
        units={declared.name: declared.unit for declared in agreement.fields if declared.unit},
        timezone=agreement.timezone,
    )


class _NoWordsError(Exception):
    """A construct that reads better as SQL."""


def condition_in_words(condition: Expression, vocabulary: Vocabulary | None = None) -> str:
    """A condition as a clause without full stop, or its SQL text in backquotes where words would not
    be clearer.
    """
    try:
        return _Speaker(vocabulary or Vocabulary()).clause(condition.tree)
    except _NoWordsError:
        return f"`{' '.join(condition.text.split())}`"


def value_in_words(expression: Expression, vocabulary: Vocabulary | None = None) -> str:
    """An expression of any type as a noun, or its SQL text in backquotes."""
    try:
        return _Speaker(vocabulary or Vocabulary()).value(expression.tree)
    except _NoWordsError:
        return f"`{' '.join(expression.text.split())}`"


_ORDER: Final = {
    "=": "is", "<>": "is not", ">=": "is at least", ">": "is more than", "<=": "is at most", "<": "is "
    "less than",
}  # fmt: skip
_TIME_ORDER: Final = {
    "=": "is exactly", "<>": "is not exactly", ">=": "is from", ">": "is after", "<=": "is until",
    "<": "is before",
}  # fmt: skip
_OPPOSITE: Final = {"=": "<>", "<>": "=", ">=": "<", ">": "<=", "<=": ">", "<": ">="}
_TESTS: Final = {
    "starts_with": ("starts with", "does not start with"),
    "contains": ("contains", "does not contain"),
}
_ARITHMETIC: Final = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


class _Speaker:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def clause(self, node: Node, *, truth: bool = True) -> str:
        """A boolean node, or (``truth`` false) its negation."""
        if isinstance(node, Column):
            return self.fact(node, truth=truth)
        if isinstance(node, Constant):
            return "always" if node.value is truth else "never"
        if node.operator == "not":
            return self.clause(node.arguments[0], truth=not truth)
        if node.operator in ("and", "or"):
            return self.joined(node, truth=truth)
        if node.operator in COMPARISONS:
            return self.comparison(node, truth=truth)
        return self.test(node, truth=truth)

    def fact(self, column: Column, *, truth: bool) -> str:
        if column.name in _FACTS:
            return _FACTS[column.name][0 if truth else 1]
        return f"{self.vocabulary.label(column.name)} is {'true' if truth else 'false'}"

    def joined(self, node: Call, *, truth: bool) -> str:
        conjunction = (node.operator == "and") is truth
        parts = _with_ranges(node.arguments) if node.operator == "and" and truth else [*node.arguments]
        spoken = [self.between(*part) if isinstance(part, tuple) else self.inner(part, node, truth) for part in parts]
        if len(spoken) == 1:
            return spoken[0]
        joint = "and" if conjunction else "or"
        longer = any(" and " in part or " or " in part for part in spoken)
        return f", {joint} ".join(spoken) if longer else listed(spoken, joint)

    def inner(self, part: Node, outer: Call, truth: bool) -> str:
        said = self.clause(part, truth=truth)
        nested = isinstance(part, Call) and part.operator in ("and", "or") and part.operator != outer.operator
        alternatives = isinstance(part, Call) and (part.operator == "or") is truth
        return f"either {said}" if nested and alternatives else said

    def between(self, value: Node, low: Constant, high: Constant) -> str:
        unit = self.vocabulary.unit(value)
        if value.type is TIME:
            return f"{self.value(value)} is from {self.value(low)} to {self.value(high)}"
        return f"{self.value(value)} is between {self.value(low)} and {self.literal(high, unit)}"

    def comparison(self, node: Call, *, truth: bool) -> str:
        left, right = node.arguments
        operator = node.operator if truth else _OPPOSITE[node.operator]
        if isinstance(left, Constant) and not isinstance(right, Constant):
            left, right = right, left
            operator = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}.get(operator, operator)
        if isinstance(right, Constant) and isinstance(right.value, bool) and isinstance(left, Column):
            return self.fact(left, truth=right.value is (operator == "="))
        words = (_TIME_ORDER if left.type is TIME else _ORDER)[operator]
        said = self.literal(right, self.vocabulary.unit(left)) if isinstance(right, Constant) else self.value(right)
        return f"{self.value(left)} {words} {said}"

    def test(self, node: Call, *, truth: bool) -> str:
        value = self.value(node.arguments[0])
        if node.operator == "is_null":
            return f"{value} is {'unknown' if truth else 'known'}"
        if node.operator == "in":
            unit = self.vocabulary.unit(node.arguments[0])
            choices = [self.value(item) for item in node.arguments[1:]]
            said = listed(choices, "or") + (f" {unit}" if unit else "")
            return f"{value} is {said}" if truth else f"{value} is not {said}"
        if node.operator == "in_list":
            name = self.value(node.arguments[1])
            return f"{value} is {'' if truth else 'not '}on the list {name}"
        if node.operator in ("like", "ilike"):
            return f"{value} {_like_in_words(node, truth=truth)}"
        if node.operator in ("~", "~*"):
            loosely = " (capitals or not)" if node.operator == "~*" else ""
            return f"{value} {'matches' if truth else 'does not match'} the pattern {_literal_text(node)}{loosely}"
        if node.operator in _TESTS:
            return f"{value} {_TESTS[node.operator][0 if truth else 1]} {self.value(node.arguments[1])}"
        raise _NoWordsError

    def value(self, node: Node) -> str:
        """A node of any type as a noun."""
        if isinstance(node, Constant):
            return self.literal(node)
        if isinstance(node, Column):
            return self.vocabulary.label(node.name)
        first = self.value(node.arguments[0])
        if node.operator in ("to_number", "to_boolean", "to_time", "trim"):
            return first
        if node.operator in _ARITHMETIC:
            return f"({first} {_ARITHMETIC[node.operator]} {self.value(node.arguments[1])})"
        if node.operator in ("lower", "upper"):
            return f"{first} in {'small' if node.operator == 'lower' else 'capital'} letters"
        if node.operator == "length":
            return f"the length of {first}"
        if node.operator == "coalesce" and len(node.arguments) == 2:
            return f"{first} (or {self.value(node.arguments[1])} if unknown)"
        raise _NoWordsError

    def literal(self, node: Constant, unit: str | None = None) -> str:
        if node.type is TIME and isinstance(node.value, int):
            return moment_in_words(node.value, self.vocabulary.timezone)
        if node.type is NUMBER and isinstance(node.value, float):
            return number_in_words(node.value, unit)
        if isinstance(node.value, bool):
            return "true" if node.value else "false"
        if node.value is None:
            raise _NoWordsError
        return _quoted(str(node.value))


def _with_ranges(parts: tuple[Node, ...]) -> list[Node | tuple[Node, Constant, Constant]]:
    """The parts of a conjunction, with a lower and an upper bound that stand side by side made one."""
    found: list[Node | tuple[Node, Constant, Constant]] = []
    for part in parts:
        before = found[-1] if found else None
        if isinstance(part, Call) and isinstance(before, Call) and (bounds := _range(before, part)):
            found[-1] = bounds
        else:
            found.append(part)
    return found


def _range(first: Call, second: Call) -> tuple[Node, Constant, Constant] | None:
    if (first.operator, second.operator) != (">=", "<=") or first.arguments[0] != second.arguments[0]:
        return None
    low, high = first.arguments[1], second.arguments[1]
    bounds = isinstance(low, Constant) and isinstance(high, Constant) and not isinstance(low.value, str)
    return (first.arguments[0], low, high) if bounds else None  # type: ignore[return-value]


def _quoted(text: str) -> str:
    plain = text and all(letter.isalnum() or letter in "_-./&+@" for letter in text)
    return text if plain and text not in ("and", "or", "is", "not") else f"“{text}”"


def _literal_text(node: Call) -> str:
    pattern = node.arguments[1]
    assert isinstance(pattern, Constant)  # noqa: S101 - the checker admits nothing else
    return _quoted(str(pattern.value))


def _like_in_words(node: Call, *, truth: bool) -> str:
    pattern = str(node.arguments[1].value) if isinstance(node.arguments[1], Constant) else ""
    loosely = " (capitals or not)" if node.operator == "ilike" else ""
    core = pattern.strip("%")
    if not core or any(mark in core for mark in "%_\\") or len(pattern) - len(core) > 2:
        return f"{'is' if truth else 'is not'} like {_quoted(pattern)}{loosely}"
    ways = {
        (False, False): ("is", "is not"),
        (False, True): ("starts with", "does not start with"),
        (True, False): ("ends with", "does not end with"),
        (True, True): ("contains", "does not contain"),
    }
    way = ways[pattern.startswith("%"), pattern.endswith("%")][0 if truth else 1]
    return f"{way} {_quoted(core)}{loosely}"
