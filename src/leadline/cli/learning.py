"""`leadline learn`: what outcomes say an agreement should be, proposed as a difference with its evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from leadline.cli.options import (
    AgreementFile,
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
from leadline.cli.terminal import remarks, results, showing_progress

if TYPE_CHECKING:
    from leadline.learning.evidence import RuleEvidence
    from leadline.operations.learn import Learned, Wishes
    from leadline.operations.learning.testing import HeldOut

_EVIDENCE_SHOWN = 12


def register(application: typer.Typer) -> None:
    """Adds the command."""
    application.command(
        "learn", help="Learn from won deals what the agreement should say, and propose it with the evidence."
    )(learn)


def learn(
    agreement: AgreementFile,
    leads: Leads,
    events: Events = None,
    profiles: Profiles = None,
    outcomes: Outcomes = None,
    horizon: Horizon = None,
    candidates: Annotated[
        Path | None,
        typer.Option("--candidates", metavar="FILE", help="Rules that may be added. Default: found among the events."),
    ] = None,
    capacity: Annotated[
        float | None, typer.Option("--capacity", metavar="N", help="MQLs a week. Default: as many as now.")
    ] = None,
    beside: Annotated[
        str | None, typer.Option("--with", metavar="NAMES", help="Further models to compare with: lightgbm,ebm.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed, the same proposal.")] = 0,
    mapping: MapFile = None,
    timezone: Timezone = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the proposed agreement, comments kept.")
    ] = None,
    force: Force = False,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="What is printed: something to read, or data.")
    ] = "table",
) -> None:
    """Learns from outcomes; the agreement itself stays as it is."""
    from leadline.operations.learn import learn as run
    from leadline.operations.learning.shape import shaped

    wishes = _wishes(horizon, capacity, candidates, beside, seed)
    sources = sources_of(leads, events, profiles, mapping, timezone)
    with showing_progress() as progress:
        found = run(agreement, sources, outcomes, wishes, progress)
    if form == "json":
        import json

        results().print_json(json.dumps(shaped(found), allow_nan=False))
    else:
        _print(found)
    _write(found, agreement, out, force=force)


def _wishes(
    horizon: str | None, capacity: float | None, candidates: Path | None, beside: str | None, seed: int
) -> Wishes:
    from leadline.errors import InputError
    from leadline.operations.learn import Wishes

    if capacity is not None and not capacity > 0:
        raise InputError(f"--capacity: {capacity:g} MQLs a week are none. Write a number above 0.")
    names = tuple(name.strip().lower() for name in (beside or "").split(",") if name.strip())
    return Wishes(horizon_of(horizon), capacity, candidates, names, seed)


def _write(found: Learned, agreement: Path, out: Path | None, *, force: bool) -> None:
    from rich.markup import escape

    if out is not None and found.proposes:
        from leadline.operations.writing import write_agreement_text

        write_agreement_text(out, found.text, replace=force)
        remarks().print(
            f"The proposed agreement is in [bold]{escape(str(out))}[/]. Nothing else was changed.", soft_wrap=True
        )
    elif out is not None:
        remarks().print(f"Nothing is proposed, so {out} was not written.", markup=False, soft_wrap=True)
    elif found.proposes:
        remarks().print(f"{agreement} was not changed. Write the proposal with --out.", markup=False, soft_wrap=True)
    for note in found.notes:
        remarks().print(f"[dim]{escape(note)}[/]", soft_wrap=True)


def _print(found: Learned) -> None:
    from leadline.agreement.durations import duration_in_words

    console = results()
    console.print(
        f"[bold]{found.wins:,} of {found.train:,}[/] earlier leads became customers within "
        f"{duration_in_words(found.horizon)} of their best moment before sales took them; {found.young:,} are too "
        "young to judge and were left out.",
        soft_wrap=True,
    )
    console.print(f"\n[bold]{found.verdict}[/]", soft_wrap=True)
    if found.proposes:
        _print_changes(found)
    elif found.evidence:
        console.print("\n[bold]What outcomes say about each rule[/]")
        _print_evidence(found.evidence)
    if found.test is not None:
        _print_test(found.test, proposes=found.proposes)


def _print_changes(found: Learned) -> None:
    console = results()
    for change in found.difference:
        console.print(f"  • {change.sentence}.", markup=False, soft_wrap=True)
    console.print("\n[bold]Evidence[/] [dim]leads with and without, at their best moment[/]")
    _print_evidence([change.evidence for change in found.changes if change.evidence is not None])
    for one in found.changes:
        if one.found < one.searches:
            console.print(
                f"  [dim]{one.label} was changed the same way in {one.found} of {one.searches} repeated searches.[/]",
                soft_wrap=True,
            )
    for name in found.contradicted:
        console.print(f"  [yellow]{name} counts one way, and the outcomes go the other.[/]", soft_wrap=True)


def _print_evidence(evidence: list[RuleEvidence] | tuple[RuleEvidence, ...]) -> None:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("", no_wrap=True)
    for name in ("won with", "won without", "odds ratio", "95 %"):
        table.add_column(name, justify="right")
    strongest = sorted(evidence, key=lambda one: (one.says == "too little", -abs(one.odds_ratio - 1), one.name))
    for one in strongest[:_EVIDENCE_SHOWN]:
        table.add_row(
            one.name,
            f"{one.won_with:,} of {one.leads_with:,}",
            f"{one.won_without:,} of {one.leads_without:,}",
            f"{one.odds_ratio:.2f}",
            f"{one.low:.2f}–{one.high:.2f}" + (" ?" if one.says == "too little" else ""),
        )
    results().print(table)


def _print_test(test: HeldOut, *, proposes: bool) -> None:
    from rich.table import Table

    from leadline import clock

    console = results()
    day = clock.to_datetime(test.since).strftime("%-d %B %Y")
    console.print(
        f"\n[bold]Tested on the {test.leads:,} leads decided from {day} on[/] [dim]{test.customers:,} customers; "
        f"customers among the best {test.top:,}[/]",
        soft_wrap=True,
    )
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("", no_wrap=True)
    for name in ("customers", "precision", "recall", "lift", "AUC", "more than given"):
        table.add_column(name, justify="right")
    for one in test.rankings:
        if one.name == "proposed" and not proposes:
            continue
        more = "" if one.name == "given" else f"{one.more:+.0f} ({one.more_low:+.0f} to {one.more_high:+.0f})"
        style = "bold" if one.name == "proposed" else ""
        cells = (
            f"{one.customers:.0f}",
            f"{one.precision:.1%}",
            f"{one.recall:.0%}",
            f"{one.lift:.1f}",
            f"{one.area:.3f}",
        )
        table.add_row(one.name, *cells, more, style=style)
    console.print(table)
    if proposes:
        for name, found in (("given", test.given), ("proposed", test.proposed)):
            console.print(
                f"  MQLs by the {name} criteria: [bold]{found.mqls:,}[/], of {found.judged:,} judged {found.won:,} won "
                f"({found.precision.rate:.1%}), {found.recall.rate:.0%} of the customers found.",
                soft_wrap=True,
            )
        if test.proposed.won < test.given.won and test.proposed.precision.rate < test.given.precision.rate:
            console.print(
                "  [yellow]The new points rank leads better, but the criteria do not make use of it yet:[/] fewer of "
                "the MQLs won, and a smaller share. Try thresholds with `leadline whatif` before you sign.",
                soft_wrap=True,
            )
