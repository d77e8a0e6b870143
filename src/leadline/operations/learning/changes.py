"""Turns found changes into the text of an agreement, with thresholds that suit its new points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.agreement.document import PointsRule
from leadline.agreement.format.yaml_tree import parse_yaml
from leadline.agreement.writing import amend, plain
from leadline.clock import DAY
from leadline.learning.backtest.measures import first_qualifications, judge
from leadline.learning.examples import standings_of, watched
from leadline.learning.terms import amendments
from leadline.learning.thresholds import as_strict, bound_of, choose, movable, moved, rewritten
from leadline.qualification.folding import qualified, without_hand_offs
from leadline.qualification.planning import compile_plan

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.learning.examples import Moments
    from leadline.learning.terms import Term
    from leadline.operations.learning.inputs import Material
    from leadline.qualification.timeline import Part

    Instants = npt.NDArray[np.int64]

_WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Written:
    """A changed agreement: its ``text``, and the same with all candidates (``watching``), which the log was matched
    for."""

    text: str
    agreement: Agreement
    watching: Agreement


@dataclass(frozen=True, slots=True)
class Window:
    """The time whose MQLs are counted (µs, half-open), how long one has to become a customer (µs), and how many MQLs a
    week are wanted (None: as many as now)."""

    since: int
    until: int
    horizon: int
    capacity: float | None


def written(
    material: Material, terms: tuple[Term, ...], state: npt.NDArray[np.int64], further: dict[str, Any]
) -> Written:
    """The agreement with changes of its terms (terms, whole numbers) and ``further`` values by place."""
    wide = amendments(material.wide, terms, state)
    wide |= _also_stated(material, wide.get("engagement.half_life"))
    narrow = dict(wide)
    for name in material.candidates:
        points = narrow.pop(f"engagement.rules.{name}.points", None)
        if points is not None:
            narrow[f"engagement.rules.{name}"] = {**material.candidates[name], "points": points}
    text = amend(material.text, narrow | further)
    watching = watched(material.parsed(amend(material.wide_text, wide | further)))
    return Written(text, material.parsed(text), watching)


def _also_stated(material: Material, half_life: str | None) -> dict[str, str]:
    """The new usual half-life for rules that spell out the old one: they were learned to follow it."""
    if half_life is None:
        return {}
    node, _ = parse_yaml(material.wide_text.removeprefix("\ufeff"), "agreement")
    spelt: Any = plain(node)
    engagement = material.wide.engagement
    return {
        f"engagement.rules.{rule.name}.half_life": half_life
        for rule in engagement.rules
        if isinstance(rule, PointsRule)
        and rule.half_life == engagement.half_life
        and "half_life" in spelt["engagement"]["rules"][rule.name]
    }


def qualifications(material: Material, watching: Agreement, until: int) -> tuple[Instants, Instants]:
    """Leads and instants (µs) of all qualifications, as if sales had no leads yet."""
    plan = compile_plan(watching)

    def found(part: Part) -> tuple[Instants, Instants]:
        bare = without_hand_offs(part.log)
        rows = qualified(plan, _with_log(part, bare), until)
        return rows.lead, rows.at

    pieces = list(material.matched.timeline.each_part(material.matched.profiles, found))
    return np.concatenate([lead for lead, _ in pieces]), np.concatenate([at for _, at in pieces])


def _with_log(part: Part, log: Any) -> Part:
    from dataclasses import replace

    return replace(part, log=log)


def suiting_thresholds(material: Material, window: Window, watching: Agreement, moments: Moments) -> dict[str, Any]:
    """Criteria, by place, whose thresholds suit the new points of ``watching``.

    Where points of fit have changed, a threshold of fit moves to where as many leads reach it at their ``moments`` as
    did before. The criterion that asks for an engagement of its own then gets the thresholds that give as many MQLs in
    the window as wanted, and the most customers among them.
    """
    before, after = (standings_of(material.history, one, moments)[:, 0] for one in (material.watching, watching))
    main, changes = movable(material.agreement), {}
    for criterion in material.agreement.mql.criteria:
        bound = bound_of(criterion, "fit")
        strict = None if bound is None else as_strict(bound, before, after)
        if criterion is not main and strict not in (None, bound):
            changes[f"mql.when.{criterion.name}"] = rewritten(criterion, strict, None)
            watching = moved(watching, criterion, strict, None)
    if main is None:
        return changes
    bound = bound_of(main, "fit")
    return changes | _main_thresholds(
        material, window, watching, None if bound is None else as_strict(bound, before, after)
    )


def _main_thresholds(material: Material, window: Window, watching: Agreement, centre: float | None) -> dict[str, Any]:
    main = movable(material.agreement)
    if main is None:
        return {}

    def measured(fit: float | None, engagement: float) -> tuple[int, float]:
        return _measured(material, window, moved(watching, main, fit, engagement))

    wanted = _measured(material, window, material.watching)[0]
    if window.capacity is not None:
        wanted = round(window.capacity * (window.until - window.since) / _WEEK)
    best = choose(watching, centre, wanted, measured)
    text = rewritten(main, best.fit, best.engagement)
    return {} if text == main.text else {f"mql.when.{main.name}": text}


def _measured(material: Material, window: Window, watching: Agreement) -> tuple[int, float]:
    """MQLs in the window, and the share of customers among the judged."""
    lead, at = first_qualifications(*qualifications(material, watching, window.until))
    inside = (at >= window.since) & (at < window.until)
    verdicts = judge(material.outcomes, lead[inside], at[inside], window.horizon)
    return int(inside.sum()), float(verdicts.won.sum() / max(1, verdicts.judged.sum()))
