"""`leadline analyse` from outside: what it prints, writes, refuses, and that it does so twice the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analytics.exports import days, written
from cli.running import leadline

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 1500


@pytest.fixture
def export(tmp_path: Path) -> Path:
    rng = np.random.default_rng(8)
    source = rng.choice(["referral", "ads", "events"], ROWS)
    won = rng.random(ROWS) < np.where(source == "referral", 0.5, 0.15)
    columns: dict[str, list[Any]] = {
        "id": [f"l{row}" for row in range(ROWS)],
        "created": days(ROWS, "2020-01-01"),
        "source": source.tolist(),
        "city": [["Bonn", "Select", "Ulm"][row % 3] for row in range(ROWS)],
        "converted": won.astype(int).tolist(),
    }
    return written(tmp_path, "crm", columns)


def test_a_bare_export_becomes_a_report_a_draft_and_its_map(export: Path, tmp_path: Path) -> None:
    ran = leadline("analyse", "crm.csv", "--out", "report.html", folder=tmp_path)
    assert ran.code == 0, ran.err
    assert "of 1,500 leads were won" in ran.out
    assert "'Select' means that nobody knows" in ran.out
    assert "The draft, tested on the later 450 leads" in ran.out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "crm.csv", "report-agreement.yaml", "report-map.yaml", "report.html",
    ]  # fmt: skip
    checked = leadline("check", "report-agreement.yaml", folder=tmp_path)
    assert checked.code == 0, checked.out + checked.err
    scored = leadline(
        "score", "report-agreement.yaml", "--map", "report-map.yaml", "--leads", "crm.csv", "--format", "json",
        folder=tmp_path,
    )  # fmt: skip
    assert scored.code == 0, scored.err
    rows = [json.loads(line) for line in scored.out.splitlines()]
    qualified = [row["mql_at"] is not None for row in rows]
    assert len(rows) == ROWS
    assert 300 < sum(qualified) < 700  # the referrals


def test_the_same_files_give_the_same_bytes(export: Path, tmp_path: Path) -> None:
    first = leadline("analyse", "crm.csv", "--out", "report.html", "--format", "json", folder=tmp_path)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    again = leadline("analyse", "crm.csv", "--out", "report.html", "--format", "json", folder=tmp_path)
    assert again.out == first.out
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_the_findings_as_json(export: Path, tmp_path: Path) -> None:
    ran = leadline("analyse", "crm.csv", "--format", "json", folder=tmp_path)
    found = json.loads(ran.out)
    assert found["leads"] == ROWS
    assert found["outcome"] == "converted is 1"
    groups = {group["name"]: group for group in found["sources"][0]["groups"]}
    assert groups["referral"]["verdict"] == "above"
    assert groups["referral"]["judged"]["rate"] == pytest.approx(0.5, abs=0.06)
    assert {key: value for key, value in found["flaws"][0].items() if key != "said"} == {
        "column": "city",
        "kind": "placeholder",
        "rows": 500,
    }
    assert found["draft"]["lift"] > 1.5
    assert found["levers"][0]["low"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["crm.csv"]


def test_a_changed_draft_is_not_written_over(export: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("my own work", encoding="utf-8")
    refused = leadline("analyse", "crm.csv", "--agreement", "mine.yaml", folder=tmp_path)
    assert refused.code == 4
    assert "mine.yaml exists already, with other content" in refused.err
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "my own work"
    forced = leadline("analyse", "crm.csv", "--agreement", "mine.yaml", "--force", folder=tmp_path)
    assert forced.code == 0
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8").startswith("# A first draft")


HOSTILE = {
    "empty.csv": (b"", 4, "is empty"),
    "header.csv": (b"a,b\n", 4, "there are no rows to analyse"),
    "blank.csv": (b"a,b\n,\n,\n", 4, "every cell is empty"),
    "binary.csv": (bytes(range(32)) * 20, 4, "is no text"),
    "one_column.csv": (b"name\nann\nbob\n", 0, "2 leads, and no column that says which of them were won"),
    "one_row.csv": (b"id,converted\n1,1\n", 0, "1 lead, and no column"),
    "twice.csv": (b"id,source,source,converted\n" + b"1,a,b,1\n2,b,a,0\n" * 30, 0, "30 of 60 leads were won"),
    "western.csv": (("id;straße;won\n" + "1;Köln;1\n2;Zürich;0\n" * 9).encode("cp1252"), 0, "read as cp1252"),
    "several.csv": (b"id,phase,fate\n" + b"1,won,lost\n2,lost,won\n" * 9, 4, "phase, fate. Say which with --outcome"),
    "either.csv": (b"id,created,won\n" + b"1,5/1/2024,1\n2,6/2/2024,0\n" * 9, 4, "Say it with --time-format"),
    "truncated.parquet": (b"PAR1 and no more", 4, "cannot be read"),
    "wide.csv": (
        ",".join(["id", "won", *(f"c{n}" for n in range(5000))]).encode()
        + "".join(f"\n{row},{row % 2}" + f",{row % 7}" * 5000 for row in range(60)).encode(),
        0,
        "30 of 60 leads were won",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_comes_ends_in_a_report_or_a_sentence(name: str, tmp_path: Path) -> None:
    content, code, said = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    ran = leadline("analyse", name, "--out", "report.html", folder=tmp_path)
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err
    assert said in " ".join((ran.out + ran.err).split())
    assert (tmp_path / "report.html").exists() == (code == 0)


def test_a_report_needs_its_ending(tmp_path: Path) -> None:
    ran = leadline("analyse", "crm.csv", "--out", "report.pdf", folder=tmp_path)
    assert ran.code == 4
    assert "Give it the ending .html" in ran.err
