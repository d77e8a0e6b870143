"""Runs the kernel over parts of a timeline, or over chosen moments of one lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from leadline.qualification import layout
from leadline.qualification.kernel.walk import fold
from leadline.qualification.layout import (
    BITS_PER_WORD,
    MACHINE,
    NEVER,
    OPPORTUNITY,
    RECORD_SHIFT,
    TWO_WAY,
    Answers,
    Examination,
    Log,
    Plan,
    Spans,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.qualification.layout import Rows
    from leadline.qualification.timeline import Part

_NO_RECORD: Final = np.uint8(MACHINE | TWO_WAY)


class Qualified(NamedTuple):
    """Qualifications (q) in order of lead and time: ``lead`` places in the whole, ``at`` µs, ``because`` (q, words)."""

    lead: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    because: npt.NDArray[np.int64]


def fold_part(plan: Plan, part: Part, as_of: int) -> Answers:
    """Answers for every lead of a part as of one moment (µs)."""
    return fold_spans(plan, part.log, spans_of(part, as_of))


def spans_of(part: Part, as_of: int | npt.NDArray[np.int64]) -> Spans:
    """Spans that ask about every lead of a part as of one moment, or as of one moment each (µs)."""
    return Spans(
        part.event_begins[:-1],
        part.event_begins[1:],
        part.profile_begins[:-1],
        part.profile_begins[1:],
        np.array(np.broadcast_to(np.asarray(as_of, np.int64), len(part.event_begins) - 1)),
    )


def fold_spans(plan: Plan, log: Log, spans: Spans) -> Answers:
    """Answers for any spans of a log."""
    answers = _room_for(plan, log, spans, len(spans.as_of))
    fold(plan, _owned(log), spans, answers, _examination(plan, 0))
    return answers


def examine_spans(plan: Plan, log: Log, spans: Spans) -> tuple[Answers, Examination]:
    """Answers for any spans of a log, with the criteria as of each moment."""
    answers = _room_for(plan, log, spans, len(spans.as_of))
    examination = _examination(plan, len(spans.as_of))
    fold(plan, _owned(log), spans, answers, examination)
    return answers, examination


def qualified(plan: Plan, part: Part, as_of: int | npt.NDArray[np.int64]) -> Qualified:
    """Only the qualifications of a part's leads up to a moment (µs): a fraction of the work of all answers."""
    found = qualified_spans(plan, part.log, spans_of(part, as_of))
    return found._replace(lead=found.lead + part.first_lead)


def qualified_spans(plan: Plan, log: Log, spans: Spans) -> Qualified:
    """The same for any spans of a log: ``lead`` is the place of the span."""
    answers = _room_for(plan, log, spans, 0)
    fold(plan, _owned(log), spans, answers, _examination(plan, 0))
    found = int(answers.found[0])
    rows = answers.qualifications[:found]
    return Qualified(rows["span"].copy(), rows["at"].copy(), answers.because[:found].copy())


def peaks(plan: Plan, log: Log, spans: Spans) -> Rows:
    """For each span (see ``PEAK_ROW``) the instant at which fit + engagement was highest while the lead could be
    reached, looked at after each of its records as criteria are."""
    answers = _room_for(plan, log, spans, 0)._replace(peaks=_peaks(len(spans.as_of)))
    fold(plan, _owned(log), spans, answers, _examination(plan, 0))
    return answers.peaks


def without_hand_offs(log: Log) -> Log:
    """The log as if sales had not yet been given its leads: Lead Handed Over, Lead Accepted, Lead Qualified and
    Opportunity Created are no stage records in it. They followed from the agreement of their time and would close the
    door to the qualifications of another; what closed or returned a lead stays."""
    record = log.flags >> RECORD_SHIFT
    return log._replace(flags=np.where((record >= 1) & (record <= OPPORTUNITY), log.flags & _NO_RECORD, log.flags))


def _peaks(count: int) -> Rows:
    rows = np.zeros(count, layout.PEAK_ROW)
    rows["at"] = NEVER
    return rows


def _examination(plan: Plan, count: int) -> Examination:
    compares, criteria = len(plan.compares), len(plan.criteria)
    return Examination(
        left=np.zeros((count, compares)),
        right=np.zeros((count, compares)),
        compared=np.zeros((count, compares), np.int64),
        holds=np.zeros((count, criteria), np.int64),
        knocked_out=np.zeros(count, np.int64),
        cool_until=np.zeros(count, np.int64),
    )


def moments_of(log: Log, moments: npt.NDArray[np.int64]) -> Spans:
    """Spans that ask about the only lead of a log as of several moments (µs)."""
    count = len(moments)
    zeros = np.zeros(count, np.int64)
    return Spans(zeros, np.full(count, len(log.at)), zeros, np.full(count, len(log.known_at)), moments)


def _owned(log: Log) -> Log:
    """The log in arrays of one kind: the kernel is compiled anew for read-only or scattered ones."""
    return Log._make(np.require(column, requirements=["C", "W"]) for column in log)


def _room_for(plan: Plan, log: Log, spans: Spans, leads: int) -> Answers:
    """Room for answers about ``leads`` spans (all of them, or none where only qualifications are asked for)."""
    rules = len(plan.rules)
    stage_records = np.concatenate([[0], np.cumsum((log.flags >> RECORD_SHIFT) > 0)])
    records = stage_records[spans.end_event] - stage_records[spans.first_event]
    # Each qualification but the first needs a stage record that makes it possible, or a timer that one started.
    qualifications = int((2 * records + 2).sum())
    words = -(-max(1, len(plan.criteria)) // BITS_PER_WORD)
    return Answers(
        leads=np.zeros(leads, layout.LEAD_ANSWER),
        rules=np.zeros((leads, rules), layout.RULE_ANSWER),
        groups=np.zeros((leads, len(plan.group_max))),
        qualifications=np.zeros(qualifications, layout.QUALIFICATION_ROW),
        because=np.zeros((qualifications, words), np.int64),
        found=np.zeros(1, np.int64),
        peaks=_peaks(0),
    )
