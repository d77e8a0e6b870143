"""All commands of `leadline`, each in a file of its own; heavy libraries are imported when a command runs."""

from __future__ import annotations

from typing import Annotated

import typer

from leadline.cli import (
    agreements,
    analysing,
    backtesting,
    calibrating,
    demo,
    explaining,
    learning,
    linting,
    scoring,
    whatif,
)

application = typer.Typer(
    name="leadline",
    help="Decides which marketing leads are qualified, and explains every decision.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        from leadline import __version__

        typer.echo(f"leadline {__version__}")
        raise typer.Exit


@application.callback()
def leadline(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Decides which marketing leads are qualified, and explains every decision."""


for module in (agreements, analysing, scoring, explaining, backtesting, calibrating, learning, linting, whatif, demo):
    module.register(application)
