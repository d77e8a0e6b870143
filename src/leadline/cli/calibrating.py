"""`leadline calibrate`: what a score says about becoming a customer, learned and proposed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from leadline.cli.options import (
    AgreementFile,
    AsOf,
    Events,
    Force,
    Horizon,
    Leads,
    MapFile,
    Outcomes,
    Profiles,
    Timezone,
    horizon_of,
    sources_of,
)
from leadline.cli.terminal import remarks, results, share_bar, showing_progress

if TYPE_CHECKING:
    from leadline.operations.calibrate import Calibrated


def register(application: typer.Typer) -> None:
    """Adds the command."""
    application.command(
        "calibrate", help="Learn the chance of becoming a customer at each score, and propose it as a difference."
    )(calibrate)


def calibrate(
    agreement: AgreementFile,
    leads: Leads,
    events: Events = None,
    profiles: Profiles = None,
    outcomes: Outcomes = None,
    horizon: Horizon = None,
    as_of: AsOf = None,
    mapping: MapFile = None,
    timezone: Timezone = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the new agreement there.")] = None,
    force: Force = False,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write an HTML page.")] = None,
    form: Annotated[Literal["table", "json"], typer.Option("--format", help="Something to read, or data.")] = "table",
) -> None:
    """Learns chances from outcomes; the agreement itself is changed only where --out says so."""
    from leadline.operations.calibrate import calibrate_files, write_amended
    from leadline.operations.chances_page import write_page

    sources = sources_of(leads, events, profiles, mapping, timezone)
    with showing_progress() as progress:
        found = calibrate_files(
            agreement, sources, outcomes, horizon=horizon_of(horizon), as_of=as_of, progress=progress
        )
    if report is not None:
        write_page(found, report)
    if out is not None:
        write_amended(agreement, found.chance, out, replace=force)
    if form == "json":
        _print_json(found)
    else:
        _print(found, out)


def _print(found: Calibrated, out: Path | None) -> None:
    from rich.markup import escape

    from leadline.agreement.wording.odds import chance_in_words

    learned = found.chance.learned_from
    console = results()
    if learned is not None:
        console.print(
            f"[bold]{learned.wins:,} of {learned.leads:,}[/] leads became customers in time; "
            f"{found.young:,} are too young to judge and were left out. [dim]Method: {learned.method}.[/]",
            soft_wrap=True,
        )
    most = max(point.chance for point in found.chance.curve)
    for point in found.chance.curve:
        said = chance_in_words(point.chance, point.low, point.high)
        console.print(f"  {point.score:>6.1f}  [cyan]{share_bar(point.chance / most)}[/]  {said}", soft_wrap=True)
    console.print(_tested(found), soft_wrap=True)
    console.print(f"\n{found.difference}", markup=False, soft_wrap=True, end="")
    if out is None:
        remarks().print("Nothing was changed. Write it to a file with --out.", soft_wrap=True)
    for note in found.notes:
        remarks().print(f"[dim]{escape(note)}[/]", soft_wrap=True)


def _tested(found: Calibrated) -> str:
    from leadline import clock

    if found.test is None:
        return "[yellow]Not tested: there are not enough customers among both earlier and later leads.[/]"
    day = clock.to_datetime(found.test.cut).strftime("%-d %b %Y")
    return (
        f"Fitted on the {found.test.leads:,} leads decided until {day} and tested on the "
        f"{found.test.found.leads:,} later ones: expected calibration error [bold]{found.test.found.error:.3f}[/]."
    )


def _print_json(found: Calibrated) -> None:
    import dataclasses
    import json

    from leadline.operations.calibrate import section_of

    test = None if found.test is None else dataclasses.asdict(found.test)
    answer = {
        "chance": section_of(found.chance),
        "young": found.young,
        "losses": dict(found.losses),
        "test": test,
        "difference": found.difference,
        "notes": found.notes,
    }
    results().print_json(json.dumps(answer))
