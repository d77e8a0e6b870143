"""`leadline backtest`: what an agreement would have done with the past, and what came of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from leadline.cli.options import (
    AgreementFile,
    Capacity,
    Events,
    Horizon,
    Leads,
    MapFile,
    Outcomes,
    Profiles,
    Timezone,
    horizon_of,
    sources_of,
)
from leadline.cli.terminal import remarks, showing_progress

if TYPE_CHECKING:
    from leadline.operations.backtest.run import Backtest
    from leadline.operations.backtest.terms import Terms


Against = Annotated[
    Path | None,
    typer.Option("--against", metavar="OTHER", help="Another agreement: who enters and who leaves against it."),
]
DealValue = Annotated[
    float | None,
    typer.Option("--deal-value", metavar="X", help="What a customer is worth. Default: the mean of the deals won."),
]
CostPerLead = Annotated[
    float | None, typer.Option("--cost-per-lead", metavar="Y", help="What it costs to work an MQL. Default: 0.")
]
Since = Annotated[
    str | None, typer.Option("--from", metavar="ISO", help="First moment looked at. Default: the first event.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="ISO", help="End of what is looked at. Default: the log's end.")
]
Curve = Annotated[
    str | None,
    typer.Option("--curve", metavar="CRITERION.PATH", help="The threshold to vary, or none. Default: engagement."),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE.html", help="Write what came out as a self-contained page."),
]
Form = Annotated[Literal["table", "json"], typer.Option("--format", help="What is printed: a summary, or data.")]


def register(application: typer.Typer) -> None:
    """Adds the command."""
    application.command(
        "backtest", help="Replay the past as it was known: who would have qualified, and what came of it."
    )(backtest)


def backtest(
    agreement: AgreementFile,
    leads: Leads,
    events: Events = None,
    profiles: Profiles = None,
    against: Against = None,
    outcomes: Outcomes = None,
    horizon: Horizon = None,
    capacity: Capacity = None,
    deal_value: DealValue = None,
    cost_per_lead: CostPerLead = None,
    since: Since = None,
    until: Until = None,
    curve: Curve = None,
    mapping: MapFile = None,
    timezone: Timezone = None,
    report: Report = None,
    form: Form = "table",
) -> None:
    """Back-tests an agreement."""
    from leadline.operations.backtest.run import backtest as run

    money = (capacity, deal_value, cost_per_lead)
    terms = _terms(outcomes, horizon, money, (since, until), curve)
    with showing_progress() as progress:
        found = run(agreement, sources_of(leads, events, profiles, mapping, timezone), terms, against, progress)
    if report is not None:
        from leadline.operations.backtest.report import write_report

        write_report(found, report)
    if form == "json":
        _print_json(found)
    else:
        from leadline.cli.backtest_summary import print_backtest

        print_backtest(found)
    _remark(found, report)


def _terms(
    outcomes: str | None,
    horizon: str | None,
    money: tuple[float | None, float | None, float | None],
    window: tuple[str | None, str | None],
    curve: str | None,
) -> Terms:
    from leadline.operations.backtest.terms import Terms
    from leadline.operations.score import as_instant

    since, until = (None if moment is None else as_instant(moment, 0) for moment in window)
    drawn = curve != "none"
    return Terms(outcomes, horizon_of(horizon), *money, since, until, curve if drawn else None, drawn)


def _print_json(found: Backtest) -> None:
    import json

    from leadline.operations.backtest.shape import shaped

    json.dump(shaped(found), sys.stdout, ensure_ascii=False, allow_nan=False, indent=2)
    sys.stdout.write("\n")


def _remark(found: Backtest, report: Path | None) -> None:
    from rich.markup import escape

    console = remarks()
    for warning in found.warnings:
        console.print(f"[yellow]Warning[/] {escape(warning)}", soft_wrap=True, markup=True)
    for note in found.notes:
        console.print(f"[dim]{escape(note)}[/]", soft_wrap=True)
    if report is not None:
        console.print(f"The page is in [bold]{escape(str(report))}[/].", soft_wrap=True)
