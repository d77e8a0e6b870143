"""Half-lives that never matter: so long that nothing fades, or so short that nothing is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.agreement.document import PointsRule
from leadline.agreement.durations import duration_in_words
from leadline.clock import HOUR
from leadline.learning.linting.evidence import QUALIFIED_MIN
from leadline.learning.linting.undecided import same_moments, without_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.document import Agreement
    from leadline.learning.linting.evidence import Evidence, Finding, Seen

CHECK: Final = "half-life"
_NOTHING_FADES: Final = 0.9
_NOTHING_LEFT: Final = 0.05
_LEADS_MIN: Final = 50
_SHORTEST: Final = 6 * HOUR
_LONGER: Final = "Lengthen the half-life to days or weeks: as long as such interest lasts."


def check(evidence: Evidence) -> Iterator[Finding]:
    """The part of points that is left at the best moment of leads; without a log, half-lives of hours."""
    for place, rule in enumerate(evidence.agreement.engagement.rules):
        if not isinstance(rule, PointsRule) or rule.half_life is None or not rule.points:
            continue
        if evidence.seen is not None:
            yield from _of_leads(evidence, evidence.seen, (place, rule, rule.half_life))
        elif rule.half_life < _SHORTEST:
            message = f"{rule.name} halves every {duration_in_words(rule.half_life)}: by the next day nothing is left."
            yield evidence.finding(CHECK, "minor", f"engagement.rules.{rule.name}", message, _LONGER)


def _of_leads(evidence: Evidence, seen: Seen, found: tuple[int, PointsRule, int]) -> Iterator[Finding]:
    place, rule, half_life = found
    kept = seen.stand.kept[:, place]
    kept = kept[~np.isnan(kept)]
    if len(kept) < _LEADS_MIN:
        return
    where, said = f"engagement.rules.{rule.name}", duration_in_words(half_life)
    left, median = float(np.quantile(kept, 0.1)), float(np.median(kept))
    if median < _NOTHING_LEFT:
        message = (
            f"{rule.name} halves every {said}: of {len(kept):,} leads with hits, half had less than "
            f"{100 * _NOTHING_LEFT:g} % of its points left at their best moment."
        )
        yield evidence.finding(CHECK, "notable", where, message, _LONGER, leads=len(kept), left=median)
    elif left > _NOTHING_FADES and _never_matters(evidence.agreement, seen, rule):
        message = (
            f"{rule.name} halves every {said}, which never matters: nine of ten of its {len(kept):,} leads had more "
            f"than {100 * _NOTHING_FADES:g} % of its points left at their best moment, and if it did not fade at all, "
            "the same leads would have qualified at the same moments."
        )
        way_out = "Write half_life: never, which says the same, or shorten it so that old interest fades."
        yield evidence.finding(CHECK, "minor", where, message, way_out, leads=len(kept), left=left)


def _never_matters(agreement: Agreement, seen: Seen, rule: PointsRule) -> bool:
    """Whether nothing changes without fading, of a rule whose points do change something."""
    if len(seen.qualified.lead) < QUALIFIED_MIN:
        return False
    rules = tuple(replace(rule, half_life=None) if one is rule else one for one in agreement.engagement.rules)
    lasting = replace(agreement, engagement=replace(agreement.engagement, rules=rules))
    if not same_moments(seen.qualified, seen.requalified(lasting, ())):
        return False
    return not same_moments(seen.qualified, seen.requalified(without_points(agreement, rule.name), ()))
