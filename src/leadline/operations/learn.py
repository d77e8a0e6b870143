"""Learns from outcomes what an agreement should say, and proposes it as a difference to the one that is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.agreement.difference import difference
from leadline.learning.backtest.measures import default_horizon
from leadline.learning.baselines import features_of, logistic, naive_bayes
from leadline.learning.boosting import boosted, check_installed
from leadline.learning.evidence import WINS_TO_PROPOSE, WINS_TO_SAY, RuleEvidence, rule_evidence
from leadline.learning.examples import counts_of, examples_of, moments_of_decision, probe, scores_of
from leadline.learning.leaks import guard
from leadline.learning.proposing import evidence_of, propose
from leadline.learning.structure import seen_of
from leadline.learning.terms import terms_of, with_the_evidence
from leadline.operations.learning.changes import Window, Written, suiting_thresholds, written
from leadline.operations.learning.inputs import Material, Original, read_material
from leadline.operations.learning.testing import HeldOut, Trial, tested
from leadline.operations.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from leadline.agreement.difference import Change
    from leadline.agreement.document import Agreement
    from leadline.learning.examples import Examples
    from leadline.learning.proposing import Proposal
    from leadline.learning.terms import Term
    from leadline.log.loading import Source
    from leadline.log.reading import Sources

EARLIER_SHARE: Final = 0.7
"""The part of the leads, by moment of decision, that is learned from; the later ones only test."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to learn. ``horizon`` (µs) within which a lead must become a customer (by default what the log suggests),
    ``capacity`` MQLs a week (by default as many as now), a file of ``candidates``, further models ``beside``."""

    horizon: int | None = None
    capacity: float | None = None
    candidates: Path | None = None
    beside: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Supported:
    """One proposed change: the rule or rules it is about, in how many of the repeated searches it was ``found``."""

    name: str
    kind: str
    found: int
    searches: int
    evidence: RuleEvidence | None

    @property
    def label(self) -> str:
        """What it is about, to read."""
        if self.kind == "half_life":
            return f"the half-life of {self.name}" if self.name else "the usual half-life"
        if self.kind == "group":
            return f"the limit of {self.name}"
        return "the highest engagement" if self.kind == "top" else self.name


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned.

    ``proposed`` is the given agreement where nothing is proposed, ``text`` is its text, and ``watching`` the same with
    all candidates, which the log was matched for. ``verdict`` says why in one
    sentence. ``train`` leads with ``wins`` customers were learned from, ``young`` were too young to judge.
    """

    agreement: Agreement
    proposed: Agreement
    watching: Agreement
    text: str
    verdict: str
    horizon: int
    train: int
    wins: int
    young: int
    evidence: tuple[RuleEvidence, ...]
    changes: tuple[Supported, ...]
    gain: float
    gain_error: float
    test: HeldOut | None
    notes: tuple[str, ...]

    @property
    def proposes(self) -> bool:
        """Whether anything should change."""
        return self.proposed.version != self.agreement.version

    @property
    def difference(self) -> tuple[Change, ...]:
        """What should change, in words."""
        return difference(self.agreement, self.proposed)

    @property
    def contradicted(self) -> tuple[str, ...]:
        """Rules whose points go one way and whose outcomes go the other, by more than chance."""
        points = {rule.name: rule.points for rule in self.agreement.engagement.rules}
        for persona in self.agreement.fit.personas:
            points |= {f"{persona.name}.{rule.name}": rule.points for rule in persona.rules}
        against = {"for": -1, "against": 1}
        return tuple(one.name for one in self.evidence if points.get(one.name, 0) * against.get(one.says, 0) > 0)


def learn(
    agreement: Path,
    sources: Sources,
    outcomes: Source | None = None,
    wishes: Wishes | None = None,
    progress: Progress = silent,
) -> Learned:
    """Learns from a log and outcomes (by default the log's own stage records).

    Raises ``AgreementError``, ``InputError``, and ``LeakError`` where rules say what happened afterwards.
    """
    wishes = wishes or Wishes()
    check_installed(wishes.beside)
    material = read_material(Original.of(agreement), sources, outcomes, wishes.candidates, progress)
    return learn_from(material, wishes, progress)


def learn_from(material: Material, wishes: Wishes, progress: Progress = silent) -> Learned:
    """The same from what was read."""
    lesson = lesson_of(material, wishes)
    examples, training = lesson.examples, lesson.training
    wins = int(examples.won[training].sum())
    evidence = _evidence(material, examples.rows(training), wishes.seed) if wins >= WINS_TO_SAY else ()
    found = Learned(
        material.agreement, material.agreement, material.watching, material.text, _too_few(wins), lesson.horizon,
        int(training.sum()), wins, lesson.young, evidence, (), 0.0, 0.0, None, material.notes,
    )  # fmt: skip
    if wins < WINS_TO_PROPOSE:
        return found
    _check_leaks(material, examples, training)
    progress("Learning", 0, None)
    terms, proposal = propose_from(material, lesson, wishes.seed)
    after = Written(material.text, material.agreement, material.watching)
    verdict = _nothing(proposal)
    if proposal.state.any():
        progress("Choosing thresholds", 0, None)
        after = write_proposal(material, lesson, terms, proposal, wishes.capacity)
        verdict = "These changes are supported by the outcomes."
    progress("Testing on later leads", 0, None)
    return replace(
        found,
        proposed=after.agreement,
        watching=after.watching,
        text=after.text,
        verdict=verdict,
        gain=proposal.gain,
        gain_error=proposal.error,
        changes=_supported(terms, proposal, found.evidence),
        test=tested(material, trial_of(material, lesson, after.watching, wishes)),
    )


