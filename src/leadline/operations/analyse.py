"""Analyses a bare export: what is in it, what is wrong with it, what brings customers, and what to agree on first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline import clock
from leadline.analytics.behaviour import behaviour_of
from leadline.analytics.cohorts import Month, judged_of, months_of
from leadline.analytics.columns import Field, understand
from leadline.analytics.conversion import Breakdown, breakdown
from leadline.analytics.duplicates import Duplicates, duplicates_of
from leadline.analytics.duration import Duration, duration_of
from leadline.analytics.features import features_of, sampled
from leadline.analytics.gaps import Gap, gaps_of
from leadline.analytics.joining import Export, Tableau, join
from leadline.analytics.leaks import Verdicts, leaks_of
from leadline.analytics.lever import Found, Lever
from leadline.analytics.levers import levers_of
from leadline.analytics.moments import ambiguous
from leadline.analytics.names import Meaning
from leadline.analytics.outcome import Ends, ends_of
from leadline.analytics.predictors import Together, predictors_of, together
from leadline.analytics.quality import Flaw, flaws_of
from leadline.analytics.tables import Read, read_tables
from leadline.engines.duckdb import connect
from leadline.estimates.shares import Share, share
from leadline.estimates.threads import one_thread
from leadline.operations.analysis.draft import FirstDraft, draft_of
from leadline.operations.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from leadline.analytics.features import Feature
    from leadline.analytics.predictors import Predictor

    Bools = npt.NDArray[np.bool_]

SOURCES: Final = (Meaning.SOURCE, Meaning.CHANNEL, Meaning.CAMPAIGN)
OWNERS_MOST: Final = 200
WINS_LEAST: Final = 20
CHOSEN_LEAST: Final = 10
"""Wins among the leads that the draft chose, from which on their share is worth a headline."""
KINDS_MOST: Final = 30
STEPS: Final = 5
HOLES: Final = (0.03, 0.7)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the files cannot tell, said by a person; ``outcome`` is ``COLUMN`` or ``COLUMN=VALUE``."""

    outcome: str | None = None
    created: str | None = None
    timezone: str = "UTC"
    time_format: str | None = None
    encoding: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything found out about an export. ``judged`` (n): leads that conversion rates rest on."""

    name: str
    read: Read
    export: Export
    ends: Ends
    judged: Bools
    whole: Share
    fair: Share
    duration: Duration | None
    months: tuple[Month, ...]
    sources: tuple[tuple[Breakdown, Breakdown], ...]
    sources_are_said: bool
    owners: Breakdown | None
    flaws: tuple[Flaw, ...]
    duplicates: tuple[Duplicates, ...]
    verdicts: Verdicts | None
    model: Together | None
    gaps: tuple[Gap, ...]
    levers: tuple[Lever, ...]
    draft: FirstDraft | None


def analyse_files(
    files: Sequence[str | Path], asked: Asked | None = None, now: int | None = None, progress: Progress = silent
) -> Analysis:
    """Analyses files together; ``now`` (µs) tells what lies in the future. Raises ``InputError``."""
    said = asked or Asked()
    moment = clock.now() if now is None else now
    connection = connect()
    read = read_tables(connection, files, said.encoding, lambda done, total: progress("Reading", done, total))
    progress("Analysing", 0, STEPS)
    tables = [Tableau(one, understand(connection, one, said.timezone, said.time_format)) for one in read.tables]
    export = join(tables)
    ends = ends_of(export, said.outcome, said.created)
    for field in (ends.created, ends.closed):
        _refuse_doubt(field)
    # One thread adds up in one order, so that the same files give the same figures; and it is no slower here.
    with one_thread():
        return _Analysing(said.name or export.leads.name, read, export, ends, moment, progress).whole()


def _refuse_doubt(field: Field | None) -> None:
    if field is not None and field.moments is not None and field.moments.others:
        raise ambiguous(field.moments, f"column {field.name}")


@dataclass(slots=True)
class _Analysing:
    """One analysis, question by question."""

    name: str
    read: Read
    export: Export
    ends: Ends
    now: int
    progress: Progress

    def whole(self) -> Analysis:
        export, ends = self.export, self.ends
        duration = duration_of(ends) if ends.is_known else None
        judged = judged_of(ends, duration)
        if not (judged & ends.won).any():
            judged = ends.decided
        everything = ends.decided
        sources = tuple(
            (breakdown(field, ends, judged), breakdown(field, ends, everything)) for field in self._sources()
        )
        self.progress("Analysing", 1, STEPS)
        verdicts, model, clean = self._predictors(judged)
        self.progress("Analysing", 3, STEPS)
        draft = draft_of(export, ends, clean, judged, _agreement_name(self.name), self.now) if clean else None
        self.progress("Analysing", 4, STEPS)
        owners = self._owners(judged)
        fair = share(float((judged & ends.won).sum()), float(judged.sum()))
        levers = self._levers(sources, owners, duration, (verdicts, model, draft), judged)
        return Analysis(
            name=self.name,
            read=self.read,
            export=export,
            ends=ends,
            judged=judged,
            whole=share(float((everything & ends.won).sum()), float(everything.sum())),
            fair=fair,
            duration=duration,
            months=months_of(ends, duration),
            sources=sources,
            sources_are_said=any(field.meaning in SOURCES for field in self._sources()),
            owners=owners,
            flaws=flaws_of(export, ends, self.now),
            duplicates=duplicates_of(export, ends.won),
            verdicts=verdicts,
            model=model,
            gaps=gaps_of(export, ends),
            levers=levers,
            draft=draft,
        )

    def _sources(self) -> list[Field]:
        """Columns that say where leads came from: sources first, then channels, then campaigns."""
        order = {meaning: place for place, meaning in enumerate(SOURCES)}
        found = [f for f in self.export.leads.fields if f.meaning in SOURCES and f.kind in ("text", "flag")]
        return sorted(found, key=lambda field: order[field.meaning]) or self._kinds()

    def _kinds(self) -> list[Field]:
        """Without any source: what kinds of leads there are, by columns of few values that each lead has."""
        late = {link.table.name for link in self.export.links if link.way == "some leads have one"}
        fit = [
            field
            for field in self.export.fields
            if field.meaning in (Meaning.CATEGORY, Meaning.COUNTRY)
            and field.table not in late
            and 2 <= int((field.known & (field.column.counts > 0)).sum()) <= KINDS_MOST
            and field.name != (self.ends.column.name if self.ends.column is not None else "")
        ]
        return sorted(fit, key=lambda field: (field.joined, -field.filled))[:3]

    def _owners(self, judged: Bools) -> Breakdown | None:
        fields = [
            f for f in self.export.leads.fields if f.meaning is Meaning.OWNER and len(f.column.values) <= OWNERS_MOST
        ]
        return breakdown(fields[0], self.ends, judged) if fields else None

    def _predictors(self, judged: Bools) -> tuple[Verdicts | None, Together | None, tuple[Predictor, ...]]:
        """What can be trusted, the model of it, and the clean predictors over all leads."""
        rows = sampled(judged)
        won = self.ends.won[rows]
        if won.sum() < WINS_LEAST or (~won).sum() < WINS_LEAST:
            return None, None, ()
        columns = (*features_of(self.export, self.ends), *behaviour_of(self.export, self.ends))
        full = {feature.name: feature for feature in columns}
        if not full:
            return None, None, ()
        predictors = predictors_of([feature.of(rows) for feature in full.values()], won)
        self.progress("Analysing", 2, STEPS)
        verdicts = leaks_of(self.export, self.ends, predictors, won)
        return verdicts, together(verdicts.clean, won), _over_all(verdicts.clean, full)

    def _levers(
        self,
        sources: tuple[tuple[Breakdown, Breakdown], ...],
        owners: Breakdown | None,
        duration: Duration | None,
        learnt: tuple[Verdicts | None, Together | None, FirstDraft | None],
        judged: Bools,
    ) -> tuple[Lever, ...]:
        if not self.ends.is_known:
            return ()
        verdicts, model, draft = learnt
        said = {field.name for field in self._sources() if field.meaning in SOURCES[:2]}
        campaigns = {field.name for field in self._sources() if field.meaning is Meaning.CAMPAIGN}
        found = Found(
            sources=tuple(one for one, _ in sources if one.column in said),
            campaigns=tuple(one for one, _ in sources if one.column in campaigns),
            holes=self._holes(),
            owners=owners,
            by_value=self._by_value(judged, verdicts),
            predictors=verdicts.clean if verdicts is not None else (),
            duration=duration,
            first=_first(draft, model, self.ends.won[sampled(judged)]),
            drafted=_carries(draft),
        )
        return levers_of(found, self.ends, judged)

    def _holes(self) -> tuple[tuple[str, Bools], ...]:
        """Columns of the leads' own table that are empty for some, and say nothing of the outcome by themselves."""
        own = [
            field for field in self.export.leads.fields if field.name not in self.ends.sources and field.kind != "time"
        ]
        some = [field for field in own if HOLES[0] <= 1 - field.filled / max(1, field.rows) <= HOLES[1]]
        return tuple((field.name, field.is_known()) for field in some if field.meaning is not Meaning.MONEY)

    def _by_value(self, judged: Bools, verdicts: Verdicts | None) -> tuple[Breakdown, ...]:
        if self.ends.valued is None or verdicts is None:
            return ()
        clean = [one.feature.field for one in verdicts.clean if not one.feature.derived and not one.feature.only_filled]
        few = [f for f in clean if f.kind == "text" and f.meaning is not Meaning.OWNER and len(f.column.values) <= 60]
        return tuple(breakdown(field, self.ends, judged) for field in few)


def _agreement_name(name: str) -> str:
    return f"{' '.join(name.replace('_', ' ').split()).lower()[:60]} draft"


def _over_all(clean: tuple[Predictor, ...], full: dict[str, Feature]) -> tuple[Predictor, ...]:
    return tuple(replace(one, feature=full[one.name]) for one in clean)


def _carries(draft: FirstDraft | None) -> bool:
    """Whether enough was won among the leads that the draft chose."""
    return draft is not None and draft.trial.precision.hits >= CHOSEN_LEAST


def _first(draft: FirstDraft | None, model: Together | None, won: Bools) -> tuple[Share, Share, Share, Share] | None:
    """Whom to work first, by the draft's test, else by the model among leads that it had not seen."""
    if draft is not None and _carries(draft):
        trial = draft.trial
        return trial.chosen, trial.precision, trial.base, trial.recall
    if model is None or model.low <= 0.5 or not won.any():
        return None
    first = model.scores >= np.quantile(model.scores, 0.7)
    hits, size = float((first & won).sum()), float(len(won))
    return (
        share(float(first.sum()), size),
        share(hits, float(first.sum())),
        share(float(won.sum()), size),
        share(hits, float(won.sum())),
    )
