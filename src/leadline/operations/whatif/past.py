"""The past that agreements are tried on: matched once, as if sales had no leads yet, in pieces folded in parallel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.errors import LeadlineError
from leadline.operations.moments import first_instant
from leadline.operations.progress import silent
from leadline.operations.whatif.bounds import Counts, counts_of, promising
from leadline.qualification.folding import Qualified, qualified_spans, without_hand_offs
from leadline.qualification.layout import BITS_PER_WORD, NEVER, Spans
from leadline.qualification.planning import compile_plan, event_rules
from leadline.qualification.timeline import FOREVER, THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.operations.progress import Progress
    from leadline.operations.score import Matched
    from leadline.qualification.layout import Plan
    from leadline.qualification.timeline import Part

LEADS_A_PIECE: Final = 4_096
"""Small enough that both threads end together and a stale move ends soon; large enough to cost nothing."""


class SupersededError(LeadlineError):
    """A newer move came; nobody waits for this answer."""

    status = 409


@dataclass(frozen=True, slots=True)
class Past:
    """Pieces of a log, and the moment (µs) up to which it is looked at."""

    matched: Matched
    pieces: tuple[Part, ...]
    counts: Counts
    since: int
    as_of: int

    @property
    def leads(self) -> int:
        """How many leads there are."""
        return len(self.matched.inputs.lead_ids)

    @property
    def events(self) -> int:
        """How many events are folded."""
        return self.matched.timeline.events

    def entered(self) -> npt.NDArray[np.int64]:
        """When each lead could first be reached (µs); of one known before all time, its first event."""
        return np.concatenate([_entered(piece) for piece in self.pieces])

    def fold(
        self, agreement: Agreement, stop: Callable[[], bool] = lambda: False, progress: Progress = silent
    ) -> Qualified:
        """Every qualification under an agreement with the same conditions. Raises ``SupersededError`` once ``stop``."""
        plan = compile_plan(agreement)
        asked = promising(plan, self.counts)

        def fold_piece(piece: Part) -> Qualified | None:
            return None if stop() else self._fold(plan, piece, np.flatnonzero(asked[piece.first_lead : piece.end_lead]))

        found = []
        with ThreadPoolExecutor(THREADS) as pool:
            for rows in pool.map(fold_piece, self.pieces):
                if rows is not None:
                    found.append(rows)
                    progress("Folding", len(found), len(self.pieces))
        if len(found) < len(self.pieces):
            raise SupersededError("a newer change came first.")
        return Qualified(*(np.concatenate(columns) for columns in zip(*found, strict=True)))

    def _fold(self, plan: Plan, piece: Part, leads: npt.NDArray[np.int64]) -> Qualified:
        """The qualifications of some leads of a piece, by their places in it."""
        events, versions = piece.event_begins, piece.profile_begins
        moments = np.full(len(leads), self.as_of)
        spans = Spans(events[leads], events[leads + 1], versions[leads], versions[leads + 1], moments)
        found = qualified_spans(plan, piece.log, spans)
        return found._replace(lead=leads[found.lead] + piece.first_lead)

    def persona_of(self, plan: Plan, lead: npt.NDArray[np.integer], at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The best persona (place in the file) of leads (n) as of instants (n) µs."""
        truths = self.matched.profiles.truths[self._version_of(lead, at)]
        holds = np.stack(
            [truths[:, bit // BITS_PER_WORD] >> (bit % BITS_PER_WORD) & 1 for bit in plan.fit_rules["truth"]], axis=1
        )
        gained = holds * plan.fit_rules["points"]
        sums = [gained[:, row["first"] : row["end"]].sum(axis=1) for row in plan.personas]
        return np.asarray(np.argmax(np.floor(np.stack(sums, axis=1) * 1e6 + 0.5001), axis=1), np.int64)

    def _version_of(self, lead: npt.NDArray[np.integer], at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The profile version in force: each lead has few, so they are passed one by one."""
        profiles = self.matched.profiles
        place, end = profiles.begins[lead], profiles.begins[lead + 1]
        last = len(profiles.known_at) - 1
        while True:
            following = np.minimum(place + 1, last)
            later = (place + 1 < end) & (profiles.known_at[following] <= at)
            if not later.any():
                return np.asarray(place)
            place = np.where(later, following, place)


def past_of(matched: Matched, agreement: Agreement, now: int) -> Past:
    """The past of a matched log up to its last record, at most to ``now`` (µs)."""
    parts = list(
        matched.timeline.each_part(matched.profiles, lambda part: replace(part, log=without_hand_offs(part.log)))
    )
    pieces = tuple(piece for part in parts for piece in _split(part))
    records = [part.log.at for part in parts] + [matched.profiles.known_at[matched.profiles.known_at != NEVER]]
    lasts = [int(at.max()) for at in records if len(at)]
    as_of = min(now, max(lasts, default=now))
    counts = counts_of(pieces, matched.profiles, len(event_rules(agreement)))
    first = first_instant(matched)
    return Past(matched, pieces, counts, as_of if first is None else min(first, as_of), as_of)


def _split(part: Part) -> Iterator[Part]:
    leads = part.end_lead - part.first_lead
    for first in range(0, leads, LEADS_A_PIECE):
        yield run_of(part, first, min(leads, first + LEADS_A_PIECE))


def run_of(part: Part, first: int, end: int) -> Part:
    """The leads ``first`` … ``end`` of a part, counted from its own first; columns are views."""
    events = slice(part.event_begins[first], part.event_begins[end])
    versions = slice(part.profile_begins[first], part.profile_begins[end])
    log = part.log
    return replace(
        part,
        first_lead=part.first_lead + first,
        end_lead=part.first_lead + end,
        event_begins=part.event_begins[first : end + 1] - events.start,
        profile_begins=part.profile_begins[first : end + 1] - versions.start,
        log=log._replace(
            at=log.at[events],
            flags=log.flags[events],
            hits=log.hits[events],
            values=log.values[events],
            keys=log.keys[events],
            known_at=log.known_at[versions],
            truths=log.truths[versions],
            reachable=log.reachable[versions],
        ),
        known=part.known[versions],
    )


def _entered(piece: Part) -> npt.NDArray[np.int64]:
    entered = np.full(piece.end_lead - piece.first_lead, FOREVER)
    first_event = np.full(len(entered), NEVER)
    some = piece.event_begins[1:] > piece.event_begins[:-1]
    first_event[some] = piece.log.at[piece.event_begins[:-1][some]]
    reachable = piece.log.reachable > 0
    lead = np.repeat(np.arange(len(entered)), np.diff(piece.profile_begins))[reachable]
    known_at = piece.log.known_at[reachable]
    np.minimum.at(entered, lead, np.where(known_at == NEVER, first_event[lead], known_at))
    return entered
