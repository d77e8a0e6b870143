"""Criteria in three-valued logic, and the qualification that a true one starts."""

from __future__ import annotations

import math

import numpy as np

from leadline.qualification.compiling import inlined, inner
from leadline.qualification.kernel.memory import DAY, NONE, rounded
from leadline.qualification.kernel.scores import knocked_out, measure_of, score, tier
from leadline.qualification.layout import (
    AND,
    BITS_PER_WORD,
    COMPARE,
    CONSTANT,
    ENGAGEMENT,
    EQUAL,
    FIT,
    GRADE,
    GREATER,
    GROUP,
    LESS,
    LESS_EQUAL,
    MQL,
    NEVER,
    NURTURE,
    OR,
    PERSONA,
    PRE,
    RULE,
    RULE_AGE,
    RULE_COUNT,
    UNEQUAL,
)


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
        elif step in (AND, OR):
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
        possible = state.fit >= plan.criteria[criterion].fit_min and most >= plan.criteria[criterion].engagement_min
        if possible:
            for place in range(plan.needs.shape[1]):
                rule = plan.needs[criterion, place]
                if rule != NONE and scratch.rules[rule].hits == 0:
                    possible = False
            if possible:
                return True
    return False


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
