"""Before when no lead can qualify, whatever of its records was believed when: until then it needs no replay.

One fold of all that was ever believed of a lead, under a plan that is more generous than the agreement: no penalty, no
reset, limits of acceptance that never count less than the true ones would of any part of the hits. Whoever does not
qualify there qualifies nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.clock import DAY, HOUR
from leadline.qualification import layout
from leadline.qualification.folding import qualified_spans
from leadline.qualification.layout import BITS_PER_WORD, MACHINE, Plan, Spans
from leadline.qualification.timeline import FOREVER

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.qualification.folding import Qualified
    from leadline.qualification.layout import Log
    from leadline.qualification.timeline import Part

    Truths = npt.NDArray[np.bool_]
    Words = npt.NDArray[np.int64]

_TOLERANCE: Final = 1e-3
"""More than rounding and the order of sums can make."""
_RISING: Final = (layout.FIT, layout.ENGAGEMENT, layout.RULE, layout.GROUP)
_LONGEST: Final = {layout.PER_DAY: 25 * HOUR, layout.PER_WEEK: 7 * DAY + HOUR, layout.PER_MONTH: 31 * DAY + HOUR}
"""How long a calendar period can be; clocks may be set back in it."""


def earliest(plan: Plan, part: Part) -> Words:
    """For each lead of a part an instant (µs) before which it does not qualify, ``FOREVER`` if it never does."""
    leads = part.end_lead - part.first_lead
    log, begins = part.log, part.profile_begins
    reachable = _any_of_each(log.reachable.reshape(-1, 1).astype(np.int64), begins)[:, 0] > 0
    hits = _any_of_each(log.hits, part.event_begins)
    fits = _highest_fits(plan, log, begins)
    asked = np.zeros(leads, bool)
    for criterion, needs in zip(plan.criteria, plan.needs, strict=True):
        possible = reachable & (fits >= criterion["fit_min"] - _TOLERANCE)
        for rule in needs[needs >= 0]:
            possible &= _has(hits, int(plan.rules[rule]["bit"]))
        asked |= possible
    first = np.full(leads, FOREVER)
    places = np.flatnonzero(asked)
    found = _qualifications(plan, part, places)
    np.minimum.at(first, places[found.lead], found.at)
    return first


def _qualifications(plan: Plan, part: Part, leads: Words) -> Qualified:
    """When leads (places in the part) would qualify with all that was ever believed, generously judged."""
    log, begins = part.log, part.profile_begins
    of_row = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
    # Versions stay records, of the instants they had; what was true of one is true of all.
    generous = log._replace(
        flags=log.flags & np.uint8(MACHINE),
        truths=(_any_of_each(log.truths, begins) | log.blank)[of_row],
        reachable=np.ones(len(log.known_at), np.uint8),
    )
    last = np.full(len(leads), np.iinfo(np.int64).max)
    spans = Spans(part.event_begins[leads], part.event_begins[leads + 1], begins[leads], begins[leads + 1], last)
    return qualified_spans(_generous(plan), generous, spans)


def _generous(plan: Plan) -> Plan:
    """A plan under which scores are never less, and of whose criteria only what rises with them is left."""
    rules, fit_rules = plan.rules.copy(), plan.fit_rules.copy()
    rules["points"] = np.maximum(rules["points"], 0)
    fit_rules["points"] = np.maximum(fit_rules["points"], 0)
    for rule in rules:
        if rule["kind"] == layout.POINTS:
            _loosen(rule)
        elif rule["kind"] == layout.THRESHOLD and rule["measure"] == layout.SUM:
            # A sum may fall when a negative value arrives; without any hit it is 0.
            rule["measure"], rule["at_least"] = layout.COUNT, 1.0
    criteria, compares, steps = plan.criteria.copy(), [_rising(plan, row) for row in plan.compares], plan.steps.copy()
    for criterion in criteria:
        criterion["fit_min"] -= _TOLERANCE
        criterion["engagement_min"] -= _TOLERANCE
        own = steps[criterion["first"] : criterion["end"]]
        if (own["operation"] == layout.NOT).any():
            # What stands under a NOT falls where scores rise: nothing but the least engagement is asked for.
            own[0] = (layout.COMPARE, len(compares))
            criterion["end"] = criterion["first"] + 1
            bound = max(float(criterion["engagement_min"]), -1.0)
            compares.append((layout.ENGAGEMENT, -1, layout.GREATER_EQUAL, layout.CONSTANT, -1, bound))
    return plan._replace(
        rules=rules,
        fit_rules=fit_rules,
        knockouts=plan.knockouts[:0],
        compares=np.array(compares, layout.COMPARE_ROW),
        steps=steps,
        criteria=criteria,
    )


def _rising(plan: Plan, compare: np.void) -> tuple[int, int, int, int, int, float]:
    """A comparison that is true whenever the given one is, of fewer records; one that is always true where need be."""
    left, of, comparator = int(compare["left"]), int(compare["left_of"]), int(compare["comparator"])
    same = (left, of, comparator, int(compare["right"]), int(compare["right_of"]))
    if compare["right"] == layout.CONSTANT:
        constant = float(compare["constant"])
        # In proportion: "more than 0" must go on to mean that there is a hit.
        tolerance = _TOLERANCE * min(1.0, abs(constant))
        if left == layout.RULE_AGE and comparator in (layout.LESS, layout.LESS_EQUAL):
            return *same, constant + tolerance
        counts = left == layout.RULE_COUNT and plan.rules[of]["measure"] != layout.SUM
        if comparator in (layout.GREATER, layout.GREATER_EQUAL) and (counts or left in _RISING):
            return *same, constant - tolerance
    return layout.ENGAGEMENT, -1, layout.GREATER_EQUAL, layout.CONSTANT, -1, -1.0


def _loosen(rule: np.void) -> None:
    """A points rule that counts at least as much of all hits as the true one of some of them.

    Of fewer hits, later ones are accepted: as many a period at most, and later by less than the period.
    """
    period = int(rule["period"])
    if period == layout.EVER:
        rule["half_life"] = rule["expires"] = 0
    elif period == layout.PER_DURATION and rule["limit"] > 1:
        rule["period"] = layout.UNLIMITED
    elif period != layout.UNLIMITED:
        later = int(rule["span"]) if period == layout.PER_DURATION else _LONGEST[period]
        if rule["half_life"] > 0:
            rule["points"] *= 2.0 ** min(later / float(rule["half_life"]), 60.0)
        if rule["expires"] > 0:
            rule["expires"] += later


def _highest_fits(plan: Plan, log: Log, begins: Words) -> npt.NDArray[np.float64]:
    """The best fit that any version of each lead's profile has; minus infinity without a version."""
    best = np.full(len(log.known_at), -np.inf)
    for persona in plan.personas:
        total = np.zeros(len(log.known_at))
        for rule in plan.fit_rules[persona["first"] : persona["end"]]:
            total += rule["points"] * _has(log.truths, int(rule["truth"]))
        best = np.maximum(best, total)
    best = np.clip(best, 0.0, plan.settings[0]["fit_max"])
    highest = np.full(len(begins) - 1, -np.inf)
    np.maximum.at(highest, np.repeat(np.arange(len(highest)), np.diff(begins)), best)
    return highest


def _any_of_each(words: Words, begins: Words) -> Words:
    """The bits that are set in any row of each run."""
    found = np.zeros((len(begins) - 1, words.shape[1]), np.int64)
    some = begins[:-1] < begins[1:]
    if some.any():
        found[some] = np.bitwise_or.reduceat(words, begins[:-1][some], axis=0)
    return found


def _has(words: Words, bit: int) -> Truths:
    return np.asarray((words[:, bit // BITS_PER_WORD] >> (bit % BITS_PER_WORD)) & 1 > 0, bool)
