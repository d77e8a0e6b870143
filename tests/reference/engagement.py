"""Engagement at an instant (semantics, section 5): every rule's contribution, summed anew from its hits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from leadline.agreement.document import PointsRule, Rule, StateRule, ThresholdRule
from leadline.clock import to_datetime
from leadline.fields.catalogue import STAGE_RECORDS
from reference.rounding import clipped, rounded
from reference.values import Lists, Value, is_true, value_of

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement, AtMost


@dataclass(frozen=True, slots=True)
class Hit:
    """One event that satisfies one rule; ``key`` is what `by` names, ``value`` what is measured."""

    at: int
    key: Value = None
    value: Value = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a rule gives at an instant, nothing rounded: before its own `max` (raw) and after it (capped).

    ``hits`` are those since the last reset; ``accepted`` those that give points now (of a threshold: lie
    in the window); ``count`` is what `<rule>.count` compares.
    """

    rule: Rule
    hits: int
    accepted: int
    count: float
    raw: float
    capped: float
    last_hit: int | None


def hits_of(rule: PointsRule | ThresholdRule, events: list[dict[str, Any]], lists: Lists) -> list[Hit]:
    """A rule's hits in time order. Rows of events have their properties as ``properties.<name>``."""
    found = []
    for event in events:
        if not _is_about(rule, event) or (rule.when and not is_true(rule.when.tree, event, lists)):
            continue
        if isinstance(rule, PointsRule):
            by = rule.at_most.by if rule.at_most else None
            found.append(Hit(event["occurred_at"], key=event.get(by) if by else None))
        else:
            measured = rule.sum or rule.distinct
            value = value_of(measured.tree, event, lists) if measured else None
            found.append(Hit(event["occurred_at"], value=value))
    return sorted(found, key=lambda hit: hit.at)


def _is_about(rule: PointsRule | ThresholdRule, event: dict[str, Any]) -> bool:
    """`any` is every event but stage records, outbound and machine ones; `machines: true` lets these in."""
    if event["event"] in STAGE_RECORDS or (event.get("is_machine") and not rule.machines):
        return False
    return event.get("direction") != "outbound" if rule.on is None else event["event"] in rule.on


def contribution_of(
    rule: Rule,
    hits: list[Hit],
    t: int,
    reset: float,
    state: tuple[dict[str, Value], Lists],
    timezone: str,
) -> Contribution:
    """A rule's contribution at ``t``; hits at or before ``reset``, the latest one, no longer count."""
    if isinstance(rule, StateRule):
        points = rule.points if is_true(rule.when.tree, *state) else 0.0
        return Contribution(rule, 0, 0, 0.0, points, points, None)
    survives = isinstance(rule, PointsRule) and rule.survives_reset
    counting = [hit for hit in hits if hit.at <= t and (survives or hit.at > reset)]
    last_hit = counting[-1].at if counting else None
    if isinstance(rule, PointsRule):
        live = unexpired(rule, accepted(rule.at_most, counting, timezone), t)
        raw = float(sum(points_of(rule, hit, t) for hit in live))
        capped = raw if rule.max is None else clipped(raw, -rule.max, rule.max)
        return Contribution(rule, len(counting), len(live), float(len(live)), raw, capped, last_hit)
    inside = [hit for hit in counting if t - rule.within < hit.at]
    count = measured(rule, inside)
    points = rule.points if count >= rule.at_least else 0.0
    return Contribution(rule, len(counting), len(inside), count, points, points, last_hit)


def accepted(at_most: AtMost | None, hits: list[Hit], timezone: str) -> list[Hit]:
    """The hits that `at_most` lets in: fewer than N of its key were accepted before in its period."""
    if at_most is None:
        return hits
    taken: list[Hit] = []
    for hit in hits:
        rivals = [other for other in taken if other.key == hit.key and _same_period(at_most, other, hit, timezone)]
        if len(rivals) < at_most.count:
            taken.append(hit)
    return taken


def _same_period(at_most: AtMost, earlier: Hit, later: Hit, timezone: str) -> bool:
    if at_most.period == "ever":
        return True
    if isinstance(at_most.period, int):
        return later.at - earlier.at < at_most.period
    return calendar_period(at_most.period, earlier.at, timezone) == calendar_period(at_most.period, later.at, timezone)


def calendar_period(period: str, at: int, timezone: str) -> tuple[int, ...]:
    """The local day, ISO week (from Monday) or month in which an instant lies."""
    local = to_datetime(at).astimezone(ZoneInfo(timezone))
    if period == "day":
        return (local.year, local.month, local.day)
    return (local.year, local.month) if period == "month" else tuple(local.isocalendar())[:2]


def unexpired(rule: PointsRule, hits: list[Hit], t: int) -> list[Hit]:
    """The hits younger than `expires`."""
    return [hit for hit in hits if rule.expires is None or t - hit.at < rule.expires]


def points_of(rule: PointsRule, hit: Hit, t: int) -> float:
    """What one hit is worth at ``t``: half as much after each half-life."""
    if rule.half_life is None:
        return rule.points
    return float(rule.points * 2.0 ** (-(t - hit.at) / rule.half_life))


def measured(rule: ThresholdRule, inside: list[Hit]) -> float:
    """What a threshold rule holds against `at_least`: a sum, or a number of distinct values or of hits."""
    known = [hit.value for hit in inside if hit.value is not None]
    if rule.sum is not None:
        return rounded(float(sum(float(value) for value in known)))
    return float(len(set(known)) if rule.distinct is not None else len(inside))


def group_sums(agreement: Agreement, contributions: list[Contribution]) -> dict[str, float]:
    """Each group: the sum of its rules, at most its `max`. Not rounded."""
    sums = {}
    for group in agreement.engagement.groups:
        total = float(sum(given.capped for given in contributions if given.rule.group == group.name))
        sums[group.name] = total if group.max is None else min(group.max, total)
    return sums


def engagement_of(agreement: Agreement, contributions: list[Contribution]) -> float:
    """Groups and rules without a group together, clipped, rounded."""
    alone = sum(given.capped for given in contributions if given.rule.group is None)
    total = sum(group_sums(agreement, contributions).values()) + alone
    return rounded(clipped(total, 0.0, agreement.engagement.max))


def counted_shares(agreement: Agreement, contributions: list[Contribution]) -> dict[str, float]:
    """What of each rule is in the score: caps are shared out in proportion, so these add up. Not rounded."""
    shares = {given.rule.name: given.capped for given in contributions}
    for group in agreement.engagement.groups:
        members = [given.rule.name for given in contributions if given.rule.group == group.name]
        if group.max is not None and sum(shares[name] for name in members) > group.max:
            shares |= scaled({name: shares[name] for name in members}, group.max, sign=1)
    if sum(shares.values()) > agreement.engagement.max:
        return scaled(shares, agreement.engagement.max, sign=1)
    return scaled(shares, 0.0, sign=-1) if sum(shares.values()) < 0 else shares


def scaled(shares: dict[str, float], target: float, *, sign: int) -> dict[str, float]:
    """Those of one sign scaled alike so that all together make the target."""
    moved = sum(share for share in shares.values() if share * sign > 0)
    kept = sum(share for share in shares.values() if share * sign <= 0)
    return {name: share * (target - kept) / moved if share * sign > 0 else share for name, share in shares.items()}
