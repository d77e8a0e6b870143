"""What learning learns from: of every lead, what its rules had seen at the moment of decision, and what became of it.

The moment is that of the lead's highest score under the given agreement, before sales had anything to do with it.
What happens once sales works on a lead (a call that was answered, a meeting that was held) is a consequence of having
been chosen and says nothing to whoever chooses, so everything from the first such event on is invisible. So are all
outcomes: the moment is found without looking at them, and a lead that was won before it is left out rather than looked
at earlier. Otherwise winners alone would be seen at shorter and younger histories than the others, and even outcomes
that were dealt out at random would seem to follow from the rules. Where the log knows of no work of sales at all, every
lead is cut off instead: a customer at its purchase, any other at the like moment of a customer drawn for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from leadline.agreement.document import PointsRule
from leadline.learning.backtest.measures import judge
from leadline.qualification.folding import fold_spans, peaks, spans_of
from leadline.qualification.layout import BITS_PER_WORD, MACHINE, NEVER, RECORD_SHIFT
from leadline.qualification.planning import compile_plan, event_rules, truths

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement, Rule
    from leadline.qualification.layout import Plan
    from leadline.qualification.outcomes import Outcomes
    from leadline.qualification.timeline import Part, Profiles, Timeline

    Instants = npt.NDArray[np.int64]
    Reals = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

SALES_EVENTS: Final = ("Call Attempted", "Call Connected", "Meeting Booked", "Meeting Held")
"""Events that show sales at work on a lead, besides stage records."""

TOUCHED: Final = "sales_touched_it"
"""The name of the rule that finds them; see ``watched``."""

_KNOWN_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Moments:
    """Leads (n) at their moments of decision: ``lead`` places in the whole, ``at`` µs, ``score`` given then."""

    lead: Instants
    at: Instants
    score: Reals

    def rows(self, where: npt.NDArray[Any]) -> Moments:
        """Some of them."""
        return Moments(self.lead[where], self.at[where], self.score[where])


@dataclass(frozen=True, slots=True)
class Examples:
    """Leads (n) in order of their moments, with what became of them.

    ``counts`` (n, rules) is what each rule of engagement contributes per point: accepted hits, decayed; 0 or 1 for
    threshold and state rules. ``holds`` (n, fit rules of all personas in file order) are the fit rules that are true.
    ``won``: became a customer within the horizon.
    """

    moments: Moments
    counts: Reals
    holds: Bools
    won: Bools

    def __len__(self) -> int:
        return len(self.won)

    def rows(self, where: npt.NDArray[Any]) -> Examples:
        """Some of them."""
        return Examples(self.moments.rows(where), self.counts[where], self.holds[where], self.won[where])


@dataclass(frozen=True, slots=True)
class History:
    """A matched log: what ``watched`` of an agreement found in it."""

    timeline: Timeline
    profiles: Profiles


def watched(agreement: Agreement) -> Agreement:
    """The agreement with one rule more, worth nothing, that notices when sales begins to work on a lead."""
    rule = PointsRule(TOUCHED, SALES_EVENTS, 0.0)
    engagement = replace(agreement.engagement, rules=(*agreement.engagement.rules, rule))
    return replace(agreement, engagement=engagement)


def probe(agreement: Agreement, half_life: int | None = None) -> Agreement:
    """The agreement with one point for everything and no caps: its contributions are what rules have seen.

    ``half_life`` (µs) takes the place of that of each rule that has one.
    """

    def bare(rule: Rule) -> Rule:
        if not isinstance(rule, PointsRule):
            return replace(rule, points=1.0)
        halves = half_life if half_life is not None and rule.half_life is not None else rule.half_life
        return replace(rule, points=1.0, max=None, half_life=halves)

    groups = tuple(replace(group, max=None) for group in agreement.engagement.groups)
    rules = tuple(bare(rule) for rule in agreement.engagement.rules)
    return replace(agreement, engagement=replace(agreement.engagement, rules=rules, groups=groups))


def moments_of_decision(history: History, agreement: Agreement, outcomes: Outcomes) -> Moments:
    """The moment of decision of every lead that has one; ``agreement`` is ``watched``.

    Leads that cannot be reached or are knocked out then have none.
    """
    plan = compile_plan(agreement)
    bit = len(event_rules(agreement)) - 1
    ends = _ends(history, bit, outcomes)
    knocked = tuple(int(place) for place in plan.knockouts)

    def found(part: Part) -> Moments:
        rows = peaks(plan, part.log, spans_of(part, ends[part.first_lead : part.end_lead]))
        use = (rows["at"] != NEVER) & ~_any_true(part, rows["at"], knocked)
        lead = np.flatnonzero(use)
        return Moments(lead + part.first_lead, rows["at"][lead].copy(), (rows["fit"] + rows["engagement"])[lead])

    pieces = list(history.timeline.each_part(history.profiles, found))
    return Moments(*(np.concatenate([getattr(piece, name) for piece in pieces]) for name in ("lead", "at", "score")))


def _ends(history: History, bit: int, outcomes: Outcomes) -> Instants:
    """Of each lead, the last instant (µs) that may be looked at."""
    touched = np.concatenate(list(history.timeline.each_part(history.profiles, lambda part: _touched(part, bit))))
    untouched = touched == NEVER
    ends = np.where(untouched, outcomes.until, touched - 1)
    customers = outcomes.won & (outcomes.won_at != NEVER)
    if not customers.any() or (~untouched[customers]).mean() >= _KNOWN_SHARE:
        return np.minimum(ends, outcomes.until)
    return np.minimum(ends, drawn_ends(history.profiles, outcomes, customers))


def _touched(part: Part, bit: int) -> Instants:
    """Of each lead of a part the first instant (µs) at which sales was at work, ``NEVER`` without."""
    log = part.log
    worked = (log.hits[:, bit // BITS_PER_WORD] >> (bit % BITS_PER_WORD)) & 1 > 0
    recorded = (log.flags >> RECORD_SHIFT > 0) & (log.flags & MACHINE == 0)
    rows = np.flatnonzero(worked | recorded)
    first = np.full(len(part.event_begins) - 1, NEVER)
    lead, place = np.unique(np.searchsorted(part.event_begins, rows, side="right") - 1, return_index=True)
    first[lead] = log.at[rows[place]]
    return first


def drawn_ends(profiles: Profiles, outcomes: Outcomes, customers: Bools) -> Instants:
    """A customer's own purchase; for any other lead the purchase of some customer after it became known.

    Drawn evenly through the purchases possible for it, without chance: the same log gives the same moments.
    """
    purchases = np.sort(outcomes.won_at[customers])
    known = np.full(len(outcomes), NEVER)
    has = profiles.begins[:-1] < profiles.begins[1:]
    known[has] = profiles.known_at[profiles.begins[:-1][has]]
    first = np.searchsorted(purchases, known, side="right")
    luck = np.modf(np.arange(len(outcomes)) * 0.6180339887498949)[0]
    place = first + (luck * (len(purchases) - first)).astype(np.int64)
    drawn = np.where(first < len(purchases), purchases[np.minimum(place, len(purchases) - 1)], outcomes.until)
    return np.where(customers, outcomes.won_at, drawn) - 1


def _versions(part: Part, at: Instants) -> Instants:
    """The place of the profile version in force for each lead of a part at its moment (µs), -1 for none."""
    latest = np.full(len(at), -1)
    for lead in np.flatnonzero(at != NEVER):
        begin, end = part.profile_begins[lead], part.profile_begins[lead + 1]
        latest[lead] = begin + np.searchsorted(part.log.known_at[begin:end], at[lead], side="right") - 1
        if latest[lead] < begin:
            latest[lead] = -1
    return latest


def _any_true(part: Part, at: Instants, conditions: tuple[int, ...]) -> Bools:
    version = _versions(part, at)
    found = np.zeros(len(at), bool)
    for place in conditions:
        found |= _true(part, version, place)
    return found


def _true(part: Part, version: Instants, place: int) -> Bools:
    word, bit = place // BITS_PER_WORD, place % BITS_PER_WORD
    words = np.where(
        version >= 0,
        part.log.truths[np.maximum(version, 0), word] if len(part.log.truths) else 0,
        part.log.blank[0, word],
    )
    return np.asarray((words >> bit) & 1 > 0)


def examples_of(
    history: History, agreement: Agreement, moments: Moments, outcomes: Outcomes, horizon: int
) -> tuple[Examples, int]:
    """The examples that are old enough to judge, and how many leads are too young; ``agreement`` is ``watched``.

    Left out are leads without a stated outcome, those that were won before their moment, and those whose ``horizon``
    (µs) is not over, whatever they did since: to keep the young who won already would flatter them all.
    """
    verdicts = judge(outcomes, moments.lead, moments.at, horizon)
    order = np.argsort(moments.at, kind="stable")
    chosen = order[verdicts.judged[order]]
    kept = moments.rows(chosen)
    counts = counts_of(history, probe(agreement), kept)
    return Examples(kept, counts, holds_of(history, agreement, kept), verdicts.won[chosen]), int(verdicts.young.sum())


def counts_of(history: History, agreement: Agreement, moments: Moments) -> Reals:
    """The contributions (n, rules) of an agreement's rules at moments, before any cap, without the rule ``TOUCHED``."""
    return _folded(history, compile_plan(agreement), moments, "raw")[:, :-1]


