"""Whether a condition can be true at all, or cannot be otherwise: conservative, never a false alarm."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from leadline.agreement.checking.domains import Domain, Value
from leadline.agreement.checking.satisfiable import (
    ALWAYS,
    NEGATED,
    NEVER,
    Either,
    Outcome,
    alternatives,
    joined,
    possible,
)
from leadline.agreement.expressions import COMPARISONS, Call, Column, Constant, Node
from leadline.fields.catalogue import BOOLEAN

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPPOSITE: Final = {"=": "<>", "<>": "=", ">=": "<", ">": "<=", "<=": ">", "<": ">="}
_MIRRORED: Final = {"=": "=", "<>": "<>", ">=": "<=", ">": "<", "<=": ">=", "<": ">"}
_LAZY: Final = ("coalesce", "case", "is_null", "and", "or", "not")
_STRICT: Final = (
    *COMPARISONS, "in", "in_list", "like", "ilike", "~", "~*", "starts_with", "contains", "lower",
    "upper", "trim", "length",
)  # fmt: skip
"""Known whenever all their arguments are."""
_LIST_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that must be so: a comparison, membership, a test, or that something is known or unknown.

    ``test`` is a comparator, ``in``, ``not in``, ``known``, ``unknown``, ``so`` or ``not so`` (of an
    opaque node).
    """

    node: Node
    test: str
    value: Any = None


@dataclass(frozen=True)
class Sense:
    """What is known beforehand: the values that columns can have, and the lists."""

    domains: Mapping[str, Domain] = field(default_factory=dict)
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def can_be_true(self, node: Node) -> bool:
        """False only if no row can make the condition true."""
        return possible(self.form(node, "true"), self.agree)

    def always_true(self, node: Node) -> bool:
        """True only if every row makes the condition true."""
        return not possible(self.form(node, "not true"), self.agree)

    def values_of(self, column: Node, node: Node | None) -> frozenset[Value] | None:
        """All values that a column has where the condition is true, if they are a known set."""
        found: set[Value] = set()
        ways: list[tuple[Any, ...]] | None = [()] if node is None else alternatives(self.form(node, "true"))
        for facts in ways or ():
            domain = self.narrowed(facts).get(column, self.start(column))
            if domain.values is None:
                return None
            found |= domain.values
        return None if ways is None else frozenset(found)

    # Forms

    def form(self, node: Node, outcome: Outcome) -> Any:
        """What must be so for a boolean node to come out as wanted."""
        if isinstance(node, Constant):
            truth = None if node.value is None else "true" if node.value else "false"
            fits = outcome == truth or (outcome.startswith("not ") and outcome != f"not {truth}")
            return ALWAYS if fits else NEVER
        if isinstance(node, Call) and node.operator == "not":
            return self.form(node.arguments[0], NEGATED[outcome])
        if isinstance(node, Call) and node.operator in ("and", "or"):
            return joined(node.operator, outcome, tuple(self.form(part, outcome) for part in node.arguments))
        if isinstance(node, Call) and node.operator == "is_null":
            return self.null_form(node.arguments[0], unknown=outcome in ("true", "not false"))
        plainly = self.fact(node, truth=outcome in ("true", "not false"))
        if outcome in ("true", "false"):
            return plainly
        return Either((plainly, self.null_form(node, unknown=True)))

    def null_form(self, node: Node, *, unknown: bool) -> Any:
        if isinstance(node, Constant):
            return ALWAYS if (node.value is None) is unknown else NEVER
        if isinstance(node, Column):
            return Fact(node, "unknown" if unknown else "known")
        if unknown and node.operator in _STRICT:
            return Either(tuple(self.null_form(argument, unknown=True) for argument in node.arguments))
        return ALWAYS  # whether a calculation is unknown is not worked out

    def fact(self, node: Node, *, truth: bool) -> Any:
        """A test as a fact; tests that are not understood are opaque, but cannot be so and not so at once."""
        opaque = Fact(node, "so" if truth else "not so")
        if isinstance(node, Column):
            return Fact(node, "=", truth)
        if not isinstance(node, Call):
            return opaque
        if node.operator in COMPARISONS:
            return self.comparison(node, truth=truth) or opaque
        value = node.arguments[0]
        if node.operator == "in":
            chosen = frozenset(item.value for item in node.arguments[1:] if isinstance(item, Constant))
            return Fact(value, "in" if truth else "not in", chosen)
        if node.operator == "in_list" and isinstance(node.arguments[1], Constant):
            entries = self.lists.get(str(node.arguments[1].value))
            if entries is not None and len(entries) <= _LIST_MAX:
                return Fact(value, "in" if truth else "not in", entries)
        return opaque

    def comparison(self, node: Call, *, truth: bool) -> Any:
        left, right = node.arguments
        comparator = node.operator if truth else _OPPOSITE[node.operator]
        if isinstance(left, Constant) and isinstance(right, Constant):
            return ALWAYS if _compare(left.value, comparator, right.value) else NEVER
        if isinstance(left, Constant):
            left, right, comparator = right, left, _MIRRORED[comparator]
        if left == right:
            return Fact(left, "known") if comparator in ("=", ">=", "<=") else NEVER
        return Fact(left, comparator, right.value) if isinstance(right, Constant) else None

    # Facts together

    def agree(self, facts: tuple[Fact, ...]) -> bool:
        """False only if the facts contradict each other."""
        unknown = {fact.node for fact in facts if fact.test == "unknown"}
        known = {column for fact in facts if fact.test != "unknown" for column in _needed(fact.node)}
        if unknown & known:
            return False
        so = {fact.node for fact in facts if fact.test == "so"}
        if any(fact.node in so for fact in facts if fact.test == "not so"):
            return False
        domains = self.narrowed(facts)
        if any(domain.empty for domain in domains.values()):
            return False
        return not any(_refutes(fact, domains) for fact in facts if fact.test in ("so", "not so"))

    def narrowed(self, facts: tuple[Fact, ...]) -> dict[Node, Domain]:
        """What is left of each node's values."""
        domains: dict[Node, Domain] = {}
        for fact in facts:
            domain = domains.get(fact.node, self.start(fact.node))
            if fact.test in COMPARISONS:
                domains[fact.node] = domain.compared(fact.test, fact.value)
            elif fact.test == "in":
                domains[fact.node] = domain.among(fact.value)
            elif fact.test == "not in":
                domains[fact.node] = Domain(
                    domain.low,
                    domain.high,
                    domain.low_open,
                    domain.high_open,
                    domain.only,
                    domain.never | fact.value,
                )
        return {node: _in_case(node, domain) for node, domain in domains.items()}

    def start(self, node: Node) -> Domain:
        """The values that a node has before anything is asked."""
        if isinstance(node, Column) and node.name in self.domains:
            return self.domains[node.name]
        if node.type is BOOLEAN:
            return Domain(only=frozenset([True, False]))
        if isinstance(node, Call) and node.operator in ("length", "abs"):
            return Domain(low=0.0)
        return self._anything

    @cached_property
    def _anything(self) -> Domain:
        return Domain()


