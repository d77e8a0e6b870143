"""The fold: walks each lead's records once, in time, and finds scores, stages and qualifications. Compiled by Numba.

Everything that semantics says about time is said here and nowhere else. Sums are kept up to date hit by hit; what is
expensive (all scores, all criteria) is worked out only at records at which some criterion could be true.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from leadline.qualification.compiling import compiled, entrance, inlined, inner
from leadline.qualification.layout import (
    AND,
    BITS_PER_WORD,
    COMPARE,
    CONSTANT,
    CUSTOMER,
    DISQUALIFIED,
    DISTINCT,
    ENGAGEMENT,
    EQUAL,
    EVER,
    FIT,
    GRADE,
    GREATER,
    GROUP,
    LESS,
    LESS_EQUAL,
    LOST,
    MACHINE,
    MQL,
    NEVER,
    NURTURE,
    OPPORTUNITY,
    OR,
    PER_DAY,
    PER_DURATION,
    PER_WEEK,
    PERSONA,
    POINTS,
    PRE,
    RECORD_SHIFT,
    RULE,
    RULE_AGE,
    RULE_COUNT,
    SAL,
    SQL,
    STATE,
    SUM,
    THRESHOLD,
    TWO_WAY,
    UNEQUAL,
    UNLIMITED,
)  # fmt: skip

DAY = 86_400_000_000
NONE = -1

STATE_ROW = np.dtype(
    [
        ("stage", "i8"), ("reset_at", "i8"), ("recycled_at", "i8"), ("lost_at", "i8"), ("before_customer", "i8"),
        ("before_lost", "i8"), ("before_disqualified", "i8"), ("epoch", "i8"), ("nodes", "i8"), ("serial", "i8"),
        ("heard", "i8"), ("version", "i8"), ("seen", "i8"), ("persona", "i8"), ("fit", "f8"), ("engagement", "f8"),
        ("bound", "f8"), ("sums_bound", "f8"),
    ]
)  # fmt: skip
"""The lead being walked. ``epoch`` counts resets; ``bound`` and ``sums_bound`` are at least the positive contributions."""

RULE_STATE = np.dtype(
    [
        ("total", "f8"), ("rest", "f8"), ("decayed_at", "i8"), ("count", "i8"), ("hits", "i8"), ("last_hit", "i8"),
        ("head", "i8"), ("tail", "i8"), ("raw", "f8"), ("value", "f8"),
    ]
)  # fmt: skip
"""A rule: ``total`` (``rest``: the low part of its compensated sum) as of ``decayed_at``, ``count`` of hits in it, a
chain of nodes ``head`` … ``tail`` of hits that will leave it, and its contribution before and after its own cap."""

SLOT = np.dtype(
    [("stamp", "i8"), ("mark", "u8"), ("count", "i8"), ("period", "i8"), ("head", "i8"), ("tail", "i8")]
)
"""A count of accepted hits: one a rule, then a hash table for rules that count by a key."""

NODE = np.dtype([("at", "i8"), ("event", "i8"), ("following", "i8")])
"""A chained hit."""


class Scratch(NamedTuple):
    """Working memory for one lead at a time; ``state`` is one row."""

    state: np.ndarray
    rules: np.ndarray
    slots: np.ndarray
    nodes: np.ndarray
    groups: np.ndarray
    stack: np.ndarray


@inlined
def rounded(value):
    """A score to six decimals, as semantics rounds it."""
    return np.floor(value * 1e6 + 0.5001) / 1e6


@inlined
def has(words, row, bit):
    """Whether a bit is set in a row of mask columns."""
    return bit >= 0 and (words[row, bit // BITS_PER_WORD] >> (bit % BITS_PER_WORD)) & 1 == 1


# Acceptance: at_most


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
def clear_slot(scratch, slot):
    """Forgets what a slot counted."""
    scratch.slots[slot].count = 0
    scratch.slots[slot].period = NEVER
    scratch.slots[slot].head = NONE
    scratch.slots[slot].tail = NONE


@inlined
def new_node(scratch, at, of):
    """A node for a hit: its instant and its event."""
    state = scratch.state[0]
    node = state.nodes
    state.nodes = node + 1
    scratch.nodes[node].at = at
    scratch.nodes[node].event = of
    scratch.nodes[node].following = NONE
    return node


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


# Hits


@inlined
def add(scratch, rule, value):
    """Adds to a rule's total with the rounding error kept (Knuth's two-sum), so that taking away leaves nothing behind."""
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
        if scratch.rules[rule].head == NONE and rules[rule].kind == THRESHOLD:
            scratch.rules[rule].total = scratch.rules[rule].rest = 0.0
        if rules[rule].kind == POINTS:
            forget_points(plan, scratch, rule, at - scratch.nodes[node].at)
        elif rules[rule].measure == SUM:
            value = log.values[scratch.nodes[node].event, rules[rule].value]
            if math.isfinite(value):
                add(scratch, rule, -value)
        elif rules[rule].measure == DISTINCT:
            forget_key(plan, log, scratch, rule, scratch.nodes[node].event)


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


# Stages


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


# Scores now


@inlined
def measure_of(scratch, plan, rule):
    """Count, sum or number of distinct values in a threshold's window, or a points rule's accepted, unexpired hits."""
    if plan.rules[rule].kind == THRESHOLD and plan.rules[rule].measure != 0:
        return rounded(scratch.rules[rule].total + scratch.rules[rule].rest)
    return float(scratch.rules[rule].count)


@inlined
def contribute(plan, log, scratch, rule, at):
    """Works out a rule's contribution at an instant, before (``raw``) and after (``value``) its own cap."""
    rules = plan.rules
    if rules[rule].kind == STATE:
        raw = rules[rule].points if has_truth(log, scratch, rules[rule].truth) else 0.0
    elif scratch.rules[rule].hits == 0:
        raw = 0.0
    elif rules[rule].kind == POINTS:
        decay(plan, scratch, rule, at)
        if rules[rule].expires > 0:
            leave(plan, log, scratch, rule, at)
        raw = scratch.rules[rule].total + scratch.rules[rule].rest
    else:
        leave(plan, log, scratch, rule, at)
        raw = rules[rule].points if measure_of(scratch, plan, rule) >= rules[rule].at_least else 0.0
    scratch.rules[rule].raw = raw
    scratch.rules[rule].value = min(max(raw, -rules[rule].max), rules[rule].max)


