"""Whether `at_most` lets a hit count: calendar periods of the agreement's time zone, durations, and keys."""

from __future__ import annotations

import numpy as np

from leadline.qualification.compiling import inlined
from leadline.qualification.kernel.memory import DAY, NONE, clear_slot, new_node
from leadline.qualification.layout import EVER, PER_DAY, PER_DURATION, PER_WEEK, UNLIMITED


@inlined
def period_of(plan, kind, at):
    """The number of the calendar day, week or month of an instant in the agreement's time zone."""
    low, high = 0, len(plan.shift_at)
    while high - low > 1:
        middle = (low + high) // 2
        if plan.shift_at[middle] <= at:
            low = middle
        else:
            high = middle
    days = (at + plan.shift[low]) // DAY
    if kind == PER_DAY:
        return days
    if kind == PER_WEEK:
        return (days + 3) // 7
    # Civil month from days since 1970-01-01, after Howard Hinnant's `civil_from_days`.
    shifted = days + 719_468
    era = shifted // 146_097
    day_of_era = shifted - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    return (era * 400 + year_of_era) * 12 + month_from_march


@inlined
def slot_of(plan, scratch, rule, key):
    """The slot that counts a rule's hits with a key since the last reset that the rule does not survive."""
    state = scratch.state[0]
    epoch = 0 if plan.rules[rule].survives else state.epoch
    rules = len(plan.rules)
    size = len(scratch.slots) - rules
    mark = np.uint64(key) ^ (np.uint64(rule + 1) * np.uint64(0x9E3779B97F4A7C15))
    mark = (mark ^ (mark >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(epoch) * np.uint64(
        0x94D049BB133111EB
    )
    place = rules + np.int64((mark ^ (mark >> np.uint64(32))) & np.uint64(size - 1))
    while scratch.slots[place].stamp == state.serial and scratch.slots[place].mark != mark:
        place = place + 1 if place + 1 < rules + size else rules
    if scratch.slots[place].stamp != state.serial:
        scratch.slots[place].stamp = state.serial
        scratch.slots[place].mark = mark
        clear_slot(scratch, place)
    return place


@inlined
def accepts(plan, scratch, rule, at, key):
    """Whether at_most lets a hit count, and if so, counts it."""
    period = plan.rules[rule].period
    if period == UNLIMITED:
        return True
    slot = rule if plan.rules[rule].key == NONE else slot_of(plan, scratch, rule, key)
    limit = plan.rules[rule].limit
    if period == PER_DURATION:
        return accepts_within(plan, scratch, rule, at, slot)
    if period != EVER:
        current = period_of(plan, period, at)
        if scratch.slots[slot].period != current:
            scratch.slots[slot].period = current
            scratch.slots[slot].count = 0
    if scratch.slots[slot].count >= limit:
        return False
    scratch.slots[slot].count += 1
    return True


@inlined
def accepts_within(plan, scratch, rule, at, slot):
    """The same for N per duration: the slot's chain holds the last N accepted hits."""
    if scratch.slots[slot].count == plan.rules[rule].limit:
        oldest = scratch.slots[slot].head
        if at - scratch.nodes[oldest].at < plan.rules[rule].span:
            return False
        scratch.slots[slot].head = scratch.nodes[oldest].following
        scratch.slots[slot].count -= 1
    node = new_node(scratch, at, NONE)
    if scratch.slots[slot].count == 0:
        scratch.slots[slot].head = node
    else:
        scratch.nodes[scratch.slots[slot].tail].following = node
    scratch.slots[slot].tail = node
    scratch.slots[slot].count += 1
    return True
