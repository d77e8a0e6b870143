"""The whole meaning: stage, scores, qualifications and reasons of every lead, from all records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadline.agreement.document import Agreement, StateRule
from leadline.fields.catalogue import STAGE_RECORDS
from reference.criteria import Scores, truth
from reference.engagement import (
    Hit,
    contribution_of,
    counted_shares,
    engagement_of,
    group_sums,
    hits_of,
)
from reference.fit import best_persona, grade, knocked_out, unknown_fields
from reference.profile import Statement, can_be_reached, profile_as_of, statements
from reference.rounding import rounded, tier
from reference.stages import Standing, in_order, is_two_way, shown

if TYPE_CHECKING:
    from reference.values import Value

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One rule in an answer; ``raw`` before its `max`, ``counted`` after all caps, both rounded."""

    rule: str
    hits: int
    accepted: int
    raw: float
    counted: float
    last_hit: int | None


@dataclass(frozen=True, slots=True)
class Qualification:
    """When a lead became an MQL, with the criteria that held."""

    at: int
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A lead just after all records of one instant; ``because`` is empty unless it qualified there."""

    lead_id: str
    at: int
    stage: str
    fit: float
    persona: str
    grade: str
    engagement: float
    level: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything answered for a lead as of a moment; ``because`` is that of the latest qualification."""

    lead_id: str
    as_of: int
    stage: str
    fit: float
    persona: str
    grade: str
    engagement: float
    level: str
    mql_at: int | None
    because: tuple[str, ...]
    qualifications: tuple[Qualification, ...]
    unknown_fields: tuple[str, ...]
    contributions: tuple[RuleAnswer, ...]


def evaluate(agreement: Agreement, leads: Rows, profiles: Rows, events: Rows, as_of: int) -> dict[str, Answer]:
    """The answer for each lead that has a record or a timeless row at or before ``as_of``."""
    walked = (_Lead(agreement, lead_id, leads, profiles, events, as_of) for lead_id in _lead_ids(leads, profiles))
    return {lead.lead_id: lead.answer() for lead in walked if lead.exists}


def history(agreement: Agreement, leads: Rows, profiles: Rows, events: Rows, as_of: int) -> list[Moment]:
    """Where each lead stands after each instant with records up to ``as_of``, by lead and time."""
    return [
        moment
        for lead_id in _lead_ids(leads, profiles)
        for moment in _Lead(agreement, lead_id, leads, profiles, events, as_of).moments
    ]


def _lead_ids(leads: Rows, profiles: Rows) -> list[str]:
    """Known leads; events of anyone else are rejected."""
    return sorted({row["lead_id"] for row in (*leads, *profiles)})


