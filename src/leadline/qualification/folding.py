"""Runs the kernel over parts of a timeline, or over chosen moments of one lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.qualification import layout
from leadline.qualification.kernel.walk import fold
from leadline.qualification.layout import BITS_PER_WORD, RECORD_SHIFT, Answers, Examination, Log, Plan, Spans

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.qualification.timeline import Part


def fold_part(plan: Plan, part: Part, as_of: int) -> Answers:
    """Answers for every lead of a part as of one moment (µs)."""
    spans = Spans(
        part.event_begins[:-1],
        part.event_begins[1:],
        part.profile_begins[:-1],
        part.profile_begins[1:],
        np.full(len(part.event_begins) - 1, as_of),
    )
    return fold_spans(plan, part.log, spans)


def fold_spans(plan: Plan, log: Log, spans: Spans) -> Answers:
    """Answers for any spans of a log."""
    log, answers = _owned(log), _room_for(plan, log, spans)
    fold(plan, log, spans, answers, _examination(plan, 0))
    return answers


def examine_spans(plan: Plan, log: Log, spans: Spans) -> tuple[Answers, Examination]:
    """Answers for any spans of a log, with the criteria as of each moment."""
    log, answers = _owned(log), _room_for(plan, log, spans)
    examination = _examination(plan, len(spans.as_of))
    fold(plan, log, spans, answers, examination)
    return answers, examination


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


def _room_for(plan: Plan, log: Log, spans: Spans) -> Answers:
    count, rules = len(spans.as_of), len(plan.rules)
    stage_records = np.concatenate([[0], np.cumsum((log.flags >> RECORD_SHIFT) > 0)])
    records = stage_records[spans.end_event] - stage_records[spans.first_event]
    # Each qualification but the first needs a stage record that makes it possible, or a timer that one started.
    qualifications = int((2 * records + 2).sum())
    words = -(-max(1, len(plan.criteria)) // BITS_PER_WORD)
    return Answers(
        leads=np.zeros(count, layout.LEAD_ANSWER),
        rules=np.zeros((count, rules), layout.RULE_ANSWER),
        groups=np.zeros((count, len(plan.group_max))),
        qualifications=np.zeros(qualifications, layout.QUALIFICATION_ROW),
        because=np.zeros((qualifications, words), np.int64),
        found=np.zeros(1, np.int64),
    )