@inlined
def has_truth(log, scratch, truth):
    """Whether a condition is true of the profile now."""
    version = scratch.state[0].version
    return has(log.blank, 0, truth) if version == NONE else has(log.truths, version, truth)


@inner
def score(plan, log, scratch, at):
    """Works out all contributions, groups and engagement at an instant."""
    state, groups = scratch.state[0], scratch.groups
    groups[:] = 0.0
    alone, positive = 0.0, 0.0
    for rule in range(len(plan.rules)):
        contribute(plan, log, scratch, rule, at)
        value = scratch.rules[rule].value
        positive += max(value, 0.0)
        group = plan.rules[rule].group
        if group == NONE:
            alone += value
        else:
            groups[group] += value
    total = alone
    for group in range(len(groups)):
        groups[group] = min(groups[group], plan.group_max[group])
        total += groups[group]
    state.bound = positive
    state.engagement = rounded(min(max(total, 0.0), plan.settings[0].engagement_max))


@inner
def fit_now(plan, log, scratch):
    """Works out fit and persona of the profile now."""
    state = scratch.state[0]
    best, persona = -math.inf, 0
    for place in range(len(plan.personas)):
        total = 0.0
        for rule in range(plan.personas[place].first, plan.personas[place].end):
            if has_truth(log, scratch, plan.fit_rules[rule].truth):
                total += plan.fit_rules[rule].points
        total = rounded(total)
        if total > best:
            best, persona = total, place
    state.fit = rounded(min(max(best, 0.0), plan.settings[0].fit_max))
    state.persona = persona


@inner
def knocked_out(plan, log, scratch):
    """Whether some knock-out is true of the profile now."""
    for truth in plan.knockouts:
        if has_truth(log, scratch, truth):
            return True
    return False


@inlined
def tier(value, bounds):
    """The place of the first bound that a value reaches; the number of bounds below the last."""
    for place in range(len(bounds)):
        if value >= bounds[place]:
            return place
    return len(bounds)


# Criteria


