"""Writes what a scoring run found as one HTML page to keep, to print and to show around."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

import pyarrow.compute as pc

from leadline.agreement.words import criterion_in_words, in_words, rule_in_words, vocabulary_of
from leadline.operations.writing import write_whole
from leadline.reporting.scored.agreed import blocks_of
from leadline.reporting.scored.latest import latest_qualifications
from leadline.reporting.scored.page import Counted, Driver, Grid, Page, Rejected, Totals
from leadline.reporting.scored.rendering import page_html
from leadline.reporting.scored.sentences import stage_meaning, stage_title
from leadline.reporting.texts import spoken

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from leadline.operations.score import Scored

LATEST_SHOWN: Final = 25


def write_report(scored: Scored, path: Path) -> None:
    """Writes the page, whole or not at all. Raises ``InputError`` where the file cannot be written."""
    page = page_html(page_of(scored)).encode()

    def write(file: BinaryIO) -> None:
        file.write(page)

    write_whole(path, write)


def page_of(scored: Scored) -> Page:
    """What the page of a run says."""
    agreement, summary = scored.agreement, scored.summary
    meanings = {criterion.name: criterion_in_words(criterion.when) for criterion in agreement.mql.criteria}
    titles = agreement.title_of
    return Page(
        name=agreement.name,
        version=summary.version,
        as_of=summary.as_of,
        timezone=agreement.timezone,
        totals=_totals(scored),
        grid=Grid(summary.grades, summary.levels, summary.grid),
        stages=tuple(Counted(stage_title(stage), stage_meaning(stage), leads) for stage, leads in summary.stages),
        weeks=summary.weeks,
        reasons=tuple(Counted(name, meanings[name], times) for name, times in summary.reasons),
        unknown=tuple(Counted(titles.get(name, spoken(name)), "", leads) for name, leads in summary.unknown),
        drivers=_drivers(scored),
        latest=latest_qualifications(scored.decisions, LATEST_SHOWN),
        agreed=blocks_of(in_words(agreement)),
        notes=scored.notes,
        warnings=scored.warnings,
        rejected=_rejected(scored.rejected()),
    )


def _totals(scored: Scored) -> Totals:
    summary = scored.summary
    return Totals(
        leads=summary.leads,
        visitors=summary.visitors,
        qualified_leads=summary.qualified_leads,
        qualifications=summary.qualifications,
        waiting=dict(summary.stages).get("mql", 0),
        cooled=summary.stale,
    )


def _drivers(scored: Scored) -> tuple[Driver, ...]:
    words = vocabulary_of(scored.agreement)
    meanings = {rule.name: rule_in_words(rule, words) for rule in scored.agreement.engagement.rules}
    return tuple(Driver(rule, meanings[rule], leads, mean) for rule, leads, mean in scored.summary.drivers)


def _rejected(rows: pa.Table) -> tuple[Rejected, ...]:
    """Rejected rows by input and reason, the most frequent first."""
    if not rows.num_rows:
        return ()
    counted = rows.group_by(["source", "reason"]).aggregate([([], "count_all")])
    order = pc.sort_indices(
        counted, sort_keys=[("count_all", "descending"), ("source", "ascending"), ("reason", "ascending")]
    )
    return tuple(Rejected(row["source"], row["reason"], row["count_all"]) for row in counted.take(order).to_pylist())
