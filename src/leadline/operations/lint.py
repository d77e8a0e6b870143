"""Checks an agreement against itself and, where there is a log, against what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from sqlglot import exp

from leadline import clock
from leadline.agreement.expressions import Column, walk
from leadline.agreement.format.yaml_tree import Mapping as YamlMapping
from leadline.agreement.format.yaml_tree import parse_yaml
from leadline.agreement.reading import agreement_of, read_file
from leadline.engines.duckdb import Matcher, connect
from leadline.fields.catalogue import BOOLEAN, NUMBER, TIME
from leadline.learning.backtest.measures import HORIZON
from leadline.learning.linting.checks import findings
from leadline.learning.linting.evidence import Evidence, Frequency, Seen
from leadline.log.scan import fetched, readable
from leadline.operations.moments import best_moments, judged, last_instant
from leadline.operations.outcomes import outcomes_of
from leadline.operations.progress import Progress, silent
from leadline.operations.score import as_instant, match
from leadline.operations.standing import standing
from leadline.qualification.folding import Qualified, qualified, without_hand_offs
from leadline.qualification.layout import BITS_PER_WORD
from leadline.qualification.planning import compile_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from leadline.agreement.document import Agreement
    from leadline.agreement.expressions import Expression
    from leadline.learning.linting.evidence import Finding
    from leadline.log.loading import Source
    from leadline.log.reading import Sources
    from leadline.operations.score import Matched, Moment
    from leadline.qualification.timeline import Part

VALUES_MAX: Final = 5_000
EVENTS_REFOLDED_MAX: Final = 5_000_000
"""What would change without a rule is asked of a part of the leads where there are more events."""
_TYPES: Final = {NUMBER: pa.float64(), BOOLEAN: pa.bool_(), TIME: pa.timestamp("us", tz="UTC")}


@dataclass(frozen=True, slots=True)
class Linted:
    """All findings, and what they are based on: leads at their best moment and qualifications, 0 without a log."""

    agreement: Agreement
    source: str
    findings: tuple[Finding, ...]
    leads: int = 0
    qualifications: int = 0
    notes: tuple[str, ...] = ()


def lint(
    agreement: Path,
    sources: Sources | None = None,
    outcomes: Source | None = None,
    *,
    as_of: Moment = None,
    progress: Progress = silent,
) -> Linted:
    """Checks an agreement; with ``sources`` also against the log.

    Outcomes are judged within the horizon of its chances, or 180 days; ``as_of`` is by default the latest instant in
    the log. Raises ``AgreementError`` or ``InputError``.
    """
    reading = read_file(agreement)
    signed = agreement_of(reading)
    line = lines_of(agreement.read_bytes().decode("utf-8-sig"))

    def heard(done: int, total: int) -> None:
        progress("Checking", done, total)

    if sources is None:
        blank = Evidence(signed, line, _Trying(Matcher(connect(), signed)).true_of, reading.problems)
        return Linted(signed, reading.source, findings(blank, heard))
    horizon = HORIZON if signed.chance is None else signed.chance.horizon
    now = clock.now()
    matched = match(signed, sources, now=now, progress=progress, further=("path",))
    until = last_instant(matched, now) if as_of is None else as_instant(as_of, now)
    known, notes = outcomes_of(matched, outcomes, until, sources.mapping, sources.timezone)
    moments = best_moments(matched, signed, known)
    stand = standing(matched, signed, moments, judged(moments, known, horizon), until)
    refolding = _Refolding(matched, until)
    looking = _Looking(matched)
    seen = Seen(
        stand=stand,
        events=looking.frequencies(),
        qualified=refolding(signed),
        requalified=refolding,
        values=looking.values,
        names=lambda leads: tuple(matched.inputs.lead_ids[lead].as_py() for lead in leads),
        horizon_days=horizon / clock.DAY,
    )
    trying = _Trying(Matcher(matched.inputs.connection, signed))
    evidence = Evidence(signed, line, trying.true_of, reading.problems, seen)
    found = findings(evidence, heard)
    return Linted(signed, reading.source, found, len(stand), len(seen.qualified.lead), (*refolding.notes, *notes))


def lines_of(text: str) -> Callable[[str], int]:
    """The line of a dotted place in the text of an agreement, or of what is nearest above it."""
    node, _ = parse_yaml(text, "agreement")

    def line(place: str) -> int:
        found, at = node, 0
        for name in place.split("."):
            if not isinstance(found, YamlMapping) or name not in found.items:
                break
            at = found.key_lines[name]
            found = found.items[name]
        return at

    return line


class _Trying:
    """Says of which rows an expression is true, by the engine that matches events."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher

    def true_of(self, expression: Expression, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
        """One truth a row; columns that a row does not have are unknown."""
        if not rows:
            return []
        columns = {node.name: node.type for node in walk(expression.tree) if isinstance(node, Column)}
        table = pa.table(
            {"row": pa.array(range(len(rows)))}
            | {
                name: pa.array([row.get(name) for row in rows], _TYPES.get(kind, pa.string()))
                for name, kind in columns.items()
            }
        )
        self.matcher.connection.register("tried", table)
        truth = exp.Coalesce(this=self.matcher.translate(expression.tree), expressions=[exp.false()])
        query = exp.select(exp.alias_(truth, "truth")).from_(exp.to_table("tried", quoted=True))
        query = query.order_by(exp.column("row", quoted=True))
        return [bool(row[0]) for row in self.matcher.connection.execute(query.sql(dialect="duckdb")).fetchall()]


class _Refolding:
    """Qualifications of the whole log, or of every few leads of a large one, as if sales had taken none."""

    def __init__(self, matched: Matched, until: int) -> None:
        self.matched = matched
        self.until = until
        self.every = max(1, -(-matched.timeline.events // EVENTS_REFOLDED_MAX))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the numbers."""
        if self.every == 1:
            return ()
        return (f"Qualifications were counted over one in {self.every} groups of leads; the log is large.",)

    def __call__(self, agreement: Agreement, masked: Sequence[int] = ()) -> Qualified:
        plan = compile_plan(agreement)

        def found(part: Part) -> Qualified:
            if part.first_lead // self.matched.timeline.leads_a_part % self.every:
                return qualified(plan, _emptied(part), self.until)
            log = without_hand_offs(part.log)
            if masked:
                hits = log.hits.copy()
                for bit in masked:
                    hits[:, bit // BITS_PER_WORD] &= ~np.int64(1 << (bit % BITS_PER_WORD))
                log = log._replace(hits=hits)
            return qualified(plan, replace(part, log=log), self.until)

        pieces = list(self.matched.timeline.each_part(self.matched.profiles, found))
        return Qualified(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))


def _emptied(part: Part) -> Part:
    """A part of which no lead is looked at."""
    return replace(
        part, end_lead=part.first_lead, event_begins=part.event_begins[:1], profile_begins=part.profile_begins[:1]
    )


class _Looking:
    """Reads names of events and frequent values of columns from what was loaded."""

    def __init__(self, matched: Matched) -> None:
        self.connection = matched.inputs.connection
        self.known: dict[str, list[tuple[str, int]]] = {}

    def frequencies(self) -> tuple[Frequency, ...]:
        """Every name of events, the most frequent first."""
        query = (
            'SELECT event, count(*), count(DISTINCT "lead") FROM events WHERE verdict = 0 AND event IS NOT NULL '
            "GROUP BY event ORDER BY 2 DESC, 1"
        )
        with readable("the events"):
            return tuple(Frequency(*row) for row in fetched(self.connection, query))

    def values(self, column: str) -> list[tuple[str, int]]:
        """The most frequent texts of an event column or lead field; none where it is not there."""
        if column not in self.known:
            self.known[column] = self._values(column)
        return self.known[column]

    def _values(self, column: str) -> list[tuple[str, int]]:
        for table, good in (("events", "verdict = 0"), ("versions", "TRUE")):
            if column in self.connection.sql(exp.select("*").from_(table).limit(0).sql(dialect="duckdb")).columns:
                name = exp.column(column, quoted=True)
                text, count = exp.cast(name, exp.DType.VARCHAR), exp.Count(this=exp.Star())
                query = (
                    exp.select(exp.alias_(text, "text"), exp.alias_(count, "n"))
                    .from_(table)
                    .where(good, name.is_(exp.null()).not_())
                    .group_by("1")
                    .order_by("2 DESC", "1")
                    .limit(VALUES_MAX)
                )
                with readable(f"the {table}"):
                    rows = fetched(self.connection, query.sql(dialect="duckdb"))
                return [(str(value), int(times)) for value, times in rows]
        return []
