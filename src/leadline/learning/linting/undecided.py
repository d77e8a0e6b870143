"""What never decides: rules whose points change no qualification, criteria that are never the only reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.agreement.criteria import quantities
from leadline.learning.linting.evidence import QUALIFIED_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.document import Agreement
    from leadline.learning.linting.evidence import Evidence, Finding, Seen
    from leadline.qualification.folding import Qualified

CHECK: Final = "never decides"
_HITS_MIN: Final = 30


def check(evidence: Evidence) -> Iterator[Finding]:
    """Each rule with its points set to 0, and each criterion left out: does any qualification change?

    Rules that a criterion names decide by their hits, whatever their points.
    """
    seen = evidence.seen
    if seen is None or len(seen.qualified.lead) < QUALIFIED_MIN:
        return
    agreement = evidence.agreement
    named = {quantity.of for criterion in agreement.mql.criteria for quantity in quantities(criterion.when)}
    for place, rule in enumerate(agreement.engagement.rules):
        hits = int(seen.stand.ever[:, place].sum())
        if (
            rule.points
            and rule.name not in named
            and hits >= _HITS_MIN
            and _same(seen, without_points(agreement, rule.name))
        ):
            where = f"engagement.rules.{rule.name}.points"
            yield _finding(evidence, seen, (where, rule.name, rule.points), hits)
    for place, (persona, fit_rule) in enumerate(evidence.fit_rules):
        hits = int(seen.stand.fit_true[:, place].sum())
        if fit_rule.points and hits >= _HITS_MIN and _same(seen, _without_fit(agreement, persona, fit_rule.name)):
            where = f"fit.personas.{persona}.rules.{fit_rule.name}.points"
            yield _finding(evidence, seen, (where, f"{fit_rule.name} of {persona}", fit_rule.points), hits)
    yield from _criteria(evidence, seen)


def without_points(agreement: Agreement, *names: str) -> Agreement:
    """The agreement with some rules of engagement worth nothing; they still have hits."""
    rules = tuple(
        replace(rule, points=0.0) if rule.name in names else rule for rule in agreement.engagement.rules
    )  # fmt: skip
    return replace(agreement, engagement=replace(agreement.engagement, rules=rules))


def _without_fit(agreement: Agreement, persona: str, name: str) -> Agreement:
    personas = tuple(
        replace(one, rules=tuple(replace(rule, points=0.0) if rule.name == name else rule for rule in one.rules))
        if one.name == persona
        else one
        for one in agreement.fit.personas
    )
    return replace(agreement, fit=replace(agreement.fit, personas=personas))


def _same(seen: Seen, other: Agreement) -> bool:
    return same_moments(seen.qualified, seen.requalified(other, ()))


def same_moments(left: Qualified, right: Qualified) -> bool:
    """Whether the same leads qualified at the same instants."""
    return np.array_equal(left.lead, right.lead) and np.array_equal(left.at, right.at)


def _finding(evidence: Evidence, seen: Seen, rule: tuple[str, str, float], hits: int) -> Finding:
    place, name, points = rule
    times = len(seen.qualified.lead)
    message = (
        f"{name} counts for {hits:,} leads, but decides nothing: without its points the same leads would have "
        f"qualified at the same moments, all {times:,} times."
    )
    weight = "give it the points that it is worth" if points > 0 else "take off as many points as it should cost"
    way_out = f"Remove it, or {weight}."
    return evidence.finding("never decides", "minor", place, message, way_out, leads=hits, qualifications=times)


def _criteria(evidence: Evidence, seen: Seen) -> Iterator[Finding]:
    criteria = evidence.agreement.mql.criteria
    if len(criteria) < 2:
        return
    for place, criterion in enumerate(criteria):
        held = int((seen.qualified.because[:, place // 62] >> (place % 62) & 1).sum())
        if not held:
            continue  # that nobody met it is another finding
        kept = tuple(one for one in criteria if one is not criterion)
        if _same(seen, replace(evidence.agreement, mql=replace(evidence.agreement.mql, criteria=kept))):
            message = (
                f"{criterion.name} was true at {held:,} qualifications, but never alone and never first: "
                "without it the same leads would have qualified at the same moments."
            )
            where = f"mql.when.{criterion.name}"
            way_out = "Remove it, or loosen it so that it lets somebody through."
            yield evidence.finding(CHECK, "minor", where, message, way_out, qualifications=held)
