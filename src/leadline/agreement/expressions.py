"""Expressions over lead fields or event columns, as small typed trees that any engine can evaluate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.fields.catalogue import Type

Operator = Literal[
    "and", "or", "not",
    "=", "<>", "<", "<=", ">", ">=",
    "in", "like", "ilike", "~", "~*", "is_null",
    "+", "-", "*", "/", "negate",
    "case", "coalesce", "to_number", "to_boolean", "to_time",
    "lower", "upper", "trim", "length", "starts_with", "contains", "split_part", "abs", "round", "in_list",
]  # fmt: skip
"""What a ``Call`` does with its arguments.

``in``: the value, then the literals. ``case``: condition, result, condition, result, …, and the result
otherwise. ``like`` and ``ilike`` escape with a backslash. ``~`` and ``~*`` are RE2 and match anywhere in the
text. ``in_list``: the value, then the name of the list. All of SQL's three-valued logic applies; division by
zero, a number too large for a double and a cast that fails are unknown.
"""

COMPARISONS: Final = ("=", "<>", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal. Times are instants in µs; ``None`` is NULL."""

    value: str | float | bool | int | None
    type: Type


@dataclass(frozen=True, slots=True)
class Column:
    """A lead field, an event column, or ``properties.<name>``."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function applied to arguments."""

    operator: Operator
    arguments: tuple[Node, ...]
    type: Type


Node = Constant | Column | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression with the text that somebody wrote. Equality is that of meaning, not of text."""

    tree: Node
    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.tree == other.tree

    def __hash__(self) -> int:
        return hash(self.tree)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns named, each once, in the order of the text."""
        return tuple(dict.fromkeys(node.name for node in walk(self.tree) if isinstance(node, Column)))

    @property
    def lists(self) -> tuple[str, ...]:
        """The names of the lists used."""
        return tuple(dict.fromkeys(str(constant(call.arguments[1])) for call in calls(self.tree, "in_list")))


Condition = Expression
"""An expression whose type is boolean."""


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it, parents first."""
    yield node
    if isinstance(node, Call):
        for argument in node.arguments:
            yield from walk(argument)


def calls(node: Node, *operators: Operator) -> Iterator[Call]:
    """All applications of the given operators in a tree."""
    return (found for found in walk(node) if isinstance(found, Call) and found.operator in operators)


def constant(node: Node) -> str | float | bool | int | None:
    """The value of a literal."""
    assert isinstance(node, Constant)  # noqa: S101 - the checker admits nothing else in these places
    return node.value


def conjuncts(node: Node) -> tuple[Node, ...]:
    """The parts that must all be true for the whole to be true."""
    if isinstance(node, Call) and node.operator == "and":
        return tuple(part for argument in node.arguments for part in conjuncts(argument))
    return (node,)
