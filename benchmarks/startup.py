"""Start-up: how long a person waits for help, for a small file, and for the first compile."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import measuring

RUNS = 7


def main() -> None:
    """Prints the median seconds of whole commands in new processes."""
    folder = measuring.company(40_000)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(measuring.ROOT / "src")], check=True)
    command = str(Path(sys.executable).parent / "leadline")
    score = [
        command, "score", str(measuring.AGREEMENT), "--leads", str(folder / "leads.parquet"),
        "--profiles", str(folder / "profiles.parquet"), "--events", str(folder / "events"), "--as-of", "2026-10-01",
        "--rejects", str(measuring.FOLDER / "rejects.csv"),
    ]  # fmt: skip
    _seconds(score, dict(os.environ))
    with tempfile.TemporaryDirectory() as empty:
        first = _seconds(score, os.environ | {"NUMBA_CACHE_DIR": empty})
    rows = [
        ("leadline --help", f"{_median([command, '--help']):.2f}", "0.3"),
        ("leadline score, 1,000 leads, in a new process", f"{_median(score):.2f}", "2"),
        ("the same with the kernel compiled on the way (once a machine)", f"{first:.2f}", ""),
    ]
    measuring.table(f"Start-up, median of {RUNS} ({measuring.machine()})", ("command", "seconds", "aim"), rows)


def _median(command: list[str]) -> float:
    return statistics.median(_seconds(command, dict(os.environ)) for _ in range(RUNS))


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    def run() -> None:
        subprocess.run(command, check=True, capture_output=True, env=environment)

    return measuring.timed(run)[0]


if __name__ == "__main__":
    main()
