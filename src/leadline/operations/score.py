"""Scores leads: reads what happened, matches it once, and decides as of any moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from leadline import clock
from leadline.agreement.document import Agreement
from leadline.agreement.reading import agreement_of, load_agreement, parse_agreement, read_file
from leadline.engines.duckdb import Matcher, connect
from leadline.errors import InputError
from leadline.log.reading import Inputs, Sources, read_inputs
from leadline.log.scan import readable
from leadline.operations.progress import Progress, silent
from leadline.operations.summary import Summary, summarise
from leadline.qualification.deciding import DECISIONS, Decisions
from leadline.qualification.folding import fold_part
from leadline.qualification.layout import NEVER
from leadline.qualification.matching import hits_fingerprint
from leadline.qualification.planning import compile_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from leadline.qualification.layout import Answers
    from leadline.qualification.timeline import Part, Profiles, Timeline

Moment = datetime | str | int | None


NO_RECORD = (
    "nothing in the input has a time, and a lead qualifies at a moment: nobody can. "
    "If the input is a state of affairs, say of when in the map: leads: {constants: {created_at: 2026-03-31}}."
)


@dataclass(frozen=True, slots=True)
class Matched:
    """Everything of a log that some agreement needs, ready to be decided as often as wanted.

    It serves every agreement whose conditions are the same, whatever its points, caps, half-lives and thresholds.
    """

    inputs: Inputs
    timeline: Timeline
    profiles: Profiles
    fingerprint: str

    @property
    def has_no_record(self) -> bool:
        """Whether there is no instant at which anybody could qualify."""
        return self.timeline.events == 0 and bool((self.profiles.known_at == NEVER).all())

    def decide(self, agreement: Agreement, as_of: int, progress: Progress = silent) -> pa.Table:
        """Decision rows (see ``DECISIONS``) of all leads with a record at or before ``as_of`` (µs)."""
        parts = -(-len(self.inputs.lead_ids) // self.timeline.leads_a_part)
        tables = []
        for table in self.each_table(agreement, as_of):
            tables.append(table)
            progress("Deciding", len(tables), parts)
        return pa.concat_tables(tables) if tables else DECISIONS.empty_table()

    def each_table(self, agreement: Agreement, as_of: int) -> Iterator[pa.Table]:
        """The same, some thousand leads at a time."""
        if hits_fingerprint(agreement) != self.fingerprint:
            raise InputError("the agreement's conditions have changed; the log must be matched again.")
        plan, decisions = compile_plan(agreement), Decisions(agreement, agreement.version)

        def rows(part: Part) -> pa.Table:
            answers: Answers = fold_part(plan, part, as_of)
            ids = self.inputs.lead_ids[part.first_lead : part.end_lead]
            moments = np.full(len(ids), as_of)
            return decisions.table(answers, moments, part.known, part.log.reachable, ids)

        yield from self.timeline.each_part(self.profiles, rows)


@dataclass(frozen=True, slots=True)
class Scored:
    """One run of scoring over files: decisions, their summary, and what a person should know about the input."""

    agreement: Agreement
    decisions: pa.Table
    summary: Summary
    inputs: Inputs
    warnings: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """How the input was understood."""
        return self.inputs.notes

    def rejected(self) -> pa.Table:
        """Rows that were left out, with file, row and reason."""
        return self.inputs.rejects()


def score_files(agreement: Path, sources: Sources, as_of: Moment = None, progress: Progress = silent) -> Scored:
    """Scores the leads of files as of a moment. Raises ``AgreementError`` or ``InputError``."""
    reading = read_file(agreement)
    signed = agreement_of(reading)
    now = clock.now()
    moment = as_instant(as_of, now)
    matched = match(signed, sources, now=max(now, moment), progress=progress)
    decisions = matched.decide(signed, moment, progress)
    warnings = [f"{reading.source}, {problem}" for problem in reading.problems]
    if matched.has_no_record:
        warnings.append(NO_RECORD)
    return Scored(signed, decisions, summarise(decisions, signed, moment), matched.inputs, tuple(warnings))


def match(
    agreement: Agreement,
    sources: Sources,
    *,
    now: int | None = None,
    progress: Progress = silent,
    further: tuple[str, ...] = (),
) -> Matched:
    """Reads and matches a log; rows later than ``now`` (µs) are rejected. Raises ``InputError``.

    ``further`` are event columns to keep at hand that no condition asks for.
    """
    connection = connect()
    progress("Reading", 0, None)
    inputs = read_inputs(connection, sources, agreement, now=now, further=further)
    leads = len(inputs.lead_ids)
    matcher = Matcher(connection, agreement)
    profiles = matcher.profiles(leads)
    with readable("the events"):
        timeline = matcher.events(leads, lambda read: progress("Matching", read, inputs.event_rows))
    return Matched(inputs, timeline, profiles, hits_fingerprint(agreement))


def qualify(
    agreement: Agreement | str | Path,
    *,
    leads: Any,
    events: Any = None,
    as_of: Moment = None,
    profiles: Any = None,
    timezone: str | None = None,
) -> pa.Table:
    """Decides which leads are qualified as of a moment: one row a lead, with its reasons.

    ``agreement`` is a path, the text of an agreement, or an ``Agreement``. ``leads``, ``events`` and ``profiles`` are
    paths (CSV, Excel, JSON Lines, Parquet; files, folders, globs) or tables (Arrow, pandas, Polars). ``as_of`` is a
    datetime, ISO text or microseconds since 1970 UTC (default: now). ``timezone`` is that of times without offset.
    Columns of the result: see ``leadline.qualification.deciding.DECISIONS``.
    Raises ``AgreementError`` or ``InputError``.
    """
    signed = as_agreement(agreement)
    now = clock.now()
    moment = as_instant(as_of, now)
    sources = Sources(leads=leads, events=events, profiles=profiles, timezone=timezone)
    return match(signed, sources, now=max(now, moment)).decide(signed, moment)


def as_agreement(agreement: Agreement | str | Path) -> Agreement:
    """The agreement itself, of a path, or in a text of several lines."""
    if isinstance(agreement, Agreement):
        return agreement
    if isinstance(agreement, str) and "\n" in agreement:
        return parse_agreement(agreement)
    return load_agreement(agreement)


def as_instant(moment: Moment, now: int) -> int:
    """A moment in µs since 1970 UTC; ``None`` is ``now``; texts and datetimes without offset are UTC.

    Raises ``InputError`` for a text that is no moment.
    """
    if moment is None:
        return now
    if isinstance(moment, int):
        return moment
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            raise InputError(f"'{moment}' is not a moment. Write 2026-03-31 or 2026-03-31T14:00:00+02:00.") from None
    return clock.to_instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
