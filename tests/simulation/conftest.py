"""One small simulated company that most tests here look at, with its tables in DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from leadline.simulation import Company, Written, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES = {
    "events": "events/*.parquet",
    "leads": "leads.parquet",
    "profiles": "profiles.parquet",
    "truth": "truth/truth.parquet",
    "causes": "truth/causes.parquet",
    "machines": "truth/machine_truth.parquet",
}


@pytest.fixture(scope="session")
def company() -> Company:
    """Three thousand leads: one cohort, as the defaults are but for the seed."""
    return Company(seed=11, leads=3_000)


@pytest.fixture(scope="session")
def written(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The company's folder."""
    return simulate(company, tmp_path_factory.mktemp("simulation") / "demo")


@pytest.fixture(scope="session")
def tables(written: Written) -> Iterator[duckdb.DuckDBPyConnection]:
    """The folder as views, in UTC."""
    with open_tables(written.folder) as connection:
        yield connection


def open_tables(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection with a view for each table of a folder."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, files in TABLES.items():
        connection.read_parquet(str(folder / files)).create_view(name)
    return connection
