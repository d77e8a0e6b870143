"""The plain texts inside patterns: what `LIKE`, `~` and `contains` look for, and at which ends they are open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leadline.agreement.expressions import Call, Column, Constant, Expression, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.document import Agreement

_OPERATORS: Final = ("like", "ilike", "~", "~*", "contains", "starts_with")
_MAGIC: Final = re.compile(r"[\[\](){}*+?|^$]")
_ESCAPED: Final = re.compile(r"\\([^A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One test of a text column against a pattern. ``test`` is that test alone; ``written`` is the pattern; ``core``
    the plain text in it, open at its start or end; ``is_regex`` says how it was written.
    """

    place: str
    column: str
    test: Expression
    written: str
    core: str
    open_start: bool
    open_end: bool
    is_regex: bool

    @property
    def word(self) -> str:
        """The core in small letters."""
        return self.core.lower()


def patterns_of(agreement: Agreement) -> Iterator[Pattern]:
    """All patterns of an agreement whose text is plain, one for each alternative of a regular expression."""
    for place, condition in _conditions(agreement):
        for node in walk(condition.tree):
            if not isinstance(node, Call) or node.operator not in _OPERATORS or len(node.arguments) != 2:
                continue
            subject, pattern = node.arguments
            column = next((part for part in walk(subject) if isinstance(part, Column)), None)
            if column is None or not isinstance(pattern, Constant) or not isinstance(pattern.value, str):
                continue
            for core, open_start, open_end in _cores(node.operator, pattern.value):
                yield Pattern(
                    place, column.name, Expression(node, ""), pattern.value, core, open_start, open_end,
                    is_regex=node.operator in ("~", "~*"),
                )  # fmt: skip


def _conditions(agreement: Agreement) -> Iterator[tuple[str, Expression]]:
    for knockout in agreement.fit.knockouts:
        yield f"fit.knockouts.{knockout.name}", knockout.when
    for persona in agreement.fit.personas:
        for fit_rule in persona.rules:
            yield f"fit.personas.{persona.name}.rules.{fit_rule.name}.when", fit_rule.when
    for rule in agreement.engagement.rules:
        if rule.when is not None:
            yield f"engagement.rules.{rule.name}.when", rule.when


def _cores(operator: str, pattern: str) -> Iterator[tuple[str, bool, bool]]:
    if operator == "contains":
        yield pattern, True, True
    elif operator == "starts_with":
        yield pattern, False, True
    elif operator in ("like", "ilike"):
        yield from _of_like(pattern)
    else:
        for branch in _branches(pattern):
            yield from _of_regex(branch)


def _of_like(pattern: str) -> Iterator[tuple[str, bool, bool]]:
    open_start = pattern.startswith("%")
    open_end = pattern.endswith("%") and not pattern.endswith("\\%")
    inner = pattern[open_start : len(pattern) - open_end]
    if inner and not re.search(r"(?<!\\)%", inner):
        yield re.sub(r"\\(.)", r"\1", inner), open_start, open_end


def _branches(pattern: str) -> list[str]:
    """The alternatives of a regular expression without other groups."""
    found = re.fullmatch(r"(\^?)\(\??:?([^()]*)\)(\$?)", pattern)
    if found:
        return [f"{found[1]}{branch}{found[3]}" for branch in found[2].split("|")]
    return pattern.split("|") if "(" not in pattern else [pattern]


def _of_regex(branch: str) -> Iterator[tuple[str, bool, bool]]:
    open_start, open_end = not branch.startswith("^"), not branch.endswith("$")
    inner = branch.removeprefix("^").removesuffix("$")
    for _ in range(2):  # `.*` at an end says that it is open
        if inner.startswith(".*"):
            inner, open_start = inner[2:], True
        if inner.endswith(".*"):
            inner, open_end = inner[:-2], True
    plain = _ESCAPED.sub(r"\1", inner)
    if plain and not _MAGIC.search(_ESCAPED.sub("", inner)) and "\\" not in plain:
        yield plain, open_start, open_end
