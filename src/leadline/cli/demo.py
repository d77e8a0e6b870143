"""`leadline demo`: a simulated company, scored, and where to look next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadline.cli.terminal import remarks, results, showing_progress

if TYPE_CHECKING:
    import pyarrow as pa


def register(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("demo", help="Simulate a company, score it, and say where to look next.")(demo)


def demo(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the company lives.")] = Path("demo"),
    leads: Annotated[int, typer.Option("--leads", help="How many leads it has.")] = 5_000,
    months: Annotated[int, typer.Option("--months", help="How many months it has been at it.")] = 18,
    seed: Annotated[int, typer.Option("--seed", help="Another number, another company.")] = 7,
) -> None:
    """Builds the demo company and shows what scoring finds."""
    from leadline import clock
    from leadline.cli.scoring import print_summary
    from leadline.operations.demo import build_demo
    from leadline.operations.report import write_report
    from leadline.simulation import Company

    with showing_progress() as progress:
        built = build_demo(folder, Company(seed=seed, leads=leads, months=months), progress)
    report = folder / "report.html"
    write_report(built.scored, report)
    print_summary(built.scored.summary, built.scored.agreement)
    moment = clock.to_datetime(built.as_of).strftime("%Y-%m-%dT%H:%MZ")
    data = folder / "company"
    log = f"--leads {data}/leads.parquet --profiles {data}/profiles.parquet --events {data}/events"
    files = f"{log} --as-of {moment}"
    example = _example_lead(built.scored.decisions)
    leadline = _command()
    results().print("[bold]Where to look next[/]")
    for what, command in (
        ("What the agreement says, in words", f"{leadline} check {built.agreement}"),
        ("Its own tests", f"{leadline} test {built.agreement}"),
        ("One lead's receipt", f"{leadline} explain {built.agreement} {example} {files}"),
        ("The same lead through time", f"{leadline} history {built.agreement} {example} {files}"),
        ("What became of the leads that it would have handed over", f"{leadline} backtest {built.agreement} {log}"),
        ("What if it were different, in the browser", f"{leadline} whatif {built.agreement} {log}"),
        ("What the won deals say it should be", f"{leadline} learn {built.agreement} {log}"),
        ("The page to show around", str(report)),
    ):
        results().print(f"  [dim]{what}[/]\n    {command}", soft_wrap=True)
    remarks().print(f"[dim]The truth behind the simulation is in {data}/truth.[/]", soft_wrap=True)


def _command() -> str:
    """How to run `leadline` from here: by its name, or by its place where the environment is not active."""
    import os
    import shutil
    import sys

    return "leadline" if shutil.which("leadline") else os.path.relpath(sys.argv[0])


def _example_lead(decisions: pa.Table) -> str:
    """The lead that qualified last."""
    import pyarrow.compute as pc

    qualified = decisions.filter(pc.is_valid(decisions["mql_at"])).sort_by(
        [("mql_at", "descending"), ("lead_id", "ascending")]
    )
    chosen = qualified if qualified.num_rows else decisions
    return str(chosen["lead_id"][0].as_py())
