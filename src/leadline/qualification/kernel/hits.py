"""What hits do to a rule's total as they come, decay and leave."""

from __future__ import annotations

import math

import numpy as np

from leadline.qualification.compiling import inlined, inner
from leadline.qualification.kernel.acceptance import accepts, slot_of
from leadline.qualification.kernel.memory import NONE, clear_slot, new_node
from leadline.qualification.layout import BITS_PER_WORD, DISTINCT, NEVER, POINTS, SUM


@inlined
def add(scratch, rule, value):
    """Adds to a rule's total, keeping the rounding error (Knuth's two-sum), so that taking away leaves nothing."""
    total = scratch.rules[rule].total
    new = total + value
    part = new - total
    scratch.rules[rule].rest += (total - (new - part)) + (value - part)
    scratch.rules[rule].total = new


@inlined
def decay(plan, scratch, rule, at):
    """Brings a rule's total to an instant."""
    half_life = plan.rules[rule].half_life
    since = scratch.rules[rule].decayed_at
    if half_life > 0 and at != since:
        if since != NEVER:
            factor = np.exp2(-(at - since) / half_life)
            scratch.rules[rule].total *= factor
            scratch.rules[rule].rest *= factor
        scratch.rules[rule].decayed_at = at


@inlined
def chain(scratch, rule, at, event):
    """Remembers a hit that will leave a rule's window."""
    node = new_node(scratch, at, event)
    if scratch.rules[rule].head == NONE:
        scratch.rules[rule].head = node
    else:
        scratch.nodes[scratch.rules[rule].tail].following = node
    scratch.rules[rule].tail = node


@inlined
def hit(plan, log, scratch, rule, event):
    """One event hits one rule."""
    state = scratch.state[0]
    rules, at = plan.rules, log.at[event]
    if at <= state.reset_at and not rules[rule].survives:
        return
    scratch.rules[rule].hits += 1
    scratch.rules[rule].last_hit = at
    key = np.uint64(0) if rules[rule].key == NONE else log.keys[event, rules[rule].key]
    if rules[rule].kind == POINTS:
        if accepts(plan, scratch, rule, at, key):
            decay(plan, scratch, rule, at)
            add(scratch, rule, rules[rule].points)
            scratch.rules[rule].count += 1
            if rules[rule].expires > 0:
                chain(scratch, rule, at, event)
            state.bound += max(rules[rule].points, 0.0)
        return
    chain(scratch, rule, at, event)
    scratch.rules[rule].count += 1
    if rules[rule].measure == SUM:
        value = log.values[event, rules[rule].value]
        if math.isfinite(value):
            add(scratch, rule, value)
        if scratch.rules[rule].hits == 1:
            state.sums_bound += max(rules[rule].points, 0.0)
    elif scratch.rules[rule].raw == 0.0:
        state.bound += max(rules[rule].points, 0.0)
    if rules[rule].measure == DISTINCT and key != 0:
        slot = slot_of(plan, scratch, rule, key)
        scratch.slots[slot].count += 1
        if scratch.slots[slot].count == 1:
            add(scratch, rule, 1.0)


@inlined
def leave(plan, log, scratch, rule, at):
    """Takes hits out of a rule's window that are too old at an instant."""
    rules = plan.rules
    while scratch.rules[rule].head != NONE:
        node = scratch.rules[rule].head
        if at - scratch.nodes[node].at < rules[rule].expires:
            return
        scratch.rules[rule].head = scratch.nodes[node].following
        scratch.rules[rule].count -= 1
        if rules[rule].kind == POINTS:
            forget_points(plan, scratch, rule, at - scratch.nodes[node].at)
        elif rules[rule].measure == SUM:
            value = log.values[scratch.nodes[node].event, rules[rule].value]
            if scratch.rules[rule].head == NONE:
                scratch.rules[rule].total = scratch.rules[rule].rest = 0.0
            elif math.isfinite(value):
                add(scratch, rule, -value)
        elif rules[rule].measure == DISTINCT:
            forget_key(plan, log, scratch, rule, scratch.nodes[node].event)


@inner
def sum_again(plan, log, scratch, rule):
    """Adds up a window anew: what was too large for a double would stay in the total when it has left."""
    scratch.rules[rule].total = scratch.rules[rule].rest = 0.0
    node = scratch.rules[rule].head
    while node != NONE:
        value = log.values[scratch.nodes[node].event, plan.rules[rule].value]
        if math.isfinite(value):
            add(scratch, rule, value)
        node = scratch.nodes[node].following


@inlined
def forget_points(plan, scratch, rule, age):
    """Takes one expired hit out of a total that has been decayed to now."""
    half_life = plan.rules[rule].half_life
    factor = np.exp2(-age / half_life) if half_life > 0 else 1.0
    add(scratch, rule, -plan.rules[rule].points * factor)
    if scratch.rules[rule].count == 0:
        scratch.rules[rule].total = 0.0
        scratch.rules[rule].rest = 0.0


@inlined
def forget_key(plan, log, scratch, rule, event):
    """Takes one value out of those counted as distinct."""
    key = log.keys[event, plan.rules[rule].key]
    if key != 0:
        slot = slot_of(plan, scratch, rule, key)
        scratch.slots[slot].count -= 1
        if scratch.slots[slot].count == 0:
            add(scratch, rule, -1.0)


@inner
def clear_rule(scratch, rule):
    """Forgets all hits of a rule."""
    scratch.rules[rule].total = 0.0
    scratch.rules[rule].rest = 0.0
    scratch.rules[rule].decayed_at = NEVER
    scratch.rules[rule].count = 0
    scratch.rules[rule].hits = 0
    scratch.rules[rule].last_hit = NEVER
    scratch.rules[rule].head = NONE
    scratch.rules[rule].tail = NONE
    scratch.rules[rule].raw = 0.0
    clear_slot(scratch, rule)


@inlined
def hit_all(plan, log, scratch, event):
    """Lets an event hit all the rules that it satisfies."""
    for word in range(log.hits.shape[1]):
        bits = log.hits[event, word]
        while bits != 0:
            lowest = bits & -bits
            bit = 0
            probe = lowest
            if probe >> 32:
                bit += 32
                probe >>= 32
            if probe >> 16:
                bit += 16
                probe >>= 16
            if probe >> 8:
                bit += 8
                probe >>= 8
            while probe > 1:
                probe >>= 1
                bit += 1
            hit(plan, log, scratch, plan.of_bit[word * BITS_PER_WORD + bit], event)
            bits ^= lowest
