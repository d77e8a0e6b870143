"""Mail opens that make MQLs by themselves: mail programs open messages without anybody reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.agreement.document import PointsRule, ThresholdRule
from leadline.learning.linting.evidence import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.learning.linting.evidence import Evidence, Finding, Seen, Severity

CHECK: Final = "opens qualify"
OPENS: Final = frozenset({"email opened", "email open", "opened email", "message opened", "newsletter opened"})
_SERIOUS: Final = 0.05
_SHOWN: Final = 3


def check(evidence: Evidence) -> Iterator[Finding]:
    """Rules that give points for opens or for machines, each with the leads that qualified only through it."""
    bit = -1
    for rule in evidence.agreement.engagement.rules:
        if not isinstance(rule, PointsRule | ThresholdRule):
            continue
        bit += 1
        opens = any(name.lower() in OPENS for name in rule.on or ())
        if rule.points <= 0 or not (opens or rule.machines):
            continue
        what = "mail programs open messages by themselves" if opens else "it counts events that machines made"
        if evidence.seen is None:
            message = f"{rule.name} gives {rule.points:g} points, but {what}."
            way_out = "Take clicks and replies instead, or keep its points below every threshold."
            yield evidence.finding(CHECK, "minor", f"engagement.rules.{rule.name}", message, way_out)
        else:
            yield from _made(evidence, evidence.seen, (rule.name, bit, what))


def _made(evidence: Evidence, seen: Seen, rule: tuple[str, int, str]) -> Iterator[Finding]:
    name, bit, what = rule
    before = np.unique(seen.qualified.lead)
    after = np.unique(seen.requalified(evidence.agreement, (bit,)).lead)
    made = np.setdiff1d(before, after)
    if not len(made):
        return
    message = (
        f"{len(made):,} of {len(before):,} qualified leads ({percent(len(made), len(before))}) qualified only through "
        f"{name}, and {what}."
    )
    examples = seen.names([int(lead) for lead in made[:_SHOWN]])
    way_out = f"Set points: 0 for {name}, or take clicks and replies instead. For example {', '.join(examples)}."
    severity: Severity = "serious" if len(made) >= _SERIOUS * len(before) else "notable"
    place = f"engagement.rules.{name}"
    yield evidence.finding(CHECK, severity, place, message, way_out, leads=len(made), qualified=len(before))
