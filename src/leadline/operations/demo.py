"""The demo: a simulated company with everything it takes to try Leadline on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.operations.init import write_agreement
from leadline.operations.progress import Progress, silent
from leadline.operations.score import Scored, score_files
from leadline.simulation import Company, simulate

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.simulation import Written


@dataclass(frozen=True, slots=True)
class Demo:
    """A company in a folder, and what scoring it found."""

    folder: Path
    agreement: Path
    written: Written
    scored: Scored
    as_of: int


def build_demo(folder: Path, company: Company, progress: Progress = silent) -> Demo:
    """Simulates a company into ``folder``/company, writes its agreement beside it, and scores it at the end."""
    from leadline.log.reading import Sources

    folder.mkdir(parents=True, exist_ok=True)
    written = simulate(company, folder / "company", lambda done, total: progress("Simulating", done, total))
    agreement = folder / "agreement.yaml"
    if not agreement.exists():
        write_agreement(agreement)
    data = folder / "company"
    sources = Sources(
        leads=data / "leads.parquet",
        events=data / "events",
        profiles=data / "profiles.parquet",
        timezone=None,
    )
    scored = score_files(agreement, sources, company.ends_at, progress)
    return Demo(folder, agreement, written, scored, company.ends_at)
