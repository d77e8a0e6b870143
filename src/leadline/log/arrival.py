"""When each row was believed: known from its arrival on, until something later put another in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.log.meanings import FLAGGED, LINKED, RECEIVED
from leadline.log.sql import identifier, inside, select
from leadline.qualification.layout import NEVER
from leadline.qualification.matching import KNOWN_FROM, KNOWN_UNTIL
from leadline.qualification.timeline import FOREVER

if TYPE_CHECKING:
    from leadline.log.rows import Rows

SINCE: Final = "since"
_NEVER: Final = f"({NEVER})::BIGINT"
_FOREVER: Final = f"{FOREVER}::BIGINT"
_FROM, _UNTIL = identifier(KNOWN_FROM), identifier(KNOWN_UNTIL)


def said(rows: Rows) -> dict[str, str]:
    """SQL for the instants of arrival that a source states, by meaning."""
    return {
        name: rows.cells[name].value
        for name in (RECEIVED, LINKED, FLAGGED)
        if name in rows.cells and not rows.cells[name].value.startswith("NULL::")
    }


def since(rows: Rows) -> str:
    """SQL (µs, NULL for before all time) for when a row of leads or profiles was known: never before it was true."""
    return _latest([rows.at.value, *said(rows).values()])


def _latest(times: list[str]) -> str:
    instants = [f"epoch_us({time})" for time in times]
    return f"greatest({', '.join(instants)})" if len(instants) > 1 else instants[0]


def event_interval(names: list[str], *, flagged: bool) -> dict[str, str]:
    """SQL for when an event ``e`` with columns ``names`` was believed, as what it is known to be now.

    ``flagged``: as the human event that it was taken for before.
    """
    arrived = _latest(["e.occurred", *(f"e.{identifier(name)}" for name in names if name != FLAGGED)])
    if FLAGGED not in names:
        return {KNOWN_FROM: arrived, KNOWN_UNTIL: _FOREVER}
    found = f"epoch_us(e.{identifier(FLAGGED)})"
    if flagged:
        return {KNOWN_FROM: arrived, KNOWN_UNTIL: found}
    machine = "coalesce(e.is_machine, false)"
    known = f"CASE WHEN {machine} THEN greatest({arrived}, {found}) ELSE {arrived} END"
    return {KNOWN_FROM: known, KNOWN_UNTIL: _FOREVER}


def was_taken_for_human(names: list[str]) -> str:
    """SQL for whether an event ``e`` was found to be a machine's only after it arrived."""
    arrived = event_interval([name for name in names if name != FLAGGED], flagged=False)[KNOWN_FROM]
    return f"e.is_machine AND epoch_us(e.{identifier(FLAGGED)}) > {arrived}"


def believed_versions(stated: str, names: dict[str, str]) -> str:
    """SQL for ``versions`` with intervals, from statements (lead, at, since, a column a field); ``names`` gives the
    field of each.

    A version's content changes when a statement about an earlier time, or the same, arrives late: then it has a row
    for each content. Where statements arrive in their order, each version has one.
    """
    columns = {"lead": "lead", "at": '"at"', "a": f'coalesce("at", {_NEVER})', SINCE: f"coalesce({SINCE}, {_NEVER})"}
    source = select(columns | {inner: inner for inner in names}, stated)
    moments = f"SELECT lead, a, min({SINCE}) AS born, max({SINCE}) AS grown FROM said GROUP BY lead, a"
    late = (
        f"SELECT DISTINCT lead FROM (SELECT lead, born <> grown OR born < lag(grown) OVER "
        f"(PARTITION BY lead ORDER BY a) AS late FROM ({moments})) WHERE late"
    )
    parts = [_in_order(names), _out_of_order(names)]
    return (
        f"WITH said AS MATERIALIZED ({source}), moments AS MATERIALIZED ({moments}), "
        f"late AS MATERIALIZED ({late}) {' UNION ALL '.join(parts)} "
        f'ORDER BY lead, "at" NULLS FIRST, {_FROM}'
    )


def _in_order(names: dict[str, str]) -> str:
    greatest = ", ".join(f"max({inner}) AS {inner}" for inner in names)
    latest = ", ".join(f"last_value({inner} IGNORE NULLS) OVER known AS {name}" for inner, name in names.items())
    inner = (
        f'SELECT lead, "at", max({SINCE}) AS {SINCE}, {greatest} FROM said ANTI JOIN late USING (lead) '
        'GROUP BY lead, "at"'
    )
    return (
        f'SELECT lead, "at", {latest}, {SINCE} AS {_FROM}, {_FOREVER} AS {_UNTIL} '
        f"FROM ({inner}) "
        'WINDOW known AS (PARTITION BY lead ORDER BY "at" NULLS FIRST ROWS UNBOUNDED PRECEDING)'
    )


def _out_of_order(names: dict[str, str]) -> str:
    """Each content of each version: for every instant and every arrival of a statement not after it."""
    some = inside("SELECT s.* FROM said s SEMI JOIN late USING (lead)", "s")
    pairs = (
        f"SELECT DISTINCT m.lead, m.a, greatest(m.born, s.{SINCE}) AS {_FROM} FROM moments m "
        f"JOIN {some} ON s.lead = m.lead AND s.a <= m.a"
    )
    # The latest statement wins; of two about one instant the greater value.
    fields = ", ".join(
        f"struct_extract(max({{'a': s.a, 'f': s.{inner}}}) FILTER (WHERE s.{inner} IS NOT NULL), 'f') AS {name}"
        for inner, name in names.items()
    )
    contents = (
        f'SELECT p.lead, nullif(p.a, {_NEVER}) AS "at", {fields}, p.{_FROM} FROM ({pairs}) p '
        f"JOIN {some} ON s.lead = p.lead AND s.a <= p.a AND s.{SINCE} <= p.{_FROM} GROUP BY p.lead, p.a, p.{_FROM}"
    )
    return (
        f'SELECT *, coalesce(lead({_FROM}) OVER (PARTITION BY lead, "at" ORDER BY {_FROM}), {_FOREVER}) '
        f"AS {_UNTIL} FROM ({contents})"
    )
