"""Folds that answer less than everything say the same as the one that answers everything."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.qualification.folding import fold_spans, peaks, qualified, spans_of, without_hand_offs
from leadline.qualification.layout import MACHINE, NEVER, RECORD_SHIFT, TWO_WAY, Spans
from leadline.qualification.planning import compile_plan
from qualification.logs import log_of
from qualification.running import matched
from strategies import agreements, as_ofs, histories

FEWER = settings(max_examples=max(1, settings().max_examples // 2))


@FEWER
@given(st.data())
def test_qualifications_alone_are_those_of_all_answers(data: st.DataObject) -> None:
    agreement = data.draw(agreements())
    happened = data.draw(histories(agreement))
    run, plan = matched(agreement, happened), compile_plan(agreement)
    as_of = data.draw(as_ofs(agreement, happened))
    part = run.timeline.part(0, run.profiles)
    whole = fold_spans(plan, part.log, spans_of(part, as_of))
    found = int(whole.found[0])
    alone = qualified(plan, part, as_of)
    assert alone.lead.tolist() == whole.qualifications["span"][:found].tolist()
    assert alone.at.tolist() == whole.qualifications["at"][:found].tolist()
    assert alone.because.tolist() == whole.because[:found].tolist()


@FEWER
@given(st.data())
def test_a_peak_is_the_highest_of_the_scores_after_each_record(data: st.DataObject) -> None:
    agreement = data.draw(agreements())
    happened = data.draw(histories(agreement))
    run, plan = matched(agreement, happened), compile_plan(agreement)
    as_of = data.draw(as_ofs(agreement, happened))
    part = run.timeline.part(0, run.profiles)
    log = part.log
    found = peaks(plan, log, spans_of(part, as_of))
    for lead, peak in enumerate(found):
        events = slice(part.event_begins[lead], part.event_begins[lead + 1])
        known = slice(part.profile_begins[lead], part.profile_begins[lead + 1])
        by_people = log.at[events][(log.flags[events] & MACHINE) == 0]
        instants = np.union1d(by_people, log.known_at[known][log.known_at[known] != NEVER])
        instants = instants[instants <= as_of]
        count = len(instants)
        spans = Spans(
            np.full(count, events.start),
            np.full(count, events.stop),
            np.full(count, known.start),
            np.full(count, known.stop),
            instants,
        )
        answers = fold_spans(plan, log, spans)
        latest = answers.leads["latest_known"]
        can = (latest >= 0) & (log.reachable[np.maximum(latest, 0)] > 0) if count else np.zeros(0, bool)
        scores = (answers.leads["fit"] + answers.leads["engagement"])[can]
        if not len(scores):
            assert peak["at"] == NEVER
            continue
        assert abs(peak["fit"] + peak["engagement"] - scores.max()) < 3e-6
        assert abs(scores[instants[can] == peak["at"]][0] - scores.max()) < 3e-6


def test_a_log_without_hand_offs_keeps_what_closed_or_returned_a_lead() -> None:
    records = np.arange(11, dtype=np.uint8) << RECORD_SHIFT
    flags = records | MACHINE | TWO_WAY
    kept = without_hand_offs(log_of(range(11), flags=flags.astype(np.uint8))).flags
    assert (kept & (MACHINE | TWO_WAY)).tolist() == [MACHINE | TWO_WAY] * 11
    assert (kept >> RECORD_SHIFT).tolist() == [0, 0, 0, 0, 0, 5, 6, 7, 8, 9, 10]
