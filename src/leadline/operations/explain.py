"""Explains one lead's decision: the receipt, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from leadline.agreement.document import ThresholdRule
from leadline.operations.ask import ask_case
from leadline.qualification.candidates import candidates
from leadline.qualification.chances import PROMISING
from leadline.qualification.folding import examine_spans, moments_of
from leadline.qualification.layout import NEVER
from leadline.qualification.planning import compile_plan, event_rules
from leadline.qualification.receipt import Profile, Receipt, receipt_of
from leadline.qualification.varying import ExtraEvent, Variant, bits_hit, qualifying

if TYPE_CHECKING:
    from leadline.operations.case import Case
    from leadline.qualification.layout import Plan
    from leadline.qualification.questions import NextQuestion

REPEATS_MAX: Final = 10
SINGLES_MAX: Final = 60
SHOWN_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that could happen: ``count`` events of a rule (or one that adds ``amount``), or a field's value."""

    rule: str | None = None
    count: int = 1
    amount: float = 0.0
    field: str | None = None
    value: object = None


@dataclass(frozen=True, slots=True)
class Change:
    """A smallest change that would qualify the lead at the moment, found by deciding again with it."""

    steps: tuple[Step, ...]
    because: tuple[str, ...]
    fit: float
    engagement: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The receipt, and for a lead that could still qualify, the smallest changes that would do it."""

    receipt: Receipt
    changes: tuple[Change, ...]
    question: NextQuestion | None = None


def explain(case: Case, as_of: int, *, asking: bool = False) -> Explanation:
    """Explains a lead as of a moment (µs); with ``asking`` also what to ask it next, where a score still speaks."""
    plan = compile_plan(case.agreement)
    answers, examination = examine_spans(plan, case.log, moments_of(case.log, np.array([as_of])))
    version = int(answers.leads[0]["latest_known"])
    judged = case.matcher.judge(case.versions)
    profile = (
        Profile(
            judged.truths[version],
            judged.unsure[version],
            judged.known[version],
            bool(judged.reachable[version]),
        )
        if version >= 0
        else _nothing_known(case)
    )
    receipt = receipt_of(case.agreement, answers, examination, profile, (case.lead_id, 0, as_of))
    asks = asking and receipt.stage in ("visitor", *PROMISING)
    question = ask_case(case, profile, _latest(case, as_of), as_of) if asks else None
    return Explanation(receipt, _changes(case, plan, receipt, as_of), question)


def _nothing_known(case: Case) -> Profile:
    blank = _with_values(case, NEVER, [{}])
    judged = case.matcher.judge(blank)
    return Profile(judged.truths[0], judged.unsure[0], judged.known[0], reachable=False)


def _changes(case: Case, plan: Plan, receipt: Receipt, as_of: int) -> tuple[Change, ...]:
    """The smallest changes: single ones, else pairs. None where something other than the criteria stands in the way."""
    waiting = receipt.stage in ("visitor", "lead", "engaged", "nurture")
    if not waiting or (receipt.reachable and not receipt.may_qualify):
        return ()
    singles = [*_event_variants(case, receipt), *_field_variants(case, receipt, as_of)][:SINGLES_MAX]
    return _found(case, plan, as_of, singles) or _found(case, plan, as_of, _pairs(singles))


Option = tuple[tuple[Step, ...], Variant]


def _event_variants(case: Case, receipt: Receipt) -> list[Option]:
    """More events of a rule: once, or as often as its threshold still lacks."""
    options: list[Option] = []
    lines = {line.rule: line for line in receipt.rules}
    for rule in event_rules(case.agreement):
        if rule.points < 0:
            continue
        bits = bits_hit(case.agreement, rule)
        line = lines[rule.name]
        if isinstance(rule, ThresholdRule) and rule.sum is not None:
            missing = rule.at_least - line.measure
            if missing > 0:
                options.append(((Step(rule.name, 1, missing),), Variant((ExtraEvent(bits, missing),))))
            continue
        counts = {1}
        if isinstance(rule, ThresholdRule):
            counts.add(max(1, int(np.ceil(rule.at_least - line.measure))))
        elif rule.at_most is None:
            counts |= {2, 3}
        options += [
            ((Step(rule.name, count),), Variant((ExtraEvent(bits),) * count))
            for count in sorted(counts)
            if count <= REPEATS_MAX
        ]
    return options


def _field_variants(case: Case, receipt: Receipt, as_of: int) -> list[Option]:
    """Each unknown field with each value that conditions talk about, as the profile from now on."""
    latest = _latest(case, as_of)
    tries = [
        (name, value)
        for name, values in candidates(case.agreement).items()
        if latest.get(name) is None and (name not in ("email", "phone", "handle") or not receipt.reachable)
        for value in values
    ]
    if not tries:
        return []
    judged = case.matcher.judge(_with_values(case, as_of, [{name: value} for name, value in tries]))
    seen: set[tuple[str, bytes]] = set()
    options: list[Option] = []
    for place, (name, value) in enumerate(tries):
        mark = (name, judged.truths[place].tobytes() + judged.known[place].tobytes())
        if mark not in seen:
            seen.add(mark)
            variant = Variant((), judged.truths[place], int(judged.reachable[place]))
            options.append(((Step(field=name, value=value),), variant))
    return options


def _latest(case: Case, as_of: int) -> dict[str, object]:
    rows = [row for row in case.versions.to_pylist() if row["at"] is None or row["at"] <= as_of]
    return rows[-1] if rows else dict.fromkeys(case.versions.column_names)


def _with_values(case: Case, as_of: int, values: list[dict[str, object]]) -> pa.Table:
    """Profile versions like the latest one, each with other values."""
    latest = _latest(case, as_of)
    return pa.Table.from_pylist([latest | {"at": as_of} | change for change in values], schema=case.versions.schema)


def _pairs(singles: list[Option]) -> list[Option]:
    pairs: list[Option] = []
    for (first_steps, first), (second_steps, second) in combinations(singles, 2):
        if first.truths is not None and second.truths is not None:
            continue
        if first_steps[0].rule is not None and first_steps[0].rule == second_steps[0].rule:
            continue
        truths = first.truths if first.truths is not None else second.truths
        reachable = first.reachable if first.truths is not None else second.reachable
        pairs.append(((*first_steps, *second_steps), Variant((*first.events, *second.events), truths, reachable)))
    return pairs


def _found(case: Case, plan: Plan, as_of: int, options: list[Option]) -> tuple[Change, ...]:
    found = []
    outcomes = qualifying(plan, case.log, as_of, [variant for _, variant in options])
    for (steps, _), outcome in zip(options, outcomes, strict=True):
        if outcome is None:
            continue
        fit, engagement, because = outcome
        names = tuple(c.name for place, c in enumerate(case.agreement.mql.criteria) if because >> place & 1)
        found.append(Change(steps, names, fit, engagement))
    found.sort(key=lambda change: (len(change.steps), sum(step.count for step in change.steps)))
    return tuple(_distinct(found))[:SHOWN_MAX]


def _distinct(changes: list[Change]) -> list[Change]:
    """One change for each set of rules and fields: the first, which is the smallest."""
    seen: dict[tuple[str | None, ...], Change] = {}
    for change in changes:
        seen.setdefault(tuple(step.rule or step.field for step in change.steps), change)
    return list(seen.values())
