"""`leadline analyse`: from a bare export to what brings customers, what is wrong, and a first draft of an agreement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from leadline.cli.options import Timezone
from leadline.cli.terminal import ACCENT, remarks, results, share_bar, showing_progress

if TYPE_CHECKING:
    from leadline.analytics.conversion import Breakdown
    from leadline.operations.analyse import Analysis
    from leadline.operations.analysis.report import Places

ROWS_SHOWN = 8


Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE…", help="Exports: leads, and whatever belongs to them (deals, accounts, events)."),
]
Outcome = Annotated[
    str | None,
    typer.Option("--outcome", metavar="COLUMN", help="The column that says who was won; COLUMN=VALUE where need be."),
]
Created = Annotated[
    str | None, typer.Option("--created", metavar="COLUMN", help="The column that says when a lead came.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE.html", help="Write the report as a self-contained page.")
]
DraftFile = Annotated[
    Path | None,
    typer.Option("--agreement", metavar="FILE", help="Where the draft goes. Default: beside the report."),
]
DraftMap = Annotated[
    Path | None, typer.Option("--map", metavar="FILE", help="Where its map goes. Default: beside the report.")
]
Name = Annotated[str | None, typer.Option("--name", help="What the report calls the export.")]
TimeFormat = Annotated[
    str | None,
    typer.Option("--time-format", metavar="FORMAT", help='How its dates are written, for example "%d/%m/%Y".'),
]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Of text that is not UTF-8, for example cp1252.")]
Form = Annotated[
    Literal["table", "json"], typer.Option("--format", help="What is printed: a summary, or all findings as JSON.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace an agreement or a map that is there.")]


def register(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("analyse", help="Analyse a bare export: what brings customers, and what to agree on.")(analyse)


def analyse(
    files: Files,
    outcome: Outcome = None,
    created: Created = None,
    out: Out = None,
    agreement: DraftFile = None,
    mapping: DraftMap = None,
    name: Name = None,
    timezone: Timezone = None,
    time_format: TimeFormat = None,
    encoding: Encoding = None,
    form: Form = "table",
    force: Force = False,
) -> None:
    """Analyses exports and shows what was found."""
    from leadline.operations.analyse import Asked, analyse_files
    from leadline.operations.analysis.report import places_for, write_analysis

    asked = Asked(outcome, created, timezone or "UTC", time_format, encoding, name)
    places = places_for(out, agreement, mapping)
    with showing_progress() as progress:
        analysis = analyse_files(files, asked, progress=progress)
    write_analysis(analysis, places, replace=force)
    if form == "json":
        _print_json(analysis)
    else:
        print_findings(analysis)
    _remark(analysis, places)


def _print_json(analysis: Analysis) -> None:
    import json

    from leadline.operations.analysis.summary import summary_of

    typer.echo(json.dumps(summary_of(analysis), indent=2, ensure_ascii=False))


def _remark(analysis: Analysis, places: Places) -> None:
    from rich.markup import escape

    console = remarks()
    for note in analysis.read.notes:
        console.print(f"[dim]{escape(note)}[/]", soft_wrap=True)
    if places.report is not None:
        console.print(f"The report is in [bold]{escape(str(places.report))}[/].", soft_wrap=True)
    if analysis.draft is not None and places.agreement is not None and places.mapping is not None:
        console.print(
            f"The draft is in [bold]{escape(str(places.agreement))}[/], its map in "
            f"[bold]{escape(str(places.mapping))}[/].",
            soft_wrap=True,
        )


def print_findings(analysis: Analysis) -> None:
    """The main findings on standard output."""
    from rich.markup import escape

    from leadline.operations.analysis.page import page_of
    from leadline.operations.analysis.report import Places
    from leadline.reporting.analysis.sentences import answer

    console = results()
    console.print(f"[bold]{escape(analysis.name)}[/]: {escape(answer(page_of(analysis, Places())))}", soft_wrap=True)
    console.print()
    for judged, _ in analysis.sources[:2]:
        _print_breakdown(judged)
    _print_flaws(analysis)
    _print_learnt(analysis)
    _print_levers(analysis)
    _print_draft(analysis)


def _print_breakdown(breakdown: Breakdown) -> None:
    from rich.markup import escape

    if not breakdown.whole.hits:
        return
    console = results()
    console.print(f"[bold]Won by {escape(breakdown.column)}[/] [dim]share, 95 % interval, leads that can be judged[/]")
    most = max((group.share.rate for group in breakdown.groups[:ROWS_SHOWN] if group.share.trials), default=1) or 1
    for group in breakdown.groups[:ROWS_SHOWN]:
        if not group.share.trials:
            continue
        share = group.share
        mark = {"above": "[green]▲[/]", "below": "[yellow]▼[/]"}.get(group.verdict, " ")
        console.print(
            f"  {escape(group.name[:23]):<24}[{ACCENT}]{share_bar(share.rate / most)}[/] {share.rate:>6.1%} {mark} "
            f"[dim]{share.low:.1%} to {share.high:.1%}, {share.trials:,.0f}[/]"
        )
    console.print()


def _print_flaws(analysis: Analysis) -> None:
    from rich.markup import escape

    console = results()
    shown = [flaw for flaw in analysis.flaws if flaw.kind not in ("missing", "constant", "empty")][:6]
    if shown or analysis.duplicates:
        console.print("[bold]What is wrong with it[/]")
    for flaw in shown:
        console.print(f"  [yellow]{flaw.rows:>7,}[/] {escape(flaw.column)}: {escape(flaw.said)}", soft_wrap=True)
    for one in analysis.duplicates:
        console.print(f"  [yellow]{one.rows:>7,}[/] rows are there again, by the same {one.by}")
    if shown or analysis.duplicates:
        console.print()


def _print_learnt(analysis: Analysis) -> None:
    from rich.markup import escape

    console, verdicts = results(), analysis.verdicts
    if verdicts is None or analysis.model is None:
        return
    leaks = [leak.name for leak in verdicts.leaks if leak.degree == "leak"]
    if leaks:
        more = f" and {len(leaks) - 5} more" if len(leaks) > 5 else ""
        console.print(f"[bold]Leaks[/], left out: [yellow]{escape(', '.join(leaks[:5]))}[/]{more}", soft_wrap=True)
    telling = [one for one in verdicts.clean if one.tells][:5]
    said = ", ".join(f"{escape(one.name)} [dim]{one.auc:.2f}[/]" for one in telling)
    if telling:
        console.print(
            f"[bold]What predicts[/] [dim](AUC)[/]: {said}; together {analysis.model.auc:.2f}", soft_wrap=True
        )
    else:
        console.print(f"[bold]Nothing predicts[/]: all columns together rank like chance ({analysis.model.auc:.2f}).")
    console.print()


def _print_levers(analysis: Analysis) -> None:
    from rich.markup import escape

    if not analysis.levers:
        return
    from leadline.reporting.analysis.sentences import percent, percent_interval

    console = results()
    console.print("[bold]The levers[/]")
    for place, lever in enumerate(analysis.levers[:3], 1):
        gain = f"{percent(lever.gain)} (between {percent_interval(lever)}) {lever.unit}"
        console.print(f"  {place}. {escape(lever.title)}: [{ACCENT}]{escape(gain)}[/]", soft_wrap=True)
        console.print(f"     [dim]{escape(lever.figure)}[/]", soft_wrap=True)
    console.print()


def _print_draft(analysis: Analysis) -> None:
    if analysis.draft is None:
        return
    trial = analysis.draft.trial
    results().print(
        f"[bold]The draft[/], tested on the later {trial.tested:,} leads: {trial.chosen.rate:.0%} qualify, "
        f"[{ACCENT}]{trial.precision.rate:.1%}[/] of them are won ({trial.precision.low:.1%} to "
        f"{trial.precision.high:.1%}) "
        f"instead of {trial.base.rate:.1%}: lift {trial.lift:.2f}, recall {trial.recall.rate:.0%}.",
        soft_wrap=True,
    )
