"""Rules that never fire, and rules that fire for everybody: neither tells leads apart."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from leadline.agreement.document import StateRule
from leadline.learning.linting.evidence import LEADS_MIN, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.document import Rule
    from leadline.learning.linting.evidence import Evidence, Finding, Seen

CHECK: Final = "never fires"
ALWAYS: Final = "fires for everybody"
_EVERYBODY: Final = 0.98


def check(evidence: Evidence) -> Iterator[Finding]:
    """Rules of engagement and of personas."""
    seen = evidence.seen
    if seen is None or len(seen.stand) < LEADS_MIN:
        return
    yield from _engagement(evidence, seen)
    yield from _fit(evidence, seen)


def _engagement(evidence: Evidence, seen: Seen) -> Iterator[Finding]:
    leads = len(seen.stand)
    for place, rule in enumerate(evidence.agreement.engagement.rules):
        where = f"engagement.rules.{rule.name}"
        hits, fires = int(seen.stand.ever[:, place].sum()), int(seen.stand.active[:, place].sum())
        if hits == 0 and where not in evidence.doubted:
            message, way_out = _why_silent(rule, seen)
            yield evidence.finding(CHECK, "notable", where, message, way_out, leads=leads)
        elif fires >= _EVERYBODY * leads:
            message = (
                f"{rule.name} fires for {percent(fires, leads)} of {leads:,} leads: its {rule.points:g} points "
                "raise everybody and tell nobody apart."
            )
            way_out = "Narrow it with `when`, or remove it and lower the thresholds by as much."
            yield evidence.finding(ALWAYS, "notable", where, message, way_out, leads=leads, fires=fires)


def _why_silent(rule: Rule, seen: Seen) -> tuple[str, str]:
    leads = f"{len(seen.stand):,} leads"
    if isinstance(rule, StateRule):
        return (
            f"{rule.name} was true of none of {leads}.",
            "Check that the field is filled and the value is written as in the export, or remove the rule.",
        )
    counts = {one.name: one for one in seen.events}
    named = [name for name in rule.on or () if name in counts]
    if rule.on is not None and not named:
        near = get_close_matches(rule.on[0], counts, n=2, cutoff=0.6)
        guess = f" Did you mean {' or '.join(near)}?" if near else ""
        return (
            f"{rule.name} never fired: there is no event {' or '.join(rule.on)} in the log.{guess}",
            "Write the name as in the log, map it with --map, or remove the rule until the event is collected.",
        )
    events = sum(counts[name].events for name in named) if named else sum(one.events for one in seen.events)
    return (
        f"{rule.name} never fired for {leads}, although there are {events:,} events of its kind.",
        "Look at its condition: compare it with real values of the log, or remove the rule.",
    )


def _fit(evidence: Evidence, seen: Seen) -> Iterator[Finding]:
    leads = len(seen.stand)
    for place, (persona, rule) in enumerate(evidence.fit_rules):
        where = f"fit.personas.{persona}.rules.{rule.name}"
        if where in evidence.doubted:
            continue
        true, known = int(seen.stand.fit_true[:, place].sum()), int(seen.stand.fit_known[:, place].sum())
        if true == 0:
            why = f", of whom {known:,} have the fields it asks for." if known else ": none has the fields it asks for."
            what = f"{rule.name} of {persona} is true of none of {leads:,} leads{why}"
            way_out = (
                "Compare the condition with real values, or remove the rule."
                if known
                else "Ask for the fields, map their columns with --map, or remove the rule."
            )
            yield evidence.finding(CHECK, "notable", where, what, way_out, leads=leads, known=known)
        elif true >= _EVERYBODY * leads:
            message = (
                f"{rule.name} of {persona} is true of {percent(true, leads)} of {leads:,} leads: "
                f"its {rule.points:g} points tell nobody apart."
            )
            way_out = "Narrow it, or remove it and lower the bounds of fit by as much."
            yield evidence.finding(ALWAYS, "notable", where, message, way_out, leads=leads, fires=true)