@dataclass(frozen=True, slots=True)
class Lesson:
    """Examples in order of time, which of them (n) are learned from, the horizon (µs), and how many were too young."""

    examples: Examples
    training: npt.NDArray[np.bool_]
    horizon: int
    young: int


def lesson_of(material: Material, wishes: Wishes) -> Lesson:
    """The examples that a log holds. Its earlier part is learned from, up to the moment before the first later one."""
    history, outcomes = material.history, material.outcomes
    moments = moments_of_decision(history, material.watching, outcomes)
    horizon = wishes.horizon
    if horizon is None:
        horizon = default_horizon(outcomes, moments.lead, moments.at)
    examples, young = examples_of(history, material.watching, moments, outcomes, horizon)
    training = np.arange(len(examples)) < round(len(examples) * EARLIER_SHARE)
    return Lesson(examples, training, horizon, young)


def propose_from(material: Material, lesson: Lesson, seed: int) -> tuple[tuple[Term, ...], Proposal]:
    """What may change, and the changes that the earlier examples support."""
    examples = lesson.examples.rows(lesson.training)
    terms = tuple(
        with_the_evidence(term, examples.counts[:, term.of[0]] > 0, examples.won) if term.candidate else term
        for term in terms_of(material.wide, frozenset(material.candidates))
    )
    lives = sorted({life for term in terms for life in term.half_lives})
    further = {life: counts_of(material.history, probe(material.watching, life), examples.moments) for life in lives}
    evidence = evidence_of(seen_of(examples, further), examples.won, seed)
    return terms, propose(material.wide, terms, evidence, seed)


def _too_few(wins: int) -> str:
    if wins < WINS_TO_SAY:
        return (
            f"Not enough evidence: {wins} customers among the leads that are old enough to judge. "
            f"From {WINS_TO_SAY} on there is something to say about rules, from {WINS_TO_PROPOSE} on about points."
        )
    return (
        f"Not enough evidence to change points: {wins} customers, and {WINS_TO_PROPOSE} are needed. "
        "What they say about each rule is below."
    )


def _nothing(proposal: Proposal) -> str:
    if proposal.supported:
        return "Nothing should change: no single change was found again in most of the repeated searches."
    return (
        "Nothing should change: on leads that were left out of the search, no changed agreement told customers from "
        "others better than the given one by more than chance explains."
    )


def _names(agreement: Agreement) -> list[str]:
    rules = [rule.name for rule in agreement.engagement.rules]
    return [*rules, *(f"{persona.name}.{rule.name}" for persona in agreement.fit.personas for rule in persona.rules)]


def _evidence(material: Material, examples: Examples, seed: int) -> tuple[RuleEvidence, ...]:
    present = np.column_stack([examples.counts > 0, examples.holds])
    return rule_evidence(_names(material.wide), present, examples.won, seed)


def _check_leaks(material: Material, examples: Examples, training: npt.NDArray[np.bool_]) -> None:
    features = features_of(examples)
    columns = {name: features[:, place] for place, name in enumerate(_names(material.wide))}
    guard(columns, examples.won, training)


def write_proposal(
    material: Material, lesson: Lesson, terms: tuple[Term, ...], proposal: Proposal, capacity: float | None
) -> Written:
    """The proposed agreement, with thresholds that suit its points."""
    moments = lesson.examples.moments.rows(lesson.training)
    at = moments.at
    window = Window(int(at.min()), int(at.max()) + 1, lesson.horizon, capacity)

    after = written(material, terms, proposal.state, {})
    further = suiting_thresholds(material, window, after.watching, moments)
    return written(material, terms, proposal.state, further) if further else after


def _supported(terms: tuple[Term, ...], proposal: Proposal, evidence: Sequence[RuleEvidence]) -> tuple[Supported, ...]:
    by_name = {one.name: one for one in evidence}
    found = []
    for place, term in enumerate(terms):
        steps = int(proposal.state[place])
        if steps:
            again = int((np.sign(proposal.found[:, place]) == np.sign(steps)).sum())
            about = by_name.get(term.name) if term.kind == "rule" else None
            if term.kind == "fit":
                about = next((one for one in evidence if one.name.endswith(f".{term.name}")), None)
            found.append(Supported(term.name, term.kind, again, len(proposal.found), about))
    return tuple(found)


def trial_of(material: Material, lesson: Lesson, watching: Agreement, wishes: Wishes) -> Trial:
    """The later examples, with the scores of all contestants."""
    examples, training = lesson.examples, lesson.training
    features = features_of(examples)
    scores = {
        "given": examples.moments.score,
        "proposed": scores_of(material.history, watching, examples.moments),
        "naive Bayes": naive_bayes(features, examples.won, training),
        "logistic regression": logistic(features, examples.won, training),
    }
    for name in wishes.beside:
        scores[name] = boosted(name, features, examples.won, training, wishes.seed)
    later = {name: found[~training] for name, found in scores.items()}
    agreements = (material.watching, watching)
    return Trial(examples.rows(~training), later, agreements, lesson.horizon, wishes.capacity, wishes.seed)
