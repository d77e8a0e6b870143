"""A lead's history on the terminal: engagement through time, and a line for each record that changed something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.markup import escape

from leadline import clock
from leadline.cli.terminal import ACCENT, bars, results

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.operations.history import History

ROWS_SHOWN = 40
CHART_WIDTH = 72


def print_history(history: History, agreement: Agreement) -> None:
    """The chart, and the records at which score, stage or level changed."""
    decisions = history.decisions
    if decisions.num_rows == 0:
        results().print(f"[bold]{escape(history.lead_id)}[/] has no record by then.")
        return
    at = decisions["as_of"].cast("int64").to_numpy()
    engagement = decisions["engagement"].to_numpy()
    results().print(f"[bold]{escape(history.lead_id)}[/] [dim]{escape(agreement.name)} version {agreement.version}[/]")
    _print_chart(at, engagement, agreement.engagement.max)
    _print_rows(history)


def _print_chart(at: npt.NDArray[np.int64], engagement: npt.NDArray[np.float64], highest: float) -> None:
    """The score after the latest record in each column of time, on a scale up to the highest score."""
    edges = np.linspace(at[0], at[-1], CHART_WIDTH + 1)[1:]
    latest = np.searchsorted(at, edges, side="right") - 1
    values = [float(engagement[place]) for place in latest]
    lines = bars([*values, highest], height=8)
    for place, line in enumerate(lines):
        mark = f"{highest * (8 - place) / 8:>6.0f}" if place % 2 == 0 else " " * 6
        results().print(f"[dim]{mark} │[/][{ACCENT}]{line[:CHART_WIDTH]}[/]")
    first, last = (clock.to_datetime(int(moment)).strftime("%-d %b %Y") for moment in (at[0], at[-1]))
    results().print(f"       [dim]{first}{last.rjust(CHART_WIDTH + 1 - len(first))}[/]")
    results().print()


def _print_rows(history: History) -> None:
    rows = history.decisions.select(
        ["as_of", "stage", "fit", "grade", "engagement", "level", "qualifications"]
    ).to_pylist()
    shown, before = [], None
    for row in rows:
        state = (row["stage"], row["fit"], row["level"], round(row["engagement"]))
        if state != before:
            shown.append(row)
        before = state
    hidden = len(shown) - ROWS_SHOWN
    if hidden > 0:
        results().print(f"  [dim]… {hidden:,} earlier changes; all of them are in --out FILE or --format json[/]")
    for row in shown[-ROWS_SHOWN:]:
        qualified = [q for q in row["qualifications"] if q["at"] == row["as_of"]]
        because = f"  [bold {ACCENT}]qualified: {', '.join(qualified[0]['because'])}[/]" if qualified else ""
        results().print(
            f"  [dim]{row['as_of']:%-d %b %Y %H:%M}[/]  {row['stage']:<12} fit {row['fit']:>5.1f} {row['grade']}  "
            f"engagement {row['engagement']:>5.1f} {row['level']:<6}{because}",
            soft_wrap=True,
        )
