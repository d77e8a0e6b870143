"""The terminal: one console for results, one for progress and remarks, and the few forms that results take."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from leadline.operations.progress import Progress

BLOCKS = " ▁▂▃▄▅▆▇█"
ACCENT = "cyan"
PATIENCE_S = 1.0


@cache
def results() -> Console:
    """Where results go: standard output."""
    from rich.console import Console

    return Console(highlight=False)


@cache
def remarks() -> Console:
    """Where progress, warnings and errors go: standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def bars(values: Sequence[float], height: int = 4) -> list[str]:
    """A column chart of ``values`` in ``height`` lines of block characters, the top line first."""
    top = max(values, default=0) or 1
    steps = [round(value / top * height * 8) if value else 0 for value in values]
    steps = [max(step, 1) if value else 0 for step, value in zip(steps, values, strict=True)]
    return ["".join(BLOCKS[max(0, min(8, step - 8 * level))] for step in steps) for level in reversed(range(height))]


def share_bar(share: float, width: int = 20) -> str:
    """A horizontal bar for a share between 0 and 1."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    partial = " ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else ""
    return ("█" * (eighths // 8) + partial).ljust(width)


@contextmanager
def showing_progress() -> Iterator[Progress]:
    """Progress bars on standard error, for work that takes longer than a second."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    shown = Progress(*columns, console=remarks(), transient=True)
    listener = _Listener(shown)
    try:
        yield listener
    finally:
        if listener.started:
            shown.stop()


class _Listener:
    """Turns steps into bars once patience is over."""

    def __init__(self, shown: RichProgress) -> None:
        self.shown = shown
        self.tasks: dict[str, TaskID] = {}
        self.begun = time.monotonic()
        self.started = False

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if step not in self.tasks:
            self.tasks[step] = self.shown.add_task(step, total=total)
        self.shown.update(self.tasks[step], completed=done, total=total)
        if not self.started and time.monotonic() - self.begun > PATIENCE_S and self.shown.console.is_terminal:
            self.shown.start()
            self.started = True
