"""Asks "what if": the same lead with one thing more known or done, decided again by the same fold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from leadline.qualification.folding import fold_spans
from leadline.qualification.layout import BITS_PER_WORD, Log, Plan, Spans
from leadline.qualification.planning import event_rules

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement, PointsRule, ThresholdRule
    from leadline.qualification.layout import Answers


@dataclass(frozen=True, slots=True)
class ExtraEvent:
    """An event that did not happen: the bits of the rules that it would hit, and the amount it would add to sums."""

    bits: tuple[int, ...]
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Variant:
    """A lead with extra events at the moment, and perhaps another profile (a row of truths, and reachability)."""

    events: tuple[ExtraEvent, ...] = ()
    truths: npt.NDArray[np.int64] | None = field(default=None, compare=False)
    reachable: int = 1


class Decided(NamedTuple):
    """How a variant stands at the moment: its scores, and bits of the criteria by which it qualifies then (0: not)."""

    fit: float
    engagement: float
    because: int


def decided(plan: Plan, log: Log, as_of: int, variants: list[Variant]) -> list[Decided]:
    """What becomes of each variant at ``as_of`` (µs). ``log`` holds one lead."""
    if not variants:
        return []
    answers = _answers(plan, log, as_of, variants)
    because = [0] * len(variants)
    for place in range(int(answers.found[0])):
        if int(answers.qualifications[place]["at"]) == as_of:
            because[int(answers.qualifications[place]["span"])] = int(answers.because[place][0])
    fits, engagements = answers.leads["fit"].tolist(), answers.leads["engagement"].tolist()
    return [Decided(*one) for one in zip(fits, engagements, because, strict=True)]


def bits_hit(agreement: Agreement, rule: PointsRule | ThresholdRule) -> tuple[int, ...]:
    """The bits of a rule, and of the rules without a condition that the same event would hit too."""
    bits = []
    for bit, other in enumerate(event_rules(agreement)):
        same_event = other.on is None or (rule.on is not None and rule.on[0] in other.on)
        if other is rule or (same_event and other.when is None and getattr(other, "sum", None) is None):
            bits.append(bit)
    return tuple(bits)


def qualifying(plan: Plan, log: Log, as_of: int, variants: list[Variant]) -> list[tuple[float, float, int] | None]:
    """For each variant that qualifies at ``as_of`` (µs): fit, engagement, and the place of its qualification.

    ``log`` holds one lead. ``None`` stands for a variant that does not qualify then.
    """
    if not variants:
        return []
    answers = _answers(plan, log, as_of, variants)
    total = int(answers.found[0])
    found: list[tuple[float, float, int] | None] = [None] * len(variants)
    for place in range(total):
        span, at = int(answers.qualifications[place]["span"]), int(answers.qualifications[place]["at"])
        if at == as_of:
            lead = answers.leads[span]
            found[span] = (float(lead["fit"]), float(lead["engagement"]), int(answers.because[place][0]))
    return found


def _answers(plan: Plan, log: Log, as_of: int, variants: list[Variant]) -> Answers:
    events = int(np.searchsorted(log.at, as_of, side="right"))
    profiles = int(np.searchsorted(log.known_at, as_of, side="right"))
    extra = _extra_events(log, as_of, variants)
    begins = np.cumsum([0, *(events + len(variant.events) for variant in variants)])
    known = np.cumsum([0, *(profiles + (variant.truths is not None) for variant in variants)])
    pieces: list[list[npt.NDArray[np.generic]]] = [[] for _ in range(8)]
    place = 0
    for variant in variants:
        for column in range(5):
            pieces[column] += [log[column][:events], extra[column][place : place + len(variant.events)]]
        for column in range(5, 8):
            pieces[column].append(log[column][:profiles])
        if variant.truths is not None:
            pieces[5].append(np.array([as_of]))
            pieces[6].append(variant.truths.reshape(1, -1))
            pieces[7].append(np.array([variant.reachable], np.uint8))
        place += len(variant.events)
    varied = Log._make([*(np.concatenate(parts) for parts in pieces), log.blank])
    spans = Spans(begins[:-1], begins[1:], known[:-1], known[1:], np.full(len(variants), as_of))
    return fold_spans(plan, varied, spans)


def _extra_events(log: Log, as_of: int, variants: list[Variant]) -> tuple[npt.NDArray[np.generic], ...]:
    extra = [event for variant in variants for event in variant.events]
    hits = np.zeros((len(extra), log.hits.shape[1]), np.int64)
    for place, event in enumerate(extra):
        for bit in event.bits:
            hits[place, bit // BITS_PER_WORD] |= 1 << (bit % BITS_PER_WORD)
    values = np.full((len(extra), log.values.shape[1]), 0.0)
    values[:] = np.array([event.amount for event in extra]).reshape(-1, 1)
    fresh = np.arange(1, len(extra) + 1, dtype=np.uint64) * np.uint64(0xD6E8FEB86659FD93)
    keys = np.repeat(fresh.reshape(-1, 1), log.keys.shape[1], axis=1)
    return np.full(len(extra), as_of), np.zeros(len(extra), np.uint8), hits, values, keys
