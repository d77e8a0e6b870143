"""Timing, data and tables for the benchmarks."""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".bench"
AGREEMENT = Path(__file__).parent / "thirty_rules.yaml"
EVENTS_A_LEAD = 40

Result = TypeVar("Result")


class Clock:
    """Wall and processor seconds of named steps, in order."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.processor: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.wall[name] = self.wall.get(name, 0.0) + time.perf_counter() - wall
        self.processor[name] = self.processor.get(name, 0.0) + time.process_time() - processor


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Wall seconds of a piece of work, and its result."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def company(events: int) -> Path:
    """A folder with a simulated company of about so many events; made once and kept in `.bench`."""
    folder = FOLDER / f"company-{events}"
    if not (folder / "company.json").exists():
        from leadline.simulation import Company, simulate

        say(f"simulating about {events:,} events …")
        simulate(Company(seed=11, leads=events // EVENTS_A_LEAD, events_per_lead=EVENTS_A_LEAD), folder)
    return folder


def in_new_process(script: str, *arguments: str) -> dict[str, Any]:
    """What a benchmark script prints as JSON, run on its own so that memory and caches are its own."""
    command = [sys.executable, str(Path(__file__).parent / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def peak_gib() -> float:
    """The most memory that this process has held, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def say(text: str) -> None:
    """A remark, on standard error."""
    sys.stderr.write(f"{text}\n")


def machine() -> str:
    """What this was measured on."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    cores = len([line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("processor")])
    return f"{model}, {cores} cores, Python {platform.python_version()}, {datetime.now(UTC).date().isoformat()}"


def table(title: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Prints a Markdown table."""
    widths = [max(len(row[place]) for row in [header, *rows]) for place in range(len(header))]
    print(f"\n### {title}\n")
    for row in (header, tuple("-" * width for width in widths), *rows):
        cells = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("| " + " | ".join(cells) + " |")
