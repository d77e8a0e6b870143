"""Leaving out whom no bound lets qualify never changes an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.operations.whatif.bounds import promising
from leadline.qualification.folding import qualified
from leadline.qualification.planning import compile_plan

if TYPE_CHECKING:
    from leadline.operations.whatif.session import Session

CRITERIA = [
    "", "fit >= 10", "engagement > 0", "engagement > 20 AND NOT fit < 30", "level = 'hot'",
    "grade <> 'D' AND website >= 12", "hand_raise.count = 0 AND engagement >= 30", "active_trial > 0",
    "power_user = 20", "careers_page < 0 AND fit >= 0",
    "guide.count >= 3 OR time_on_site > 0", "pricing_page.age_days > 20", "fit >= engagement", "unsubscribed.count < 1",
    "time_on_site.count >= 600", "chat >= 15 OR (email > 5 AND fit > 25)",
]  # fmt: skip
PLACES = {
    "engagement.rules.pricing_page.points": ["-5", "0", "40"],
    "engagement.rules.careers_page.points": ["30", "-100"],
    "engagement.rules.researcher.at_least": ["1", "6"],
    "engagement.rules.time_on_site.at_least": ["1", "5000"],
    "engagement.rules.replied.max": ["5", ""],
    "engagement.groups.website.max": ["0", "3.5", ""],
    "engagement.max": ["20", "400"],
    "engagement.half_life": ["", "1d", "2h"],
    "engagement.rules.unsubscribed.half_life": ["3d"],
    "fit.max": ["80"],
    "fit.personas.marketing_leader.rules.decides.points": ["-10", "0", "90"],
    "mql.when.fit_and_engaged": CRITERIA,
    "mql.when.hand_raiser": CRITERIA,
    "mql.when.product_qualified": CRITERIA,
    "mql.recycle.cooldown": ["", "1d"],
}
ASKED = st.lists(st.sampled_from(sorted(PLACES)), max_size=6, unique=True).flatmap(
    lambda places: st.fixed_dictionaries({place: st.sampled_from(PLACES[place]) for place in places})
)


@settings(max_examples=60)
@given(asked=ASKED)
def test_nobody_who_qualifies_is_left_out(session: Session, asked: dict[str, str]) -> None:
    trial = session.attempt(asked)
    if trial.agreement is None:
        return
    past, plan = session.past, compile_plan(trial.agreement)
    found = past.fold(trial.agreement)
    every = [qualified(plan, piece, past.as_of) for piece in past.pieces]
    for column in ("lead", "at", "because"):
        expected = np.concatenate([getattr(one, column) for one in every])
        assert np.array_equal(getattr(found, column), expected)


def test_most_leads_are_left_out(session: Session) -> None:
    chosen = promising(compile_plan(session.basis.agreement), session.past.counts)
    assert 0.01 < chosen.mean() < 0.25