@inlined
def quantity(plan, scratch, kind, of, at):
    """What a criterion looks at, as a number; NaN for unknown."""
    state = scratch.state[0]
    if kind == FIT:
        return state.fit
    if kind == ENGAGEMENT:
        return state.engagement
    if kind == RULE:
        return rounded(scratch.rules[of].value)
    if kind == GROUP:
        return rounded(scratch.groups[of])
    if kind == RULE_COUNT:
        return measure_of(scratch, plan, of)
    if kind == RULE_AGE:
        last = scratch.rules[of].last_hit
        return np.nan if last == NEVER else (at - last) / DAY
    if kind == PERSONA:
        return float(state.persona)
    if kind == GRADE:
        return float(tier(state.fit, plan.grades))
    return float(tier(state.engagement, plan.levels))


@inlined
def right_side(plan, scratch, place, at):
    """What a comparison compares with."""
    if plan.compares[place].right == CONSTANT:
        return plan.compares[place].constant
    return quantity(plan, scratch, plan.compares[place].right, plan.compares[place].right_of, at)


@inlined
def compare(plan, scratch, place, at):
    """A comparison: 0 false, 1 unknown, 2 true."""
    left = quantity(plan, scratch, plan.compares[place].left, plan.compares[place].left_of, at)
    right = right_side(plan, scratch, place, at)
    if math.isnan(left) or math.isnan(right):
        return 1
    comparator = plan.compares[place].comparator
    if comparator == EQUAL:
        holds = left == right
    elif comparator == UNEQUAL:
        holds = left != right
    elif comparator == LESS:
        holds = left < right
    elif comparator == LESS_EQUAL:
        holds = left <= right
    elif comparator == GREATER:
        holds = left > right
    else:
        holds = left >= right
    return 2 if holds else 0


@inlined
def criterion_now(plan, scratch, criterion, at):
    """A criterion: 0 false, 1 unknown, 2 true. AND is the least of its parts, OR the greatest, NOT turns them round."""
    stack = scratch.stack
    depth = 0
    for place in range(plan.criteria[criterion].first, plan.criteria[criterion].end):
        step, argument = plan.steps[place].operation, plan.steps[place].argument
        if step == COMPARE:
            stack[depth] = compare(plan, scratch, argument, at)
            depth += 1
        elif step == AND or step == OR:
            depth -= argument - 1
            for part in range(1, argument):
                other = stack[depth - 1 + part]
                if (other < stack[depth - 1]) == (step == AND):
                    stack[depth - 1] = other
        else:
            stack[depth - 1] = 2 - stack[depth - 1]
    return stack[0]


@inlined
def worth_looking(plan, scratch):
    """Whether some criterion could be true, from bounds that are cheap to keep."""
    state = scratch.state[0]
    most = state.bound + state.sums_bound + 1e-5
    for criterion in range(len(plan.criteria)):
        possible = (
            state.fit >= plan.criteria[criterion].fit_min and most >= plan.criteria[criterion].engagement_min
        )
        if possible:
            for place in range(plan.needs.shape[1]):
                rule = plan.needs[criterion, place]
                if rule != NONE and scratch.rules[rule].hits == 0:
                    possible = False
            if possible:
                return True
    return False


@inlined
def qualify(plan, log, scratch, answers, span, at):
    """Starts a qualification if the lead may qualify now and some criterion is true."""
    state = scratch.state[0]
    stage = state.stage
    version = state.version
    if (stage != PRE and stage != NURTURE) or version == NONE or not log.reachable[version]:
        return
    if state.recycled_at != NEVER and at - state.recycled_at <= plan.settings[0].cooldown:
        return
    if worth_looking(plan, scratch):
        decide(plan, log, scratch, answers, span, at)


