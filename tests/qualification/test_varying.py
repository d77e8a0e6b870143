"""What if: extra events and other profiles are decided as if they had happened."""

from __future__ import annotations

import numpy as np

from leadline.clock import DAY
from leadline.qualification.planning import compile_plan
from leadline.qualification.varying import ExtraEvent, Variant, qualifying
from qualification.logs import agreed, log_of

START = 20_000 * DAY


def test_extra_events_differ_by_every_key() -> None:
    """Each of them counts as another page, for each of the rules that count by page."""
    rules = "\n".join(f"r{n}: {{on: Visit, points: 1, at_most: 1 ever by path}}" for n in range(12))
    agreement = agreed(rules, when="all: engagement >= 12")
    nothing = log_of([], hits=np.zeros((0, 1), np.int64), keys=np.zeros((0, 1), np.uint64))
    once_each = Variant(tuple(ExtraEvent((bit,)) for bit in range(12)))
    found = qualifying(compile_plan(agreement), nothing, START, [Variant(), once_each])
    assert [outcome is not None for outcome in found] == [False, True]


def test_an_extra_event_is_after_what_happened_by_then() -> None:
    agreement = agreed("visit: {on: Visit, points: 10}", when="twice: engagement >= 20")
    log = log_of([START, START + 2 * DAY])
    found = qualifying(compile_plan(agreement), log, START + DAY, [Variant(), Variant((ExtraEvent((0,)),))])
    assert found[0] is None
    assert found[1] is not None
    assert found[1][:2] == (0.0, 20.0)


def test_another_profile_is_known_from_now_on() -> None:
    agreement = agreed("visit: {on: Visit, points: 10}", when="fits: fit >= 10")
    known = Variant(truths=np.ones(1, np.int64))
    unreachable = Variant(truths=np.ones(1, np.int64), reachable=0)
    found = qualifying(compile_plan(agreement), log_of([START]), START + DAY, [Variant(), known, unreachable])
    assert [outcome is not None for outcome in found] == [False, True, False]
