"""Replays leads whose records arrived late, or were changed later: one fold a run of arrivals, all leads side by side.

Every wave folds for each lead the run that it has come to, and goes on behind it; after a hand-off that changes what
follows, right behind the hand-off. A lead stands in a wave once, so that a wave needs no more memory than the leads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from leadline.qualification.arrivals import Changes, changes_of, first_not_before, is_closing, runs_of
from leadline.qualification.folding import fold_spans
from leadline.qualification.layout import MQL, NEVER, RECORD_SHIFT, Log, Spans
from leadline.qualification.snapshot import believed
from leadline.qualification.sorting import sorted_runs
from leadline.qualification.timeline import FOREVER

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.qualification.layout import Answers, Plan
    from leadline.qualification.timeline import Part

    Whole = npt.NDArray[np.int64]

_HANDED_OVER: Final = np.uint8(1 << RECORD_SHIFT)
_REOPENED: Final = 10


class _Wave(NamedTuple):
    """One fold a lead: who, from which change to which, the log of what was believed at the end of it, and since when
    its events and profiles were known."""

    leads: Whole
    begin: Whole
    end: Whole
    log: Log
    spans: Spans
    event_from: Whole
    profile_from: Whole


def replay_late(plan: Plan, part: Part, begin: Whole, as_of: int) -> tuple[Whole, Whole, Whole, Whole]:
    """Hand-offs of the leads of a part: lead, instant, instant of the qualification, its criteria.

    ``begin`` (leads) µs: before when no lead qualifies; leads with ``FOREVER`` are left out.
    """
    replaying = _Late(plan, part, begin, as_of)
    while replaying.step():
        pass
    words = -(-max(1, len(plan.criteria)) // 62)
    found = replaying.found
    return (
        np.array([lead for lead, _, _, _ in found], np.int64) + part.first_lead,
        np.array([at for _, at, _, _ in found], np.int64),
        np.array([qualified for _, _, qualified, _ in found], np.int64),
        np.array([because for _, _, _, because in found], np.int64).reshape(len(found), words),
    )


class _Late:
    """The state of a replay: where each lead stands among its changes, and its hand-offs so far."""

    def __init__(self, plan: Plan, part: Part, begin: Whole, as_of: int) -> None:
        if part.beliefs is None:
            raise ValueError("without arrivals nothing is late")
        leads = np.flatnonzero(begin < FOREVER)
        self.plan, self.log, self.beliefs, self.leads, self.as_of = plan, part.log, part.beliefs, leads, as_of
        self.events = (part.event_begins[leads], part.event_begins[leads + 1])
        self.profiles = (part.profile_begins[leads], part.profile_begins[leads + 1])
        self.stepwise = np.zeros(len(leads), bool)
        self.changes = self._changes()
        self.records = self._records()
        starts, ends = self.changes.begins[:-1], self.changes.begins[1:]
        self.position = first_not_before(self.changes.at, starts, ends, begin[leads])
        self.last = np.full(len(leads), NEVER)
        self.facts: dict[int, list[int]] = {}
        self.found: list[tuple[int, int, int, Whole]] = []

    def _changes(self) -> Changes:
        event_rows, event_starts = runs_of(*self.events)
        profile_rows, profile_starts = runs_of(*self.profiles)
        places = np.arange(len(self.leads))
        event_lead = np.repeat(places, np.diff(event_starts))
        lead = np.concatenate([event_lead, np.repeat(places, np.diff(profile_starts))])
        at = np.concatenate([self.log.at[event_rows], self.log.known_at[profile_rows]])
        beliefs = self.beliefs
        known = (
            np.concatenate([beliefs.event_from[event_rows], beliefs.profile_from[profile_rows]]),
            np.concatenate([beliefs.event_until[event_rows], beliefs.profile_until[profile_rows]]),
        )
        self.stepwise[event_lead[self.log.flags[event_rows] >> RECORD_SHIFT == _REOPENED]] = True
        return changes_of(lead, at, known, len(places), self.stepwise)

    def _records(self) -> dict[int, list[tuple[int, int]]]:
        """The instants of each lead's stage records, and since when each was known."""
        found: dict[int, list[tuple[int, int]]] = {}
        rows, starts = runs_of(*self.events)
        closing = np.flatnonzero(is_closing(self.log.flags[rows]))
        lead = np.searchsorted(starts, closing, side="right") - 1
        times = self.log.at[rows[closing]].tolist(), self.beliefs.event_from[rows[closing]].tolist()
        for place, at, known in zip(lead.tolist(), *times, strict=True):
            found.setdefault(place, []).append((at, known))
        return found

    def step(self) -> bool:
        """One wave; False when every lead is at its end."""
        ends = self.changes.begins[1:]
        waiting = np.flatnonzero(self.position < ends)
        waiting = waiting[self.changes.at[self.position[waiting]] <= self.as_of]
        if not len(waiting):
            return False
        wave = self._wave(waiting)
        answers = fold_spans(self.plan, wave.log, wave.spans)
        self.position[waiting] = wave.end + 1
        self._decide(wave, answers)
        return True

    def _wave(self, leads: Whole) -> _Wave:
        begin = self.position[leads]
        last = self.changes.begins[leads + 1] - 1
        # What arrives after the moment of the question is not known: the run ends before it.
        seen = first_not_before(self.changes.at, begin, last + 1, np.full(len(leads), min(self.as_of, FOREVER - 1) + 1))
        end = np.minimum(self.changes.run_end[begin], seen - 1)
        moment = self.changes.at[end]
        beliefs, log = self.beliefs, self.log
        events, profiles = ((begins[leads], ends[leads]) for begins, ends in (self.events, self.profiles))
        event_rows, event_lead = believed(events, moment, (beliefs.event_from, beliefs.event_until))
        profile_rows, profile_lead = believed(profiles, moment, (beliefs.profile_from, beliefs.profile_until))
        facts = [(place, at) for place, lead in enumerate(leads.tolist()) for at in self.facts.get(lead, ())]
        fact_lead = np.array([place for place, _ in facts], np.int64)
        fact_at = np.array([at for _, at in facts], np.int64)
        lead = np.concatenate([event_lead, fact_lead]).astype(np.int32)
        at = np.concatenate([log.at[event_rows], fact_at])
        known = np.concatenate([beliefs.event_from[event_rows], fact_at])
        begins, order = sorted_runs(lead, at, 0, len(leads))
        columns = [at, *_with_facts(log, event_rows, len(facts))]
        profile_begins = np.searchsorted(profile_lead, np.arange(len(leads) + 1))
        spans = Spans(begins[:-1], begins[1:], profile_begins[:-1], profile_begins[1:], moment)
        seen_then = Log._make(
            [
                *(column[order] for column in columns),
                *(log.known_at[profile_rows], log.truths[profile_rows], log.reachable[profile_rows], log.blank),
            ]
        )
        return _Wave(leads, begin, end, seen_then, spans, known[order], beliefs.profile_from[profile_rows])

    def _decide(self, wave: _Wave, answers: Answers) -> None:
        """Hands over who stands as MQL by a qualification later than the last hand-off."""
        rows = answers.qualifications[: int(answers.found[0])]
        span, at = rows["span"], rows["at"]
        new = np.flatnonzero(at > self.last[wave.leads[span]])
        span, at = span[new], at[new]
        decided = self._decided_at(wave, span, at)
        closed_at, closed_on = self._closed(wave, span, at)
        cut: set[int] = set()
        for place in range(len(new)):
            lead = int(wave.leads[span[place]])
            if self.stepwise[lead]:
                is_last = place + 1 == len(new) or span[place + 1] != span[place]
                standing, final = is_last and answers.leads["stage"][span[place]] == MQL, False
            else:
                standing, final = decided[place] < closed_on[place], closed_at[place] < decided[place]
            if not standing or lead in cut or at[place] <= self.last[lead]:
                continue
            self.last[lead] = decided[place]
            self.facts.setdefault(lead, []).append(int(decided[place]))
            because = answers.because[new[place]].copy()
            self.found.append((int(self.leads[lead]), int(decided[place]), int(at[place]), because))
            if final:
                self.position[lead] = self._change(lead, decided[place]) + 1
                cut.add(lead)
            self._skip(lead, int(decided[place]))

    def _skip(self, lead: int, handed_over: int) -> None:
        """Goes on where a stage record that is not earlier than a hand-off becomes known: before, the lead is MQL."""
        known = [known for at, known in self.records.get(lead, ()) if at >= handed_over]
        end = int(self.changes.begins[lead + 1])
        place = self._change(lead, min(known)) if known else end
        self.position[lead] = max(int(self.position[lead]), place)

    def _change(self, lead: int, at: int) -> int:
        """The place of the last change of a lead not after an instant."""
        begin, end = self.changes.begins[lead], self.changes.begins[lead + 1]
        return int(begin + np.searchsorted(self.changes.at[begin:end], at, side="right") - 1)

    def _decided_at(self, wave: _Wave, span: Whole, at: Whole) -> Whole:
        """When each qualification was first seen: its records had arrived, and the run had begun."""
        decided: Whole = self.changes.at[wave.begin[span]].copy()
        spans = wave.spans
        for begins, ends, instants, known in (
            (spans.first_event, spans.end_event, wave.log.at, wave.event_from),
            (spans.first_profile, spans.end_profile, wave.log.known_at, wave.profile_from),
        ):
            row = first_not_before(instants, begins[span], ends[span], at)
            there = row < ends[span]
            there[there] = instants[row[there]] == at[there]
            decided[there] = np.maximum(decided[there], known[row[there]])
        return decided

    def _closed(self, wave: _Wave, span: Whole, at: Whole) -> tuple[Whole, Whole]:
        """The instant of the next stage record after each qualification, and when that was known."""
        closing = np.flatnonzero(is_closing(wave.log.flags))
        begins = np.searchsorted(closing, np.append(wave.spans.first_event, len(wave.log.at)))
        row = first_not_before(wave.log.at[closing], begins[span], begins[span + 1], at + 1)
        there: npt.NDArray[np.bool_] = row < begins[span + 1]
        closed_at, closed_on = np.full(len(span), FOREVER), np.full(len(span), FOREVER)
        closed_at[there] = wave.log.at[closing[row[there]]]
        run_began = self.changes.at[wave.begin[span[there]]]
        closed_on[there] = np.maximum(wave.event_from[closing[row[there]]], run_began)
        return closed_at, closed_on


def _with_facts(log: Log, rows: Whole, facts: int) -> list[npt.NDArray[np.generic]]:
    """Flags, hits, values and keys of events, then of as many hand-offs."""
    handed_over = np.full(facts, _HANDED_OVER)
    rest = (np.zeros((facts, column.shape[1]), column.dtype) for column in (log.hits, log.values, log.keys))
    return [
        np.concatenate([log.flags[rows], handed_over]),
        *(
            np.concatenate([column[rows], none])
            for column, none in zip((log.hits, log.values, log.keys), rest, strict=True)
        ),
    ]