@inner
def decide(plan, log, scratch, answers, span, at):
    """Looks at the criteria, and starts a qualification if one is true."""
    if knocked_out(plan, log, scratch):
        return
    state = scratch.state[0]
    score(plan, log, scratch, at)
    found = answers.found[0]
    answers.because[found, :] = 0
    any_true = False
    for criterion in range(len(plan.criteria)):
        if criterion_now(plan, scratch, criterion, at) == 2:
            answers.because[found, criterion // BITS_PER_WORD] |= np.int64(1) << (criterion % BITS_PER_WORD)
            any_true = True
    if any_true:
        answers.qualifications[found].span = span
        answers.qualifications[found].at = at
        answers.found[0] = found + 1
        state.stage = MQL


# The walk


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


@inner
def set_profile(plan, log, scratch, version):
    """The profile changes."""
    state = scratch.state[0]
    state.version = version
    state.seen = 1
    fit_now(plan, log, scratch)
    for rule in range(len(plan.rules)):
        if plan.rules[rule].kind == STATE and has_truth(log, scratch, plan.rules[rule].truth):
            state.bound += max(plan.rules[rule].points, 0.0)


@inner
def begin(plan, scratch):
    """Makes the working memory ready for another lead."""
    state = scratch.state[0]
    state.serial += 1
    state.stage = PRE
    state.reset_at = state.recycled_at = state.lost_at = NEVER
    state.before_customer = state.before_lost = state.before_disqualified = PRE
    state.epoch = state.nodes = state.heard = state.seen = state.persona = 0
    state.version = NONE
    state.fit = state.engagement = state.bound = state.sums_bound = 0.0
    for rule in range(len(plan.rules)):
        clear_rule(scratch, rule)


@inner
def walk(plan, log, spans, scratch, answers, span):
    """Walks one lead's records up to the span's moment."""
    state = scratch.state[0]
    begin(plan, scratch)
    event, last_event = spans.first_event[span], spans.end_event[span]
    version, last_version = spans.first_profile[span], spans.end_profile[span]
    as_of = spans.as_of[span]
    while version < last_version and log.known_at[version] == NEVER:
        set_profile(plan, log, scratch, version)
        version += 1
    while True:
        at = log.at[event] if event < last_event else as_of + 1
        if version < last_version:
            at = min(at, log.known_at[version])
        if at > as_of:
            break
        recycle_lost(plan, scratch, at)
        first = event
        while event < last_event and log.at[event] == at:
            event += 1
        human = take_stage_records(plan, log, scratch, first, event)
        for place in range(first, event):
            hit_all(plan, log, scratch, place)
        while version < last_version and log.known_at[version] == at:
            set_profile(plan, log, scratch, version)
            version += 1
            human = True
        if first < event:
            state.seen = 1
        if human:
            qualify(plan, log, scratch, answers, span, at)
    recycle_lost(plan, scratch, as_of)


# Answers


@inner
def share_caps(plan, scratch, answers, span):
    """Shares what caps cut off among the rules, in proportion, so that counted contributions add up to the score."""
    rules = len(plan.rules)
    for rule in range(rules):
        answers.rules[span, rule].counted = scratch.rules[rule].value
    for group in range(len(plan.group_max)):
        scale_to(plan, answers, span, group, plan.group_max[group])
    total = 0.0
    for rule in range(rules):
        total += answers.rules[span, rule].counted
    if total > plan.settings[0].engagement_max:
        scale_to(plan, answers, span, -2, plan.settings[0].engagement_max)
    elif total < 0:
        for rule in range(rules):
            answers.rules[span, rule].counted *= -1.0
        scale_to(plan, answers, span, -2, 0.0)
        for rule in range(rules):
            answers.rules[span, rule].counted *= -1.0


@inner
def scale_to(plan, answers, span, group, cap):
    """Scales the positive contributions of a group (-2: of all rules) down so that the sum meets the cap."""
    total, positive = 0.0, 0.0
    for rule in range(len(plan.rules)):
        if group == -2 or plan.rules[rule].group == group:
            total += answers.rules[span, rule].counted
            positive += max(answers.rules[span, rule].counted, 0.0)
    if total > cap and positive > 0:
        factor = (cap - (total - positive)) / positive
        for rule in range(len(plan.rules)):
            if (group == -2 or plan.rules[rule].group == group) and answers.rules[span, rule].counted > 0:
                answers.rules[span, rule].counted *= factor


@inner
def settle(plan, answers, span, engagement):
    """Rounds counted contributions; what rounding leaves over goes to the largest, so that they add up exactly."""
    if len(plan.rules) == 0:
        return
    total, largest = 0.0, 0
    for rule in range(len(plan.rules)):
        value = rounded(answers.rules[span, rule].counted)
        answers.rules[span, rule].counted = value
        total += value
        if abs(value) > abs(answers.rules[span, largest].counted):
            largest = rule
    answers.rules[span, largest].counted = rounded(
        answers.rules[span, largest].counted + (engagement - total)
    )


@inner
def answer(plan, log, spans, scratch, answers, span):
    """Writes down everything about a lead as of the span's moment."""
    state = scratch.state[0]
    score(plan, log, scratch, spans.as_of[span])
    if state.version == NONE:
        fit_now(plan, log, scratch)
    answers.leads[span].stage = state.stage
    answers.leads[span].two_way = state.heard
    answers.leads[span].latest_known = state.version
    answers.leads[span].seen = state.seen
    answers.leads[span].fit = state.fit
    answers.leads[span].persona = state.persona
    answers.leads[span].engagement = state.engagement
    share_caps(plan, scratch, answers, span)
    settle(plan, answers, span, state.engagement)
    for rule in range(len(plan.rules)):
        answers.rules[span, rule].hits = scratch.rules[rule].hits
        answers.rules[span, rule].accepted = scratch.rules[rule].count
        answers.rules[span, rule].measure = measure_of(scratch, plan, rule)
        answers.rules[span, rule].raw = rounded(scratch.rules[rule].raw)
        answers.rules[span, rule].capped = rounded(scratch.rules[rule].value)
        answers.rules[span, rule].last_hit = scratch.rules[rule].last_hit
    for group in range(len(scratch.groups)):
        answers.groups[span, group] = rounded(scratch.groups[group])


@compiled
def needed_memory(plan, log, spans):
    """The most nodes and hash slots that one lead can need."""
    rules = plan.rules
    nodes_max, slots_max = 0, 0
    words = log.hits.shape[1]
    chained, keyed, twice = np.zeros(words, np.int64), np.zeros(words, np.int64), np.zeros(words, np.int64)
    for rule in range(len(rules)):
        if rules[rule].bit >= 0:
            word, bit = rules[rule].bit // BITS_PER_WORD, np.int64(1) << (rules[rule].bit % BITS_PER_WORD)
            windowed = rules[rule].kind == THRESHOLD or rules[rule].expires > 0
            limited = rules[rule].period == PER_DURATION
            if windowed or limited:
                chained[word] |= bit
            if windowed and limited:
                twice[word] |= bit
            if rules[rule].key != NONE:
                keyed[word] |= bit
    for span in range(len(spans.as_of)):
        nodes, slots = 0, 0
        for event in range(spans.first_event[span], spans.end_event[span]):
            for word in range(words):
                bits = log.hits[event, word]
                if bits != 0:
                    nodes += ones(bits & chained[word]) + ones(bits & twice[word])
                    slots += ones(bits & keyed[word])
        nodes_max, slots_max = max(nodes_max, nodes), max(slots_max, slots)
    return nodes_max, slots_max


@inner
def ones(bits):
    """How many bits are set."""
    count = 0
    while bits != 0:
        bits &= bits - 1
        count += 1
    return count


@compiled
def scratch_for(plan, log, spans):
    """Working memory large enough for every lead of the spans."""
    rules = len(plan.rules)
    nodes, slots = needed_memory(plan, log, spans)
    size = 1
    while size < 2 * slots:
        size *= 2
    return Scratch(
        np.zeros(1, STATE_ROW),
        np.zeros(rules, RULE_STATE),
        np.zeros(rules + size, SLOT),
        np.zeros(nodes + 1, NODE),
        np.zeros(len(plan.group_max)),
        np.zeros(len(plan.steps) + 1, np.int64),
    )


@inner
def look(plan, log, scratch, examination, span, at):
    """Writes down the criteria of a lead as they are after ``answer``."""
    for place in range(len(plan.compares)):
        row = plan.compares[place]
        examination.left[span, place] = quantity(plan, scratch, row.left, row.left_of, at)
        examination.right[span, place] = right_side(plan, scratch, place, at)
        examination.compared[span, place] = compare(plan, scratch, place, at)
    for criterion in range(len(plan.criteria)):
        examination.holds[span, criterion] = criterion_now(plan, scratch, criterion, at)
    examination.knocked_out[span] = knocked_out(plan, log, scratch)
    recycled_at = scratch.state[0].recycled_at
    examination.cool_until[span] = NEVER if recycled_at == NEVER else recycled_at + plan.settings[0].cooldown


@entrance
def fold(plan, log, spans, answers, examination):
    """Answers every span, in order: fills ``answers``, and ``examination`` if it has a row a span."""
    scratch = scratch_for(plan, log, spans)
    for span in range(len(spans.as_of)):
        walk(plan, log, spans, scratch, answers, span)
        answer(plan, log, spans, scratch, answers, span)
        if len(examination.holds) > 0:
            look(plan, log, scratch, examination, span, spans.as_of[span])
