"""Reads what became of leads: from a table that says so, row by row or deal by deal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.agreement.sql.text import did_you_mean, shortened
from leadline.errors import InputError
from leadline.fields.catalogue import NUMBER, TEXT, TIME
from leadline.fields.spelling import FALSE_TEXTS, TRUE_TEXTS
from leadline.log.columns import LEAD_ID, Meaning
from leadline.log.loading import Loader, Source
from leadline.log.rows import Rows, Settings, understand
from leadline.log.scan import fetched, readable
from leadline.log.sql import inside, listed, literal, select
from leadline.qualification.layout import NEVER
from leadline.qualification.outcomes import Outcomes

if TYPE_CHECKING:
    import duckdb
    import numpy.typing as npt
    import pyarrow as pa

    from leadline.log.mapping import TableMapping

KIND: Final = "outcomes"
WON: Final = (*TRUE_TEXTS, "won", "closed won", "customer", "converted", "deal won", "sold")
NOT_WON: Final = (*FALSE_TEXTS, "not converted")
LOST: Final = ("lost", "closed lost", "deal lost", "disqualified", "unqualified", "rejected", "churned")
OPEN: Final = (
    *("open", "new", "in progress", "pending", "engaging", "prospecting", "negotiation", "proposal", "working"),
    *("contacted", "qualified", "nurture", "nurturing", "recycled", "sql", "sal", "mql", "lead", "opportunity"),
)
"""What people write for an outcome, in lower case with spaces; ``outcomes.values`` of a map says the rest."""

_MEANINGS: Final = (
    Meaning("lead_id", TEXT, (*LEAD_ID, "id"), needed=True),
    Meaning(
        "outcome", TEXT, ("converted", "is won", "won", "result", "deal stage", "deal status", "lead status", "status")
    ),
    Meaning(
        "won_at",
        TIME,
        ("won date", "date won", "converted at", "conversion date", "became customer at", "customer since"),
    ),
    Meaning("lost_at", TIME, ("lost date", "date lost")),
    Meaning("sql_at", TIME, ("qualified at", "qualified date", "sql date", "opportunity created", "opportunity date")),
    Meaning("closed_at", TIME, ("close date", "closed date", "closed on", "date closed")),
    Meaning("value", NUMBER, ("amount", "deal value", "close value", "won value", "deal amount", "revenue")),
)


def read_outcomes(
    connection: duckdb.DuckDBPyConnection, source: Source, mapping: TableMapping, timezone: str | None, until: int
) -> tuple[Outcomes, tuple[str, ...]]:
    """What became of the leads of the relation ``leads`` by ``until`` (µs), and notes on how it was understood.

    Several rows of a lead are several deals: it is won with the first that is, and their values add up. A lead
    without a row has no outcome yet where outcomes are dated, and an unknown one where they are not.
    Raises ``InputError``.
    """
    _check_names(mapping)
    loaded = Loader(connection, KIND, mapping).load(source)
    settings = Settings(KIND, "closed_at", _MEANINGS, mapping, mapping.timezone or timezone)
    every = [understand(connection, scan, settings) for scan in loaded.scans]
    notes = [*loaded.notes, *(note for rows in every for note in rows.notes if "no column for" not in note)]
    for rows in every:
        _check_columns(rows)
        _check_texts(connection, rows, mapping)
    query = " UNION ALL ".join(_rows(rows, mapping, until) for rows in every)
    with readable(KIND):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE outcomes AS {query}")
        leads = int(fetched(connection, "SELECT count(*) FROM leads")[0][0])
        strangers = int(fetched(connection, "SELECT count(*) FROM outcomes WHERE lead IS NULL")[0][0])
        found = connection.sql(_BY_LEAD).to_arrow_table()
    if strangers:
        notes.append(f"{every[0].scan.label}: {strangers:,} rows of unknown leads, left out")
    outcomes = _outcomes(found, leads, until)
    undatable = int((outcomes.won & ~outcomes.stated).sum())
    if undatable:
        notes.append(
            f"{every[0].scan.label}: {undatable:,} leads won without a time, while others have one; not judged"
        )
    return outcomes, tuple(dict.fromkeys(notes))


_BY_LEAD: Final = (
    "SELECT lead, bool_or(won) AS won, bool_or(lost) AS lost, bool_or(told) AS told, "
    "min(won_at) AS won_at, min(lost_at) AS lost_at, min(sql_at) AS sql_at, "
    "sum(value) FILTER (WHERE won) AS value FROM outcomes WHERE lead IS NOT NULL GROUP BY lead ORDER BY lead"
)


def _check_names(mapping: TableMapping) -> None:
    known = [meaning.name for meaning in _MEANINGS]
    for name in (*mapping.columns, *mapping.constants):
        if name not in known:
            guess = did_you_mean(name, known) or f" Known are {', '.join(known)}."
            raise InputError(f"mapping file, {KIND}: '{shortened(name)}' is not known here.{guess}")
    for text, meant in mapping.values.items():
        if meant not in ("won", "lost", "open"):
            raise InputError(
                f"mapping file, {KIND}.values: '{shortened(text)}' means '{shortened(meant)}'. Write won, lost or open."
            )


def _check_columns(rows: Rows) -> None:
    if not {"outcome", "won_at", "closed_at"} & set(rows.columns):
        raise InputError(
            f"{rows.scan.label}: nothing says what became of the leads. Name the column in a map: "
            "outcomes: {columns: {outcome: Converted}}, or won_at for the time at which a lead became a customer."
        )


def _check_texts(connection: duckdb.DuckDBPyConnection, rows: Rows, mapping: TableMapping) -> None:
    said = _told(rows, mapping)
    inner = inside(select({"written": rows.cells["outcome"].value, "told": said}, rows.scan.sql), "q")
    query = f"SELECT DISTINCT written FROM {inner} WHERE written IS NOT NULL AND told IS NULL ORDER BY 1 LIMIT 6"
    strange = [str(row[0]) for row in fetched(connection, query)]
    if strange:
        shown = ", ".join(f"'{shortened(text)}'" for text in strange[:5]) + (", …" if len(strange) > 5 else "")
        raise InputError(
            f"{rows.scan.label}: {shown} in column {rows.columns['outcome'][0].name} is no outcome that is known. "
            f"Say what it means in a map: outcomes: {{values: {{{shortened(strange[0])}: won}}}} (won, lost or open)."
        )


def _told(rows: Rows, mapping: TableMapping) -> str:
    """SQL for what the outcome's text says: won, lost, not won, open; NULL for none of them."""
    written = rows.cells["outcome"].value
    plain = f"trim(regexp_replace(lower({written}), '[-_ ]+', ' ', 'g'))"
    own = " ".join(f"WHEN {written} = {literal(text)} THEN {literal(meant)}" for text, meant in mapping.values.items())
    return (
        f"CASE {own} WHEN {plain} IN {listed(WON)} THEN 'won' WHEN {plain} IN {listed(LOST)} THEN 'lost' "
        f"WHEN {plain} IN {listed(NOT_WON)} THEN 'not won' WHEN {plain} IN {listed(OPEN)} THEN 'open' END"
    )


