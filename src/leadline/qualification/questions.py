"""The next best question: how far unknown fields can move a lead's score, and which answer would decide most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from leadline.agreement.checking.score_ranges import profile_sense
from leadline.agreement.document import PointsRule, StateRule, ThresholdRule
from leadline.agreement.expressions import Call, calls
from leadline.fields.catalogue import BOOLEAN, DERIVED_FROM
from leadline.qualification.chances import chances_of
from leadline.qualification.layout import BITS_PER_WORD
from leadline.qualification.planning import event_rules, truths
from leadline.qualification.varying import Decided, ExtraEvent, Variant, bits_hit, decided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.agreement.expressions import Condition
    from leadline.qualification.layout import Log, Plan

    Row = npt.NDArray[np.int64]

Span = tuple[float, float]
_UNSTEADY: Final = ("is_null", "coalesce", "case")
"""With these a condition may turn once something becomes known, even where it is true or false already."""
_SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Choice:
    """Answers to one question that do the same: one of them, their share, and what they make of the conditions (bits of
    ``truths``); ``reachable`` says whether the lead can be reached with it.
    """

    value: object
    share: float
    truths: Row
    reachable: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What such answers would do: the scores, and the criteria by which the lead would qualify (none: it would not)."""

    value: object
    share: float
    fit: float
    engagement: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A field worth asking for. ``decides`` is the share of answers that change whether the lead qualifies now,
    ``qualifies`` the share after which it does; ``moves`` is how far an answer moves the score on average.
    ``known_of`` is how many leads the shares come from, 0 where each kind of answer is as likely as any other.
    """

    field: str
    label: str
    decides: float
    qualifies: float
    moves: float
    known_of: int
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event after which the lead would qualify: the rule that it hits, and how often such events happen in the log
    (0: unknown)."""

    rule: str
    event: str | None
    frequency: int
    fit: float
    engagement: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Where fit and engagement lie whatever is answered, and the chance at either end where the agreement has one."""

    fit: Span
    engagement: Span
    chance: Span | None = None


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """What to ask a lead next, and what to hope for. Instants in µs."""

    lead_id: str
    as_of: int
    fit: float
    engagement: float
    range: Range
    unknown_fields: tuple[str, ...]
    ask: Question | None
    event: Happening | None


@dataclass(frozen=True, slots=True)
class Subject:
    """A lead as of a moment (µs): its records alone, its conditions' truths now, whether it can be reached, and the
    given fields that are unknown of it. ``unsure`` are bits of the conditions that are neither true nor false, where
    they were worked out.
    """

    lead_id: str
    as_of: int
    log: Log
    truths: Row
    reachable: int
    unknown: frozenset[str]
    unsure: Row | None = None


class Examiner:
    """Works out ranges and questions under one agreement; what depends on the agreement alone is worked out once."""

    def __init__(self, agreement: Agreement, plan: Plan) -> None:
        self.agreement = agreement
        self.plan = plan
        self.conditions = truths(agreement)
        self.asked = [frozenset(DERIVED_FROM.get(name, name) for name in one.columns) for one in self.conditions]
        self.steady = [not any(calls(one.tree, *_UNSTEADY)) for one in self.conditions]
        places = {condition: place for place, condition in enumerate(self.conditions)}
        self.personas = [
            [(places[rule.when], rule.points) for rule in persona.rules] for persona in agreement.fit.personas
        ]
        self.states = [
            (places[rule.when], rule.points) for rule in agreement.engagement.rules if isinstance(rule, StateRule)
        ]
        self.excluding = [
            _excluding(agreement, [rule.when for rule in persona.rules]) for persona in agreement.fit.personas
        ]
        self.titles = agreement.title_of
        self.fields = tuple(dict.fromkeys(name for asked in self.asked for name in asked))

    def next(
        self, subject: Subject, choices: Mapping[str, tuple[Sequence[Choice], int]], frequencies: Mapping[str, int]
    ) -> NextQuestion:
        """The next question. ``choices`` are the possible answers by field, with the number of leads that their shares
        come from; ``frequencies`` the number of hits by rule.
        """
        same = Variant((), subject.truths, subject.reachable)
        bounds = self._engagement_variants(subject)
        asked = [(name, choice) for name, (found, _) in choices.items() for choice in found]
        happenings = self._happenings()
        variants = [same, *bounds]
        variants += [Variant((), choice.truths, max(choice.reachable, subject.reachable)) for _, choice in asked]
        variants += [Variant(events) for _, _, events in happenings]
        found = decided(self.plan, subject.log, subject.as_of, variants)
        now, low, high = found[:3]
        questions = self._questions(choices, now, found[3 : 3 + len(asked)])
        engagement = (min(low.engagement, now.engagement), max(high.engagement, now.engagement))
        return NextQuestion(
            lead_id=subject.lead_id,
            as_of=subject.as_of,
            fit=now.fit,
            engagement=now.engagement,
            range=self._range(self.fit_range(subject), engagement),
            unknown_fields=tuple(name for name in self.fields if name in subject.unknown),
            ask=questions[0] if questions else None,
            event=None if now.because else self._event(happenings, found[3 + len(asked) :], frequencies),
        )

    def fit_range(self, subject: Subject) -> Span:
        """The least and the greatest fit over everything that the unknown fields could be: safe, and tight where rules
        do not exclude each other in ways that cannot be seen."""
        spans = [
            self._persona_range(subject, rules, excluding)
            for rules, excluding in zip(self.personas, self.excluding, strict=True)
        ]
        most = self.agreement.fit.max
        low, high = max(span[0] for span in spans), max(span[1] for span in spans)
        return min(max(low, 0.0), most), min(max(high, 0.0), most)

    def free(self, subject: Subject, place: int) -> bool:
        """Whether a condition could come out otherwise than now once the unknown fields are known."""
        if not self.asked[place] & subject.unknown:
            return False
        if not self.steady[place]:
            return True
        if _bit(subject.truths, place):
            return False
        return subject.unsure is None or _bit(subject.unsure, place)

    def _persona_range(self, subject: Subject, rules: list[tuple[int, float]], excluding: list[frozenset[int]]) -> Span:
        sure = 0.0
        true, free = set(), []
        for number, (place, points) in enumerate(rules):
            if self.free(subject, place):
                free.append((points, number))
            elif _bit(subject.truths, place):
                true.add(number)
                sure += points
        possible = [(points, number) for points, number in free if not excluding[number] & true]
        return sure + _most(possible, excluding, -1), sure + _most(possible, excluding, 1)

    def _engagement_variants(self, subject: Subject) -> list[Variant]:
        """The profile with every state rule that is not sure yet against the lead, and for it."""
        rows = [subject.truths.copy(), subject.truths.copy()]
        for place, points in self.states:
            if self.free(subject, place):
                for row, sign in zip(rows, (-1, 1), strict=True):
                    _set(row, place, truth=points * sign > 0)
        return [Variant((), row, subject.reachable) for row in rows]

    def _range(self, fit: Span, engagement: Span) -> Range:
        if self.agreement.chance is None:
            return Range(fit, engagement)
        ends = chances_of(self.agreement.chance, np.array([fit[0] + engagement[0], fit[1] + engagement[1]]))
        return Range(fit, engagement, (float(ends[0, 0]), float(ends[1, 0])))

    def _questions(
        self, choices: Mapping[str, tuple[Sequence[Choice], int]], now: Decided, outcomes: Sequence[Decided]
    ) -> list[Question]:
        """All questions that could move anything, the most deciding first."""
        questions, start = [], 0
        for name, (found, known_of) in choices.items():
            outcome = outcomes[start : start + len(found)]
            start += len(found)
            answers = tuple(
                Answer(choice.value, choice.share, one.fit, one.engagement, self._names(one))
                for choice, one in zip(found, outcome, strict=True)
            )
            score = now.fit + now.engagement
            moves = sum(one.share * abs(one.fit + one.engagement - score) for one in answers)
            qualifies = sum(one.share for one in answers if one.because)
            decides = 1 - qualifies if now.because else qualifies
            if moves > _SLACK or decides > _SLACK or any(bool(one.because) != bool(now.because) for one in answers):
                label = self.titles.get(name, name)
                questions.append(Question(name, label, decides, qualifies, moves, known_of, answers))
        return sorted(questions, key=lambda one: (-one.decides, -one.moves, one.field))

    def _names(self, outcome: Decided) -> tuple[str, ...]:
        return tuple(one.name for place, one in enumerate(self.agreement.mql.criteria) if outcome.because >> place & 1)

    def _happenings(self) -> list[tuple[str, str | None, tuple[ExtraEvent, ...]]]:
        """One event of each rule that gives points for it."""
        return [
            (rule.name, None if rule.on is None else rule.on[0], (_event(self.agreement, rule),))
            for rule in event_rules(self.agreement)
            if rule.points >= 0
        ]

    def _event(
        self,
        happenings: Sequence[tuple[str, str | None, tuple[ExtraEvent, ...]]],
        outcomes: Sequence[Decided],
        frequencies: Mapping[str, int],
    ) -> Happening | None:
        """The most frequent event after which the lead qualifies; where nothing is known of that, the one that is worth
        the least, which asks for the least."""
        points = {rule.name: rule.points for rule in self.agreement.engagement.rules}
        found = [
            Happening(rule, event, frequencies.get(rule, 0), one.fit, one.engagement, self._names(one))
            for (rule, event, _), one in zip(happenings, outcomes, strict=True)
            if one.because
        ]
        return min(found, key=lambda one: (-one.frequency, points[one.rule], one.rule), default=None)


def _event(agreement: Agreement, rule: PointsRule | ThresholdRule) -> ExtraEvent:
    amount = rule.at_least if isinstance(rule, ThresholdRule) and rule.sum is not None else 0.0
    return ExtraEvent(bits_hit(agreement, rule), amount)


def _excluding(agreement: Agreement, conditions: Sequence[Condition]) -> list[frozenset[int]]:
    """For each condition the others that cannot be true together with it."""
    sense = profile_sense(agreement)

    def together(one: Any, other: Any) -> bool:
        return sense.can_be_true(Call("and", (one.tree, other.tree), BOOLEAN))

    return [
        frozenset(n for n, other in enumerate(conditions) if n != number and not together(one, other))
        for number, one in enumerate(conditions)
    ]


def _most(free: Sequence[tuple[float, int]], excluding: list[frozenset[int]], sign: int) -> float:
    """The most that free rules can add (sign 1) or take away (-1): of rules that exclude each other, the strongest."""
    total = 0.0
    groups: list[list[int]] = []
    for points, number in sorted(free, key=lambda one: -sign * one[0]):
        if points * sign <= 0:
            break
        group = next((group for group in groups if all(other in excluding[number] for other in group)), None)
        if group is None:
            groups.append([number])
            total += points
        else:
            group.append(number)
    return total


def _bit(words: Row, place: int) -> bool:
    return bool(int(words[place // BITS_PER_WORD]) >> (place % BITS_PER_WORD) & 1)


def _set(words: Row, place: int, *, truth: bool) -> None:
    bit = np.int64(1 << (place % BITS_PER_WORD))
    word = place // BITS_PER_WORD
    words[word] = words[word] | bit if truth else words[word] & ~bit
