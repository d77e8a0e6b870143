"""Reads and matches a log for learning: the agreement's rules, candidates beside them, and what became of the leads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from leadline import clock
from leadline.agreement.format.yaml_tree import Mapping as YamlMapping
from leadline.agreement.format.yaml_tree import parse_yaml
from leadline.agreement.reading import agreement_of, parse_agreement, read_file
from leadline.agreement.writing import amend, plain
from leadline.engines.duckdb import Matcher, connect
from leadline.errors import AgreementError, InputError
from leadline.learning.candidates import Sighting, candidate_rules
from leadline.learning.examples import History, watched
from leadline.log.reading import read_inputs
from leadline.log.scan import fetched, readable
from leadline.operations.moments import last_instant
from leadline.operations.outcomes import outcomes_of
from leadline.operations.progress import Progress, silent
from leadline.operations.score import Matched
from leadline.qualification.matching import hits_fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.agreement.document import Agreement
    from leadline.log.loading import Source
    from leadline.log.reading import Inputs, Sources
    from leadline.qualification.outcomes import Outcomes

_FURTHER = ("path", "asset_kind")


@dataclass(frozen=True, slots=True)
class Original:
    """The text of an agreement, and where it came from: its lists may lie in files beside it."""

    text: str
    source: str = "agreement"
    folder: Path | None = None

    @classmethod
    def of(cls, path: Path) -> Original:
        """An agreement's file. Raises ``InputError``, and ``AgreementError`` with all problems."""
        signed = read_file(path)
        agreement_of(signed)
        return cls(path.read_bytes().decode("utf-8"), str(path), path.parent)

    def parsed(self, text: str) -> Agreement:
        """What a changed text says."""
        return parse_agreement(text.removeprefix("\ufeff"), source=self.source, folder=self.folder)


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from. ``wide`` is the agreement with ``candidates`` worth 0 points,
    ``watching`` also notices when sales begins to work on a lead; that one was matched."""

    original: Original
    agreement: Agreement
    candidates: dict[str, dict[str, Any]]
    wide_text: str
    wide: Agreement
    watching: Agreement
    matched: Matched
    outcomes: Outcomes
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """The agreement's text."""
        return self.original.text

    def parsed(self, text: str) -> Agreement:
        """What a changed text of the agreement says."""
        return self.original.parsed(text)

    @property
    def history(self) -> History:
        """The matched log."""
        return History(self.matched.timeline, self.matched.profiles)


def read_material(
    original: Original,
    sources: Sources,
    outcomes: Source | None = None,
    candidates: Path | None = None,
    progress: Progress = silent,
) -> Material:
    """Reads and matches everything. Without a file of ``candidates`` they are found in the log.

    Outcomes are those known at the log's last instant. Raises ``AgreementError`` or ``InputError``.
    """
    text, agreement = original.text, original.parsed(original.text)
    stated = None if candidates is None else read_candidates(candidates)
    reading = agreement if stated is None or candidates is None else _joined(original, agreement, stated, candidates)
    connection, now = connect(), clock.now()
    progress("Reading", 0, None)
    inputs = read_inputs(connection, sources, reading, now=now, further=_FURTHER)
    rules = stated if stated is not None else _found_in(inputs, agreement, text)
    wide_text = _with(text, rules)
    wide = original.parsed(wide_text)
    watching = watched(wide)
    matcher, leads = Matcher(connection, watching), len(inputs.lead_ids)
    profiles = matcher.profiles(leads)
    with readable("the events"):
        timeline = matcher.events(leads, lambda read: progress("Matching", read, inputs.event_rows))
    matched = Matched(inputs, timeline, profiles, hits_fingerprint(watching))
    until = last_instant(matched, now)
    known, notes = outcomes_of(matched, outcomes, until, sources.mapping, sources.timezone)
    return Material(original, agreement, rules, wide_text, wide, watching, matched, known, (*inputs.notes, *notes))


def read_candidates(path: Path) -> dict[str, dict[str, Any]]:
    """Candidate rules from a file: rules of engagement by name, as in an agreement; their points count as 0."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}).") from None
    node, problems = parse_yaml(text, str(path))
    if problems:
        raise AgreementError(str(path), tuple(problems))
    rules = plain(node) if isinstance(node, YamlMapping) else None
    if not isinstance(rules, dict) or not rules or not all(isinstance(rule, dict) for rule in rules.values()):
        raise InputError(
            f"{path}: these are no rules. Write them as in engagement.rules, for example "
            "docs: {on: Page Viewed, when: \"path LIKE '/docs%'\", at_most: 1 per day}."
        )
    return {str(name): {**rule, "points": 0} for name, rule in rules.items()}


def _joined(original: Original, agreement: Agreement, stated: dict[str, dict[str, Any]], file: Path) -> Agreement:
    """The agreement with stated candidates. Raises errors that name their file, where they stand without a line."""
    taken = next((rule.name for rule in agreement.engagement.rules if rule.name in stated), None)
    if taken is not None:
        raise InputError(f"{file}: the agreement has a rule {taken} already. Give the candidate another name.")
    try:
        return original.parsed(_with(original.text, stated))
    except AgreementError as error:
        problems = tuple(replace(one, line=0) for one in error.problems if one.severity == "error")
        raise AgreementError(str(file), problems) from None


def _with(text: str, rules: dict[str, dict[str, Any]]) -> str:
    """The text with further rules at the end."""
    return amend(text, {f"engagement.rules.{name}": rule for name, rule in rules.items()}) if rules else text


def _found_in(inputs: Inputs, agreement: Agreement, text: str) -> dict[str, dict[str, Any]]:
    query = (
        "SELECT event, asset_kind, '/' || split_part(path, '/', 2) AS section, count(DISTINCT lead) AS leads "
        "FROM events WHERE verdict = 0 AND NOT is_machine AND direction IS DISTINCT FROM 'outbound' "
        "AND event IS NOT NULL GROUP BY GROUPING SETS ((event), (event, asset_kind), (event, section)) ORDER BY ALL"
    )
    with readable("the events"):
        rows = fetched(inputs.connection, query)
    # A group of unknown values looks like a group of all: the larger is the one of all.
    most: dict[tuple[str, str | None, str | None], int] = {}
    for event, kind, section, leads in rows:
        most[event, kind, section] = max(leads, most.get((event, kind, section), 0))
    sightings = [Sighting(*key, leads) for key, leads in most.items()]
    return dict(candidate_rules(agreement, text, sightings, len(inputs.lead_ids)))
