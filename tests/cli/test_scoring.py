"""`leadline score`: the summary, the files it writes, and how it ends."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from cli.running import FILES, leadline, small_company

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def company(tmp_path: Path) -> Path:
    small_company(tmp_path)
    return tmp_path


def test_the_summary_says_who_is_qualified_and_why(company: Path) -> None:
    ran = leadline("score", "agreement.yaml", *FILES, folder=company)
    assert ran.code == 0, ran.err
    assert "3 leads, 1 ever qualified" in ran.out
    assert "engaged" in ran.out
    assert "Fit grade × engagement level" in ran.out


def test_json_is_a_line_a_lead_and_nothing_else(company: Path) -> None:
    ran = leadline("score", "agreement.yaml", *FILES, "--format", "json", folder=company)
    rows = {row["lead_id"]: row for row in map(json.loads, ran.out.splitlines())}
    assert sorted(rows) == ["ann", "bob", "cy"]
    ann = rows["ann"]
    assert ann["stage"] == "mql"
    assert ann["because"] == ["engaged"]
    assert ann["mql_at"] == "2026-01-06T10:00:00+00:00"
    assert ann["fit"] == 100
    # The second visit of a day counts nothing: 20 · 2^(-(4 d 14 h)/30 d) + 60 · 2^(-(3 d 14 h)/14 d).
    assert ann["engagement"] == pytest.approx(68.236, abs=0.001)
    assert rows["bob"]["mql_at"] is None
    assert rows["cy"]["unknown_fields"] == ["country"]


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_out_writes_one_row_a_lead(company: Path, ending: str) -> None:
    ran = leadline("score", "agreement.yaml", *FILES, "--out", f"out/leads.{ending}", folder=company)
    assert ran.code == 0, ran.err
    path = company / "out" / f"leads.{ending}"
    if ending == "parquet":
        ids = pq.read_table(path)["lead_id"].to_pylist()
    elif ending == "csv":
        with path.open(encoding="utf-8") as file:
            ids = [row["lead_id"] for row in csv.DictReader(file)]
    else:
        ids = [json.loads(line)["lead_id"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert ids == ["ann", "bob", "cy"]


def test_rejected_rows_are_counted_kept_and_decide_the_exit_code_when_asked(company: Path) -> None:
    ran = leadline("score", "agreement.yaml", *FILES, folder=company)
    assert ran.code == 0
    assert "rejects.csv" in ran.err
    with (company / "rejects.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert {row["lead_id"] for row in rows} == {"nobody", "cy"}
    assert {row["source"] for row in rows} == {"events"}
    assert leadline("score", "agreement.yaml", *FILES, "--strict", folder=company).code == 5


def test_the_report_is_one_page(company: Path) -> None:
    ran = leadline("score", "agreement.yaml", *FILES, "--report", "report.html", folder=company)
    assert ran.code == 0, ran.err
    page = (company / "report.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "src=" not in page


def test_an_earlier_moment_sees_nothing_later(company: Path) -> None:
    earlier = [*FILES[:-1], "2026-01-06T09:00"]
    ran = leadline("score", "agreement.yaml", *earlier, "--format", "json", folder=company)
    rows = {row["lead_id"]: row for row in map(json.loads, ran.out.splitlines())}
    assert rows["ann"]["mql_at"] is None
    assert [hit["hits"] for hit in rows["ann"]["contributions"]] == [2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--leads", "nothing.csv"), "nothing.csv"),
        (("--leads", "leads.csv", "--as-of", "yesterday"), "is not a moment"),
        (("--leads", "leads.csv", "--out", "out.xyz"), "the ending says which format"),
        (("--leads", "leads.csv", "--timezone", "Mars/Phobos"), "Mars/Phobos"),
        (("--leads", "leads.csv", "--map", "nothing.yaml"), "nothing.yaml"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(company: Path, arguments: tuple[str, ...], says: str) -> None:
    ran = leadline("score", "agreement.yaml", *arguments, folder=company)
    assert ran.code in (2, 3, 4)
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_file_names_are_printed_as_they_are(tmp_path: Path) -> None:
    """Square brackets are markup to the terminal's library."""
    small_company(tmp_path)
    (tmp_path / "leads [red].csv").write_text((tmp_path / "leads.csv").read_text("utf-8") + "\n,,,,\n", "utf-8")
    files = ("--leads", "leads [red].csv", "--events", "events.csv", "--out", "out [red].csv")
    process = leadline("score", "agreement.yaml", *files, folder=tmp_path)
    assert process.code == 0, process.err
    assert "is in out [red].csv." in process.err
    assert "leads.csv" not in process.err
    assert "leads .csv" not in process.err
