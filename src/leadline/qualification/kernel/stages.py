"""What stage records and the timer of lost leads do to a lead's stage."""

from __future__ import annotations

from leadline.qualification.compiling import inlined, inner
from leadline.qualification.kernel.hits import clear_rule
from leadline.qualification.layout import (
    CUSTOMER,
    DISQUALIFIED,
    LOST,
    MACHINE,
    NURTURE,
    OPPORTUNITY,
    RECORD_SHIFT,
    SAL,
    SQL,
    TWO_WAY,
)


@inner
def recycle(plan, scratch, at):
    """The lead comes back to marketing."""
    state = scratch.state[0]
    state.stage = NURTURE
    state.recycled_at = at
    if plan.settings[0].reset:
        state.reset_at = at
        state.epoch += 1
        state.sums_bound = 0.0
        for rule in range(len(plan.rules)):
            if not plan.rules[rule].survives:
                clear_rule(scratch, rule)


@inlined
def recycle_lost(plan, scratch, at):
    """A lead that is still lost after the agreed time comes back, at the end of that time."""
    state = scratch.state[0]
    if plan.settings[0].lost >= 0 and state.stage == LOST and state.lost_at <= at - plan.settings[0].lost:
        recycle(plan, scratch, state.lost_at + plan.settings[0].lost)


@inner
def reopen(plan, scratch, at):
    """Back to the stage before the latest entry into an end."""
    state = scratch.state[0]
    if state.stage == CUSTOMER:
        state.stage = state.before_customer
    elif state.stage == LOST:
        state.stage = state.before_lost
    elif state.stage == DISQUALIFIED:
        state.stage = state.before_disqualified
    if plan.settings[0].lost >= 0 and state.stage == LOST and state.lost_at <= at - plan.settings[0].lost:
        recycle(plan, scratch, at)


@inner
def take_stage_record(plan, scratch, record, at):
    """What one stage record does; ``record`` counts from 1 in the order of STAGE_RECORDS."""
    state = scratch.state[0]
    stage = state.stage
    if record == 10:
        reopen(plan, scratch, at)
    elif record == 8 or (record == 7 and stage not in (CUSTOMER, DISQUALIFIED)):
        recycle(plan, scratch, at)
    elif stage in (CUSTOMER, DISQUALIFIED):
        return
    elif record <= 4:
        if not (stage in (SAL, SQL, OPPORTUNITY) and stage > record):
            state.stage = record
    elif record == 5:
        state.before_customer = stage
        state.stage = CUSTOMER
    elif record == 6:
        state.lost_at = at
        if stage != LOST:
            state.before_lost = stage
            state.stage = LOST
    elif record == 9:
        state.before_disqualified = stage
        state.stage = DISQUALIFIED


@inlined
def take_stage_records(plan, log, scratch, first, end):
    """Applies the stage records of one instant in their order; says whether any record is not a machine's."""
    state = scratch.state[0]
    records, human = 0, False
    for event in range(first, end):
        flags = log.flags[event]
        record = flags >> RECORD_SHIFT
        if not flags & MACHINE:
            human = True
            if record:
                records |= 1 << record
            if flags & TWO_WAY:
                state.heard = 1
    if records:
        for record in range(1, 11):
            if records >> record & 1:
                take_stage_record(plan, scratch, record, log.at[first])
    return human
