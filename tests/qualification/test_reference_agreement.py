"""The compiled kernel says the same as the slow reference, for random agreements and histories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualification.running import matched
from reference.qualification import Answer, evaluate, history
from strategies import agreements, as_ofs, histories

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

NEAR = 1e-6 + 1e-9
"""Scores are rounded to six decimals; in sums taken in another order the last of them may differ."""
FEWER = settings(max_examples=max(1, settings().max_examples // 3))


def assert_same(agreement: Agreement, row: dict[str, Any], answer: Answer) -> None:
    """Every field of a decision row is the reference's."""
    exact = {
        "lead_id": answer.lead_id,
        "as_of": answer.as_of,
        "version": agreement.version,
        "stage": answer.stage,
        "persona": answer.persona,
        "grade": answer.grade,
        "level": answer.level,
        "mql_at": answer.mql_at,
        "because": list(answer.because),
        "qualifications": [{"at": made.at, "because": list(made.because)} for made in answer.qualifications],
        "unknown_fields": list(answer.unknown_fields),
    }
    assert {name: row[name] for name in exact} == exact
    assert row["fit"] == pytest.approx(answer.fit, abs=NEAR)
    assert row["engagement"] == pytest.approx(answer.engagement, abs=NEAR)
    assert_same_reasons(row, answer, shared=NEAR * (1 + len(agreement.engagement.rules)))


def assert_same_reasons(row: dict[str, Any], answer: Answer, shared: float) -> None:
    """Contributions are the reference's, and add up to the score."""
    assert [(given["rule"], given["hits"], given["accepted"], given["last_hit"]) for given in row["contributions"]] == [
        (given.rule, given.hits, given.accepted, given.last_hit) for given in answer.contributions
    ]
    for ours, theirs in zip(row["contributions"], answer.contributions, strict=True):
        assert ours["raw"] == pytest.approx(theirs.raw, abs=NEAR), theirs
        assert ours["counted"] == pytest.approx(theirs.counted, abs=shared)
    total = sum(given["counted"] for given in row["contributions"])
    assert total == pytest.approx(row["engagement"], abs=NEAR)


@given(st.data())
def test_every_field_of_every_decision_is_the_reference_s(data: st.DataObject) -> None:
    agreement = data.draw(agreements())
    happened = data.draw(histories(agreement))
    run = matched(agreement, happened)
    for as_of in data.draw(st.lists(as_ofs(agreement, happened), min_size=1, max_size=4)):
        rows, answers = run.decide(agreement, as_of), evaluate(agreement, *happened, as_of)
        assert rows.keys() == answers.keys()
        for lead_id, answer in answers.items():
            assert_same(agreement, rows[lead_id], answer)


@FEWER
@given(st.data())
def test_after_every_record_the_kernel_says_the_same(data: st.DataObject) -> None:
    agreement = data.draw(agreements())
    happened = data.draw(histories(agreement))
    run = matched(agreement, happened)
    moments = history(agreement, *happened, data.draw(as_ofs(agreement, happened)))
    for lead_id in {moment.lead_id for moment in moments}:
        own = [moment for moment in moments if moment.lead_id == lead_id]
        rows = run.history(agreement, lead_id, [moment.at for moment in own])
        assert [row["as_of"] for row in rows] == [moment.at for moment in own]
        for row, moment in zip(rows, own, strict=True):
            told = (moment.stage, moment.persona, moment.grade, moment.level)
            assert (row["stage"], row["persona"], row["grade"], row["level"]) == told
            assert row["fit"] == pytest.approx(moment.fit, abs=NEAR)
            assert row["engagement"] == pytest.approx(moment.engagement, abs=NEAR)
            here = [made["because"] for made in row["qualifications"] if made["at"] == moment.at]
            assert here == ([list(moment.because)] if moment.because else [])
