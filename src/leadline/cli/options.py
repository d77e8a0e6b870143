"""The arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from leadline.log.reading import Sources

AgreementFile = Annotated[Path, typer.Argument(metavar="AGREEMENT", help="The agreement: a YAML file.")]
Leads = Annotated[str, typer.Option("--leads", metavar="FILE", help="Leads: a file, a folder or a glob.")]
Events = Annotated[str | None, typer.Option("--events", metavar="FILE", help="What happened to them.")]
Profiles = Annotated[
    str | None,
    typer.Option("--profiles", metavar="FILE", help="History of what was known: lead_id, valid_from, fields."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="ISO", help="The moment of the answer, for example 2026-03-31. Default: now."),
]
MapFile = Annotated[
    Path | None,
    typer.Option("--map", metavar="FILE", help="What the columns and events of the files mean: a YAML file."),
]
Timezone = Annotated[
    str | None,
    typer.Option("--timezone", metavar="ZONE", help="Zone of times without offset, for example Europe/Berlin."),
]
Outcomes = Annotated[
    str | None,
    typer.Option("--outcomes", metavar="FILE", help="What became of the leads. Default: the deals in --events."),
]
Horizon = Annotated[
    str | None,
    typer.Option(
        "--horizon", metavar="DURATION", help="How long a lead has to become a customer: 180d. Default: from the wins."
    ),
]
Capacity = Annotated[
    float | None, typer.Option("--capacity", metavar="N", min=0, help="How many MQLs sales can work a week.")
]

Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


def horizon_of(stated: str | None) -> int | None:
    """A horizon in µs, ``None`` where nobody states one. Raises ``InputError``."""
    from leadline.agreement.durations import parse_duration
    from leadline.errors import InputError

    try:
        return None if stated is None else parse_duration(stated)
    except ValueError as error:
        raise InputError(f"--horizon: {error}") from None


def sources_of(
    leads: str, events: str | None, profiles: str | None, mapping: Path | None, timezone: str | None
) -> Sources:
    """What the input options say, for an operation."""
    from leadline.log.reading import Sources

    stated = None
    if mapping is not None:
        from leadline.log.mapping import read_mapping

        stated = read_mapping(mapping)
    return Sources(leads=leads, events=events, profiles=profiles, mapping=stated, timezone=timezone)
