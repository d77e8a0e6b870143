"""Reads columns of times in whatever form people export them, and says which form that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from leadline.errors import InputError
from leadline.log.mapping import checked_timezone
from leadline.log.sql import literal, select

if TYPE_CHECKING:
    import duckdb
    import numpy.typing as npt

    from leadline.analytics.tables import Column

NEVER: Final = np.iinfo(np.int64).min
"""The instant of what has none."""

_DAYS: Final = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y"),
    *("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d-%b-%Y", "%d-%b-%y"),
)
_CLOCKS: Final = (
    *("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"),
    *(", %H:%M", ", %H:%M:%S", ", %I:%M %p", "T%H:%M:%S"),
)
_ENOUGH: Final = 0.98
_ISO: Final = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ].*)?"
_OFFSET: Final = r".*:[0-9.]+ ?(Z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)"
EPOCHS: Final = (("epoch_s", 1e9, 4e9, 1e6), ("epoch_ms", 1e12, 4e12, 1e3), ("epoch_us", 1e15, 4e15, 1.0))
"""Counts since 1970 with the range that means 2001 to 2096."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Instants (µs, ``NEVER`` for what cannot be read) of the distinct values of a column, and how they are written.

    ``form`` is ``iso``, an epoch, or a strptime format; ``others`` are formats that fit as well. ``has_offset`` says
    whether the values say which moment they are; the rest are taken in the zone asked for.
    """

    at: npt.NDArray[np.int64]
    form: str
    has_offset: bool
    others: tuple[str, ...] = ()
    timezone: str = "UTC"


def moments_of(
    connection: duckdb.DuckDBPyConnection, column: Column, timezone: str = "UTC", time_format: str | None = None
) -> Moments | None:
    """The instants of a column; ``None`` where its values are no times. Raises ``InputError`` for a zone of no name."""
    checked_timezone(timezone)
    connection.register("timed", pa.table({"place": np.arange(len(column.values)), "v": column.values}))
    try:
        found = _moments(connection, column, timezone, time_format)
        return None if found is None else replace(found, timezone=timezone)
    finally:
        connection.unregister("timed")


def _moments(
    connection: duckdb.DuckDBPyConnection, column: Column, timezone: str, time_format: str | None
) -> Moments | None:
    if time_format is not None:
        asked = _formatted(connection, [time_format], timezone)[0]
        if (asked != NEVER).any():
            return Moments(asked, time_format, "%z" in time_format.lower())
    iso = _instants(connection, _iso(timezone))
    weight = column.counts
    if _share(iso, weight) >= 0.5:
        return Moments(iso, "iso", _mostly(connection, f"regexp_full_match(v, {literal(_OFFSET)})"))
    formats = [day + clock for day in _DAYS for clock in _CLOCKS]
    tried = _formats_that_fit(connection, formats)
    found = [(form, at) for form, at in zip(tried, _formatted(connection, tried, timezone), strict=True)]
    shares = [_share(at, weight) for _, at in found]
    if not found or max(shares) < 0.5:
        return None
    best = max(shares)
    fitting = [one for one, share in zip(found, shares, strict=True) if share >= best * _ENOUGH]
    form, at = fitting[0]
    return Moments(at, form, has_offset=False, others=tuple(other for other, _ in fitting[1:] if _differs(other, form)))


def epoch_of(numbers: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> Moments | None:
    """Numbers as counts since 1970, where nearly all lie in the range of one unit."""
    known = ~np.isnan(numbers)
    for name, low, high, factor in EPOCHS:
        inside = known & (numbers >= low) & (numbers < high)
        if counts[known].sum() and counts[inside].sum() >= _ENOUGH * counts[known].sum():
            at = np.full(len(numbers), NEVER)
            at[inside] = np.round(numbers[inside] * factor).astype(np.int64)
            return Moments(at, name, has_offset=True)
    return None


def ambiguous(moments: Moments, label: str) -> InputError:
    """What to say where two orders of day and month fit."""
    either = " or ".join(f'"{form}"' for form in (moments.form, *moments.others))
    return InputError(
        f"{label}: its dates can be read as {either}, and no date tells which. Say it with --time-format, "
        f'for example --time-format "{moments.form}".'
    )


def _differs(other: str, form: str) -> bool:
    """Whether two formats that fit would give other moments: the order of day and month, not how months are spelt."""
    return other.lower().replace("b", "x") != form.lower().replace("b", "x") and ("%m" in form) == ("%m" in other)


def _iso(timezone: str) -> str:
    # Single digits as in 2024-1-5 are read too; an offset in the text goes before the zone.
    shaped = f"regexp_full_match(v, {literal(_ISO)})"
    with_offset = f"regexp_full_match(v, {literal(_OFFSET)})"
    tidy = "regexp_replace(regexp_replace(replace(v, ',', '.'), ' ?(UTC|GMT)$', 'Z'), ' (Z|[+-][0-9:]+)$', '\\1')"
    naive = f"timezone({literal(timezone)}, TRY_CAST(replace(v, ',', '.') AS TIMESTAMP))"
    either = f"CASE WHEN {with_offset} AND length(v) > 11 THEN TRY_CAST({tidy} AS TIMESTAMPTZ) ELSE {naive} END"
    return f"CASE WHEN {shaped} THEN {either} END"


def _mostly(connection: duckdb.DuckDBPyConnection, condition: str) -> bool:
    query = select({"most": f"count(*) FILTER ({condition}) * 2 > count(*)"}, "timed")
    return bool(connection.sql(query).fetchall()[0][0])


def _formats_that_fit(connection: duckdb.DuckDBPyConnection, formats: list[str]) -> list[str]:
    """Formats that read at least half of the first thousand values."""
    counts = {f"c{place}": f"count(try_strptime(v, {literal(one)}))" for place, one in enumerate(formats)}
    found = connection.sql(select(counts | {"all": "count(*)"}, "(FROM timed LIMIT 1000)")).fetchall()[0]
    return [one for one, fits in zip(formats, found[:-1], strict=True) if fits * 2 >= found[-1] and fits]


def _formatted(connection: duckdb.DuckDBPyConnection, formats: list[str], timezone: str) -> list[npt.NDArray[np.int64]]:
    return [
        _instants(connection, f"timezone({literal(timezone)}, try_strptime(v, {literal(one)})::TIMESTAMP)")
        for one in formats
    ]


def _instants(connection: duckdb.DuckDBPyConnection, instant: str) -> npt.NDArray[np.int64]:
    at = f"coalesce(CASE WHEN isfinite({instant}) THEN epoch_us({instant}) END, {NEVER})"
    query = select({"at": at}, "timed") + " ORDER BY place"
    return np.asarray(connection.sql(query).to_arrow_table()["at"].to_numpy(), np.int64)


def _share(at: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> float:
    return float(counts[at != NEVER].sum() / max(1, counts.sum()))
