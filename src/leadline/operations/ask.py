"""What to ask a lead next: the one field or event that would decide most, for forms, receipts and sales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leadline import clock
from leadline.engines.duckdb import Matcher
from leadline.errors import UnknownLeadError
from leadline.log.reading import Sources
from leadline.operations.answers import Answers
from leadline.operations.score import as_agreement, as_instant, match
from leadline.qualification.layout import BITS_PER_WORD, Log
from leadline.qualification.planning import compile_plan, event_rules
from leadline.qualification.questions import Examiner, NextQuestion, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.operations.case import Case
    from leadline.operations.score import Matched, Moment
    from leadline.qualification.receipt import Profile
    from leadline.qualification.timeline import Part


class Asking:
    """A matched log that is asked again and again; what does not depend on the lead is worked out once."""

    def __init__(self, agreement: Agreement, matched: Matched, as_of: int) -> None:
        self.as_of = as_of
        self.matched = matched
        matcher = Matcher(matched.inputs.connection, agreement)
        self.answers = Answers(matcher)
        self.examiner = Examiner(agreement, compile_plan(agreement))
        self.versions = matcher.connection.sql("SELECT * FROM versions").to_arrow_table().combine_chunks()
        self.known = {
            name: self.versions[name].is_valid().to_numpy()
            for name in self.examiner.fields
            if name in self.versions.column_names
        }
        self.frequencies = _frequencies(agreement, matched)
        self.places: dict[str, int] = {}

    def next(self, lead_id: str) -> NextQuestion:
        """The next question for a lead. Raises ``UnknownLeadError``."""
        if not self.places:
            self.places = {name: place for place, name in enumerate(self.matched.inputs.lead_ids.to_pylist())}
        place = self.places.get(lead_id)
        if place is None:
            raise UnknownLeadError(f"there is no lead '{lead_id}' among the {len(self.places):,} leads. Check its id.")
        subject, latest = self._subject(lead_id, place)
        reachable = bool(subject.reachable)
        choices = self.answers.choices(latest, subject.truths, subject.unknown, reachable=reachable)
        return self.examiner.next(subject, choices, self.frequencies)

    def _subject(self, lead_id: str, place: int) -> tuple[Subject, dict[str, Any]]:
        timeline, profiles = self.matched.timeline, self.matched.profiles
        part = timeline.part(place // timeline.leads_a_part, profiles)
        log = _log_of(part, place - part.first_lead)
        version = int(np.searchsorted(log.known_at, self.as_of, side="right")) - 1
        if version < 0:
            unknown = frozenset(self.examiner.fields)
            return Subject(lead_id, self.as_of, log, log.blank[0], 0, unknown), {"lead": place, "at": self.as_of}
        row = int(profiles.begins[place]) + version
        unknown = frozenset(name for name in self.examiner.fields if not self._knows(name, row))
        subject = Subject(lead_id, self.as_of, log, log.truths[version], int(log.reachable[version]), unknown)
        needed = any(sheet.partners for sheet in self.answers.sheets.values())
        return subject, self.versions.slice(row, 1).to_pylist()[0] if needed else {}

    def _knows(self, name: str, row: int) -> bool:
        return name in self.known and bool(self.known[name][row])


def next_question(
    agreement: Agreement | str | Path,
    *,
    leads: Any,
    events: Any = None,
    profiles: Any = None,
    as_of: Moment = None,
    lead_ids: Iterable[str] | None = None,
) -> list[NextQuestion]:
    """What to ask each lead next, and between what its scores lie whatever it answers.

    Arguments are those of ``leadline.qualify``; ``lead_ids`` are the leads to look at, by default all. To ask again and
    again, keep an ``Asking``. Raises ``AgreementError``, ``InputError`` or ``UnknownLeadError``.
    """
    signed = as_agreement(agreement)
    now = clock.now()
    moment = as_instant(as_of, now)
    sources = Sources(leads=leads, events=events, profiles=profiles)
    matched = match(signed, sources, now=max(now, moment))
    asking = Asking(signed, matched, moment)
    wanted = matched.inputs.lead_ids.to_pylist() if lead_ids is None else lead_ids
    return [asking.next(lead_id) for lead_id in wanted]


def ask_case(case: Case, profile: Profile, latest: dict[str, Any], as_of: int) -> NextQuestion:
    """The next question for the lead of a case; ``profile`` and ``latest`` are what is known of it as of then (µs)."""
    examiner = Examiner(case.agreement, compile_plan(case.agreement))
    unknown = frozenset(name for name in examiner.fields if latest.get(name) is None)
    subject = Subject(
        case.lead_id, as_of, case.log, profile.truths, int(profile.reachable), unknown, profile.unsure
    )  # fmt: skip
    answers = Answers(case.matcher)
    choices = answers.choices(latest | {"at": as_of}, profile.truths, unknown, reachable=profile.reachable)
    return examiner.next(subject, choices, {})


def _log_of(part: Part, lead: int) -> Log:
    """The records of one lead of a part."""
    events = slice(int(part.event_begins[lead]), int(part.event_begins[lead + 1]))
    profiles = slice(int(part.profile_begins[lead]), int(part.profile_begins[lead + 1]))
    log = part.log
    return Log._make([*(column[events] for column in log[:5]), *(column[profiles] for column in log[5:8]), log.blank])


def _frequencies(agreement: Agreement, matched: Matched) -> dict[str, int]:
    """How many hits each rule has in the whole log."""
    rules = event_rules(agreement)

    def counted(part: Part) -> npt.NDArray[np.int64]:
        hits = part.log.hits
        return np.array(
            [int((hits[:, bit // BITS_PER_WORD] >> (bit % BITS_PER_WORD) & 1).sum()) for bit in range(len(rules))]
        )

    total = sum(matched.timeline.each_part(matched.profiles, counted), np.zeros(len(rules), np.int64))
    return {rule.name: int(hits) for rule, hits in zip(rules, total, strict=True)}
