"""What learning may change in an agreement, each as one whole number: 0 leaves it as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from leadline.agreement.document import PointsRule
from leadline.agreement.durations import format_duration
from leadline.clock import DAY

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement

Kind = Literal["rule", "fit", "group", "top", "half_life"]

HALF_LIVES: Final = tuple(days * DAY for days in (7, 14, 21, 30, 45, 60, 90, 180))
"""The half-lives that are tried (µs), besides those that are given."""

POINTS_MOST: Final = 100
_CAP_STEP: Final = 5
_TOP_STEP: Final = 10


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that may change by ``unit`` times a whole number, from ``low`` to ``high`` of them.

    ``of`` are places: a rule of engagement, fit rules (those that share name and condition, in every persona), a
    group, none for the highest engagement, or for half-lives the rules that follow them. ``given`` are the present
    values, by place of ``of``; of half-lives their place in ``half_lives``. ``candidate``: the rule is not part of the
    agreement yet.
    """

    name: str
    kind: Kind
    of: tuple[int, ...]
    given: tuple[float, ...]
    low: int
    high: int
    unit: int = 1
    candidate: bool = False
    half_lives: tuple[int, ...] = ()


def terms_of(agreement: Agreement, candidates: frozenset[str] = frozenset()) -> tuple[Term, ...]:
    """Everything that may change; ``candidates`` are the names of rules that the agreement does not have yet.

    A rule keeps its sign, but may come down to 0; a candidate may go either way.
    """
    return (*_fit_terms(agreement), *_rule_terms(agreement, candidates), *_cap_terms(agreement), *_fading(agreement))


def _bounds(points: tuple[float, ...]) -> tuple[int, int]:
    """How far points that belong together may move without any of them changing its sign."""
    low = -min(points) if min(points) > 0 else -POINTS_MOST - min(points)
    high = -max(points) if max(points) < 0 else POINTS_MOST - max(points)
    return int(np.ceil(min(low, 0.0))), int(np.floor(max(high, 0.0)))


def _fit_terms(agreement: Agreement) -> list[Term]:
    alike: dict[tuple[str, object], list[tuple[int, float]]] = {}
    rules = [rule for persona in agreement.fit.personas for rule in persona.rules]
    for place, rule in enumerate(rules):
        alike.setdefault((rule.name, rule.when), []).append((place, rule.points))
    found = []
    for (name, _), members in alike.items():
        points = tuple(worth for _, worth in members)
        if min(points) < 0 < max(points):
            continue
        low, high = _bounds(points)
        found.append(Term(name, "fit", tuple(place for place, _ in members), points, low, high))
    return found


def _rule_terms(agreement: Agreement, candidates: frozenset[str]) -> list[Term]:
    found = []
    for place, rule in enumerate(agreement.engagement.rules):
        low, high = _bounds((rule.points,))
        found.append(Term(rule.name, "rule", (place,), (rule.points,), low, high, candidate=rule.name in candidates))
    return found


def _cap_terms(agreement: Agreement) -> list[Term]:
    found = []
    for place, group in enumerate(agreement.engagement.groups):
        if group.max is not None and group.max > _CAP_STEP:
            low = -int(group.max // _CAP_STEP) + 1
            high = int(max(agreement.engagement.max - group.max, 0) // _CAP_STEP)
            found.append(Term(group.name, "group", (place,), (group.max,), low, high, _CAP_STEP))
    top = agreement.engagement.max
    return [*found, Term("engagement", "top", (), (top,), 0, int(top // _TOP_STEP), _TOP_STEP)]


def _fading(agreement: Agreement) -> list[Term]:
    """The half-life that rules inherit, and the half-lives of rules that have their own."""
    inherited = agreement.engagement.half_life
    rules = agreement.engagement.rules
    followers: dict[str, tuple[int, tuple[int, ...]]] = {}
    for place, rule in enumerate(rules):
        if isinstance(rule, PointsRule) and rule.half_life is not None:
            name = "" if rule.half_life == inherited else rule.name
            of = followers.get(name, (rule.half_life, ()))[1]
            followers[name] = (rule.half_life, (*of, place))
    found = []
    for name, (half_life, of) in followers.items():
        lives = tuple(sorted({*HALF_LIVES, half_life}))
        place = lives.index(half_life)
        found.append(Term(name, "half_life", of, (float(place),), -place, len(lives) - 1 - place, half_lives=lives))
    return found


def with_the_evidence(term: Term, present: npt.NDArray[np.bool_], won: npt.NDArray[np.bool_]) -> Term:
    """A candidate whose points may only have the sign of its own evidence; ``present`` (n): who has had a hit.

    A penalty for what winners do more often than others can improve a model as a correction of other rules, but nobody
    would sign it.
    """
    inside, outside = won[present], won[~present]
    helps = (inside.sum() + 0.5) * (len(outside) + 1) >= (outside.sum() + 0.5) * (len(inside) + 1)
    return replace(term, low=0) if helps else replace(term, high=0)


def amendments(agreement: Agreement, terms: tuple[Term, ...], state: Any) -> dict[str, Any]:
    """What ``writing.amend`` needs to write changes: values by place. ``state`` (terms) whole numbers.

    New rules are not among them: their text is the candidate's.
    """
    changes: dict[str, Any] = {}
    for term, steps in zip(terms, np.asarray(state, int).tolist(), strict=True):
        if steps:
            changes |= _amended(agreement, term, steps)
    return changes


def _amended(agreement: Agreement, term: Term, steps: int) -> dict[str, Any]:
    if term.kind == "half_life":
        where = f"engagement.rules.{term.name}.half_life" if term.name else "engagement.half_life"
        return {where: format_duration(term.half_lives[int(term.given[0]) + steps])}
    moved = [_plain(value + steps * term.unit) for value in term.given]
    if term.kind == "top":
        return {"engagement.max": moved[0]}
    if term.kind == "group":
        return {f"engagement.groups.{term.name}.max": moved[0]}
    if term.kind == "rule":
        return {f"engagement.rules.{term.name}.points": moved[0]}
    places = [
        f"fit.personas.{persona.name}.rules.{rule.name}.points"
        for persona in agreement.fit.personas
        for rule in persona.rules
    ]
    return {places[place]: value for place, value in zip(term.of, moved, strict=True)}


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else float(value)
