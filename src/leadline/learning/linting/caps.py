"""Caps that always bind: then the cap is the score, and the points below it say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.document import PointsRule
from leadline.learning.linting.evidence import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from leadline.learning.linting.evidence import Evidence, Finding

CHECK: Final = "cap always binds"
_ALWAYS: Final = 0.85
_LEADS_MIN: Final = 50


def check(evidence: Evidence) -> Iterator[Finding]:
    """Caps of rules, groups, engagement and fit, at the best moment of each lead."""
    seen = evidence.seen
    if seen is None:
        return
    stand, engagement = seen.stand, evidence.agreement.engagement
    for place, rule in enumerate(engagement.rules):
        if isinstance(rule, PointsRule) and rule.max is not None:
            where = f"engagement.rules.{rule.name}.max"
            yield from _bound(evidence, where, rule.name, stand.active[:, place], stand.over_rule[:, place])
    for place, group in enumerate(engagement.groups):
        if group.max is not None:
            where = f"engagement.groups.{group.name}.max"
            name = f"the group {group.name}"
            yield from _bound(evidence, where, name, stand.in_group[:, place], stand.over_group[:, place])
    yield from _bound(evidence, "engagement.max", "engagement", stand.engagement > 0, stand.over_total)
    yield from _bound(evidence, "fit.max", "fit", stand.fit > 0, stand.over_fit)


def _bound(
    evidence: Evidence, place: str, name: str, some: npt.NDArray[np.bool_], over: npt.NDArray[np.bool_]
) -> Iterator[Finding]:
    leads, cut = int(some.sum()), int((some & over).sum())
    if leads >= _LEADS_MIN and cut >= _ALWAYS * leads:
        message = (
            f"The cap of {name} binds for {percent(cut, leads)} of the {leads:,} leads that have points there: "
            "one hit or ten make no difference."
        )
        way_out = "Raise the cap, or lower the points below it."
        yield evidence.finding(CHECK, "notable", place, message, way_out, leads=leads, capped=cut)
