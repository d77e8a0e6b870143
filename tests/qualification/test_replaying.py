"""A replay equals a slow loop that decides at each arrival, sees nothing that came later, and is the fold itself where
all arrives at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.clock import DAY, HOUR
from leadline.qualification.folding import fold_spans, qualified, without_hand_offs
from leadline.qualification.layout import MACHINE, MQL, NEVER, RECORD_SHIFT, Log, Plan, Spans
from leadline.qualification.planning import compile_plan
from leadline.qualification.promising import earliest
from leadline.qualification.replaying import replay
from leadline.qualification.timeline import FOREVER, Beliefs, Part
from qualification.logs import agreed
from qualification.running import matched
from strategies import agreements, histories
from strategies.literals import picked

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from leadline.agreement.document import Agreement

START = 1_700_000_000_000_000
MANY = settings(max_examples=max(90, settings().max_examples // 2))
SOME = settings(max_examples=max(40, settings().max_examples // 4))


class HandOff(NamedTuple):
    lead: int
    at: int
    qualified_at: int
    because: tuple[int, ...]


def replayed(plan: Plan, part: Part, as_of: int) -> list[HandOff]:
    found = replay(plan, part, as_of)
    columns = (column.tolist() for column in found)
    return [HandOff(lead, at, since, tuple(because)) for lead, at, since, because in zip(*columns, strict=True)]


# The slow loop


def lived(plan: Plan, part: Part, as_of: int) -> list[HandOff]:
    """Decides lead by lead, at each instant at which something arrived or changed, with what was believed then."""
    found = []
    for place in range(part.end_lead - part.first_lead):
        facts: list[int] = []
        for moment in arrivals(part, place):
            if moment <= as_of:
                decided = decided_once(plan, believed(part, place, moment, facts), moment)
                if decided is not None and decided[0] > max(facts, default=NEVER):
                    facts.append(moment)
                    found.append(HandOff(part.first_lead + place, moment, *decided))
    return found


def arrivals(part: Part, place: int) -> list[int]:
    events, versions = runs(part, place)
    beliefs = part.beliefs
    assert beliefs is not None
    instants = [*beliefs.event_from[events], *beliefs.event_until[events]]
    instants += [*beliefs.profile_from[versions], *beliefs.profile_until[versions]]
    return sorted({int(at) for at in instants} - {NEVER, FOREVER})


def runs(part: Part, place: int) -> tuple[slice, slice]:
    return (
        slice(part.event_begins[place], part.event_begins[place + 1]),
        slice(part.profile_begins[place], part.profile_begins[place + 1]),
    )


def believed(part: Part, place: int, moment: int, facts: list[int]) -> Log:
    """One lead's log as it was believed at a moment, hand-offs among its stage records."""
    events, versions = runs(part, place)
    log, beliefs = without_hand_offs(part.log), part.beliefs
    assert beliefs is not None
    seen = (beliefs.event_from[events] <= moment) & (moment < beliefs.event_until[events])
    known = (beliefs.profile_from[versions] <= moment) & (moment < beliefs.profile_until[versions])
    rows = [column[events][seen] for column in log[:5]]
    for at in facts:
        fact = [np.array([at]), np.array([1 << RECORD_SHIFT], np.uint8)]
        fact += [np.zeros((1, column.shape[1]), column.dtype) for column in rows[2:]]
        rows = [np.concatenate(both) for both in zip(rows, fact, strict=True)]
    order = np.argsort(rows[0], kind="stable")
    return Log._make(
        [*(column[order] for column in rows), *(column[versions][known] for column in log[5:8]), log.blank]
    )


def decided_once(plan: Plan, log: Log, moment: int) -> tuple[int, tuple[int, ...]] | None:
    """The instant and the criteria of the latest qualification of a lead that stands as MQL at a moment."""
    begin, events, versions = np.zeros(1, np.int64), np.array([len(log.at)]), np.array([len(log.known_at)])
    answers = fold_spans(plan, log, Spans(begin, events, begin, versions, np.array([moment])))
    count = int(answers.found[0])
    if answers.leads[0]["stage"] != MQL or not count:
        return None
    return int(answers.qualifications[count - 1]["at"]), tuple(answers.because[count - 1].tolist())


