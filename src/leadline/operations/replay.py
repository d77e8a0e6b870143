"""Replays agreements over a log as it was known: reads and matches once, then asks any with the same conditions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.errors import InputError
from leadline.operations.progress import Progress, silent
from leadline.operations.score import Matched, match
from leadline.qualification.folding import examine_spans, fold_spans, without_hand_offs
from leadline.qualification.layout import LEAD_ANSWER, MACHINE, NEVER, RECORD_SHIFT
from leadline.qualification.matching import hits_fingerprint
from leadline.qualification.planning import compile_plan
from leadline.qualification.promising import earliest
from leadline.qualification.replaying import Replayed, replay
from leadline.qualification.snapshot import snapshot
from leadline.qualification.timeline import FOREVER, THREADS

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.log.reading import Sources
    from leadline.qualification.layout import Answers, Examination
    from leadline.qualification.timeline import Part

    Instants = npt.NDArray[np.int64]


_ACCEPTED = 2
"""The place of Lead Accepted in STAGE_RECORDS, counted from 1."""


@dataclass(frozen=True)
class History:
    """A log with what was known when, matched for agreements whose conditions have one fingerprint.

    Past hand-offs, and what followed from them, are left out of it (see ``folding.without_hand_offs``).
    """

    matched: Matched
    parts: tuple[Part, ...]
    read_at: int
    accepted_at: Instants
    """``read_at`` (µs): nothing later is known. ``accepted_at``: when sales first accepted each lead, or ``NEVER``."""

    @property
    def lead_ids(self) -> Any:
        """The ids of all leads (an Arrow array) by place."""
        return self.matched.inputs.lead_ids

    @property
    def knows_arrivals(self) -> bool:
        """Whether the input says of anything when it became known."""
        return any(part.beliefs is not None for part in self.parts)

    @cached_property
    def entered(self) -> Instants:
        """When each lead could first be reached (µs): ``NEVER`` for before all time, ``FOREVER`` for not yet."""
        return np.concatenate([_entered(part) for part in self.parts] or [np.zeros(0, np.int64)])

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The instants (µs) of the first record, and of the last or of its arrival; (0, 0) without any."""
        instants = [at for part in self.parts for at in _instants(part)]
        known = [at[(at != NEVER) & (at <= self.read_at)] for at in instants]
        filled = [at for at in known if len(at)]
        if not filled:
            return 0, 0
        return min(int(at.min()) for at in filled), max(int(at.max()) for at in filled)

    def earliest(self, *agreements: Agreement) -> tuple[Instants, ...]:
        """For each part, of each lead an instant (µs) before which it qualifies under none of the agreements."""
        plans = [compile_plan(agreement) for agreement in agreements]
        return tuple(
            self._each(
                lambda part: np.minimum.reduce([earliest(plan, part) for plan in plans]), "Looking for leads", silent
            )
        )

    def hand_offs(
        self,
        agreement: Agreement,
        as_of: int,
        progress: Progress = silent,
        begins: tuple[Instants, ...] | None = None,
    ) -> Replayed:
        """Every hand-off up to a moment (µs), in order of lead and time; ``begins``: see ``earliest``.

        Raises ``InputError`` for other conditions.
        """
        if hits_fingerprint(agreement) != self.matched.fingerprint:
            raise InputError("the agreement's conditions have changed; the log must be matched again.")
        plan = compile_plan(agreement)
        begin = {} if begins is None else {part.first_lead: one for part, one in zip(self.parts, begins, strict=True)}
        found = self._each(lambda part: replay(plan, part, as_of, begin.get(part.first_lead)), "Replaying", progress)
        if not found:
            nobody = np.zeros(0, np.int64)
            return Replayed(nobody, nobody, nobody, np.zeros((0, 1), np.int64))
        return Replayed(*(np.concatenate(columns) for columns in zip(*found, strict=True)))

    def scores(self, agreement: Agreement, lead: npt.NDArray[np.integer], at: Instants) -> npt.NDArray[np.void]:
        """What is known of leads (n, ascending places) as of moments (n) µs: rows of ``LEAD_ANSWER``."""
        plan = compile_plan(agreement)

        def score(part: Part) -> npt.NDArray[np.void]:
            chosen = (lead >= part.first_lead) & (lead < part.end_lead)
            log, spans = snapshot(part, np.asarray(lead[chosen] - part.first_lead, np.int64), at[chosen])
            return fold_spans(plan, log, spans).leads

        found = self._each(score, "Scoring", silent)
        return np.concatenate(found) if found else np.zeros(0, LEAD_ANSWER)

    def examine(self, agreement: Agreement, lead: int, at: int, *, known_at: int) -> tuple[Answers, Examination]:
        """One lead as of a moment with the criteria, from what was known of it at another, later one (µs)."""
        part = next(part for part in self.parts if part.first_lead <= lead < part.end_lead)
        log, spans = snapshot(part, np.array([lead - part.first_lead]), np.array([known_at]))
        return examine_spans(compile_plan(agreement), log, spans._replace(as_of=np.array([at])))

    def _each(self, use: Callable[[Part], Any], step: str, progress: Progress) -> list[Any]:
        found: list[Any] = []
        with ThreadPoolExecutor(THREADS) as pool:
            for result in pool.map(use, self.parts):
                found.append(result)
                progress(step, len(found), len(self.parts))
        return found


def read_history(agreement: Agreement, sources: Sources, now: int, progress: Progress = silent) -> History:
    """Reads and matches a log with its arrival times, as far as it has any. Raises ``InputError``."""
    matched = match(agreement, replace(sources, arrivals=True), now=now, progress=progress, further=("value",))
    found = tuple(
        matched.timeline.each_part(
            matched.profiles, lambda part: (replace(part, log=without_hand_offs(part.log)), _accepted(part))
        )
    )
    return History(matched, tuple(part for part, _ in found), now, np.concatenate([accepted for _, accepted in found]))


def _instants(part: Part) -> list[Instants]:
    """When the records of a part happened, and when they were known."""
    happened = [part.log.at, part.log.known_at]
    return happened if part.beliefs is None else [*happened, part.beliefs.event_from, part.beliefs.profile_from]


def _accepted(part: Part) -> Instants:
    """When each lead of a part was first accepted by sales; a lead's run is in order of time."""
    rows = np.flatnonzero((part.log.flags >> RECORD_SHIFT == _ACCEPTED) & (part.log.flags & MACHINE == 0))
    leads, places = np.unique(np.searchsorted(part.event_begins, rows, side="right") - 1, return_index=True)
    accepted = np.full(part.end_lead - part.first_lead, NEVER)
    accepted[leads] = part.log.at[rows[places]]
    return accepted


def _entered(part: Part) -> Instants:
    entered = np.full(part.end_lead - part.first_lead, FOREVER)
    lead = np.repeat(np.arange(len(entered)), np.diff(part.profile_begins))
    reachable = part.log.reachable > 0
    known_at = part.log.known_at[reachable]
    first_event = np.full(len(entered), NEVER)
    some = part.event_begins[1:] > part.event_begins[:-1]
    first_event[some] = part.log.at[part.event_begins[:-1][some]]
    # Of a lead that was known before all time the first event is the first that anybody saw of it.
    np.minimum.at(entered, lead[reachable], np.where(known_at == NEVER, first_event[lead[reachable]], known_at))
    return entered