def _rows(rows: Rows, mapping: TableMapping, until: int) -> str:
    """SQL for rows with their lead; what lies after ``until`` is not known yet."""
    times = {name: f"epoch_us({rows.cells[name].value})" for name in ("won_at", "lost_at", "sql_at", "closed_at")}
    asked = {"lead_id": rows.lead_id, "told": _told(rows, mapping), "value": rows.cells["value"].value}
    inner = inside(select(asked | times, rows.scan.sql), "q")
    explicit = "outcome" in rows.columns
    won_at = "coalesce(q.won_at, CASE WHEN q.told = 'won' THEN q.closed_at END)"
    if not explicit and "won_at" not in rows.columns:
        won_at = "CASE WHEN q.lost_at IS NULL THEN q.closed_at END"
    lost_at = "coalesce(q.lost_at, CASE WHEN q.told = 'lost' THEN q.closed_at END)"
    won = f"(coalesce(q.told = 'won', false) OR (q.told IS NULL AND {won_at} IS NOT NULL))"
    known = f"coalesce({won_at} <= {until}, true)"
    columns = {
        "lead": "l.lead",
        "won": f"({won} AND {known})",
        "lost": f"(coalesce(q.told = 'lost', q.lost_at IS NOT NULL) AND coalesce({lost_at} <= {until}, true))",
        "told": "q.told IS NOT NULL",
        "won_at": f"CASE WHEN {won} AND {won_at} <= {until} THEN {won_at} END",
        "lost_at": f"CASE WHEN {lost_at} <= {until} THEN {lost_at} END",
        "sql_at": f"CASE WHEN q.sql_at <= {until} THEN q.sql_at END",
        "value": "q.value",
    }
    return select(columns, f"{inner} LEFT JOIN leads l ON l.lead_id = q.lead_id")


def _outcomes(found: pa.Table, leads: int, until: int) -> Outcomes:
    place = found["lead"].to_numpy()

    def flags(name: str) -> npt.NDArray[np.bool_]:
        column = np.zeros(leads, bool)
        column[place] = found[name].to_numpy(zero_copy_only=False).astype(bool) if len(place) else False
        return column

    def instants(name: str) -> npt.NDArray[np.int64]:
        column = np.full(leads, NEVER)
        column[place] = found[name].fill_null(NEVER).to_numpy()
        return column

    value = np.full(leads, np.nan)
    value[place] = found["value"].cast("float64").fill_null(float("nan")).to_numpy()
    won, won_at, sql_at = flags("won"), instants("won_at"), instants("sql_at")
    # Instants of qualifications alone say nothing of wins without one: judged by them, nobody ever won.
    dated = bool((won_at != NEVER).any() or (not won.any() and (sql_at != NEVER).any()))
    outcomes = Outcomes(
        won=won,
        sql=(sql_at != NEVER),
        lost=flags("lost"),
        won_at=won_at,
        sql_at=sql_at,
        lost_at=instants("lost_at"),
        value=value,
        stated=np.ones(leads, bool),
        dated=dated,
        until=until,
    )
    return replace(outcomes, stated=~(won & (won_at == NEVER)) if dated else won | (sql_at != NEVER) | flags("told"))
