"""The agreement in plain English, to be read aloud when marketing and sales sit down together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.agreement.document import PointsRule, StateRule, ThresholdRule
from leadline.agreement.durations import duration_in_words
from leadline.agreement.wording.conditions import Vocabulary, condition_in_words, vocabulary_of
from leadline.agreement.wording.odds import chance_in_words
from leadline.agreement.wording.phrasing import (
    capitalised,
    listed,
    moment_in_words,
    number_in_words,
    points_in_words,
)
from leadline.agreement.wording.rules import (
    criterion_in_words,
    events_in_words,
    fit_rule_in_words,
    frequency_in_words,
    quantity_in_words,
    rule_in_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.document import Agreement, Chance, Tier

__all__ = [
    "Vocabulary",
    "condition_in_words",
    "criterion_in_words",
    "events_in_words",
    "fit_rule_in_words",
    "frequency_in_words",
    "in_words",
    "quantity_in_words",
    "rule_in_words",
    "vocabulary_of",
]


def in_words(agreement: Agreement) -> str:
    """The whole agreement as paragraphs and lists; ends with a line break."""
    parts = [
        _opening(agreement),
        _fit(agreement),
        _interest(agreement),
        _qualified(agreement),
        _returning(agreement),
    ]
    if agreement.two_way:
        parts.append([f"Besides the usual ones, {listed(agreement.two_way)} counts as two-way communication."])
    if agreement.chance is not None:
        parts.append(_chance(agreement.chance, agreement.timezone))
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _chance(chance: Chance, timezone: str) -> list[str]:
    lines = [
        "WHAT A SCORE PROMISES",
        "",
        (
            "Of leads that sales has not taken yet, this is the chance to become a customer within "
            f"{duration_in_words(chance.horizon)}, by fit and engagement together; in between it is in proportion:"
        ),
    ]
    lines += [
        f"  - {number_in_words(point.score)}: {chance_in_words(point.chance, point.low, point.high)}."
        for point in chance.curve
    ]
    learned = chance.learned_from
    if learned is not None:
        lines.append(
            f"Learned ({learned.method}) from {learned.leads:,} leads, of whom {learned.wins:,} became customers, "
            f"as known on {moment_in_words(learned.until, timezone)}."
        )
    return lines


def _opening(agreement: Agreement) -> list[str]:
    return [
        f"The agreement “{agreement.name}”",
        "",
        f"Days, weeks and months are those of {agreement.timezone}. Money is in {agreement.currency}.",
    ]


def _tiers(tiers: tuple[Tier, ...], lowest: str) -> str:
    bounds = [f"{name} from {number_in_words(bound)}" for name, bound in tiers]
    return f"{listed(bounds)}, and {lowest} below that" if bounds else f"always {lowest}"


def _fit(agreement: Agreement) -> list[str]:
    fit, words = agreement.fit, vocabulary_of(agreement)
    lines = ["WHO FITS", ""]
    kinds = listed([persona.label for persona in fit.personas])
    if len(fit.personas) == 1:
        lines.append(f"A lead is compared with one kind of buyer: {kinds}.")
    else:
        lines.append(f"A lead is compared with {len(fit.personas)} kinds of buyer: {kinds}. The best match counts.")
    lines.append(
        f"Fit is a number from 0 to {number_in_words(fit.max)}; what is unknown of a lead earns nothing. "
        f"The grade is {_tiers(fit.grades, 'D')}."
    )
    for persona in fit.personas:
        lines += ["", f"{persona.label}:"]
        lines += [f"  - {capitalised(fit_rule_in_words(rule, words))}." for rule in persona.rules]
    if fit.knockouts:
        lines += ["", "However interested, a lead is never qualified while one of these is true:"]
        lines += [f"  - {knockout.name}: {condition_in_words(knockout.when, words)}." for knockout in fit.knockouts]
    return lines


def _interest(agreement: Agreement) -> list[str]:
    engagement, words = agreement.engagement, vocabulary_of(agreement)
    lines = ["WHAT COUNTS AS INTEREST", ""]
    lines.append(
        f"Engagement is a number from 0 to {number_in_words(engagement.max)}. "
        f"A lead is {_tiers(engagement.levels, 'cold')}. "
        "What machines do does not count, unless a rule says so."
    )
    lines.append("")
    lines += [f"  - {rule.name}: {rule_in_words(rule, words)}." for rule in engagement.rules]
    capped = [f"{group.name} {points_in_words(group.max)}" for group in engagement.groups if group.max is not None]
    if capped:
        lines += ["", f"The rules of a group together count at most: {listed(capped)}."]
    return lines


def _qualified(agreement: Agreement) -> list[str]:
    one = len(agreement.mql.criteria) == 1
    how = "when this holds" if one else "as soon as one of these holds"
    lines = ["WHEN A LEAD IS QUALIFIED", ""]
    lines.append(
        f"A lead that can be reached, that sales does not work on yet and that nothing above rules out "
        f"becomes a "
        f"marketing qualified lead {how}:"
    )
    lines += [f"  - {criterion.name}: {criterion_in_words(criterion.when)}." for criterion in agreement.mql.criteria]
    lines.append("This is looked at whenever something happens; a lead that merely cools down stays qualified.")
    return lines


def _returning(agreement: Agreement) -> list[str]:
    return ["LEADS THAT COME BACK", "", " ".join(_sentences(agreement))]


def _sentences(agreement: Agreement) -> Iterator[str]:
    recycle = agreement.mql.recycle
    if recycle.cooldown:
        yield (
            f"A lead that sales rejects or recycles goes back to nurture and cannot qualify again for "
            f"{duration_in_words(recycle.cooldown)}."
        )
    else:
        yield ("A lead that sales rejects or recycles goes back to nurture and can qualify again with its next event.")
    if recycle.reset:
        kept = [rule.name for rule in agreement.engagement.rules if _survives(rule)]
        but = f", except for {listed(kept)}" if kept else ""
        yield f"What happened before no longer counts{but}."
    else:
        yield "What happened before keeps counting."
    if recycle.lost is not None:
        yield f"A lost lead goes back to nurture after {duration_in_words(recycle.lost)}."


def _survives(rule: PointsRule | ThresholdRule | StateRule) -> bool:
    return isinstance(rule, PointsRule) and rule.survives_reset
