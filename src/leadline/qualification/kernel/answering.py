"""Writes down what is known of a lead as of a moment: scores, what caps took away, criteria."""

from __future__ import annotations

from leadline.qualification.compiling import inner
from leadline.qualification.kernel.criteria import compare, criterion_now, quantity, right_side
from leadline.qualification.kernel.memory import NONE, rounded
from leadline.qualification.kernel.scores import fit_now, knocked_out, measure_of, score
from leadline.qualification.layout import NEVER


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
    answers.rules[span, largest].counted = rounded(answers.rules[span, largest].counted + (engagement - total))


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
