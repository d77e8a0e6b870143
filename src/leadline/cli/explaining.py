"""`leadline explain` and `leadline history`: one lead's receipt, and its scores through time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from leadline.cli.options import AgreementFile, AsOf, Events, Leads, MapFile, Profiles, Timezone, sources_of
from leadline.cli.terminal import results, showing_progress

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement
    from leadline.log.reading import Sources
    from leadline.operations.case import Case
    from leadline.operations.explain import Explanation

LeadId = Annotated[str, typer.Argument(metavar="LEAD_ID", help="The lead.")]
Form = Annotated[Literal["table", "json"], typer.Option("--format", help="Something to read, or data.")]


def register(application: typer.Typer) -> None:
    """Adds the commands."""
    application.command(
        "explain", help="One lead's receipt: every rule, hit, cap and margin, and what would change it."
    )(explain)
    application.command("history", help="One lead's scores at every record, as a chart and as data.")(history)


def explain(
    agreement: AgreementFile,
    lead_id: LeadId,
    leads: Leads,
    events: Events = None,
    profiles: Profiles = None,
    as_of: AsOf = None,
    mapping: MapFile = None,
    timezone: Timezone = None,
    form: Form = "table",
) -> None:
    """Explains a lead's decision."""
    from leadline.cli.receipt import print_receipt
    from leadline.operations.explain import explain as explain_case

    signed, case, moment = _case(agreement, lead_id, sources_of(leads, events, profiles, mapping, timezone), as_of)
    explanation = explain_case(case, moment, asking=True)
    if form == "json":
        _print_json(explanation)
    else:
        print_receipt(explanation, signed)


def history(
    agreement: AgreementFile,
    lead_id: LeadId,
    leads: Leads,
    events: Events = None,
    profiles: Profiles = None,
    as_of: AsOf = None,
    mapping: MapFile = None,
    timezone: Timezone = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write one row a record: .parquet, .csv or .jsonl."),
    ] = None,
    form: Form = "table",
) -> None:
    """Shows a lead's scores through time."""
    from leadline.cli.chart import print_history
    from leadline.operations.history import history as history_of
    from leadline.operations.writing import write_json_lines, write_table

    signed, case, moment = _case(agreement, lead_id, sources_of(leads, events, profiles, mapping, timezone), as_of)
    found = history_of(case, moment)
    if out is not None:
        write_table(found.decisions, out)
    if form == "json":
        write_json_lines(found.decisions, sys.stdout.buffer)
    else:
        print_history(found, signed)


def _case(path: Path, lead_id: str, sources: Sources, as_of: str | None) -> tuple[Agreement, Case, int]:
    from leadline import clock
    from leadline.agreement.reading import load_agreement
    from leadline.operations.case import read_case
    from leadline.operations.score import as_instant

    signed = load_agreement(path)
    now = clock.now()
    moment = as_instant(as_of, now)
    with showing_progress() as progress:
        progress("Reading", 0, None)
        return signed, read_case(signed, sources, lead_id, now=max(now, moment)), moment


def _print_json(explanation: Explanation) -> None:
    import dataclasses
    import json
    import math

    def plain(value: object) -> object:
        if isinstance(value, float) and not math.isfinite(value):
            return None
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value

    results().print_json(json.dumps(plain(dataclasses.asdict(explanation)), default=str))
