"""How two versions of an agreement differ, one sentence a change, for the people who sign the new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from leadline.agreement.durations import duration_in_words
from leadline.agreement.fingerprint import qualification_version_of
from leadline.agreement.wording.chances import chance_changes
from leadline.agreement.wording.changes import criterion_change, rule_changes
from leadline.agreement.wording.conditions import condition_in_words, vocabulary_of
from leadline.agreement.wording.phrasing import listed, number_in_words, points_in_words
from leadline.agreement.wording.rules import criterion_in_words, fit_rule_in_words, rule_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from leadline.agreement.document import Agreement, Field, Persona, Tier
    from leadline.agreement.wording.conditions import Vocabulary

Affects = Literal["qualification", "chances", "reports", "nothing"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where, what kind, in words, and what it can alter.

    ``affects``: ``qualification`` (scores, qualifications, stages), ``chances`` (what is said of becoming a
    customer), ``reports`` (how figures are cut or shown in money), or ``nothing`` (only what things are called or
    what a form asks).
    """

    place: str
    kind: Literal["added", "removed", "changed"]
    sentence: str
    affects: Affects = "qualification"


def difference(old: Agreement, new: Agreement) -> tuple[Change, ...]:
    """Every change of meaning from one agreement to another, in the order of the file. Stories do not
    count.
    """
    return tuple(_changes(old, new))


def difference_in_words(old: Agreement, new: Agreement) -> str:
    """The changes as text with a closing remark on what has to be worked out again; ends with a line
    break.
    """
    changes = difference(old, new)
    if not changes:
        return "Nothing that the agreement means has changed.\n"
    lines: list[str] = []
    for affects, heading in _HEADINGS.items():
        chosen = [change for change in changes if change.affects == affects]
        if chosen:
            lines += [heading, *(f"  - {change.sentence}." for change in chosen), ""]
    scores = "differs" if qualification_version_of(old) != qualification_version_of(new) else "stays the same"
    lines.append(f"Version {old.version} becomes {new.version}; the version of qualification {scores}.")
    return "\n".join(lines) + "\n"


_HEADINGS: Final[dict[Affects, str]] = {
    "qualification": "These changes can alter scores and qualifications:",
    "chances": "These change what is said of becoming a customer:",
    "reports": "These change reports only:",
    "nothing": "These change only what things are called:",
}


def _changes(old: Agreement, new: Agreement) -> Iterator[Change]:
    yield from _top(old, new)
    yield from _fields(old, new)
    yield from _lists(old, new)
    yield from _fit(old, new)
    yield from _engagement(old, new)
    yield from _mql(old, new)
    for place, kind, sentence in chance_changes(old.chance, new.chance):
        yield Change(place, kind, sentence, "chances")


def _value(
    place: str, name: str, before: object, after: object, affects: Affects = "qualification"
) -> Iterator[Change]:
    if before != after:
        yield Change(place, "changed", f"{name} is {_shown(after)} instead of {_shown(before)}", affects)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return number_in_words(value)
    if isinstance(value, tuple):
        return listed([_shown(item) for item in value]) or "none"
    return "nothing" if value is None else str(value)


def _top(old: Agreement, new: Agreement) -> Iterator[Change]:
    yield from _value("name", "the name", f"“{old.name}”", f"“{new.name}”", "nothing")
    yield from _value("timezone", "the time zone", old.timezone, new.timezone)
    yield from _value("currency", "the currency", old.currency, new.currency, "reports")
    months = old.fiscal_year_starts, new.fiscal_year_starts
    yield from _value("fiscal_year_starts", "the first month of the fiscal year", *months, "reports")
    yield from _value("two_way", "further two-way communication", old.two_way, new.two_way)


def _matched(
    place: str, olds: Sequence[Any], news: Sequence[Any], say: Callable[[Any], str]
) -> Iterator[Change | tuple[Any, Any]]:
    """Pairs of things with the same name; things on one side only as changes."""
    before = {item.name: item for item in olds}
    for item in news:
        if item.name in before:
            yield before[item.name], item
        else:
            yield Change(f"{place}.{item.name}", "added", f"new: {say(item)}")
    after = {item.name for item in news}
    for item in olds:
        if item.name not in after:
            yield Change(f"{place}.{item.name}", "removed", f"removed: {say(item)}")


