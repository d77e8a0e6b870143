"""The fold: walks each lead's records once, in time. Sums are kept up to date hit by hit; what is expensive is worked
out only at records at which some criterion could be true."""

from __future__ import annotations

from leadline.qualification.compiling import entrance, inner
from leadline.qualification.kernel.answering import answer, look
from leadline.qualification.kernel.criteria import qualify
from leadline.qualification.kernel.hits import clear_rule, hit_all
from leadline.qualification.kernel.memory import NONE, scratch_for
from leadline.qualification.kernel.scores import fit_now, has_truth, score
from leadline.qualification.kernel.stages import recycle_lost, take_stage_records
from leadline.qualification.layout import NEVER, PRE, STATE


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
def climb(plan, log, scratch, peaks, span, at):
    """Keeps the highest sum of fit and engagement of a lead that can be reached, and the first instant it had it."""
    state = scratch.state[0]
    if state.version == NONE or not log.reachable[state.version]:
        return
    score(plan, log, scratch, at)
    if peaks[span].at == NEVER or state.fit + state.engagement > peaks[span].fit + peaks[span].engagement:
        peaks[span].at = at
        peaks[span].fit = state.fit
        peaks[span].engagement = state.engagement


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
    while event < last_event or version < last_version:
        at = log.at[event] if event < last_event else log.known_at[version]
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
            if len(answers.peaks) > 0:
                climb(plan, log, scratch, answers.peaks, span, at)
    recycle_lost(plan, scratch, as_of)


@entrance
def fold(plan, log, spans, answers, examination):
    """Folds every span, in order. Qualifications are always found; answers about leads, their peaks,
    and ``examination`` are filled if they have a row a span."""
    scratch = scratch_for(plan, log, spans)
    for span in range(len(spans.as_of)):
        walk(plan, log, spans, scratch, answers, span)
        if len(answers.leads) > 0:
            answer(plan, log, spans, scratch, answers, span)
        if len(examination.holds) > 0:
            look(plan, log, scratch, examination, span, spans.as_of[span])
