"""`leadline whatif`: a page in the browser on which an agreement is changed and the past answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    from leadline.operations.whatif.session import Session

PORT = 8620


def register(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("whatif", help="Change an agreement in the browser and see at once who would have qualified.")(
        whatif
    )


def whatif(
    agreement: AgreementFile,
    leads: Leads,
    events: Events = None,
    profiles: Profiles = None,
    mapping: MapFile = None,
    timezone: Timezone = None,
    outcomes: Outcomes = None,
    horizon: Horizon = None,
    capacity: Capacity = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where the page is served; 0 for any free port.")
    ] = PORT,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Opens the what-if page and serves it until Ctrl-C."""
    from leadline.operations.whatif.session import Terms, open_session
    from leadline.web.serving import listening, serve

    terms = Terms(outcomes, horizon_of(horizon), capacity)
    with listening(port) as bound:
        with showing_progress() as progress:
            sources = sources_of(leads, events, profiles, mapping, timezone)
            session = open_session(Path(agreement), sources, terms, progress)
        _remark(session)
        try:
            serve(session, bound, lambda address: _ready(address, browser=browser))
        except KeyboardInterrupt:  # the way to end it
            remarks().print("The page has ended. Nothing was half-written.")


def _remark(session: Session) -> None:
    from rich.markup import escape

    for warning in session.warnings:
        remarks().print(f"[yellow]Warning[/] {escape(warning)}", soft_wrap=True)
    for note in session.notes:
        remarks().print(f"[dim]{escape(note)}[/]", soft_wrap=True)


def _ready(address: str, *, browser: bool) -> None:
    remarks().print(f"The what-if page is at {address}", soft_wrap=True)
    remarks().print("[dim]It answers only on this machine. Ctrl-C ends it.[/]")
    if browser:
        import webbrowser

        webbrowser.open(address)
