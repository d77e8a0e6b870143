"""Drafts a first agreement from an export, and tests it on the later leads through the engine itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from leadline import clock
from leadline.agreement.reading import parse_agreement
from leadline.analytics.behaviour import time_of
from leadline.analytics.joining import event_field
from leadline.analytics.moments import NEVER
from leadline.analytics.names import Meaning
from leadline.analytics.shapes import Shape
from leadline.estimates.shares import share
from leadline.learning.drafting import Cut, Draft, Graded, Trial, agreement_text, drafted
from leadline.log.mapping import Mapping, parse_mapping
from leadline.log.reading import Sources
from leadline.operations.analysis.statements import LeadsMap, Naming, derived_sources, statements_of
from leadline.operations.score import match

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.analytics.columns import Field
    from leadline.analytics.joining import Export
    from leadline.analytics.outcome import Ends
    from leadline.analytics.predictors import Predictor

    Bools = npt.NDArray[np.bool_]

TRAINED: Final = 0.7
"""The earlier part of the leads, from which the draft is learnt; the rest tests it."""
HAND_OFFS: Final = ("Lead Handed Over", "Lead Accepted", "Lead Qualified", "Opportunity Created")
ON_FILE: Final = "on file"
WITHOUT_TIME: Final = "2020-01-01T00:00:00+00:00"
"""When leads of an export without any time are said to be known; the map tells to put the day of the export."""
_REACHED: Final = 0.5


@dataclass(frozen=True, slots=True)
class FirstDraft:
    """A draft ready to be written: its text, its map, the leads where they had to be prepared, and its trial."""

    draft: Draft
    agreement: str
    mapping: str
    prepared: pa.Table | None
    trial: Trial


def draft_of(
    export: Export, ends: Ends, predictors: Sequence[Predictor], judged: Bools, name: str, now: int
) -> FirstDraft | None:
    """The draft that the clean predictors suggest; ``None`` where there is too little evidence.

    Predictors are of all leads (n), ``judged`` (n) says which of them count.
    """
    train, test = _split(export, ends, judged)
    if not ends.won[test].any() or not train.any():
        return None
    naming = Naming()
    known = tuple(one for one in predictors if one.feature.field.meaning is not Meaning.OWNER)
    statements = statements_of(known, ends.won, train, naming)
    draft = drafted(statements, ends.won, train)
    if draft is None:
        return None
    used = _used(draft, naming)
    declared = [one for one in naming.declared if one.name in used]
    columns = {naming.fields[field.name]: field for field in export.fields if naming.fields.get(field.name) in used}
    columns |= {given: field for given, field in derived_sources(known).items() if _is_asked(draft, given)}
    mapping, prepared = _mapping(export, ends, columns)
    log = _log(export) if any(statement.on for statement, _ in draft.terms) else None
    if log is not None:
        mapping = replace(mapping, events=log.columns, events_timezone=log.timezone)
    remarks = (
        "A first draft, learnt from the earlier 70 % of the leads of an export. It is a proposal for marketing and",
        "sales to change and to sign, not a verdict. Above each rule stands its evidence among those leads.",
    )
    text = agreement_text(draft, name, declared, {"timezone": mapping.timezone or "UTC"}, remarks)
    trial = _trial(export, ends, draft, (text, mapping, prepared), (train, test, now))
    remark = "What the columns of the export mean. Use it with --map."
    return FirstDraft(draft, text, mapping.text(remark), prepared, trial)


def _split(export: Export, ends: Ends, judged: Bools) -> tuple[Bools, Bools]:
    """The earlier and the later leads that count: by creation, else by running number, else as they stand."""
    order = order_of(export, ends)
    places = np.flatnonzero(judged)
    ranked = places[np.argsort(order[places], kind="stable")]
    cut = int(TRAINED * len(ranked))
    # Leads of one instant stay together.
    while 0 < cut < len(ranked) and order[ranked[cut]] == order[ranked[cut - 1]]:
        cut -= 1
    train, test = np.zeros(export.rows, bool), np.zeros(export.rows, bool)
    train[ranked[:cut]] = True
    test[ranked[cut:]] = True
    return train, test


def order_of(export: Export, ends: Ends) -> npt.NDArray[np.float64]:
    """What comes later is larger (n)."""
    if (ends.created_at != NEVER).mean() > 0.9:
        return ends.created_at.astype(np.float64)
    running = next((field for field in export.leads.fields if field.meaning is Meaning.SEQUENCE), None)
    if running is not None:
        return np.nan_to_num(running.numbers(), nan=-np.inf)
    return np.arange(export.rows, dtype=np.float64)


def _used(draft: Draft, naming: Naming) -> set[str]:
    """Fields that a rule with points names."""
    words = {word for statement, _ in draft.terms for word in _names_in(statement.when)}
    return words & {*naming.fields.values()}


def _names_in(condition: str) -> set[str]:
    import re

    return set(re.findall(r"[a-z_][a-z0-9_]*", re.sub(r"'[^']*'", "", condition)))


def _is_asked(draft: Draft, given: str) -> bool:
    derived = {"title": {"job_level", "job_function"}, "email": {"email_is_free", "email_is_disposable"}}[given]
    return any(_names_in(statement.when) & derived for statement, _ in draft.terms)


def _mapping(export: Export, ends: Ends, columns: dict[str, Field]) -> tuple[LeadsMap, pa.Table | None]:
    """The map of the leads' own file, or of a file that has to be prepared for it."""
    contacts = _contacts(export, columns)
    constants = {} if _can_be_reached(contacts | columns) else {"handle": ON_FILE}
    if ends.created is None or ends.created.joined:
        constants["created_at"] = WITHOUT_TIME
    else:
        contacts["created_at"] = ends.created
    wanted = contacts | columns
    words = {word for field in columns.values() for word in _unknown_words(field)}
    plain = LeadsMap({}, constants, tuple(sorted(words)))
    if _needs_preparing(export, wanted):
        return replace(plain, columns={name: name for name in ("lead_id", *wanted)}), _prepared(export, wanted)
    assert export.id_field is not None  # noqa: S101 - looked at just before
    named = {"lead_id": export.id_field.name} | {name: field.name for name, field in wanted.items()}
    found = replace(plain, columns=named, encoding=export.leads.table.encoding or "")
    moments = ends.created.moments if ends.created is not None else None
    if moments is None:
        return found, None
    form = "" if moments.form == "iso" else moments.form
    return replace(found, timezone="" if moments.has_offset else moments.timezone, time_format=form), None