# Random histories with random arrivals


@st.composite
def arrived(draw: DrawFn, part: Part) -> Part:
    """The part with an interval for every record: most at once or soon, some late; some flagged, some replaced."""
    delays = draw(picked(((0,), (0, 0, 0, HOUR, DAY), (0, 1, DAY, 3 * DAY, 30 * DAY), (5 * DAY,))))
    batches = draw(picked((1, 1, 1, 7 * DAY)))

    def since(at: np.ndarray) -> np.ndarray:
        late = np.array([draw(picked(delays)) for _ in at], np.int64)
        arrived = np.where(at == NEVER, NEVER, at + late)
        # Imports come in batches, much of it at one instant.
        return np.where(at == NEVER, NEVER, np.maximum(at, -(-arrived // batches) * batches))

    def until(known: np.ndarray, some: np.ndarray) -> np.ndarray:
        ends = [
            int(at) + draw(picked((HOUR, 2 * DAY, 20 * DAY))) if one else FOREVER
            for at, one in zip(known, some, strict=True)
        ]
        return np.array(ends, np.int64)

    log, begins = part.log, part.event_begins
    event_from = since(log.at)
    machine = (log.flags & MACHINE > 0) & np.array([draw(st.booleans()) for _ in log.at], bool)
    flagged = until(event_from, machine)
    # What was found to be a machine's was a person's before.
    rows = np.repeat(np.arange(len(log.at)), 1 + machine)
    before = np.zeros(len(rows), bool)
    before[1:] = rows[1:] == rows[:-1]
    flags = np.where(before, log.flags[rows] & ~np.uint8(MACHINE), log.flags[rows]).astype(np.uint8)
    replaced = np.array([at != NEVER and draw(picked((False, False, True))) for at in log.known_at], bool)
    profile_from = since(log.known_at)
    beliefs = Beliefs(
        np.where(machine[rows] & ~before, flagged[rows], event_from[rows]),
        np.where(before, flagged[rows], FOREVER),
        profile_from,
        until(profile_from, replaced),
    )
    columns = [log.at[rows], flags, log.hits[rows], log.values[rows], log.keys[rows]]
    offsets = np.concatenate([[0], np.cumsum(1 + machine)])[begins]
    return replace(part, log=Log._make([*columns, *log[5:]]), event_begins=offsets, beliefs=beliefs)


def part_of(agreement: Agreement, history: object) -> Part:
    run = matched(agreement, history)  # type: ignore[arg-type]
    return run.timeline.part(0, run.profiles)


@st.composite
def lives(draw: DrawFn) -> tuple[Agreement, Part, int]:
    """An agreement, a few leads with arrivals, and a moment."""
    agreement = draw(agreements())
    part = draw(arrived(part_of(agreement, draw(histories(agreement)))))
    assert part.beliefs is not None
    moments = [int(at) for at in part.beliefs.event_from] or [START]
    return agreement, part, draw(picked((max(moments) + 40 * DAY, *moments)))


@SOME
@given(lives())
def test_a_replay_equals_the_decisions_made_then(life: tuple[Agreement, Part, int]) -> None:
    agreement, part, as_of = life
    plan = compile_plan(agreement)
    assert replayed(plan, part, as_of) == lived(plan, part, as_of)


@SOME
@given(st.data())
def test_nobody_qualifies_before_the_earliest_instant_with_any_part_of_the_records(data: st.DataObject) -> None:
    agreement = data.draw(agreements())
    part, plan = part_of(agreement, data.draw(histories(agreement))), compile_plan(agreement)
    begin = earliest(plan, part)
    kept = [data.draw(st.lists(st.booleans(), min_size=len(column), max_size=len(column))) for column in part.log[::5]]
    events, versions = (np.array(some, bool) for some in kept)
    log = part.log
    some = replace(
        part,
        event_begins=np.concatenate([[0], np.cumsum(events)])[part.event_begins],
        profile_begins=np.concatenate([[0], np.cumsum(versions)])[part.profile_begins],
        log=Log._make([*(column[events] for column in log[:5]), *(column[versions] for column in log[5:8]), log.blank]),
    )
    for one in (part, some):
        found = qualified(plan, one, START * 2)
        assert (found.at >= begin[found.lead]).all()


# An agreement that qualifies, closes and recycles often: random logs written column by column

EAGER = agreed(
    "visit: {on: Page Viewed, points: 5, half_life: 10d}\ndemo: {on: Demo Requested, points: 10}",
    when="warm: engagement >= 10",
)
RECORDS = (5, 6, 7, 8, 9, 10, 7, 8)


@st.composite
def eager_parts(draw: DrawFn) -> tuple[Agreement, Part]:
    recycle = draw(picked(("{}", "{cooldown: 2d}", "{reset: engagement}", "{lost: 5d, reset: engagement}")))
    agreement = agreed(
        "visit: {on: Page Viewed, points: 5, half_life: 10d}\ndemo: {on: Demo Requested, points: 10}",
        when=f"warm: engagement >= 10\n  recycle: {recycle}",
    )
    leads = draw(st.integers(1, 4))
    runs_of_events = [sorted(draw(st.lists(st.integers(0, 14), max_size=12))) for _ in range(leads)]
    days = [day for run in runs_of_events for day in run]
    count = len(days)
    stage = [draw(picked((0, 0, 0, *RECORDS))) for _ in range(count)]
    flags = [record << RECORD_SHIFT | (0 if record else draw(picked((0, 0, MACHINE)))) for record in stage]
    hits = [0 if record else draw(picked((1, 1, 2))) for record in stage]
    known = [sorted(draw(st.sets(picked((NEVER, START, START + 3 * DAY)), min_size=1))) for _ in range(leads)]
    versions = [at for some in known for at in some]
    log = Log(
        at=np.array([START + day * DAY for day in days], np.int64),
        flags=np.array(flags, np.uint8),
        hits=np.array(hits, np.int64).reshape(count, 1),
        values=np.zeros((count, 0)),
        keys=np.zeros((count, 0), np.uint64),
        known_at=np.array(versions, np.int64),
        truths=np.zeros((len(versions), 1), np.int64),
        reachable=np.array([draw(picked((1, 1, 0))) for _ in versions], np.uint8),
        blank=np.zeros((1, 1), np.int64),
    )
    part = Part(
        first_lead=3,
        end_lead=3 + leads,
        event_begins=np.cumsum([0, *(len(run) for run in runs_of_events)]),
        profile_begins=np.cumsum([0, *(len(some) for some in known)]),
        log=log,
        known=np.zeros((len(versions), 1), np.int64),
    )
    return agreement, draw(arrived(part))


@MANY
@given(eager_parts(), st.integers(0, 60))
def test_also_where_leads_are_closed_and_come_back(drawn: tuple[Agreement, Part], days: int) -> None:
    agreement, part = drawn
    plan = compile_plan(agreement)
    for as_of in (START + days * DAY, START + 100 * DAY):
        assert replayed(plan, part, as_of) == lived(plan, part, as_of)


@MANY
@given(eager_parts(), st.integers(0, 40))
def test_what_was_not_known_then_changes_nothing(drawn: tuple[Agreement, Part], days: int) -> None:
    """The decisions up to a moment are those of a log from which all that was learned later is gone."""
    agreement, part = drawn
    plan, moment = compile_plan(agreement), START + days * DAY
    before = [hand_off for hand_off in replayed(plan, part, START + 100 * DAY) if hand_off.at <= moment]
    assert before == replayed(plan, hidden_after(part, moment), START + 100 * DAY)
    assert before == replayed(plan, part, moment)


def hidden_after(part: Part, moment: int) -> Part:
    """The part without what became known after a moment; what was found wrong only later is still believed."""
    beliefs = part.beliefs
    assert beliefs is not None
    events, versions = beliefs.event_from <= moment, beliefs.profile_from <= moment
    log = part.log

    def begins(old: np.ndarray, kept: np.ndarray) -> np.ndarray:
        return np.asarray(np.concatenate([[0], np.cumsum(kept)])[old])

    def still(until: np.ndarray) -> np.ndarray:
        return np.where(until > moment, FOREVER, until)

    return replace(
        part,
        event_begins=begins(part.event_begins, events),
        profile_begins=begins(part.profile_begins, versions),
        log=Log._make([*(c[events] for c in log[:5]), *(c[versions] for c in log[5:8]), log.blank]),
        beliefs=Beliefs(
            beliefs.event_from[events],
            still(beliefs.event_until[events]),
            beliefs.profile_from[versions],
            still(beliefs.profile_until[versions]),
        ),
    )


@SOME
@given(st.data())
def test_where_all_arrives_when_it_happens_the_replay_is_the_fold(data: st.DataObject) -> None:
    agreement = data.draw(agreements())
    part = part_of(agreement, data.draw(histories(agreement)))
    plan, as_of = compile_plan(agreement), START * 2
    fold = qualified(plan, replace(part, log=without_hand_offs(part.log)), as_of)
    at_once = replace(part, beliefs=Beliefs(*(intervals(part.log.at)), *(intervals(part.log.known_at))))
    for found in (replay(plan, part, as_of), replay(plan, at_once, as_of)):
        assert found.lead.tolist() == fold.lead.tolist()
        assert found.at.tolist() == found.qualified_at.tolist() == fold.at.tolist()
        assert found.because.tolist() == fold.because.tolist()


def intervals(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return at, np.full(len(at), FOREVER)


def test_a_lead_imported_after_it_was_won_is_not_handed_over() -> None:
    part = one_lead([(0, 2), (1, 5 << RECORD_SHIFT)], since=[9, 9])
    assert replayed(compile_plan(EAGER), part, START + 100 * DAY) == []


def test_a_late_rejection_from_before_the_hand_off_does_not_undo_it() -> None:
    """The demo of day 0 arrives on day 5 and is handed over then; that sales had rejected on day 2 is learned on day 6.
    The hand-off is later: the lead stays MQL, and further demos start nothing."""
    part = one_lead([(0, 2), (2, 7 << RECORD_SHIFT), (8, 2)], since=[5, 6, 8])
    found = replayed(compile_plan(EAGER), part, START + 100 * DAY)
    assert [(hand_off.at - START) // DAY for hand_off in found] == [5]


def test_a_machine_that_was_found_out_later_had_made_an_mql() -> None:
    part = one_lead([(0, 2), (0, 2 << 8 | MACHINE)], since=[0, 4], until=[4, None])
    found = replayed(compile_plan(EAGER), part, START + 100 * DAY)
    assert [(hand_off.at - START) // DAY for hand_off in found] == [0]


def one_lead(events: list[tuple[int, int]], since: list[int], until: list[int | None] | None = None) -> Part:
    """Events (day, hits of the demo rule as 2, or flags of a stage record) with the days on which each was known."""
    count = len(events)
    flags = np.array([what if what >= 1 << RECORD_SHIFT and what < 256 else what & MACHINE for _, what in events])
    log = Log(
        at=np.array([START + day * DAY for day, _ in events]),
        flags=flags.astype(np.uint8),
        hits=np.array([2 if what == 2 else 0 for _, what in events], np.int64).reshape(count, 1),
        values=np.zeros((count, 0)),
        keys=np.zeros((count, 0), np.uint64),
        known_at=np.array([NEVER]),
        truths=np.zeros((1, 1), np.int64),
        reachable=np.ones(1, np.uint8),
        blank=np.zeros((1, 1), np.int64),
    )
    ends = [FOREVER if day is None else START + day * DAY for day in until or [None] * count]
    beliefs = Beliefs(
        np.array([START + day * DAY for day in since]), np.array(ends), np.array([NEVER]), np.array([FOREVER])
    )
    return Part(0, 1, np.array([0, count]), np.array([0, 1]), log, np.zeros((1, 1), np.int64), beliefs)
