"""The reference page of the format, made from its shape, so that it says what the reader does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.conditions import ALLOWED_FUNCTIONS
from leadline.agreement.format.shape import AGREEMENT, Key, Kind, Listed, Named, Section
from leadline.fields.catalogue import (
    EVENT_COLUMNS,
    FIELD_CHOICES,
    KEY_COLUMNS,
    LEAD_FIELDS,
    STAGE_RECORDS,
    TWO_WAY_EVENTS,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXAMPLES: Final[dict[Kind, str]] = {
    Kind.DURATION: "`30m`, `4h`, `30d`, `2w`",
    Kind.DURATION_OR_NEVER: "`30d`, `never`",
    Kind.FREQUENCY: "`1 per day`, `3 per 30d`, `1 ever by asset`",
    Kind.CONDITION: "`company_revenue >= 10e6`",
    Kind.EXPRESSION: "`duration_s`",
    Kind.CRITERION: "`fit >= 50 AND engagement >= 60`",
    Kind.EVENTS: "`Page Viewed`, `[Demo Requested, Contact Requested]`, `any`",
    Kind.TEXTS: "`[first, second]`",
    Kind.VALUES: "`[US, DE]`",
    Kind.TIMEZONE: "`Europe/Berlin`",
    Kind.CURRENCY: "`EUR`",
    Kind.MOMENT: "`2026-03-31`, `2026-03-31T14:00:00+02:00`",
}

_HEAD: Final = """\
# The agreement file

This page is generated from the program (`leadline.agreement.format.reference_page`); do not edit it by hand. What
the file means is told in the guide; this page lists what may be written where.

The file is YAML 1.2: `on`, `yes` and `NO` are plain texts. Anchors, aliases, tags and merge keys are
not allowed. Names are written in lower-case letters, digits and underscores, a letter first.
"""


def reference_page() -> str:
    """The page in Markdown; ends with a line break."""
    parts = [_HEAD]
    for place, section in _sections("", AGREEMENT):
        heading = f"## `{place}`" if place else "## The file"
        parts.append("\n".join([heading, "", *_table(section)]) + "\n")
    parts += [
        _conditions(),
        _columns("Lead fields", LEAD_FIELDS),
        _columns("Event columns", EVENT_COLUMNS),
        _names(),
    ]
    return "\n".join(parts)


def _sections(place: str, section: Section) -> Iterator[tuple[str, Section]]:
    yield place, section
    for key in section.keys:
        where = f"{place}.{key.name}" if place else key.name
        if isinstance(key.holds, Section):
            yield from _sections(where, key.holds)
        elif isinstance(key.holds, Named) and isinstance(key.holds.of, Section):
            yield from _sections(f"{where}.<name>", key.holds.of)
        elif isinstance(key.holds, Listed) and isinstance(key.holds.of, Section):
            yield from _sections(f"{where}[]", key.holds.of)


def _table(section: Section) -> Iterator[str]:
    yield "| key | value | meaning |"
    yield "|---|---|---|"
    for key in section.keys:
        yield f"| `{key.name}` | {_holds(key)} | {_meaning(key)} |"


def _holds(key: Key) -> str:
    holds = key.holds
    if isinstance(holds, Kind):
        example = _EXAMPLES.get(holds)
        return f"{holds}: {example}" if example else str(holds)
    if isinstance(holds, Section):
        return "see below"
    of = "see below" if isinstance(holds.of, Section) else str(holds.of)
    return f"a list, {of}" if isinstance(holds, Listed) else f"names, each with: {of}"


def _meaning(key: Key) -> str:
    extra = " **Required.**" if key.required else f" Default: {key.default}." if key.default else ""
    return f"{key.doc}{extra}".replace("|", "\\|")


def _conditions() -> str:
    functions = ", ".join(f"`{name}`" for name in ALLOWED_FUNCTIONS)
    return (
        "## Conditions\n\n"
        "A condition is a SQL boolean expression in PostgreSQL's spelling. Allowed are literals, "
        "columns, `AND`, `OR`, "
        "`NOT`, comparisons, `IN`, `BETWEEN`, `LIKE`, `ILIKE`, `~`, `~*`, `IS [NOT] NULL`, `+ - * /`, "
        "`CASE`, `CAST`, "
        f"and the functions {functions}.\n"
    )


def _columns(title: str, columns: dict[str, Type]) -> str:
    rows = [f"| `{name}` | {kind} | {', '.join(FIELD_CHOICES.get(name, ()))} |" for name, kind in columns.items()]
    return "\n".join([f"## {title}", "", "| name | type | values |", "|---|---|---|", *rows]) + "\n"


def _names() -> str:
    lines = [
        "## Names with a meaning of their own",
        "",
        f"`at_most … by` counts by {', '.join(f'`{name}`' for name in KEY_COLUMNS)}.",
        "",
        f"Stage records, which are never hits: {', '.join(STAGE_RECORDS)}.",
        "",
        f"Two-way communication in every agreement: {', '.join(TWO_WAY_EVENTS)}.",
    ]
    return "\n".join(lines) + "\n"