def _needed(node: Node) -> set[Node]:
    """Columns that must be known for a node to be known."""
    if isinstance(node, Column):
        return {node}
    if isinstance(node, Constant) or node.operator in _LAZY:
        return set()
    return {column for argument in node.arguments for column in _needed(argument)}


def _compare(left: Any, comparator: str, right: Any) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) and comparator not in ("=", "<>"):
        return True  # the order of texts is the engine's
    if comparator in ("=", "<>"):
        return bool(left == right) is (comparator == "=")
    return bool({">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[comparator])


def _in_case(node: Node, domain: Domain) -> Domain:
    """`lower(x)` has no capitals and `upper(x)` no small letters, of those of ASCII at least."""
    if domain.only is None or not (isinstance(node, Call) and node.operator in ("lower", "upper")):
        return domain
    wrong = re.compile("[A-Z]" if node.operator == "lower" else "[a-z]")
    return domain.among(frozenset(v for v in domain.only if not (isinstance(v, str) and wrong.search(v))))


def _refutes(fact: Fact, domains: dict[Node, Domain]) -> bool:
    """Whether a test on a text fails for every value that the text can still have."""
    node = fact.node
    if not isinstance(node, Call) or len(node.arguments) != 2:
        return False
    value, argument = node.arguments
    left = domains.get(value)
    if left is None or left.values is None or not isinstance(argument, Constant):
        return False
    results = [_text_test(node.operator, str(text), str(argument.value)) for text in left.values]
    wanted = fact.test == "so"
    return all(result is not None and result is not wanted for result in results)


def _text_test(operator: str, text: str, argument: str) -> bool | None:
    if operator == "starts_with":
        return text.startswith(argument)
    if operator == "contains":
        return argument in text
    if operator == "like" and not any(mark in argument for mark in "\\_"):
        return re.fullmatch(".*".join(re.escape(part) for part in argument.split("%")), text, re.DOTALL) is not None
    return None
