"""Runs an agreement's own tests: each story's lead is decided by the engine, and compared with what was expected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from leadline.agreement.usage import event_columns_used
from leadline.fields.catalogue import BOOLEAN, EVENT_COLUMNS, GIVEN_FIELDS, NUMBER, TEXT, TIME
from leadline.log.reading import Sources
from leadline.operations.score import match

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement, Story
    from leadline.fields.catalogue import Type

_ARROW: Final = {
    TEXT: pa.string(),
    NUMBER: pa.float64(),
    BOOLEAN: pa.bool_(),
    TIME: pa.timestamp("us", tz="UTC"),
}
_INSTANT: Final = _ARROW[TIME]
_BOUND: Final = re.compile(r"(>=|<=|<>|>|<|=)\s*([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)")


@dataclass(frozen=True, slots=True)
class Told:
    """How a story came out: ``failures`` say for each broken expectation what was expected and what came."""

    story: Story
    failures: tuple[str, ...]


def tell_stories(agreement: Agreement) -> tuple[Told, ...]:
    """Runs all stories of an agreement, in file order."""
    decided = [(story, _decide(agreement, story)) for story in agreement.stories]
    return tuple(Told(story, tuple(_failures(story, row))) for story, row in decided)


def _decide(agreement: Agreement, story: Story) -> dict[str, Any]:
    matched = match(agreement, _sources(agreement, story))
    row: dict[str, Any] = matched.decide(agreement, story.as_of).to_pylist()[0]
    return row


def _sources(agreement: Agreement, story: Story) -> Sources:
    types = {"title": TEXT} | {field.name: field.type for field in agreement.fields} | GIVEN_FIELDS
    lead = {"lead_id": story.name} | dict(story.lead)
    changes = [
        {"lead_id": story.name, "valid_from": record.at} | dict(record.values)
        for record in story.records
        if record.event is None
    ]
    events = [
        {"lead_id": story.name, "event": record.event, "occurred_at": record.at} | dict(record.values)
        for record in story.records
        if record.event is not None
    ]
    columns = {name: EVENT_COLUMNS.get(name, TEXT) for name in event_columns_used(agreement)}
    columns |= {name: EVENT_COLUMNS[name] for name in ("event", "occurred_at", "direction", "is_machine")}
    return Sources(
        leads=_table([lead], types | {"lead_id": TEXT}),
        profiles=_table(changes, types | {"lead_id": TEXT, "valid_from": TIME}) if changes else None,
        events=_table(events, columns | {"lead_id": TEXT}),
    )


def _table(rows: list[dict[str, Any]], types: dict[str, Type]) -> pa.Table:
    named = {name.removeprefix("properties."): kind for name, kind in types.items()}
    plain = [{name.removeprefix("properties."): value for name, value in row.items()} for row in rows]
    return pa.table(
        {name: pa.array([_cell(row.get(name), kind) for row in plain], _ARROW[kind]) for name, kind in named.items()}
    )


def _cell(value: Any, kind: Type) -> Any:
    if value is None or kind is not TEXT:
        return value
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _failures(story: Story, row: dict[str, Any]) -> list[str]:
    answers = row | {
        "qualified": row["mql_at"] is not None,
        "contributions": {item["rule"]: item["counted"] for item in row["contributions"]},
    }
    failures = []
    for name, expected in story.expect:
        if name == "contributions" and isinstance(expected, dict):
            for rule, points in expected.items():
                came = answers["contributions"].get(rule, 0.0)
                if not _meets(came, points):
                    failures.append(f"contributions.{rule}: expected {points}, but it is {_shown(came)}")
        elif not _meets(answers[name], expected):
            failures.append(f"{name}: expected {_shown(expected)}, but it is {_shown(answers[name])}")
    return failures


def _meets(came: Any, expected: Any) -> bool:
    """Numbers agree to the digits written, or keep a bound such as '>= 60'; lists hold the same names."""
    if isinstance(came, list):
        return sorted(came) == sorted(expected if isinstance(expected, tuple) else (expected,))
    if isinstance(came, bool) or not isinstance(came, float):
        return bool(came == expected)
    bound = _BOUND.fullmatch(str(expected).strip())
    if bound:
        return _keeps(came, bound[1], float(bound[2]))
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return False
    digits = len(repr(expected).partition(".")[2]) if isinstance(expected, float) else 0
    return abs(came - expected) <= 0.5 * 10.0**-digits + 1e-9


def _keeps(came: float, comparator: str, bound: float) -> bool:
    return {
        ">=": came >= bound,
        "<=": came <= bound,
        ">": came > bound,
        "<": came < bound,
        "=": came == bound,
        "<>": came != bound,
    }[comparator]


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
