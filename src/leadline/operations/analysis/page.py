"""Brings what an analysis found into the values of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.agreement.reading import parse_agreement
from leadline.agreement.words import in_words
from leadline.analytics.duration import thinned
from leadline.analytics.moments import NEVER
from leadline.analytics.quality import is_private
from leadline.reporting.analysis.page import Described, Drafted, Page, Ranking, Suspect
from leadline.reporting.scored.agreed import blocks_of

if TYPE_CHECKING:
    from leadline.analytics.columns import Field
    from leadline.analytics.duration import Curve
    from leadline.operations.analyse import Analysis
    from leadline.operations.analysis.report import Places

COLUMNS_SHOWN: Final = 200
EXAMPLES: Final = 3
CURVE_DAYS: Final = 365.0


def page_of(analysis: Analysis, places: Places) -> Page:
    """What the report says; ``places`` are where the draft and its map are written."""
    ends, export = analysis.ends, analysis.export
    return Page(
        name=analysis.name,
        tables=_tables(analysis),
        leads=export.rows,
        until=None if ends.until == NEVER else ends.until,
        how=ends.how,
        no_outcome=ends.reason,
        won=int(ends.won.sum()),
        lost=int(ends.lost.sum()),
        open=int(ends.open.sum()),
        lost_is_said=ends.lost_is_said,
        value=float(np.nansum(ends.value)),
        valued=int((~np.isnan(ends.value) & ends.won).sum()),
        whole=analysis.whole,
        fair=analysis.fair,
        duration=analysis.duration,
        curve=_curve(analysis),
        months=analysis.months,
        sources=analysis.sources,
        sources_are_said=analysis.sources_are_said,
        owners=analysis.owners,
        flaws=analysis.flaws,
        duplicates=analysis.duplicates,
        predictors=analysis.verdicts.clean if analysis.verdicts is not None else (),
        suspects=_suspects(analysis),
        ranking=_ranking(analysis),
        gaps=analysis.gaps,
        levers=analysis.levers,
        drafted=_drafted(analysis, places),
        no_draft=_no_draft(analysis),
        columns=tuple(_described(field) for field in export.fields[:COLUMNS_SHOWN]),
        notes=notes_of(analysis),
        broken=len(analysis.read.broken),
    )


def _tables(analysis: Analysis) -> tuple[tuple[str, int, int], ...]:
    """The tables with rows and columns, that of the leads first."""
    leads = analysis.export.leads.table
    each = sorted(analysis.read.tables, key=lambda one: one is not leads)
    return tuple((one.name, one.rows, len(one.columns)) for one in each)


def _curve(analysis: Analysis) -> Curve | None:
    duration = analysis.duration
    if duration is None or duration.curve is None:
        return None
    most = min(max(duration.curve.quantile(0.98), 14.0), CURVE_DAYS)
    return thinned(duration.curve, most)


def _suspects(analysis: Analysis) -> tuple[Suspect, ...]:
    """Leaks and doubts; columns of one table that only won leads have stand together."""
    if analysis.verdicts is None:
        return ()
    together: dict[tuple[str, str], list[int]] = {}
    leaks = analysis.verdicts.leaks
    for place, leak in enumerate(leaks):
        whole_table = leak.reasons[0].startswith("only leads in ") or leak.reasons[0].startswith(
            "it says the outcome itself"
        )
        key = leak.predictor.feature.field.table if whole_table and leak.predictor.feature.field.joined else leak.name
        together.setdefault((key, leak.degree), []).append(place)
    found = []
    for (key, degree), places in together.items():
        first = leaks[places[0]]
        reasons = first.reasons if len(places) == 1 else (_shared_reason(leaks[places[-1]].reasons),)
        names = tuple(leaks[place].name for place in places)
        area = max(leaks[place].predictor.auc for place in places)
        loss = first.loss if len(places) == 1 else float("nan")
        title = names[0] if len(names) == 1 else f"{len(names)} columns of {key}"
        found.append(Suspect(title, names, degree, reasons, area, loss))
    return tuple(found)


def _shared_reason(reasons: tuple[str, ...]) -> str:
    return next((reason for reason in reasons if reason.startswith("only leads in ")), reasons[0])


def _ranking(analysis: Analysis) -> Ranking | None:
    if analysis.verdicts is None or analysis.model is None:
        return None
    verdicts, model = analysis.verdicts, analysis.model
    return Ranking(verdicts.auc_of_all, verdicts.auc_without_leaks, model.auc, model.low, model.high)


def _drafted(analysis: Analysis, places: Places) -> Drafted | None:
    draft = analysis.draft
    if draft is None:
        return None
    words = blocks_of(in_words(parse_agreement(draft.agreement)))
    prepared = places.prepared.name if places.prepared is not None else "leads.csv"
    leads = prepared if draft.prepared is not None else _leads_file(analysis)
    agreement = places.agreement.name if places.agreement is not None else "draft.yaml"
    mapping = places.mapping.name if places.mapping is not None else "map.yaml"
    command = f"leadline score {agreement} --map {mapping} --leads {leads}" + (
        " --events …" if "\nevents:" in draft.mapping else ""
    )
    return Drafted(draft.agreement, draft.mapping, words, draft.trial, command)


def _leads_file(analysis: Analysis) -> str:
    from pathlib import Path

    files = analysis.export.leads.table.files
    return Path(files[0]).name if len(files) == 1 else "FOLDER"


def _no_draft(analysis: Analysis) -> str:
    if analysis.draft is not None:
        return ""
    if not analysis.ends.is_known:
        return "Without knowing which leads were won there is nothing to learn from."
    if analysis.verdicts is None or analysis.model is None:
        return "There are too few won leads, or too few others, to learn from: 20 of each are the least."
    if analysis.model.low <= 0.5:
        return (
            f"What is known of a lead at entry ranks no better than a coin (AUC {analysis.model.auc:.2f}). An "
            "agreement learnt "
            "from it would be noise that looks like knowledge, so none is proposed. Record what is missing below "
            "first; "
            "`leadline init` writes an agreement to start from in the meantime."
        )
    return "No rule that an agreement can state was worth a point on the earlier leads."


def _described(field: Field) -> Described:
    known = field.filled / max(1, field.rows)
    distinct = int((field.known & (field.column.counts > 0)).sum())
    return Described(field.name, str(field.meaning), known, distinct, _examples(field))


def _examples(field: Field) -> str:
    """The most frequent values; of what is private, none."""
    if is_private(field) or not len(field.column.values):
        return ""
    counts = field.known_counts
    order = np.lexsort((np.arange(len(counts)), -counts))[:EXAMPLES]
    return ", ".join(str(field.column.values[int(place)]) for place in order if counts[place])


def notes_of(analysis: Analysis) -> tuple[str, ...]:
    """How the input was understood."""
    export, ends = analysis.export, analysis.ends
    notes = [f"The leads are the {export.rows:,} rows of {export.leads.name}."]
    for link in export.links:
        if link.way == "not joined":
            notes.append(f"{link.table.name} shares no key with the leads and was looked at by itself.")
        else:
            notes.append(
                f"{link.table.name} was joined by {link.key} = {link.their_key}: {link.matched:,} leads found a row "
                "there."
            )
    if ends.is_known:
        notes.append(f"A lead counts as won when {ends.how}.")
    if ends.is_known and not ends.lost_is_said:
        notes.append("Losses are not told from open leads: everybody who was not won counts as a trial.")
    named = {"created": ends.created, "won or lost": ends.closed, "worth": ends.valued}
    notes += [f"When or how much ({what}): {field.name}." for what, field in named.items() if field is not None]
    for field in (ends.created, ends.closed):
        if field is not None and field.moments is not None and not field.moments.has_offset:
            notes.append(f"Times of {field.name} carry no offset; they were taken as {field.moments.timezone}.")
    return (*dict.fromkeys(notes), *analysis.read.notes)
