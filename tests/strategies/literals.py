"""Values for columns and fields: those that conditions talk about, their neighbours, awkward ones."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hypothesis import strategies as st

from leadline.agreement.document import Agreement, ThresholdRule
from leadline.agreement.expressions import Call, Column, Constant, Expression, walk
from leadline.fields.catalogue import BOOLEAN, NUMBER, TIME, Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypothesis.strategies import SearchStrategy

Option = TypeVar("Option")

TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "email": ("ann@acme.example", "bob@gmail.com", "c@mailinator.com", "ANN@Acme.example", "no address", " "),
    "phone": ("+49301", " "),
    "handle": ("@ann", ""),
    "title": ("VP Marketing", "Head of Sales", "Student", "CTO", "Marketing Manager", " ", "vp sales"),
    "country": ("DE", "US", "GB", "de", ""),
    "path": ("/pricing", "/pricing/a", "/blog_x", "/blog"),
    "url": ("https://a.example/?utm=news", "https://a.example/"),
    "campaign": ("spring-1", "Spring"),
    "channel": ("email", "ads", "web"),
    "source": ("fair", "email"),
    "asset": ("guide", "report"),
    "properties.seats": ("5", " 60 ", "1e1", ".5", "many", "1e999", "5.", "-3"),
    "properties.trial": ("yes", " T ", "0", "off", "maybe"),
    "properties.since": ("2025-10-25", "2025-11-01T01:00:00+02:00", "2025-10-26 12:00:00", "soon"),
}
NUMBERS: Final = (10.0, 5.0, 0.0, 60.0, 0.1, 0.2, -1.0, 12.5, 20.0, float("nan"), float("inf"))
_SETS_BESIDE: Final = (*("=", "<>", "<", "<=", ">", ">=", "in", "like", "ilike", "starts_with", "contains", "in_list"),)


def talked_about(agreement: Agreement) -> dict[str, list[Any]]:
    """For every column that some condition names: the literals that it is compared with."""
    found: dict[str, list[Any]] = defaultdict(list)
    lists = {named.name: sorted(named.values) for named in agreement.lists}
    for expression in _expressions(agreement):
        for node in walk(expression.tree):
            if isinstance(node, Column):
                found[node.name] += []
            if isinstance(node, Call) and node.operator in _SETS_BESIDE:
                below = list(walk(node))
                literals: list[Any] = [part.value for part in below if isinstance(part, Constant)]
                if node.operator == "in_list":
                    literals = lists[literals[0]][:5]
                for column in below:
                    if isinstance(column, Column):
                        found[column.name] += [_fitting(column.type, value) for value in literals]
    return {name: [value for value in values if value is not None] for name, values in found.items()}


def _expressions(agreement: Agreement) -> Iterator[Expression]:
    fit = agreement.fit
    yield from (knockout.when for knockout in fit.knockouts)
    yield from (rule.when for persona in fit.personas for rule in persona.rules)
    for rule in agreement.engagement.rules:
        measured = (rule.sum, rule.distinct) if isinstance(rule, ThresholdRule) else ()
        yield from (expression for expression in (rule.when, *measured) if expression is not None)


def _fitting(kind: Type, literal: object) -> object:
    if kind is NUMBER or kind is TIME:
        return literal if isinstance(literal, float | int) and not isinstance(literal, bool) else None
    if kind is BOOLEAN or literal is None or isinstance(literal, bool):
        return None
    return literal.replace("%", "").replace("\\", "") if isinstance(literal, str) else f"{literal:g}"


def picked(options: Sequence[Option]) -> SearchStrategy[Option]:
    """One of the options, the first when shrunk, always by the same kind of choice.

    Hypothesis varies an example by copying a part of it over another; where that shifts later choices,
    all that do not fit become the simplest. With `sampled_from`, most histories came out empty for it.
    """
    return st.integers(0, 255).map(lambda choice: options[choice % len(options)])


def values_of(name: str, kind: Type, literals: list[Any], clock: list[int]) -> SearchStrategy[Any]:
    """Values of a column; unknown among them."""
    if kind is BOOLEAN:
        return picked((None, True, False))
    if kind is TIME:
        return picked((None, *literals, *clock))
    own: tuple[Any, ...] = NUMBERS if kind is NUMBER else TEXTS.get(name, ("x", "y"))
    near = [value + step for value in literals for step in (-1, 1)] if kind is NUMBER else []
    return picked((*literals, *literals, None, *own, *near))
