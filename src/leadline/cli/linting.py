"""`leadline lint`: what looks wrong with an agreement, with numbers where there is a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from leadline.cli.options import AgreementFile, AsOf, Events, MapFile, Outcomes, Profiles, Timezone, sources_of
from leadline.cli.terminal import results, showing_progress
from leadline.errors import FindingsError, InputError

if TYPE_CHECKING:
    from leadline.learning.linting.evidence import Finding
    from leadline.operations.lint import Linted

COLOURS = {"serious": "red", "notable": "yellow", "minor": "cyan"}


def register(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("lint", help="Say what looks wrong with an agreement, with numbers where there is a log.")(lint)


def lint(
    agreement: AgreementFile,
    leads: Annotated[str | None, typer.Option("--leads", metavar="FILE", help="Leads: a file, folder or glob.")] = None,
    events: Events = None,
    profiles: Profiles = None,
    outcomes: Outcomes = None,
    as_of: AsOf = None,
    mapping: MapFile = None,
    timezone: Timezone = None,
    form: Annotated[Literal["table", "json"], typer.Option("--format", help="Something to read, or data.")] = "table",
    strict: Annotated[bool, typer.Option("--strict", help="End with exit code 8 if there is any finding.")] = False,
) -> None:
    """Runs every check; without leads only those that need no log."""
    from leadline.operations.lint import lint as lint_agreement

    if leads is None and any(one is not None for one in (events, profiles, outcomes)):
        raise InputError("--leads is missing: events, profiles and outcomes are those of leads. Say where they are.")
    sources = None if leads is None else sources_of(leads, events, profiles, mapping, timezone)
    with showing_progress() as progress:
        found = lint_agreement(agreement, sources, outcomes, as_of=as_of, progress=progress)
    if form == "json":
        _print_json(found)
    else:
        _print(found)
    if strict and found.findings:
        raise typer.Exit(FindingsError.exit_code)


def _print(found: Linted) -> None:
    from rich.markup import escape

    console = results()
    for finding in found.findings:
        where = f"line {finding.line}, {finding.place}" if finding.line else finding.place
        colour = COLOURS[finding.severity]
        console.print(
            f"[{colour}]{finding.severity}[/] [bold]{escape(where)}[/] [dim]{finding.check}[/]", soft_wrap=True
        )
        console.print(f"    {escape(finding.message)}", soft_wrap=True)
        console.print(f"    [dim]→[/] {escape(finding.way_out)}", soft_wrap=True)
    console.print(f"{_count(found)}{_basis(found)}", soft_wrap=True)
    for note in found.notes:
        console.print(f"[dim]{escape(note)}[/]", soft_wrap=True)


def _count(found: Linted) -> str:
    count = len(found.findings)
    if not count:
        return "[green]Nothing looks wrong.[/]"
    return f"[bold]{count} finding{'s' if count != 1 else ''}.[/]"


def _basis(found: Linted) -> str:
    if not found.leads:
        return " [dim]Without leads and events only the file itself was checked; add --leads and --events.[/]"
    return f" [dim]Checked against {found.leads:,} leads and {found.qualifications:,} qualifications.[/]"


def _print_json(found: Linted) -> None:
    import json

    answer = {
        "agreement": found.source,
        "version": found.agreement.version,
        "leads": found.leads,
        "qualifications": found.qualifications,
        "findings": [_plain(finding) for finding in found.findings],
        "notes": found.notes,
    }
    results().print_json(json.dumps(answer))


def _plain(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "severity": finding.severity,
        "line": finding.line,
        "place": finding.place,
        "message": finding.message,
        "way_out": finding.way_out,
        "numbers": dict(finding.numbers),
        "examples": finding.examples,
    }
