"""Whether a statement in three-valued logic can come out a certain way: its alternatives, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Outcome = Literal["true", "false", "not true", "not false"]
NEGATED: Final[dict[Outcome, Outcome]] = {
    "true": "false", "false": "true", "not true": "not false", "not false": "not true",
}  # fmt: skip
ALTERNATIVES_MAX: Final = 256

Form: TypeAlias = object
"""An atom of the caller's, or ``All`` or ``Either`` of forms."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold; no part: it always does."""

    parts: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One part must hold; no part: it never does."""

    parts: tuple[Form, ...]


ALWAYS: Final = All(())
NEVER: Final = Either(())


def joined(operator: str, outcome: Outcome, parts: tuple[Form, ...]) -> Form:
    """AND or OR of parts that already carry the wanted outcome: what makes the whole come out that way."""
    conjunctive = (operator == "and") is (outcome in ("true", "not false"))
    return All(parts) if conjunctive else Either(parts)


class _TooManyError(Exception):
    """More alternatives than are worth trying."""


Chain: TypeAlias = "tuple[Chain, Form] | None"
"""Atoms that must hold together, the last one first: shared between alternatives instead of copied."""


def alternatives(form: Form) -> list[tuple[Any, ...]] | None:
    """The conjunctions of atoms of which one must hold; ``None`` if they are too many."""
    try:
        return [_atoms(chain) for chain in _extended([None], form)]
    except _TooManyError:
        return None


def _extended(chains: list[Chain], form: Form) -> list[Chain]:
    if isinstance(form, All):
        for part in form.parts:
            chains = _extended(chains, part)
        return chains
    if not isinstance(form, Either):
        return [(chain, form) for chain in chains]
    found: list[Chain] = []
    for part in form.parts:
        found += _extended(chains, part)
        if len(found) > ALTERNATIVES_MAX:
            raise _TooManyError
    return found


def _atoms(chain: Chain) -> tuple[Any, ...]:
    atoms = []
    while chain is not None:
        chain, atom = chain
        atoms.append(atom)
    return tuple(reversed(atoms))


def possible(form: Form, agree: Callable[[tuple[Any, ...]], bool]) -> bool:
    """Whether some alternative agrees with itself; too many alternatives count as possible."""
    found = alternatives(form)
    return found is None or any(agree(atoms) for atoms in found)
