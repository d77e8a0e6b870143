"""`leadline score`: decisions for all leads, as a summary to read, a file to use, a page to show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from leadline.cli.options import AgreementFile, AsOf, Events, Leads, MapFile, Profiles, Timezone, sources_of
from leadline.cli.terminal import ACCENT, bars, remarks, results, share_bar, showing_progress

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table

    from leadline.agreement.document import Agreement
    from leadline.operations.score import Scored
    from leadline.operations.summary import Summary

ROW_LEFT_OUT = "row left out"
GRID_COLOURS = ("on green4", "on dark_green", "on grey23")


def register(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("score", help="Score leads: who is qualified, why, and as of when.")(score)


def score(
    agreement: AgreementFile,
    leads: Leads,
    events: Events = None,
    profiles: Profiles = None,
    as_of: AsOf = None,
    mapping: MapFile = None,
    timezone: Timezone = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write one row a lead: .parquet, .csv or .jsonl."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE.html", help="Write the summary as a self-contained page."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", metavar="FILE", help="Where rejected rows go. Default: rejects.csv."),
    ] = None,
    form: Annotated[
        Literal["table", "json"],
        typer.Option("--format", help="What is printed: a summary, or a JSON line a lead."),
    ] = "table",
    strict: Annotated[bool, typer.Option("--strict", help="End with exit code 5 if any row was rejected.")] = False,
) -> None:
    """Scores leads and shows what came out."""
    from leadline.operations.score import score_files

    with showing_progress() as progress:
        scored = score_files(agreement, sources_of(leads, events, profiles, mapping, timezone), as_of, progress)
    if out is not None:
        from leadline.operations.writing import write_table

        write_table(scored.decisions, out)
    if report is not None:
        from leadline.operations.report import write_report

        write_report(scored, report)
    if form == "json":
        _print_json(scored.decisions)
    else:
        print_summary(scored.summary, scored.agreement)
    _remark(scored, out, report)
    _report_rejects(scored, rejects, strict=strict)


def _print_json(decisions: pa.Table) -> None:
    from leadline.operations.writing import write_json_lines

    write_json_lines(decisions, sys.stdout.buffer)


def _remark(scored: Scored, out: Path | None, report: Path | None) -> None:
    from rich.markup import escape

    console = remarks()
    for warning in scored.warnings:
        console.print(f"[yellow]Warning[/] {escape(warning)}", soft_wrap=True)
    for note in scored.notes:
        console.print(f"[dim]{escape(note)}[/]", soft_wrap=True)
    for path, what in ((out, "One row a lead"), (report, "The page")):
        if path is not None:
            console.print(f"{what} is in [bold]{escape(str(path))}[/].", soft_wrap=True)


def _report_rejects(scored: Scored, path: Path | None, *, strict: bool) -> None:
    from rich.markup import escape

    from leadline.errors import RejectedRowsError

    rejected = scored.rejected()
    if rejected.num_rows == 0:
        return
    from leadline.operations.writing import write_table

    path = path or Path("rejects.csv")
    write_table(rejected, path)
    for reason, source, effect, count in _counted(rejected):
        remarks().print(f"[yellow]{count:,}[/] {escape(f'{source}: {reason}')} [dim]({effect})[/]", soft_wrap=True)
    remarks().print(f"All of them, with file and row, are in [bold]{escape(str(path))}[/].", soft_wrap=True)
    left_out = sum(effect == ROW_LEFT_OUT for effect in rejected["effect"].to_pylist())
    if strict and left_out:
        raise RejectedRowsError(f"{left_out:,} rows were left out.")


def _counted(rejected: pa.Table) -> list[tuple[str, str, str, int]]:
    """Reason, source, effect and count, the most frequent first."""
    rows = rejected.group_by(["reason", "source", "effect"]).aggregate([([], "count_all")]).to_pylist()
    found = [(row["reason"], row["source"], row["effect"], row["count_all"]) for row in rows]
    return sorted(found, key=lambda row: (-row[3], row[0]))


def print_summary(summary: Summary, agreement: Agreement) -> None:
    """The summary of a run on standard output."""
    from leadline import clock

    console = results()
    moment = clock.to_datetime(summary.as_of)
    console.print(
        f"[bold]{agreement.name}[/] [dim]version {summary.version}[/], as of {moment:%-d %B %Y, %H:%M} UTC: "
        f"[bold]{summary.leads:,}[/] leads, [bold {ACCENT}]{summary.qualified_leads:,}[/] ever qualified"
        + (f", {summary.visitors:,} still anonymous" if summary.visitors else "")
    )
    console.print()
    console.print(_grid(summary))
    console.print("  [dim]stages[/]  " + "   ".join(f"{stage} [bold]{count:,}[/]" for stage, count in summary.stages))
    if summary.stale:
        console.print(f"  [yellow]{summary.stale:,}[/] MQLs wait for sales and are not {summary.levels[0]}.")
    console.print()
    _print_weeks(summary)
    _print_reasons(summary)
    _print_unknown(summary, agreement)


def _grid(summary: Summary) -> Table:
    from rich.table import Table

    table = Table(
        title="Fit grade × engagement level",
        title_justify="left",
        title_style="bold",
        box=None,
        padding=(0, 1),
    )
    table.add_column("", style="bold")
    for level in summary.levels:
        table.add_column(level, justify="right", min_width=9)
    table.add_column("all", justify="right", style="dim")
    for place, (grade, row) in enumerate(zip(summary.grades, summary.grid, strict=True)):
        cells = [
            f"[bold {GRID_COLOURS[min(place + column, 2)]}]{count:>8,} [/]" if count else "[dim]·[/] "
            for column, count in enumerate(row)
        ]
        table.add_row(grade, *cells, f"{sum(row):,}")
    table.add_row(
        "all",
        *(f"[dim]{sum(column):,} [/]" for column in zip(*summary.grid, strict=True)),
        f"{summary.leads:,}",
    )
    return table


def _print_weeks(summary: Summary) -> None:
    console = results()
    counts = [count for _, count in summary.weeks]
    if not any(counts):
        console.print(f"[dim]Nobody qualified in the {len(counts)} weeks before.[/]\n")
        return
    console.print(f"[bold]Qualifications a week[/] [dim]most {max(counts):,}, last full week {counts[-2]:,}[/]")
    for line in bars([count for count in counts for _ in (0, 1)]):
        console.print(f"  [{ACCENT}]{line}[/]")
    first, last = (f"{monday:%-d %b %Y}" for monday in (summary.weeks[0][0], summary.weeks[-1][0]))
    console.print(f"  [dim]{first}{last.rjust(2 * len(counts) - len(first))}[/]")
    console.print()


def _print_reasons(summary: Summary) -> None:
    console = results()
    if summary.qualifications:
        console.print("[bold]Why they qualified[/]")
        for name, count in summary.reasons[:8]:
            share = count / summary.qualifications
            console.print(f"  {name:<24}[{ACCENT}]{share_bar(share)}[/] {share:>4.0%}  [dim]{count:,}[/]")
        console.print()
    if summary.drivers:
        console.print("[bold]What moves engagement now[/] [dim]leads it counts for, mean points[/]")
        for rule, count, mean in summary.drivers[:8]:
            share = count / max(1, summary.leads)
            console.print(f"  {rule:<24}[{ACCENT}]{share_bar(share)}[/] {share:>4.0%}  {mean:+6.1f}")
        console.print()


def _print_unknown(summary: Summary, agreement: Agreement) -> None:
    if not summary.unknown:
        return
    results().print("[bold]What was unknown[/] [dim]fields that rules ask for[/]")
    titles = agreement.title_of
    for name, count in summary.unknown[:8]:
        share = count / max(1, summary.leads)
        results().print(f"  {titles.get(name, name):<24}[yellow]{share_bar(share)}[/] {share:>4.0%}  [dim]{count:,}[/]")
    results().print()
