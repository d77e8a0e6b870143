"""`leadline.qualify`: the same answer from paths, Arrow, pandas and Polars."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import leadline
from cli.running import AGREEMENT
from leadline.errors import AgreementError, InputError
from leadline.qualification.deciding import DECISIONS

if TYPE_CHECKING:
    from pathlib import Path

LEADS = pa.table(
    {
        "lead_id": ["ann", "bob"],
        "created_at": pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", tz="UTC")),
        "email": ["ann@acme.example", "bob@umbrella.example"],
        "title": ["Director of Marketing", "Student"],
        "country": ["DE", "US"],
    }
)
EVENTS = pa.table(
    {
        "lead_id": ["ann", "ann", "bob"],
        "occurred_at": pa.array(
            [datetime(2026, 1, day, tzinfo=UTC) for day in (5, 6, 6)], pa.timestamp("us", tz="UTC")
        ),
        "event": ["Page Viewed", "Demo Requested", "Demo Requested"],
        "path": ["/pricing", None, None],
    }
)


def as_pandas(table: pa.Table) -> Any:
    return table.to_pandas()


def as_polars(table: pa.Table) -> Any:
    return pl.from_arrow(table)


@pytest.fixture(scope="module")
def expected() -> pa.Table:
    return leadline.qualify(AGREEMENT, leads=LEADS, events=EVENTS, as_of="2026-01-10")


def test_the_answer_has_the_documented_columns(expected: pa.Table) -> None:
    assert expected.schema == DECISIONS
    assert expected["lead_id"].to_pylist() == ["ann", "bob"]
    assert expected["stage"].to_pylist() == ["mql", "engaged"]
    assert expected["because"].to_pylist() == [["engaged"], []]


@pytest.mark.parametrize("form", [as_pandas, as_polars])
def test_frames_give_the_same(form: Any, expected: pa.Table) -> None:
    assert leadline.qualify(AGREEMENT, leads=form(LEADS), events=form(EVENTS), as_of="2026-01-10").equals(expected)


def test_pandas_frames_may_have_object_columns_and_nan(expected: pa.Table) -> None:
    events = pd.DataFrame(EVENTS.to_pylist()).astype({"path": object})
    assert leadline.qualify(AGREEMENT, leads=LEADS, events=events, as_of="2026-01-10").equals(expected)


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 1, 10), 1_768_003_200_000_000, "2026-01-10T01:00+01:00"],  # noqa: DTZ001
)
def test_a_moment_may_be_said_in_several_ways(moment: Any, expected: pa.Table) -> None:
    assert leadline.qualify(AGREEMENT, leads=LEADS, events=EVENTS, as_of=moment).equals(expected)


def test_paths_and_agreements_do_as_well(tmp_path: Path, expected: pa.Table) -> None:
    import pyarrow.parquet as pq

    (tmp_path / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
    pq.write_table(LEADS, tmp_path / "leads.parquet")
    pq.write_table(EVENTS, tmp_path / "events.parquet")
    files: dict[str, Any] = {"leads": tmp_path / "leads.parquet", "events": str(tmp_path / "events.parquet")}
    agreement = leadline.load_agreement(tmp_path / "agreement.yaml")
    assert leadline.qualify(agreement, **files, as_of="2026-01-10").equals(expected)
    assert leadline.qualify(tmp_path / "agreement.yaml", **files, as_of="2026-01-10").equals(expected)


def test_leads_alone_are_enough() -> None:
    assert leadline.qualify(AGREEMENT, leads=LEADS, as_of="2026-01-10")["engagement"].to_pylist() == [0, 0]


def test_naive_times_are_asked_about() -> None:
    events = EVENTS.set_column(1, "occurred_at", EVENTS["occurred_at"].cast(pa.timestamp("us")))
    with pytest.raises(InputError, match="occurred_at"):
        leadline.qualify(AGREEMENT, leads=LEADS, events=events, as_of="2026-01-10")
    said = leadline.qualify(AGREEMENT, leads=LEADS, events=events, as_of="2026-01-10", timezone="Europe/Berlin")
    assert said["mql_at"][0].as_py() == datetime(2026, 1, 5, 23, tzinfo=UTC)


def test_errors_are_named() -> None:
    with pytest.raises(AgreementError, match="line 1"):
        leadline.parse_agreement("leadline: 2\nname: x\n")
    with pytest.raises(InputError, match="is not a moment"):
        leadline.qualify(AGREEMENT, leads=LEADS, as_of="soon")
    with pytest.raises(InputError, match="lead_id"):
        leadline.qualify(AGREEMENT, leads=pa.table({"x": [1]}))


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pyarrow", "duckdb", "numba", "sqlglot")
    code = f"import leadline, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_exported_is_there() -> None:
    assert sorted(leadline.__all__) == leadline.__all__
    assert all(getattr(leadline, name) for name in leadline.__all__)
    with pytest.raises(AttributeError):
        leadline.nothing  # noqa: B018
