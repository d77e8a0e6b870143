"""How every lead stood at its best moment: what the checks of an agreement count."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.agreement.document import PointsRule, StateRule
from leadline.agreement.usage import lead_fields_used
from leadline.learning.linting.evidence import Stand
from leadline.qualification.folding import examine_spans, fold_spans, spans_of
from leadline.qualification.layout import BITS_PER_WORD, NEVER
from leadline.qualification.planning import compile_plan, truths

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.operations.moments import Judged, Moments
    from leadline.operations.score import Matched
    from leadline.qualification.layout import Answers
    from leadline.qualification.timeline import Part

    Bools = npt.NDArray[np.bool_]

_TRUE = 2
_SLACK = 1e-6


def standing(matched: Matched, agreement: Agreement, moments: Moments, judged: Judged, until: int) -> Stand:
    """The leads that have a best moment, as they stood then; ``judged`` says who won, the log ends ``until`` (µs)."""
    survey = _Survey(agreement, moments, until)
    pieces = list(matched.timeline.each_part(matched.profiles, survey.part))
    columns: dict[str, Any] = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    there = moments.at != NEVER
    known, won = np.zeros(len(there), bool), np.zeros(len(there), bool)
    known[judged.lead], won[judged.lead] = True, judged.won
    return Stand(**columns, judged=known[there], won=won[there])


class _Survey:
    """What is counted of one part of the leads."""

    def __init__(self, agreement: Agreement, moments: Moments, until: int) -> None:
        self.agreement = agreement
        self.until = until
        self.moments = moments
        self.plan = compile_plan(agreement)
        rules = agreement.engagement.rules
        self.points = np.array([rule.points for rule in rules], float)
        self.by_profile = np.array([isinstance(rule, StateRule) for rule in rules], bool)
        self.fading = np.array([isinstance(rule, PointsRule) and rule.half_life is not None for rule in rules], bool)
        self.max = np.array([getattr(rule, "max", None) or np.inf for rule in rules], float)
        names = [group.name for group in agreement.engagement.groups]
        self.group = np.array([-1 if rule.group is None else names.index(rule.group) for rule in rules], int)
        places = {condition: place for place, condition in enumerate(truths(agreement))}
        fields = list(lead_fields_used(agreement))
        fit_rules = [rule for persona in agreement.fit.personas for rule in persona.rules]
        self.fit_bits = [places[rule.when] for rule in fit_rules]
        self.fit_fields = [[fields.index(name) for name in rule.when.columns] for rule in fit_rules]
        self.knockout_bits = [places[knockout.when] for knockout in agreement.fit.knockouts]

    def part(self, part: Part) -> dict[str, npt.NDArray[Any]]:
        """The columns of ``Stand`` but those of outcomes, for the leads with a best moment."""
        own = slice(part.first_lead, part.end_lead)
        at, door = self.moments.at[own], self.moments.door[own]
        there = np.flatnonzero(at != NEVER)
        answers, examination = examine_spans(self.plan, part.log, spans_of(part, at))
        later = fold_spans(self.plan, part.log, spans_of(part, door))
        last = fold_spans(self.plan, part.log, spans_of(part, self.until))
        rules, then = answers.rules, later.rules
        truths = _state(self.points, rules["raw"])
        hit = np.where(self.points < 0, then["hits"], rules["hits"]) > 0
        active = rules["raw"] != 0
        columns = {
            "hit": np.where(self.by_profile, truths, hit),
            "ever": np.where(self.by_profile, truths | _state(self.points, last.rules["raw"]), last.rules["hits"] > 0),
            "active": active,
            "counted": rules["counted"],
            "kept": self._kept(answers),
            "over_rule": np.abs(rules["raw"]) > self.max + _SLACK,
            "fit": answers.leads["fit"],
            "engagement": answers.leads["engagement"],
            "persona": answers.leads["persona"],
            "holds": examination.holds == _TRUE,
        }
        columns |= self._capped(answers)
        columns |= self._profiles(part, answers.leads["latest_known"], later.leads["latest_known"])
        return {name: column[there].copy() for name, column in columns.items()}

    def _kept(self, answers: Answers) -> npt.NDArray[np.float64]:
        rules = answers.rules
        full = rules["accepted"] * self.points
        some = self.fading & (full != 0)
        return np.where(some, rules["raw"] / np.where(some, full, 1.0), np.nan)

    def _capped(self, answers: Answers) -> dict[str, npt.NDArray[Any]]:
        groups = self.agreement.engagement.groups
        capped = answers.rules["capped"]
        sums = np.zeros((len(capped), len(groups)))
        for place in range(len(groups)):
            sums[:, place] = capped[:, self.group == place].sum(axis=1)
        limits = np.array([np.inf if group.max is None else group.max for group in groups])
        total = np.minimum(sums, limits).sum(axis=1) + capped[:, self.group < 0].sum(axis=1)
        return {
            "in_group": sums > 0,
            "over_group": sums > limits + _SLACK,
            "over_total": total > self.agreement.engagement.max + _SLACK,
        }

    def _profiles(
        self, part: Part, version: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
    ) -> dict[str, npt.NDArray[Any]]:
        true = _bits(part.log.truths, version, self.fit_bits)
        known = np.ones(true.shape, bool)
        for place, fields in enumerate(self.fit_fields):
            known[:, place] = _bits(part.known, version, fields).any(axis=1)
        personas = self.agreement.fit.personas
        points = np.array([rule.points for persona in personas for rule in persona.rules])
        ends = np.cumsum([0, *(len(persona.rules) for persona in personas)])
        best = np.max([(true * points)[:, one:end].sum(axis=1) for one, end in pairwise(ends)], axis=0)
        return {
            "fit_true": true,
            "fit_known": known,
            "knocked_out": _bits(part.log.truths, last, self.knockout_bits),
            "over_fit": best > self.agreement.fit.max + _SLACK,
        }


def _state(points: npt.NDArray[np.float64], raw: npt.NDArray[np.float64]) -> Bools:
    """Whether state rules are true: those worth nothing cannot be told."""
    return np.where(points == 0, False, raw != 0)


def _bits(words: npt.NDArray[np.int64], row: npt.NDArray[np.int64], places: list[int]) -> Bools:
    """Bits (n, places) of the rows, false where there is no row (-1)."""
    found = np.zeros((len(row), len(places)), bool)
    some = row >= 0
    for column, place in enumerate(places):
        word = words[row[some], place // BITS_PER_WORD]
        found[some, column] = (word >> (place % BITS_PER_WORD)) & 1 > 0
    return found
