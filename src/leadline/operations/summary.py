"""What a run of scoring found, in the few numbers that people ask for first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from leadline import clock
from leadline.fields.catalogue import STAGES

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

WEEKS_SHOWN = 26


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over decision rows.

    ``grid`` has one row a grade and one column a level (``visitors`` left out); ``weeks`` are (Monday, qualifications)
    of the last half year, gaps filled; ``reasons`` are (criteria, share of the qualifications they were among, count);
    ``unknown`` are (field, leads that lack it); ``drivers`` are (rule, leads it counts for, mean points there).
    """

    leads: int
    visitors: int
    as_of: int
    version: str
    grades: tuple[str, ...]
    levels: tuple[str, ...]
    grid: tuple[tuple[int, ...], ...]
    stages: tuple[tuple[str, int], ...]
    weeks: tuple[tuple[date, int], ...]
    qualified_leads: int
    qualifications: int
    stale: int
    reasons: tuple[tuple[str, int], ...]
    unknown: tuple[tuple[str, int], ...]
    drivers: tuple[tuple[str, int, float], ...]


def summarise(decisions: pa.Table, agreement: Agreement, as_of: int) -> Summary:
    """The summary of decision rows as of a moment (µs)."""
    grades = (*(name for name, _ in agreement.fit.grades), "D")
    levels = (*(name for name, _ in agreement.engagement.levels), "cold")
    reachable = decisions.filter(pc.not_equal(decisions["stage"], "visitor"))
    qualifications = pc.list_flatten(decisions["qualifications"])
    stages = Counter(decisions["stage"].to_pylist())
    return Summary(
        leads=reachable.num_rows,
        visitors=decisions.num_rows - reachable.num_rows,
        as_of=as_of,
        version=agreement.version,
        grades=grades,
        levels=levels,
        grid=_grid(reachable, grades, levels),
        stages=tuple((stage, stages[stage]) for stage in STAGES if stages[stage]),
        weeks=_weeks(qualifications, as_of, agreement.timezone),
        qualified_leads=decisions.num_rows - decisions["mql_at"].null_count,
        qualifications=len(qualifications),
        stale=_stale(decisions, levels[0]),
        reasons=_counted(pc.list_flatten(pc.struct_field(qualifications, "because"))),
        unknown=_counted(pc.list_flatten(reachable["unknown_fields"])),
        drivers=_drivers(reachable),
    )


def _grid(decisions: pa.Table, grades: tuple[str, ...], levels: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    cells = decisions.group_by(["grade", "level"]).aggregate([([], "count_all")]).to_pylist()
    counts = {(cell["grade"], cell["level"]): cell["count_all"] for cell in cells}
    return tuple(tuple(counts.get((grade, level), 0) for level in levels) for grade in grades)


def _weeks(qualifications: pa.ChunkedArray, as_of: int, timezone: str) -> tuple[tuple[date, int], ...]:
    """Qualifications a week, weeks from Monday in the agreement's time zone, as `at_most: N per week` counts them."""
    today = clock.to_datetime(as_of).astimezone(ZoneInfo(timezone)).date()
    last = today - timedelta(days=today.weekday())
    mondays = [last - timedelta(weeks=back) for back in reversed(range(WEEKS_SHOWN))]
    local = pc.struct_field(qualifications, "at").cast(pa.timestamp("us", tz=timezone))
    weeks = pc.local_timestamp(pc.floor_temporal(local, unit="week")).cast(pa.date32())
    counts = {item["values"]: item["counts"] for item in pc.value_counts(weeks).to_pylist()}
    return tuple((monday, counts.get(monday, 0)) for monday in mondays)


def _stale(decisions: pa.Table, highest: str) -> int:
    """MQLs that wait for sales and are not at the highest level (any more)."""
    waiting = decisions.filter(pc.and_(pc.equal(decisions["stage"], "mql"), pc.not_equal(decisions["level"], highest)))
    return int(waiting.num_rows)


def _counted(names: pa.ChunkedArray) -> tuple[tuple[str, int], ...]:
    counts = Counter({item["values"]: item["counts"] for item in pc.value_counts(names).to_pylist()})
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _drivers(decisions: pa.Table) -> tuple[tuple[str, int, float], ...]:
    parts = pc.list_flatten(decisions["contributions"])
    table = pa.table({"rule": pc.struct_field(parts, "rule"), "points": pc.struct_field(parts, "counted")})
    table = table.filter(pc.greater(pc.abs(table["points"]), 0.5))
    rows = table.group_by("rule").aggregate([("points", "count"), ("points", "mean")]).to_pylist()
    found = [(row["rule"], int(row["points_count"]), float(row["points_mean"])) for row in rows]
    return tuple(sorted(found, key=lambda driver: -abs(driver[1] * driver[2])))