def _contacts(export: Export, columns: dict[str, Field]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for name, meaning in (("email", Meaning.EMAIL), ("phone", Meaning.PHONE)):
        fields = [field for field in export.leads.fields if field.meaning is meaning]
        if fields and name not in columns:
            found[name] = max(fields, key=lambda field: field.filled)
    return found


def _can_be_reached(contacts: dict[str, Field]) -> bool:
    fields = [field for name, field in contacts.items() if name in ("email", "phone")]
    return bool(fields) and float(np.any([field.is_known() for field in fields], axis=0).mean()) >= _REACHED


def _unknown_words(field: Field) -> list[str]:
    places = np.flatnonzero((field.shapes.shape == Shape.PLACEHOLDER) & ~field.known)
    return [str(field.column.values[int(place)]) for place in places]


def _needs_preparing(export: Export, wanted: dict[str, Field]) -> bool:
    files = export.leads.table.files
    return (
        export.id_field is None
        or any(field.joined for field in wanted.values())
        or not all(Path(file).is_file() for file in files)
    )


def _prepared(export: Export, wanted: dict[str, Field]) -> pa.Table:
    """The leads with the columns that the draft needs, as texts; those without an id get their row's number."""
    rows = export.rows
    ids = export.id_field
    first = _texts(ids) if ids is not None else pa.array([str(row) for row in range(1, rows + 1)], pa.string())
    return pa.table({"lead_id": first} | {name: _texts(field) for name, field in wanted.items()})


def _texts(field: Field) -> pa.Array:
    if field.moments is not None and field.kind == "time":
        at = field.instants()
        return pa.array([None if one == NEVER else clock.to_datetime(int(one)).isoformat() for one in at], pa.string())
    codes = field.known_codes()
    return field.column.values.take(pa.array(codes, mask=codes < 0))


def _trial(
    export: Export,
    ends: Ends,
    draft: Draft,
    written: tuple[str, LeadsMap, pa.Table | None],
    when: tuple[Bools, Bools, int],
) -> Trial:
    """The draft, read back from its own text and run by the engine over the files, judged on the later leads."""
    (text, mapping, prepared), (train, test, now) = written, when
    agreement = parse_agreement(text)
    leads = prepared if prepared is not None else list(export.leads.table.files)
    log = _log(export) if mapping.events else None
    sources = Sources(
        leads=leads,
        events=list(log.files) if log is not None else None,
        mapping=_without_hand_offs(parse_mapping(mapping.text(""))),
        timezone="UTC",
    )
    latest = int(ends.created_at.max()) if (ends.created_at != NEVER).any() else now
    moment = max(ends.until, latest, now) + clock.DAY
    decisions = match(agreement, sources, now=moment).decide(agreement, moment)
    row_of = _rows(export, decisions["lead_id"], prepared)
    qualified, score, grade = np.zeros(export.rows, bool), np.zeros(export.rows), np.full(export.rows, "D", object)
    qualified[row_of] = np.asarray(decisions["mql_at"].is_valid())
    score[row_of] = decisions["fit"].to_numpy() + decisions["engagement"].to_numpy()
    grade[row_of] = np.array(decisions["grade"].to_pylist(), object)
    expected = draft.qualifies()
    reached = np.zeros(export.rows, bool)
    reached[row_of] = np.array(decisions["stage"].to_pylist(), object) != "visitor"
    born = ends.created_at != NEVER if "created_at" not in mapping.constants else np.ones(export.rows, bool)
    # A draft with events is replayed in time; one without can be worked out from the columns as well.
    agrees = bool(mapping.events) or bool((qualified == (expected & reached & born))[test].all())
    return _judged(ends, (train, test), qualified, score, grade, agrees=agrees)


@dataclass(frozen=True, slots=True)
class _Log:
    """Where the events are, and what their columns mean."""

    files: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    timezone: str


def _log(export: Export) -> _Log | None:
    """The log of events, for the map."""
    link = next((one for one in export.links if one.leads is not None and event_field(one.table) is not None), None)
    if link is None:
        return None
    named, times = event_field(link.table), time_of(link)
    if named is None or times is None or times.moments is None:
        return None
    columns = (("lead_id", link.their_key), ("event", named.name), ("occurred_at", times.name))
    zone = "" if times.moments.has_offset else times.moments.timezone
    return _Log(link.table.table.files, columns, zone)


def _without_hand_offs(mapping: Mapping) -> Mapping:
    """The same map, in which what an older agreement handed over does not keep a lead from qualifying by this one."""
    if not mapping.events.columns:
        return mapping
    names = {name: f"{name} (then)" for name in HAND_OFFS}
    return replace(mapping, events=replace(mapping.events, events=names))


def _rows(export: Export, ids: pa.ChunkedArray, prepared: pa.Table | None) -> npt.NDArray[np.int64]:
    """The row of the export of each decision."""
    import pyarrow.compute as pc

    if prepared is not None:
        known = prepared["lead_id"].combine_chunks()
        return np.asarray(pc.index_in(ids.combine_chunks(), value_set=known), np.int64)
    field = export.id_field
    assert field is not None  # noqa: S101 - there is a prepared table without one
    row_of = np.zeros(len(field.column.values), np.int64)
    row_of[field.column.codes[::-1]] = np.arange(export.rows)[::-1]
    return row_of[np.asarray(pc.index_in(ids.combine_chunks(), value_set=field.column.values), np.int64)]


def _judged(
    ends: Ends,
    parts: tuple[Bools, Bools],
    qualified: Bools,
    score: npt.NDArray[np.float64],
    grade: npt.NDArray[np.object_],
    *,
    agrees: bool,
) -> Trial:
    from leadline.estimates.ranking import auc

    train, test = parts
    won = ends.won & test
    dated = test & (ends.created_at != NEVER)
    grades = [
        Graded(one, share(float((won & (grade == one)).sum()), float((test & (grade == one)).sum())))
        for one in ("A", "B", "C", "D")
    ]
    chosen = test & qualified
    return Trial(
        trained=int(train.sum()),
        tested=int(test.sum()),
        since=int(ends.created_at[dated].min()) if dated.any() else int(NEVER),
        base=share(float(won.sum()), float(test.sum())),
        chosen=share(float(chosen.sum()), float(test.sum())),
        precision=share(float((won & chosen).sum()), float(chosen.sum())),
        recall=share(float((won & chosen).sum()), float(won.sum())),
        auc=auc(score[test], ends.won[test]),
        grades=tuple(grades),
        cuts=_cuts(score[test], ends.won[test]),
        agrees=agrees,
    )


def _cuts(score: npt.NDArray[np.float64], won: Bools) -> tuple[Cut, ...]:
    """Thresholds of the score that choose from a twentieth to most of the leads."""
    bounds = np.unique(np.quantile(score, (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95), method="nearest"))
    found = []
    for bound in bounds:
        chosen = score >= bound
        hits = float((chosen & won).sum())
        found.append(
            Cut(
                int(bound),
                share(float(chosen.sum()), float(len(score))),
                share(hits, float(chosen.sum())),
                share(hits, float(won.sum())),
            )
        )
    return tuple(found)
