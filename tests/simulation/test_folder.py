"""A simulation is a function of its settings, and its folder appears whole or not at all."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from leadline.errors import LeadlineError
from leadline.simulation import Company, simulate
from leadline.simulation import company as company_settings

if TYPE_CHECKING:
    from pathlib import Path

SMALL = Company(seed=5, leads=600, months=6, events_per_lead=20)
PROGRAM = """
import sys
from pathlib import Path
from leadline.simulation import Company, simulate
simulate(Company(seed=int(sys.argv[1]), leads=600, months=6, events_per_lead=20), Path(sys.argv[2]))
"""


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    for seed, name in (("5", "one"), ("5", "two"), ("6", "other")):
        subprocess.run([sys.executable, "-c", PROGRAM, seed, str(tmp_path / name)], check=True, timeout=60)
    one, two, other = (digests(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert one["leads.parquet"] != other["leads.parquet"]
    assert {
        "leads.parquet",
        "profiles.parquet",
        "events/part-00000.parquet",
        "costs.csv",
        "company.json",
    } <= one.keys()
    assert {f"truth/{name}.parquet" for name in ("truth", "causes", "machine_truth")} <= one.keys()


def test_settings_are_written_and_make_the_same_company_again(tmp_path: Path) -> None:
    simulate(SMALL, tmp_path / "demo")
    settings = json.loads((tmp_path / "demo" / "company.json").read_text(encoding="utf-8"))
    assert settings.pop("made_by")
    assert Company(**settings) == SMALL


def test_progress_counts_leads_twice(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    company = Company(seed=5, leads=900, months=3, events_per_lead=1_000)
    simulate(company, tmp_path / "demo", lambda done, total: steps.append((done, total)))
    assert len(company.cohorts) == 3
    assert steps == [(400, 1800), (800, 1800), (900, 1800), (1300, 1800), (1700, 1800), (1800, 1800)]


def test_an_interrupted_run_leaves_nothing_and_keeps_what_was(tmp_path: Path) -> None:
    target = tmp_path / "demo"
    simulate(SMALL, target)
    before = digests(target)

    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(Company(seed=6, leads=600, months=6), target, stop)
    assert digests(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_strange_folders_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(LeadlineError, match="not a simulation"):
        simulate(SMALL, target)
    assert (target / "thesis.txt").exists()
    simulate(SMALL, target, overwrite=True)
    assert not (target / "thesis.txt").exists()
    (tmp_path / "file").touch()
    with pytest.raises(LeadlineError, match="is a file"):
        simulate(SMALL, tmp_path / "file")


@pytest.mark.parametrize(
    "settings", [{"leads": 0}, {"months": 0}, {"events_per_lead": 5}, {"seed": -1}, {"sales_capacity": 0}]
)
def test_impossible_settings_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(LeadlineError, match=next(iter(settings))):
        Company(**settings)


@pytest.mark.parametrize("leads", [1, 7])
def test_tiny_companies_work(tmp_path: Path, leads: int) -> None:
    written = simulate(Company(seed=2, leads=leads, months=1), tmp_path / "tiny")
    assert written.lead_rows == leads


def test_memory_does_not_grow_with_the_company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company_settings, "_EVENTS_PER_COHORT", 60_000)
    peaks = []
    for cohorts in (2, 8):
        company = Company(leads=1_500 * cohorts, months=6)
        assert len(company.cohorts) == cohorts
        tracemalloc.start()
        simulate(company, tmp_path / str(cohorts))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]  # four times the leads; the earliest cohort is the busiest
