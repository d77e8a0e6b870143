"""Times: what is plainly said is read; a zone, an order or a unit that is not said is asked for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from leadline.errors import InputError
from leadline.log.mapping import parse_mapping

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from log.conftest import Read

NOON = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z
LEADS = pa.table({"lead_id": ["a"]})


def events(values: list[Any], kind: pa.DataType | None = None) -> pa.Table:
    """Events of one lead at the given times."""
    return pa.table(
        {"lead_id": ["a"] * len(values), "event": ["E"] * len(values), "occurred_at": pa.array(values, kind)}
    )


@pytest.fixture
def at(read: Read, connection: duckdb.DuckDBPyConnection) -> Callable[..., list[Any]]:
    def instants(table: pa.Table, said: str = "", timezone: str | None = None) -> list[Any]:
        mapping = parse_mapping(f"events: {{{said}}}") if said else None
        read(LEADS, table, mapping=mapping, timezone=timezone)
        found = connection.sql('SELECT "at", verdict FROM events').fetchall()
        return [instant if verdict == 0 else f"verdict {verdict}" for instant, verdict in found]

    return instants


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01 12:00:00+00:00",
        "2026-03-01T14:00:00+02:00",
        "2026-03-01T14:00:00.000+0200",
        "2026-03-01T07:00-05",
        "2026-03-01 12:00:00 UTC",
        "2026-03-01 12:00:00 GMT",
        "2026-03-01 14:00:00,000 +02:00",
        "2026-03-01T12:00:00.000000999Z",
        " 2026-03-01T12:00:00Z ",
        "1772366400",
        "1772366400000",
        "1772366400000000",
        "1772366400000000000",
        "1772366400.0",
    ],
)
def test_texts_that_say_enough(at: Callable[..., list[Any]], written: str) -> None:
    assert at(events([written])) == [NOON]
    assert at(events([written, None, "soon", " "])) == [NOON, "verdict 2", "verdict 3", "verdict 2"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (NOON, pa.timestamp("us", "UTC")),
        (NOON * 1000, pa.timestamp("ns", "Europe/Berlin")),
        (NOON // 1000, pa.timestamp("ms", "UTC")),
        (NOON // 1_000_000, pa.int64()),
        (NOON // 1_000_000, pa.int32()),
        (NOON / 1_000_000, pa.float64()),
        (NOON // 1000, pa.int64()),
        (NOON, pa.uint64()),
        (NOON * 1000, pa.int64()),
    ],
)
def test_types_that_say_enough(at: Callable[..., list[Any]], value: float, kind: pa.DataType) -> None:
    assert at(events([value, None], kind)) == [NOON, "verdict 2"]


NAIVE = [
    ("2026-03-01T13:00:00", None),
    ("2026-03-01 13:00", None),
    ("2026-03-01 13:00:00,000", None),
    (dt.datetime(2026, 3, 1, 13), pa.timestamp("us")),  # noqa: DTZ001
    (dt.datetime(2026, 3, 1, 13), pa.timestamp("ns")),  # noqa: DTZ001
]


@pytest.mark.parametrize(("value", "kind"), NAIVE)
def test_a_time_without_offset_needs_a_zone(at: Callable[..., list[Any]], value: Any, kind: pa.DataType | None) -> None:
    with pytest.raises(
        InputError, match=r"column occurred_at: '2026-03-01.13:00.* in row 2 .*--timezone Europe/Berlin"
    ):
        at(events([None, value], kind))
    assert at(events([value], kind), timezone="Europe/Berlin") == [NOON]
    assert at(events([value], kind), "timezone: Europe/Berlin", timezone="Asia/Tokyo") == [NOON]


def test_a_date_is_its_first_instant_in_the_zone(at: Callable[..., list[Any]]) -> None:
    midnight = NOON - 13 * 3_600_000_000
    assert at(events(["2026-03-01"]), timezone="Europe/Berlin") == [midnight]
    assert at(events([dt.date(2026, 3, 1)]), timezone="Europe/Berlin") == [midnight]
    with pytest.raises(InputError, match="--timezone"):
        at(events(["2026-03-01"]))


def test_a_column_without_values_needs_no_zone(at: Callable[..., list[Any]]) -> None:
    assert at(events([None], pa.timestamp("us"))) == ["verdict 2"]


def test_an_order_of_day_and_month_is_not_guessed(at: Callable[..., list[Any]]) -> None:
    table = events(["03/04/2026 10:00"])
    with pytest.raises(InputError, match=r"'03/04/2026 10:00' in row 1 .*time_format"):
        at(table, timezone="UTC")
    assert at(table, 'time_format: "%d/%m/%Y %H:%M"', "UTC") == [1_775_210_400_000_000]
    assert at(table, 'time_format: "%m/%d/%Y %H:%M"', "UTC") == [1_772_618_400_000_000]
    with pytest.raises(InputError, match="has no offset"):
        at(table, 'time_format: "%d/%m/%Y %H:%M"')
    with pytest.raises(InputError, match="no value fits"):
        at(table, 'time_format: "%Y-%m-%d"', "UTC")
    with pytest.raises(InputError):
        at(table, 'time_format: "%Q%Q"', "UTC")
    assert at(events(["01/03/2026 14:00 +0200"]), 'time_format: "%d/%m/%Y %H:%M %z"') == [NOON]


def test_mixed_epochs_are_asked_about(at: Callable[..., list[Any]]) -> None:
    for kind in (pa.int64(), pa.string()):
        table = events([1772366400, 1772366400000], pa.int64())
        table = table.set_column(2, "occurred_at", table["occurred_at"].cast(kind))
        with pytest.raises(InputError, match="looks like epoch_s, 1772366400000 in row 2 like epoch_ms"):
            at(table)
        assert at(table, "time_format: epoch_ms") == [1_772_366_400_000, NOON]
    with pytest.raises(InputError, match="'20260301' in row 1"):
        at(events([20260301]))


def test_what_is_no_time_at_all(at: Callable[..., list[Any]]) -> None:
    with pytest.raises(InputError, match="its type is boolean"):
        at(events([True]))
    with pytest.raises(InputError, match="'infinity' in row 1"):
        at(events(["infinity"]))
    assert at(events(["2026-13-45T00:00:00Z", "2026-03-01T12:00:00Z"])) == ["verdict 3", NOON]
    assert at(events([float("nan"), NOON / 1e6], pa.float64())) == ["verdict 2", NOON]


def test_the_hour_that_comes_twice(at: Callable[..., list[Any]]) -> None:
    """The later one is taken; of the hour that does not exist, the time that clocks showed instead."""
    assert at(events(["2026-10-25 02:30:00", "2026-03-29 02:30:00"]), timezone="Europe/Berlin") == [
        1_792_891_800_000_000,
        1_774_747_800_000_000,
    ]


def test_an_unknown_zone(at: Callable[..., list[Any]]) -> None:
    with pytest.raises(InputError, match="Did you mean Europe/Berlin"):
        at(events(["2026-03-01"]), timezone="Europe/Belin")
