"""All checks in the order of their findings, and what runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.learning.linting import (
    caps,
    contradicting,
    criteria,
    fading,
    knockouts,
    opens,
    opposites,
    overlapping,
    patterns,
    silent,
    stated,
    tiers,
    undecided,
)
from leadline.learning.linting.evidence import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leadline.learning.linting.evidence import Evidence, Finding

CHECKS: Final[tuple[Callable[[Evidence], Iterator[Finding]], ...]] = (
    stated.check,  # what can never happen, whatever the log says
    criteria.check,  # ways to qualify that nobody or everybody meets
    contradicting.check,  # points up, wins down
    opens.check,  # mail programs that qualify leads
    opposites.check,  # signs against that no rule counts
    patterns.check,  # conditions that match what they surely should not
    silent.check,  # rules that never fire, or always
    overlapping.check,  # the same thing counted twice
    caps.check,  # caps that are the score
    tiers.check,  # grades, levels and personas that nobody reaches
    fading.check,  # half-lives that never matter
    knockouts.check,  # knock-outs that nobody meets
    undecided.check,  # points that change nothing
)


def findings(evidence: Evidence, heard: Callable[[int, int], None] | None = None) -> tuple[Finding, ...]:
    """Everything that the checks find, the most severe first; ``heard`` hears how many of them are done.

    What decides nothing because another finding explains it (a rule fires for everybody, a way to qualify lets
    everybody through) is not listed twice.
    """
    found: list[Finding] = []
    for number, check in enumerate(CHECKS):
        found += check(evidence)
        if heard is not None:
            heard(number + 1, len(CHECKS))
    explained = {finding.place.removesuffix(".points") for finding in found if finding.check != undecided.CHECK}
    everybody = {finding.place for finding in found if finding.check == criteria.EVERYBODY}
    kept = [
        one
        for one in found
        if not (one.check == undecided.CHECK and (everybody or one.place.removesuffix(".points") in explained))
        and not (one.check == stated.CHECK and one.place in everybody)
    ]
    return tuple(sorted(kept, key=lambda finding: (SEVERITIES.index(finding.severity), finding.line, finding.place)))
