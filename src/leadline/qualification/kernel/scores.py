"""All scores at an instant: contributions, groups, engagement, fit."""

from __future__ import annotations

import math

from leadline.qualification.compiling import inlined, inner
from leadline.qualification.kernel.hits import decay, leave, sum_again
from leadline.qualification.kernel.memory import NONE, has, rounded
from leadline.qualification.layout import POINTS, STATE, THRESHOLD


@inlined
def has_truth(log, scratch, truth):
    """Whether a condition is true of the profile now."""
    version = scratch.state[0].version
    return has(log.blank, 0, truth) if version == NONE else has(log.truths, version, truth)


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
        if not math.isfinite(scratch.rules[rule].total):
            sum_again(plan, log, scratch, rule)
        raw = rules[rule].points if measure_of(scratch, plan, rule) >= rules[rule].at_least else 0.0
    scratch.rules[rule].raw = raw
    scratch.rules[rule].value = min(max(raw, -rules[rule].max), rules[rule].max)


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
    for truth in plan.knockouts:  # noqa: SIM110 - Numba knows no generators
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