class _Lead:
    """One lead's records up to ``as_of``, walked instant by instant."""

    def __init__(
        self, agreement: Agreement, lead_id: str, leads: Rows, profiles: Rows, events: Rows, as_of: int
    ) -> None:
        self.agreement = agreement
        self.lead_id = lead_id
        self.as_of = as_of
        self.lists = {named.name: named.values for named in agreement.lists}
        self.rows: list[Statement] = [
            (since, row) for since, row in statements(lead_id, leads, profiles) if since <= as_of
        ]
        self.events = [
            _flat(event)
            for event in events
            if event["lead_id"] == lead_id and (at := event["occurred_at"]) is not None and at <= as_of
        ]
        self.hits: dict[str, list[Hit]] = {
            rule.name: hits_of(rule, self.events, self.lists)
            for rule in agreement.engagement.rules
            if not isinstance(rule, StateRule)
        }
        self.standing = Standing(agreement.mql.recycle)
        self.qualifications: list[Qualification] = []
        self.moments = [self.moment(t) for t in self.instants()]
        self.standing.wait_until(as_of)

    @property
    def exists(self) -> bool:
        return bool(self.rows or self.events)

    def instants(self) -> list[int]:
        """Every instant that has a record: an event, or a row that is not from before all time."""
        changes = {int(since) for since, _ in self.rows if since != float("-inf")}
        return sorted(changes | {event["occurred_at"] for event in self.events})

    def moment(self, t: int) -> Moment:
        """Takes the records of one instant: stage records, then hits and profile, then the criteria once."""
        now = [event for event in self.events if event["occurred_at"] == t]
        people = [event for event in now if not event.get("is_machine")]
        self.standing.wait_until(t)
        for record in in_order([event["event"] for event in people if event["event"] in STAGE_RECORDS]):
            self.standing.take(record, t)
        profile = profile_as_of(self.agreement, self.rows, t)
        scores = self.scores(t, profile)
        because: tuple[str, ...] = ()
        if people or any(since == t for since, _ in self.rows):  # a machine qualifies nobody
            because = self.qualify(t, profile, scores)
        return Moment(
            self.lead_id,
            t,
            self.stage(t, profile),
            scores.fit,
            scores.persona,
            scores.grade,
            scores.engagement,
            scores.level,
            because,
        )

    def qualify(self, t: int, profile: dict[str, Value], scores: Scores) -> tuple[str, ...]:
        """The criteria by which the lead qualifies at ``t``, if it does."""
        if not self.standing.may_qualify(t) or not can_be_reached(profile):
            return ()
        if knocked_out(self.agreement, profile, self.lists):
            return ()
        because = tuple(
            criterion.name for criterion in self.agreement.mql.criteria if truth(criterion.when, scores) is True
        )
        if because:
            self.standing.qualify()
            self.qualifications.append(Qualification(t, because))
        return because

    def scores(self, t: int, profile: dict[str, Value]) -> Scores:
        """Everything that criteria compare, worked out from all records up to ``t``."""
        interest = self.agreement.engagement
        given = [
            contribution_of(
                rule,
                self.hits.get(rule.name, []),
                t,
                self.standing.reset_at,
                (profile, self.lists),
                self.agreement.timezone,
            )
            for rule in interest.rules
        ]
        persona, fit = best_persona(self.agreement, profile, self.lists)
        engagement = engagement_of(self.agreement, given)
        level = tier(interest.levels, engagement, "cold")
        groups = group_sums(self.agreement, given)
        return Scores(t, fit, persona, grade(self.agreement, fit), engagement, level, groups, given)

    def stage(self, t: int, profile: dict[str, Value]) -> str:
        talked = any(is_two_way(self.agreement, event) and event["occurred_at"] <= t for event in self.events)
        return shown(self.standing.stage, reachable=can_be_reached(profile), two_way=talked)

    def answer(self) -> Answer:
        """The answer as of the end, after all records."""
        profile = profile_as_of(self.agreement, self.rows, self.as_of)
        scores = self.scores(self.as_of, profile)
        return Answer(
            lead_id=self.lead_id,
            as_of=self.as_of,
            stage=self.stage(self.as_of, profile),
            fit=scores.fit,
            persona=scores.persona,
            grade=scores.grade,
            engagement=scores.engagement,
            level=scores.level,
            mql_at=self.qualifications[0].at if self.qualifications else None,
            because=self.qualifications[-1].because if self.qualifications else (),
            qualifications=tuple(self.qualifications),
            unknown_fields=unknown_fields(self.agreement, profile),
            contributions=self.reasons(scores),
        )

    def reasons(self, scores: Scores) -> tuple[RuleAnswer, ...]:
        """The rules that have hits or give something, in file order."""
        shares = counted_shares(self.agreement, scores.contributions)
        return tuple(
            RuleAnswer(
                rule=given.rule.name,
                hits=given.hits,
                accepted=given.accepted,
                raw=rounded(given.raw),
                counted=rounded(shares[given.rule.name]),
                last_hit=given.last_hit,
            )
            for given in scores.contributions
            if given.hits > 0 or rounded(given.raw) != 0
        )


def _flat(event: dict[str, Any]) -> dict[str, Any]:
    """An event with its properties as columns ``properties.<name>``; not flagged is no machine."""
    properties = event.get("properties") or {}
    flags = {"is_machine": bool(event.get("is_machine"))}
    return event | flags | {f"properties.{name}": text for name, text in properties.items()}
