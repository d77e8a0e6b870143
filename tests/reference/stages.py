"""Where a lead stands (semantics, sections 7 and 8): what records, qualifications and the lost timer do."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from leadline.fields.catalogue import STAGE_RECORDS, TWO_WAY_EVENTS

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement, Recycle

PRE: Final = "pre"
"""Visitor, lead and engaged in one: which of them is a matter of facts, not of stage records."""

BEGINS: Final = {
    "Lead Handed Over": "mql",
    "Lead Accepted": "sal",
    "Lead Qualified": "sql",
    "Opportunity Created": "opportunity",
    "Deal Won": "customer",
    "Deal Lost": "lost",
    "Lead Rejected": "nurture",
    "Lead Recycled": "nurture",
    "Lead Disqualified": "disqualified",
}
FORWARD: Final = ("mql", "sal", "sql", "opportunity")
"""Among these a lead only moves forward."""
LEFT_BY_REOPENING: Final = ("disqualified", "customer", "lost")


@dataclass(slots=True)
class Standing:
    """The stage of one lead as its records go by: all that is not worked out anew at every instant."""

    recycle: Recycle
    stage: str = PRE
    stage_before: dict[str, str] = field(default_factory=dict)
    """For disqualified, customer and lost: the stage just before the latest entry."""
    recycled_at: float = -math.inf
    lost_at: int | None = None

    @property
    def reset_at(self) -> float:
        """Hits at or before this instant no longer count."""
        return self.recycled_at if self.recycle.reset else -math.inf

    def wait_until(self, t: int) -> None:
        """The lost timer, up to and including ``t``: a lead still lost after the time set goes to nurture."""
        due = self._lost_until()
        if self.stage == "lost" and due is not None and due <= t:
            self._to_nurture(due)

    def take(self, record: str, t: int) -> None:
        """One stage record; the caller has waited until ``t`` and takes those of one instant in order."""
        if record == "Lead Reopened":
            self._reopen(t)
            return
        if self.stage in ("disqualified", "customer") and record != "Lead Recycled":
            return
        to = BEGINS[record]
        if to in FORWARD and self.stage in FORWARD and FORWARD.index(to) < FORWARD.index(self.stage):
            return
        if to == "nurture":
            self._to_nurture(t)
            return
        if to in LEFT_BY_REOPENING and self.stage != to:
            self.stage_before[to] = self.stage
        if to == "lost":
            self.lost_at = t
        self.stage = to

    def may_qualify(self, t: int) -> bool:
        """Before mql or in nurture, and no cool-down runs."""
        return self.stage in (PRE, "nurture") and t > self.recycled_at + self.recycle.cooldown

    def qualify(self) -> None:
        """A qualification begins."""
        self.stage = "mql"

    def _reopen(self, t: int) -> None:
        if self.stage in LEFT_BY_REOPENING:
            self.stage = self.stage_before[self.stage]
            due = self._lost_until()
            if self.stage == "lost" and due is not None and due <= t:
                self._to_nurture(t)

    def _to_nurture(self, at: int) -> None:
        self.stage = "nurture"
        self.recycled_at = at

    def _lost_until(self) -> int | None:
        if self.lost_at is None or self.recycle.lost is None:
            return None
        return self.lost_at + self.recycle.lost


def in_order(stage_records: list[str]) -> list[str]:
    """The stage records of one instant in the order of section 8's table."""
    return sorted(stage_records, key=STAGE_RECORDS.index)


def is_two_way(agreement: Agreement, event: dict[str, Any]) -> bool:
    """Whether an event is communication in both directions, by a person."""
    return event["event"] in (*TWO_WAY_EVENTS, *agreement.two_way) and not event.get("is_machine")


def shown(stage: str, *, reachable: bool, two_way: bool) -> str:
    """The stage by its public name."""
    if stage != PRE:
        return stage
    if not reachable:
        return "visitor"
    return "engaged" if two_way else "lead"