def _fields(old: Agreement, new: Agreement) -> Iterator[Change]:
    for found in _matched("fields", old.fields, new.fields, lambda field: f"the field {field.name} ({field.label})"):
        if isinstance(found, Change):
            yield found
        else:
            yield from _field(*found)


def _field(before: Field, after: Field) -> Iterator[Change]:
    place, name = f"fields.{after.name}", after.name
    yield from _value(f"{place}.type", f"the type of {name}", str(before.type), str(after.type))
    yield from _value(f"{place}.choices", f"the set of choices of {name}", before.choices, after.choices)
    yield from _value(f"{place}.label", f"the label of {name}", before.label, after.label, "nothing")
    yield from _value(f"{place}.unit", f"the unit of {name}", before.unit, after.unit, "nothing")
    if before.ask != after.ask:
        asks = "asks" if after.ask else "no longer asks"
        yield Change(f"{place}.ask", "changed", f"the lead form {asks} for {name}", "nothing")


def _lists(old: Agreement, new: Agreement) -> Iterator[Change]:
    say = lambda named: f"the list {named.name} with {len(named.values):,} entries"  # noqa: E731 - a phrase, not a step
    for found in _matched("lists", old.lists, new.lists, say):
        if isinstance(found, Change):
            yield found
            continue
        before, after = found
        parts = []
        for verb, entries in (
            ("gains", after.values - before.values),
            ("loses", before.values - after.values),
        ):
            if entries:
                shown = sorted(entries) if len(entries) <= 3 else [f"{len(entries):,} entries"]
                parts.append(f"{verb} {listed(shown)}")
        if parts:
            yield Change(f"lists.{after.name}", "changed", f"the list {after.name} {listed(parts)}")


