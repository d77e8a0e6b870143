"""A back-test on the terminal: the weeks and figures of one agreement or two, who moves, and the threshold curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from leadline import clock
from leadline.cli.backtest_curve import print_curve
from leadline.cli.terminal import ACCENT, bars, results, share_bar
from leadline.clock import DAY
from leadline.reporting.figures import share as percent
from leadline.reporting.figures import signed

if TYPE_CHECKING:
    from rich.table import Table

    from leadline.estimates.shares import Share
    from leadline.learning.backtest.findings import Figures, Moved, Movers
    from leadline.learning.backtest.measures import Measures
    from leadline.operations.backtest.run import Backtest

WEEKS_SHOWN = 78
MOVERS_SHOWN = 6
SEGMENTS_SHOWN = 6


def print_backtest(found: Backtest) -> None:
    """The back-test on standard output."""
    console = results()
    weeks = found.yardstick.weeks
    side, against = found.side, found.against
    rival = "" if against is None else f" against [bold]{escape(against.label)}[/]"
    console.print(
        f"[bold]{escape(side.label)}[/] [dim]version {escape(side.version)}[/]{rival}, "
        f"{clock.to_datetime(weeks.since):%-d %b %Y} to {clock.to_datetime(weeks.until - 1):%-d %b %Y}, "
        f"{'as it was known at each moment' if found.arrivals else 'each record known when it happened'}",
        soft_wrap=True,
    )
    console.print()
    for one in (side, against):
        if one is not None:
            _print_weeks(one, found.yardstick.capacity)
    console.print(_figures(found))
    _print_terms(found)
    if found.moved is not None and against is not None:
        _print_moved(found.moved, side, against)
    _print_segments(found)
    if found.margin is not None:
        print_curve(found, found.margin)


def _print_weeks(side: Figures, capacity: float | None) -> None:
    console = results()
    counts = side.measures.weekly.tolist()[-WEEKS_SHOWN:]
    if not any(counts):
        console.print(f"[dim]{escape(side.label)}: nobody would have qualified.[/]\n")
        return
    limit = "" if capacity is None else f", capacity {capacity:g}"
    mondays = side.measures.load
    console.print(
        f"[bold]MQLs a week, {escape(side.label)}[/] [dim]mean {mondays.mean:.1f}, most {max(counts):,}{limit}[/]"
    )
    for line in bars(counts):
        console.print(f"  [{ACCENT}]{line}[/]", soft_wrap=True)
    console.print()


def _figures(found: Backtest) -> Table:
    from rich.table import Table

    sides = [side for side in (found.side, found.against) if side is not None]
    table = Table(box=None, padding=(0, 2), show_header=len(sides) > 1)
    table.add_column("")
    for side in sides:
        table.add_column(escape(side.label), justify="right")
    for name, cells in zip(
        _NAMES, zip(*(_cells(side, judging=found.judging) for side in sides), strict=True), strict=True
    ):
        if any(cells):
            table.add_row(name, *cells)
    return table


_NAMES = (
    "MQLs",
    "of them old enough to judge",
    "became customers",
    "became SQL",
    "customers found in time",
    "lift over all leads",
    "days from MQL to customer",
    "days before sales accepted",
    "MQLs in a full week",
    "weeks over capacity",
)


def _cells(side: Figures, *, judging: bool) -> list[str]:
    measures, load, sales = side.measures, side.measures.load, side.before_sales
    judged = [_rate(measures.precision), _rate(measures.precision_sql), _rate(measures.recall), _lift(measures)]
    return [
        f"[bold]{measures.mqls:,}[/]",
        f"{measures.judged:,}" if judging else "",
        *(judged if judging else [""] * 4),
        "" if measures.lead_time is None else f"{measures.lead_time:.0f}",
        "" if sales is None else f"{signed(sales[0])} [dim]({sales[1]:,} leads)[/]",
        f"{load.mean:.1f} [dim]most {load.most:,}[/]",
        "" if load.capacity is None else f"{load.over} [dim]of {load.weeks}[/]",
    ]


def _rate(share: Share) -> str:
    if not share.trials:
        return "[dim]nobody to judge[/]"
    return f"[bold]{percent(share.hits, share.trials)}[/] [dim]{percent(share.low, 1)} to {percent(share.high, 1)}[/]"


def _lift(measures: Measures) -> str:
    return "" if measures.lift is None else f"{measures.lift:.1f} ×"


def _print_terms(found: Backtest) -> None:
    console = results()
    if not found.judging:
        console.print(
            "\n[yellow]No outcome is known[/], so nobody can say how good they were. Give --outcomes FILE (lead_id, "
            "outcome, won_at), or events Deal Won and Lead Qualified.\n",
            soft_wrap=True,
        )
        return
    measures, outcomes = found.side.measures, found.yardstick.outcomes
    if outcomes.dated:
        console.print(
            f"  [dim]Judged by whether they became customers within {found.yardstick.horizon / DAY:g} days; "
            f"{measures.young:,} MQLs are younger than that and count neither way.[/]",
            soft_wrap=True,
        )
    else:
        console.print("  [dim]Outcomes have no dates: they are taken as final, whenever they came.[/]")
    console.print()


def _print_moved(moved: Moved, side: Figures, against: Figures) -> None:
    console = results()
    labels = escape(side.label), escape(against.label)
    _print_movers(f"Enter: MQL under {labels[0]}, not under {labels[1]}", moved.entering, "green")
    _print_movers(f"Leave: MQL under {labels[1]}, not under {labels[0]}", moved.leaving, "red")
    staying = moved.staying
    shift = "" if staying.median is None else f", half of those that move by more than {abs(staying.median):.1f} days"
    console.print(
        f"[bold]Stay[/] {staying.leads:,} leads: [bold]{staying.earlier:,}[/] earlier, [bold]{staying.later:,}[/] "
        f"later{shift}\n",
        soft_wrap=True,
    )


def _print_movers(title: str, movers: Movers, colour: str) -> None:
    console = results()
    rate = f", became customers {_rate(movers.rate)}" if movers.rate.trials else ""
    console.print(f"[bold {colour}]{movers.count:,}[/] [bold]{title}[/]{rate}", soft_wrap=True)
    for mover in movers.shown[:MOVERS_SHOWN]:
        instead = f"; else {mover.instead}" if mover.instead else ""
        console.print(
            f"  {clock.to_datetime(mover.at):%-d %b %Y}  [bold]{escape(mover.lead_id)}[/] "
            f"{escape(mover.name)} [dim]{escape(mover.reason + instead)}[/] {mover.became}",
            soft_wrap=True,
        )
    if movers.count > MOVERS_SHOWN:
        console.print(f"  [dim]… {movers.count - MOVERS_SHOWN:,} more; the latest are in --report and --format json[/]")
    console.print()


def _print_segments(found: Backtest) -> None:
    console = results()
    total = max(1, found.side.measures.mqls)
    for division in found.side.divisions:
        if not division.rows:
            continue
        console.print(f"[bold]By {division.title.lower()}[/] [dim]MQLs, became customers[/]")
        for row in division.rows[:SEGMENTS_SHOWN]:
            share = row.measures.mqls / total
            rate = _rate(row.measures.precision) if found.judging else ""
            console.print(
                f"  {escape(f'{row.name:<24.24}')}[{ACCENT}]{share_bar(share)}[/] {row.measures.mqls:>7,}  {rate}",
                soft_wrap=True,
            )
        console.print()
