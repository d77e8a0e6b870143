"""What became of the leads of a matched log: from a table that says so, or from what sales recorded in the log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.log.mapping import Mapping, checked_timezone
from leadline.log.outcomes import read_outcomes
from leadline.log.scan import fetched, readable
from leadline.qualification.layout import MACHINE, NEVER, RECORD_SHIFT
from leadline.qualification.outcomes import no_outcomes

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.log.loading import Source
    from leadline.operations.score import Matched
    from leadline.qualification.outcomes import Outcomes
    from leadline.qualification.timeline import Part

_QUALIFIED, _OPENED, _WON, _LOST = 3, 4, 5, 6
"""Places of stage records, counted from 1 in the order of STAGE_RECORDS."""


def outcomes_of(
    matched: Matched,
    source: Source | None,
    until: int,
    mapping: Mapping | None = None,
    timezone: str | None = None,
) -> tuple[Outcomes, tuple[str, ...]]:
    """What became of each lead by ``until`` (µs), and notes on how it was understood.

    ``source`` is a table of outcomes (see docs/input.md); ``None`` takes the log's own stage records: Lead Qualified
    or Opportunity Created, Deal Won with the sum of its values, Deal Lost. Raises ``InputError``.
    """
    if source is None:
        return _recorded(matched, until), ()
    stated = (mapping or Mapping()).outcomes
    zone = None if timezone is None else checked_timezone(timezone)
    return read_outcomes(matched.inputs.connection, source, stated, zone, until)


def _recorded(matched: Matched, until: int) -> Outcomes:
    nothing = no_outcomes(len(matched.inputs.lead_ids), until)

    def found(part: Part) -> tuple[Any, ...]:
        return tuple(_first(part, records, until) for records in ((_QUALIFIED, _OPENED), (_WON,), (_LOST,)))

    columns = zip(*matched.timeline.each_part(matched.profiles, found), strict=True)
    sql_at, won_at, lost_at = (np.concatenate(column) for column in columns)
    return replace(
        nothing,
        won=won_at != NEVER,
        sql=sql_at != NEVER,
        lost=(lost_at != NEVER) & (won_at == NEVER),
        won_at=won_at,
        sql_at=sql_at,
        lost_at=lost_at,
        value=_values(matched, until),
    )


def _first(part: Part, records: tuple[int, ...], until: int) -> npt.NDArray[np.int64]:
    """Of each lead of a part the first instant with one of some stage records, ``NEVER`` without."""
    log = part.log
    wanted = np.isin(log.flags >> RECORD_SHIFT, records) & ((log.flags & MACHINE) == 0) & (log.at <= until)
    rows = np.flatnonzero(wanted)
    lead = np.searchsorted(part.event_begins, rows, side="right") - 1
    first = np.full(len(part.event_begins) - 1, NEVER)
    # Runs are in order of time: the first row of a lead is its first instant.
    leads, places = np.unique(lead, return_index=True)
    first[leads] = log.at[rows[places]]
    return first


def _values(matched: Matched, until: int) -> npt.NDArray[np.float64]:
    """The value of the deals that each lead won; unknown where the log has no column for it."""
    value = np.full(len(matched.inputs.lead_ids), np.nan)
    connection = matched.inputs.connection
    with readable("the events"):
        columns = {row[0] for row in fetched(connection, "SELECT column_name FROM (DESCRIBE events)")}
        if "value" not in columns:
            return value
        query = (
            "SELECT lead, sum(value) AS value FROM events WHERE event = 'Deal Won' AND verdict = 0 "
            'AND NOT is_machine AND "at" <= ? GROUP BY lead'
        )
        won = connection.sql(query, params=[until]).to_arrow_table()
    value[won["lead"].to_numpy()] = won["value"].cast("float64").fill_null(float("nan")).to_numpy()
    return value