def _fit(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, after = old.fit, new.fit
    yield from _value("fit.max", "the highest fit", before.max, after.max)
    yield from _tiers("fit.grades", "grade", before.grades, after.grades)
    words = vocabulary_of(new)
    for found in _matched(
        "fit.knockouts", before.knockouts, after.knockouts,
        lambda one: f"the knock-out {one.name}: never if {condition_in_words(one.when, words)}",
    ):  # fmt: skip
        if isinstance(found, Change):
            yield found
        elif found[0].when != found[1].when:
            now, then = (condition_in_words(knockout.when, words) for knockout in (found[1], found[0]))
            sentence = f"the knock-out {found[1].name} is now: {now}; before: {then}"
            yield Change(f"fit.knockouts.{found[1].name}", "changed", sentence)
    for found in _matched(
        "fit.personas", before.personas, after.personas, lambda one: f"the kind of buyer {one.label}"
    ):
        if isinstance(found, Change):
            yield found
        else:
            yield from _persona(found[0], found[1], words)
    yield from _order("fit.personas", "the kinds of buyer (the first wins a tie)", before.personas, after.personas)


def _persona(before: Persona, after: Persona, words: Vocabulary) -> Iterator[Change]:
    place = f"fit.personas.{after.name}"
    yield from _value(f"{place}.label", f"the label of {after.name}", before.label, after.label, "nothing")
    for found in _matched(
        f"{place}.rules", before.rules, after.rules,
        lambda rule: f"{after.name}, {rule.name}: {fit_rule_in_words(rule, words)}",
    ):  # fmt: skip
        if isinstance(found, Change):
            yield found
            continue
        then, now = found
        where, name = f"{place}.rules.{now.name}", f"{now.name} of {after.name}"
        if then.points != now.points:
            sentence = f"{name} counts {points_in_words(now.points)} instead of {number_in_words(then.points)}"
            yield Change(f"{where}.points", "changed", sentence)
        if then.when != now.when:
            conditions = (condition_in_words(rule.when, words) for rule in (now, then))
            yield Change(
                f"{where}.when",
                "changed",
                f"{name} now needs: {next(conditions)}; before: {next(conditions)}",
            )


def _tiers(place: str, name: str, olds: tuple[Tier, ...], news: tuple[Tier, ...]) -> Iterator[Change]:
    before, after = dict(olds), dict(news)
    for tier, bound in after.items():
        if tier not in before:
            yield Change(f"{place}.{tier}", "added", f"new: {name} {tier} from {number_in_words(bound)}")
        elif before[tier] != bound:
            sentence = f"{name} {tier} starts at {number_in_words(bound)} instead of {number_in_words(before[tier])}"
            yield Change(f"{place}.{tier}", "changed", sentence)
    for tier in before:
        if tier not in after:
            yield Change(f"{place}.{tier}", "removed", f"removed: {name} {tier}")


def _order(place: str, name: str, olds: Sequence[Any], news: Sequence[Any]) -> Iterator[Change]:
    shared = {item.name for item in olds} & {item.name for item in news}
    before, after = ([item.name for item in items if item.name in shared] for items in (olds, news))
    if before != after:
        yield Change(place, "changed", f"{name} now stand in this order: {listed(after)}")


def _engagement(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, after = old.engagement, new.engagement
    yield from _value("engagement.max", "the highest engagement", before.max, after.max)
    if before.half_life != after.half_life:
        now, then = (
            "never" if t is None else f"after {duration_in_words(t)}" for t in (after.half_life, before.half_life)
        )
        sentence = f"rules without a half-life of their own halve {now} instead of {then}"
        yield Change("engagement.half_life", "changed", sentence)
    yield from _tiers("engagement.levels", "level", before.levels, after.levels)
    for found in _matched("engagement.groups", before.groups, after.groups, lambda group: f"the group {group.name}"):
        if isinstance(found, Change):
            yield found
        elif found[0].max != found[1].max:
            limits = [
                "without limit" if g.max is None else f"at most {points_in_words(g.max)}" for g in reversed(found)
            ]
            sentence = f"the group {found[1].name} counts {limits[0]} instead of {limits[1]}"
            yield Change(f"engagement.groups.{found[1].name}.max", "changed", sentence)
    words = vocabulary_of(new)
    inherited = (before.half_life, after.half_life)
    for found in _matched(
        "engagement.rules",
        before.rules,
        after.rules,
        lambda rule: f"{rule.name}: {rule_in_words(rule, words)}",
    ):
        if isinstance(found, Change):
            yield found
        else:
            for key, sentence in rule_changes(found[0], found[1], words, inherited):
                place = f"engagement.rules.{found[1].name}"
                yield Change(f"{place}.{key}" if key else place, "changed", sentence)


def _mql(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, after = old.mql, new.mql
    for found in _matched(
        "mql.when", before.criteria, after.criteria, lambda one: f"{one.name}: {criterion_in_words(one.when)}"
    ):
        if isinstance(found, Change):
            yield found
        elif found[0].when != found[1].when:
            sentence = criterion_change(found[1].name, found[0].when, found[1].when)
            yield Change(f"mql.when.{found[1].name}", "changed", sentence)
    yield from _order("mql.when", "the ways to qualify", before.criteria, after.criteria)
    then, now = before.recycle, after.recycle
    if then.cooldown != now.cooldown:
        waits = [duration_in_words(r.cooldown) if r.cooldown else "no time" for r in (now, then)]
        sentence = f"a lead that came back waits {waits[0]} instead of {waits[1]} before it can qualify again"
        yield Change("mql.recycle.cooldown", "changed", sentence)
    if then.reset != now.reset:
        counts = "no longer counts" if now.reset else "keeps counting"
        yield Change("mql.recycle.reset", "changed", f"what happened before a lead came back {counts}")
    if then.lost != now.lost:
        times = ["never" if r.lost is None else f"after {duration_in_words(r.lost)}" for r in (now, then)]
        yield Change(
            "mql.recycle.lost",
            "changed",
            f"a lost lead goes back to nurture {times[0]} instead of {times[1]}",
        )
