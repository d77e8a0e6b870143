"""Signs against a lead that the log has and no rule counts: unsubscribes, bounces, complaints, job seekers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leadline.agreement.document import PointsRule, StateRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from leadline.agreement.document import Rule
    from leadline.learning.linting.evidence import Evidence, Finding, Frequency, Seen

CHECK: Final = "sign against without a rule"


@dataclass(frozen=True, slots=True)
class _Sign:
    names: re.Pattern[str]
    meaning: str
    rule: str


_SIGNS: Final = (
    _Sign(
        re.compile(r"(e-?mail |newsletter |contact |list )?(unsubscribed?|opt(ed)?[ -]?out)", re.IGNORECASE),
        "who unsubscribes has said no",
        "unsubscribed: {{on: {name}, points: -50, at_most: 1 ever, half_life: never}}",
    ),
    _Sign(
        re.compile(r"(e-?mail |message )?((hard|soft) )?bounced?", re.IGNORECASE),
        "the address does not work",
        "bounced: {{on: {name}, points: -20, at_most: 1 ever, half_life: never}}",
    ),
    _Sign(
        re.compile(r"(e-?mail )?((marked as )?spam( (report(ed)?|complaint))?|complain(ed|t))", re.IGNORECASE),
        "who complains about mail does not want it",
        "complained: {{on: {name}, points: -50, at_most: 1 ever, half_life: never}}",
    ),
)
_CAREERS: Final = re.compile(
    r"^/([a-z]{2}/)?(careers?|jobs?|karriere|stellen(angebote)?|vacanc(y|ies)|join-us|work-with-us)(/|$|[?#.])"
)
_PAGES: Final = ("Page Viewed", "Page View", "page_view", "Visited Page", "Page Visited")
_VIEWS_MIN: Final = 20


def check(evidence: Evidence) -> Iterator[Finding]:
    """Needs a log: a sign that was never seen needs no rule."""
    seen = evidence.seen
    if seen is None:
        return
    against = [rule for rule in evidence.agreement.engagement.rules if rule.points < 0]
    for event in seen.events:
        for sign in _SIGNS:
            if sign.names.fullmatch(event.name) and not any(_is_about(rule, event.name) for rule in against):
                yield _unruled(evidence, event, sign)
    yield from _careers(evidence, seen, against)


def _is_about(rule: Rule, name: str) -> bool:
    return not isinstance(rule, StateRule) and rule.on is not None and name in rule.on


def _unruled(evidence: Evidence, event: Frequency, sign: _Sign) -> Finding:
    message = (
        f"There are {event.events:,} events {event.name} of {event.leads:,} leads, but no rule takes points for them: "
        f"{sign.meaning}."
    )
    way_out = f"Add a rule, for example {sign.rule.format(name=event.name)}"
    return evidence.finding(
        CHECK, "notable", "engagement.rules", message, way_out, events=event.events, leads=event.leads
    )


def _careers(evidence: Evidence, seen: Seen, against: list[Rule]) -> Iterator[Finding]:
    name = next((event.name for event in seen.events if event.name in _PAGES), None)
    if name is None:
        return
    paths = [(path, count) for path, count in seen.values("path") if _CAREERS.match(path.lower())]
    rows: list[Mapping[str, object]] = [{"event": name, "path": path, "is_machine": False} for path, _ in paths]
    covered = [False] * len(rows)
    for rule in against:
        if isinstance(rule, PointsRule) and (rule.on is None or name in rule.on):
            hit = [True] * len(rows) if rule.when is None else evidence.true_of(rule.when, rows)
            covered = [before or now for before, now in zip(covered, hit, strict=True)]
    open_paths = [(path, count) for (path, count), done in zip(paths, covered, strict=True) if not done]
    views = sum(count for _, count in open_paths)
    if views >= _VIEWS_MIN:
        shown = ", ".join(path for path, _ in open_paths[:3])
        message = (
            f"{views:,} events are about job adverts ({shown}), but no rule takes points for them: "
            "who reads job adverts wants a job."
        )
        way_out = (
            f"Add a rule, for example careers_page: {{on: {name}, when: \"path LIKE '{_folder(open_paths[0][0])}%'\", "
            "points: -20, at_most: 1 per day, expires: 30d}"
        )
        yield evidence.finding(CHECK, "notable", "engagement.rules", message, way_out, events=views)


def _folder(path: str) -> str:
    found = _CAREERS.match(path.lower())
    return path if found is None else path[: found.end()].rstrip("/?#.-")