def scores_of(history: History, agreement: Agreement, moments: Moments) -> Reals:
    """Fit + engagement (n) at moments."""
    return np.asarray(standings_of(history, agreement, moments).sum(axis=1))


def standings_of(history: History, agreement: Agreement, moments: Moments) -> Reals:
    """Fit and engagement (n, 2) at moments."""
    plan = compile_plan(agreement)
    found = np.zeros((len(moments.lead), 2))

    def fold_in(part: Part, rows: npt.NDArray[np.int64]) -> None:
        leads = fold_spans(plan, part.log, _spans(part, moments, rows)).leads
        found[rows, 0], found[rows, 1] = leads["fit"], leads["engagement"]

    _each(history, moments, fold_in)
    return found


def _folded(history: History, plan: Plan, moments: Moments, column: str) -> Reals:
    found = np.zeros((len(moments.lead), len(plan.rules)))

    def fold_in(part: Part, rows: npt.NDArray[np.int64]) -> None:
        found[rows] = fold_spans(plan, part.log, _spans(part, moments, rows)).rules[column]

    _each(history, moments, fold_in)
    return found


def _each(history: History, moments: Moments, use: Any) -> None:
    """Gives each part with the rows of moments that are about its leads."""

    def one(part: Part) -> None:
        rows = np.flatnonzero((moments.lead >= part.first_lead) & (moments.lead < part.end_lead))
        if len(rows):
            use(part, rows)

    list(history.timeline.each_part(history.profiles, one))


def _spans(part: Part, moments: Moments, rows: npt.NDArray[np.int64]) -> Any:
    place = moments.lead[rows] - part.first_lead
    every = spans_of(part, 0)
    return every._replace(
        **{name: np.ascontiguousarray(getattr(every, name)[place]) for name in every._fields if name != "as_of"},
        as_of=np.ascontiguousarray(moments.at[rows]),
    )


def holds_of(history: History, agreement: Agreement, moments: Moments) -> Bools:
    """Which fit rules (n, rules of all personas in file order) are true of the profiles in force at moments."""
    places = {condition: place for place, condition in enumerate(truths(agreement))}
    wanted = [places[rule.when] for persona in agreement.fit.personas for rule in persona.rules]
    found = np.zeros((len(moments.lead), len(wanted)), bool)

    def look(part: Part, rows: npt.NDArray[np.int64]) -> None:
        at = np.full(part.end_lead - part.first_lead, NEVER)
        place = moments.lead[rows] - part.first_lead
        at[place] = moments.at[rows]
        version = _versions(part, at)[place]
        for column, condition in enumerate(wanted):
            found[rows, column] = _true(part, version, condition)

    _each(history, moments, look)
    return found
