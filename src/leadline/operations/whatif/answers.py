"""What a trial would have changed: the same measures before and after, and the leads that enter and leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.clock import DAY
from leadline.learning.backtest.measures import (
    Measures,
    Movement,
    SegmentMeasures,
    by_segment,
    enter_and_leave,
    first_qualifications,
    measure,
)
from leadline.qualification.layout import BITS_PER_WORD, NEVER
from leadline.qualification.planning import compile_plan

if TYPE_CHECKING:
    from datetime import date

    import numpy.typing as npt

    from leadline.agreement.difference import Change
    from leadline.agreement.document import Agreement
    from leadline.learning.backtest.measures import Yardstick
    from leadline.operations.backtest.origins import Origins
    from leadline.operations.whatif.past import Past
    from leadline.qualification.folding import Qualified

    Known = tuple[Yardstick, Origins]
    Moved = tuple[npt.NDArray[np.integer], npt.NDArray[np.int64]]

LEADS_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One agreement on the past: its qualifications, measured, with each lead's first one."""

    agreement: Agreement
    qualified: Qualified
    leads: npt.NDArray[np.integer]
    firsts: npt.NDArray[np.int64]
    personas: npt.NDArray[np.int64]
    measures: Measures


@dataclass(frozen=True, slots=True)
class Segments:
    """A way to divide leads: ``names`` by code, and the code of each lead (n), negative for none."""

    title: str
    names: tuple[str, ...]
    codes: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """One segment before and after."""

    name: str
    before: SegmentMeasures
    after: SegmentMeasures


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a division that have any MQL, the largest first."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """A lead that enters or leaves: who it is as far as known, when it qualifies (µs), why, and what became of it."""

    lead_id: str
    name: str
    at: int
    because: tuple[str, ...]
    persona: str
    became: str


@dataclass(frozen=True, slots=True)
class Movers:
    """All who enter, or leave: how many, how many of them became customers, and the latest of them."""

    count: int
    customers: int
    shown: tuple[Mover, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a trial would have changed. ``sooner`` and ``later`` count leads that stay but qualify at another time, with
    the median shift in days; ``judging``: whether there is any outcome to judge by.
    """

    version: str
    changes: tuple[Change, ...]
    mondays: tuple[date, ...]
    full: tuple[bool, ...]
    before: Measures
    after: Measures
    tables: tuple[Table, ...]
    entering: Movers
    leaving: Movers
    staying: int
    sooner: int
    later: int
    shift: float | None
    judging: bool


def found_under(agreement: Agreement, past: Past, qualified: Qualified, yardstick: Yardstick) -> Found:
    """Measures one agreement's qualifications."""
    leads, firsts = first_qualifications(qualified.lead, qualified.at)
    personas = np.full(past.leads, -1)
    personas[leads] = past.persona_of(compile_plan(agreement), leads, firsts)
    measures = measure(yardstick, qualified.lead, qualified.at)
    return Found(agreement, qualified, leads, firsts, personas, measures)


def compared(before: Found, after: Found, past: Past, yardstick: Yardstick, origins: Origins) -> Answer:
    """The answer to a trial."""
    from leadline.agreement.difference import difference

    weeks = yardstick.weeks
    movement = enter_and_leave(weeks, (before.leads, before.firsts), (after.leads, after.firsts))
    moved = movement.earlier[movement.earlier != 0]
    personas = tuple(persona.label for persona in after.agreement.fit.personas)
    tables = [_table("Persona", personas, (before, before.personas), (after, after.personas), yardstick)]
    tables += [
        _table(one.title, one.names, (before, one.codes), (after, one.codes), yardstick) for one in origins.divisions
    ]
    return Answer(
        version=after.agreement.version,
        changes=difference(before.agreement, after.agreement),
        mondays=weeks.mondays,
        full=tuple(bool(full) for full in weeks.full),
        before=before.measures,
        after=after.measures,
        tables=tuple(table for table in tables if len(table.rows) > 1 or table.title == "Persona"),
        entering=_movers(after, past, (yardstick, origins), (movement.entering, movement.entering_at)),
        leaving=_movers(before, past, (yardstick, origins), (movement.leaving, movement.leaving_at)),
        staying=len(movement.staying),
        sooner=int((moved > 0).sum()),
        later=int((moved < 0).sum()),
        shift=float(np.median(moved)) / DAY if len(moved) else None,
        judging=bool(yardstick.outcomes.won.any() or yardstick.outcomes.sql.any()),
    )


def movement_of(before: Found, after: Found, yardstick: Yardstick) -> Movement:
    """Who enters and who leaves."""
    return enter_and_leave(yardstick.weeks, (before.leads, before.firsts), (after.leads, after.firsts))


def _table(
    title: str,
    names: tuple[str, ...],
    before: tuple[Found, npt.NDArray[np.int64]],
    after: tuple[Found, npt.NDArray[np.int64]],
    yardstick: Yardstick,
) -> Table:
    then, now = (
        by_segment(yardstick, found.leads, found.firsts, codes, len(names)) for found, codes in (before, after)
    )
    rows = [Row(name, old, new) for name, old, new in zip(names, then, now, strict=True) if old.mqls or new.mqls]
    return Table(title, tuple(sorted(rows, key=lambda row: (-row.before.mqls, -row.after.mqls, row.name))))


def _movers(found: Found, past: Past, known: Known, moved: Moved) -> Movers:
    leads = moved[0]
    customers = int(known[0].outcomes.won[leads].sum())
    return Movers(len(leads), customers, movers(found, past, known, moved, LEADS_SHOWN))


def movers(found: Found, past: Past, known: Known, moved: Moved, most: int) -> tuple[Mover, ...]:
    """The latest ``most`` of leads that qualify under an agreement at instants (µs), the latest first."""
    leads, at = moved
    latest = np.lexsort((leads, -at))[:most]
    # Qualifications are in order of lead and time: the first row of a lead is its first.
    qualifications = np.searchsorted(found.qualified.lead, leads[latest], side="left")
    ids = past.matched.inputs.lead_ids.take(leads[latest]).to_pylist()
    return tuple(
        Mover(
            lead_id,
            known[1].name_of(int(leads[place])),
            int(at[place]),
            _because(found, row),
            found.agreement.fit.personas[int(found.personas[leads[place]])].label,
            _became(known[0], int(leads[place])),
        )
        for lead_id, place, row in zip(ids, latest, qualifications, strict=True)
    )


def _because(found: Found, row: int) -> tuple[str, ...]:
    words = found.qualified.because[row]
    return tuple(
        criterion.name
        for place, criterion in enumerate(found.agreement.mql.criteria)
        if int(words[place // BITS_PER_WORD]) >> (place % BITS_PER_WORD) & 1
    )


def _became(yardstick: Yardstick, lead: int) -> str:
    outcomes = yardstick.outcomes
    if outcomes.won[lead]:
        return "customer"
    if not outcomes.stated[lead]:
        return "unknown"
    if outcomes.lost[lead]:
        return "lost"
    return "SQL" if outcomes.sql[lead] or outcomes.sql_at[lead] != NEVER else "open"
