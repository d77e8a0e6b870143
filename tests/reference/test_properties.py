"""What must hold of every answer, whatever the agreement and the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.qualification import evaluate, history
from strategies import Case, History, cases

if TYPE_CHECKING:
    import random

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(case: Case, shuffler: random.Random) -> None:
    shuffled = History(*([*rows] for rows in case.history))
    for rows in shuffled:
        shuffler.shuffle(rows)
    again = evaluate(case.agreement, *shuffled, case.as_of)
    assert again == evaluate(case.agreement, *case.history, case.as_of)


@SLOW
@given(cases())
def test_counted_contributions_add_up_to_the_score(case: Case) -> None:
    for answer in evaluate(case.agreement, *case.history, case.as_of).values():
        assert sum(given.counted for given in answer.contributions) == pytest.approx(answer.engagement, abs=1e-5)


@SLOW
@given(cases())
def test_qualifications_stand_whatever_comes_later(case: Case) -> None:
    agreement, everything, as_of = case
    early = evaluate(agreement, *everything, as_of)
    late = evaluate(agreement, *everything, 2 * as_of)
    for lead_id, answer in early.items():
        known = late[lead_id].qualifications
        assert answer.qualifications == known[: len(answer.qualifications)]
        assert all(made.at > as_of for made in known[len(answer.qualifications) :])


@SLOW
@given(cases())
def test_the_answer_at_a_record_is_the_moment_after_it(case: Case) -> None:
    agreement, everything, as_of = case
    for moment in history(agreement, *everything, as_of)[-3:]:
        answer = evaluate(agreement, *everything, moment.at)[moment.lead_id]
        told = (answer.stage, answer.fit, answer.persona, answer.grade, answer.engagement, answer.level)
        assert told == (
            moment.stage, moment.fit, moment.persona, moment.grade, moment.engagement, moment.level,
        )  # fmt: skip
