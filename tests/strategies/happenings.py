"""Random histories: what may happen to a few leads, at instants on the borders that an agreement draws."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from leadline.agreement.document import Agreement, PointsRule, StateRule, ThresholdRule
from leadline.clock import DAY, HOUR, to_datetime, to_instant
from leadline.fields.catalogue import EVENT_COLUMNS, GIVEN_FIELDS, STAGE_RECORDS, TWO_WAY_EVENTS, Type
from strategies.literals import TEXTS, picked, talked_about, values_of
from strategies.written import agreements

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

Row = dict[str, Any]


class History(NamedTuple):
    """Rows as the reference takes them; every event has an ``event_id`` of its own."""

    leads: list[Row]
    profiles: list[Row]
    events: list[Row]


class Case(NamedTuple):
    """A question: what does this agreement say about these leads at this moment?"""

    agreement: Agreement
    history: History
    as_of: int


DATES: Final = (
    datetime(2025, 10, 27),  # noqa: DTZ001 - midnight in whatever time zone the agreement has; a Monday
    datetime(2025, 10, 26),  # noqa: DTZ001 - Berlin leaves summer time
    datetime(2025, 3, 30),  # noqa: DTZ001 - Berlin enters it
    datetime(2025, 11, 2),  # noqa: DTZ001 - New York leaves it
    datetime(2025, 10, 5),  # noqa: DTZ001 - Lord Howe moves by half an hour
    datetime(2024, 12, 30),  # noqa: DTZ001 - in ISO week 1 of the next year
    datetime(2024, 3, 1),  # noqa: DTZ001 - after a leap day
)


RECYCLING: Final = (*("Lead Recycled", "Lead Rejected") * 3, "Deal Lost", "Lead Reopened")
"""Stage records that open the way to a second qualification, and so are drawn more often."""


def durations_of(agreement: Agreement) -> list[int]:
    """Every duration that the agreement names, in µs."""
    recycle = agreement.mql.recycle
    found = [recycle.cooldown, recycle.lost]
    for rule in agreement.engagement.rules:
        if isinstance(rule, PointsRule):
            period = rule.at_most.period if rule.at_most else None
            found += [rule.half_life, rule.expires, period if isinstance(period, int) else None]
        elif isinstance(rule, ThresholdRule):
            found.append(rule.within)
    return list(dict.fromkeys(duration for duration in found if duration))


def _steps(agreement: Agreement) -> SearchStrategy[int | None]:
    """How far apart two records are; None is to the next local midnight."""
    durations = durations_of(agreement)
    borders = [duration + by for duration in durations for by in (0, 1, -1)]
    return picked((0, HOUR, DAY, None, 1, -1, *borders, -HOUR, 7 * DAY, *(-d for d in durations)))


def _midnight_after(instant: int, timezone: str) -> int:
    local = to_datetime(instant).astimezone(ZoneInfo(timezone))
    midnight = datetime(local.year, local.month, local.day, tzinfo=ZoneInfo(timezone)) + timedelta(days=1)
    return to_instant(midnight)


def _stepped(instant: int, step: int | None, timezone: str) -> int:
    return _midnight_after(instant, timezone) if step is None else instant + step


@st.composite
def clocks(draw: DrawFn, agreement: Agreement) -> list[int]:
    """A few instants, each a border of some duration or a local midnight away from another."""
    zone = ZoneInfo(agreement.timezone)
    clock = [to_instant(draw(picked(DATES)).replace(tzinfo=zone))]
    steps = _steps(agreement)
    for _ in range(draw(picked((0, 8, 4, 12, 16, 6)))):
        earlier = clock[-1 - draw(picked(range(len(clock))))]
        clock.append(_stepped(earlier, draw(steps), agreement.timezone))
    return clock


@st.composite
def histories(draw: DrawFn, agreement: Agreement) -> History:
    """What may happen to one to three leads: events, stage records, profiles, in any order."""
    clock = draw(clocks(agreement))
    literals = talked_about(agreement)
    lead_ids = ("a", "b", "c")[: draw(picked((1, 1, 2, 3)))]
    fields = _lead_fields(agreement, literals, clock)
    changes = st.tuples(picked(lead_ids), picked((*clock, None)), fields)
    leads, profiles = [], []
    for lead_id in lead_ids:
        since, known = draw(picked((None, *clock))), draw(fields)
        if draw(picked((True, True, True, False))):
            leads.append({"lead_id": lead_id, "created_at": since} | known)
        else:
            profiles.append({"lead_id": lead_id, "valid_from": since} | known)
    for _ in range(draw(picked((0, 1, 2, 3, 6)))):
        lead_id, since, known = draw(changes)
        profiles.append({"lead_id": lead_id, "valid_from": since} | known)
    event = _events(agreement, literals, clock, lead_ids)
    events = [{"event_id": f"e{number}"} | draw(event) for number in range(draw(picked(range(41))))]
    return History(leads, profiles, events)


def _lead_fields(agreement: Agreement, literals: dict[str, list[Any]], clock: list[int]) -> SearchStrategy[Row]:
    types = {field.name: field.type for field in agreement.fields} | GIVEN_FIELDS
    needed = {"email", "phone"} | {name for name in literals if name in types}
    if {"job_level", "job_function"} & set(literals) and "title" in types:
        needed.add("title")
    columns: dict[str, SearchStrategy[Any]] = {
        name: values_of(name, kind, literals.get(name, []), clock) if name in needed else st.none()
        for name, kind in types.items()
        if name != "created_at"
    }
    columns["email"] = picked((*TEXTS["email"], None))
    columns["phone"] = picked((None, *TEXTS["phone"]))
    return st.fixed_dictionaries(columns)


def _events(
    agreement: Agreement, literals: dict[str, list[Any]], clock: list[int], lead_ids: tuple[str, ...]
) -> SearchStrategy[Row]:
    rules = [rule for rule in agreement.engagement.rules if not isinstance(rule, StateRule)]
    names = [name for rule in rules for name in rule.on or ("Page Viewed", *literals.get("event", ()))]
    often = (names or ["Page Viewed"]) * (1 + 40 // (1 + len(names)))
    by = {rule.at_most.by for rule in rules if isinstance(rule, PointsRule) and rule.at_most}
    common = (*agreement.two_way, TWO_WAY_EVENTS[0], "Something Else", None)
    columns: dict[str, SearchStrategy[Any]] = {
        name: values_of(name, kind, literals.get(name, []), clock) if {name} & (by | set(literals)) else st.none()
        for name, kind in EVENT_COLUMNS.items()
    }
    properties = {
        name.removeprefix("properties."): values_of(name, Type.TEXT, literals[name], clock)
        for name in literals
        if name.startswith("properties.")
    }
    columns |= {
        "lead_id": picked(lead_ids),
        "event": picked((*often, *common, *STAGE_RECORDS, *RECYCLING)),
        "occurred_at": picked(clock),
        "is_machine": picked((None, False, None, False, True)),
        "direction": picked((None, "inbound", None, "inbound", "outbound")),
        "properties": st.fixed_dictionaries(properties).map(
            lambda given: {name: text for name, text in given.items() if text is not None}
        ),
    }
    return st.fixed_dictionaries(columns)


@st.composite
def as_ofs(draw: DrawFn, agreement: Agreement, history: History) -> int:
    """A moment to ask about: long after everything, at a record, or a border away from one."""
    instants = {row["occurred_at"] for row in history.events}
    instants |= {row["valid_from"] for row in history.profiles} | {row["created_at"] for row in history.leads}
    known = sorted(instants - {None}, reverse=True) or [to_instant(DATES[0].replace(tzinfo=ZoneInfo("UTC")))]
    return _stepped(draw(picked((*known[:1] * 3, *known))), draw(_steps(agreement)), agreement.timezone)


@st.composite
def cases(draw: DrawFn) -> Case:
    """An agreement, a history that it talks about, and a moment."""
    agreement = draw(agreements())
    history = draw(histories(agreement))
    return Case(agreement, history, draw(as_ofs(agreement, history)))
