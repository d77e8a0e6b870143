"""The threshold curve on the terminal: a line a value, the one in force and the marks pointed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from leadline.cli.terminal import ACCENT, results, share_bar
from leadline.reporting.backtest.sentences import rate
from leadline.reporting.figures import points, whole
from leadline.reporting.figures import share as percent

if TYPE_CHECKING:
    from leadline.learning.backtest.curve import CurvePoint
    from leadline.learning.backtest.findings import Margin
    from leadline.operations.backtest.run import Backtest


def print_curve(found: Backtest, margin: Margin) -> None:
    """The curve on standard output."""
    console = results()
    curve = margin.curve
    most = max(point.measures.mqls for point in curve.points) or 1
    console.print(
        f"[bold]What another threshold would have brought[/]: {escape(curve.threshold.path)} "
        f"[dim]now {escape(str(curve.threshold.compare))}[/]"
    )
    heading = f"{'':>9}  {'MQLs':<20} {'':>7} {'a week':>7}"
    if found.judging:
        heading += f" {'customers':>10} {'recall':>7} {'these added':>12} {'chance':>7}"
    console.print(f"[dim]{heading}{'  worth each' if found.value is not None and found.judging else ''}[/]")
    for point in curve.strictest_first:
        console.print(_line(found, margin, point, most), soft_wrap=True)
    console.print()
    _print_remarks(found, margin)


def _line(found: Backtest, margin: Margin, point: CurvePoint, most: int) -> str:
    curve, measures, band = margin.curve, point.measures, point.band
    bar = share_bar(measures.mqls / most)
    line = f"{points(point.value):>9}  [{ACCENT}]{bar}[/] {measures.mqls:>7,} {measures.load.mean:>7.1f}"
    if found.judging:
        precision, recall = measures.precision, measures.recall
        line += f" {rate(precision):>10} {rate(recall):>7}"
        if point is not curve.strictest_first[0]:
            line += f" {band.leads:>12,} {percent(band.chance, 1):>7}"
            line += "" if band.worth is None else f"  {whole(band.worth):>10}"
    marks = [
        mark
        for mark, value in (
            ("in force", curve.threshold.value),
            ("capacity", curve.capacity_at),
            ("worth most", curve.best_at),
        )
        if value == point.value and (mark != "worth most" or found.judging)
    ]
    return f"{line}  [bold]{'← ' + ', '.join(marks) if marks else ''}[/]"


def _print_remarks(found: Backtest, margin: Margin) -> None:
    console = results()
    curve, capacity = margin.curve, found.yardstick.capacity
    if capacity is not None and curve.capacity_at is None:
        console.print(
            f"  [yellow]Even the strictest value brings more than {capacity:g} MQLs in a mean week.[/]", soft_wrap=True
        )
    if found.judging and found.value is None:
        console.print("  [dim]What leads are worth needs --deal-value: no deal won has a value.[/]", soft_wrap=True)
    elif found.judging and found.cost == 0:
        console.print(
            "  [dim]Working a lead is taken to cost nothing; say --cost-per-lead for where it stops paying.[/]",
            soft_wrap=True,
        )
    lead = margin.lead
    if lead is not None:
        console.print(
            f"  At the margin: [bold]{escape(lead.lead_id)}[/] {escape(lead.name)} "
            f"[dim]fit {points(lead.fit)}, engagement {points(lead.engagement)}: {escape(lead.reason)}; "
            f"now {lead.became}[/]",
            soft_wrap=True,
        )
