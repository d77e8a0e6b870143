"""Cases worked by hand from the semantics, in cases/*.yaml: the engine and the reference must both answer as written.

A file has an agreement and cases. Of a case, ``but`` replaces parts of the agreement by dotted place; times without
offset are UTC; of the answer only what stands under ``expect`` is compared, numbers to six decimals.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from leadline.agreement.format.yaml_tree import parse_yaml
from leadline.agreement.reading import parse_agreement
from leadline.agreement.writing import plain
from leadline.clock import to_instant
from leadline.fields.catalogue import EVENT_COLUMNS, GIVEN_FIELDS, NUMBER, TEXT, TIME, Type
from leadline.log.reading import Sources
from leadline.operations.score import match
from qualification.running import ARROW
from reference.qualification import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadline.agreement.document import Agreement
    from leadline.operations.score import Matched

Row = dict[str, Any]

FILES = sorted(Path(__file__).with_name("cases").glob("*.yaml"))
WRITTEN: dict[str, Row] = {path.stem: plain(parse_yaml(path.read_text("utf-8"), path.name)[0]) for path in FILES}
CASES = [(name, case) for name, file in WRITTEN.items() for case in file["cases"]]

UNLESS_SAID: Row = {
    "leadline": 1,
    "name": "case",
    "fit": {"personas": {"buyer": {"rules": {"work_mail": {"when": "NOT email_is_free", "points": 10}}}}},
    "engagement": {"rules": {"visit": {"on": "Visit", "points": 10}}},
    "mql": {"when": {"engaged": "engagement >= 20"}},
}
PARTS = {"case", "but", "lead", "profiles", "events", "as_of", "expect"}
EXPECTATIONS = {
    "stage", "fit", "persona", "grade", "engagement", "level", "because", "qualifications", "unknown_fields",
    "contributions",
}  # fmt: skip
EVENT_TYPES = EVENT_COLUMNS | {"properties": TEXT}
NOTHING = {"raw": 0.0, "counted": 0.0, "hits": 0, "accepted": 0}


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}::{case['case']}" for file, case in CASES])
def test_case(file: str, case: Row) -> None:
    agreement, rows, as_of = agreement_of(file, but(case)), rows_of(file, case), instant(case["as_of"])
    expected = case["expect"]
    assert expected, "a case must expect something"
    assert case.keys() <= PARTS
    assert expected.keys() <= EXPECTATIONS
    assert expected.get("contributions", {}).keys() <= {rule.name for rule in agreement.engagement.rules}
    by_reference = asdict(evaluate(agreement, **rows, as_of=as_of)[case["case"]])
    decided = matched(file, but(case)).decide(agreement, as_of).to_pylist()
    by_engine = next(row for row in decided if row["lead_id"] == case["case"])
    wanted = {name: approximately(name, value) for name, value in expected.items()}
    assert shown(by_reference, expected) == wanted, "the reference"
    assert shown(by_engine, expected) == wanted, "the engine"


@pytest.mark.parametrize("file", WRITTEN)
def test_every_file_has_each_sort_of_case(file: str) -> None:
    names = [case["case"] for case in WRITTEN[file]["cases"]]
    assert {name.partition(":")[0] for name in names} == {"holds", "does not", "edge", "unknown"}
    assert len(set(names)) == len(names)


def but(case: Row) -> str:
    return json.dumps(case.get("but", {}))


@cache
def agreement_of(file: str, different: str) -> Agreement:
    """The agreement of the file, with what is different in the case."""
    agreement = deepcopy(UNLESS_SAID | WRITTEN[file]["agreement"])
    for place, value in json.loads(different).items():
        *outer, last = place.split(".")
        section = agreement
        for name in outer:
            section = section[name]
        section[last] = value
    return parse_agreement(json.dumps(agreement))


@cache
def matched(file: str, different: str) -> Matched:
    """All cases of a file under one agreement, each a lead of one log of Arrow tables."""
    alike = [case for case in WRITTEN[file]["cases"] if but(case) == different]
    agreement = agreement_of(file, different)
    rows = [rows_of(file, case) for case in alike]
    fields = field_types(agreement) | {"lead_id": TEXT}
    events = EVENT_TYPES | {"lead_id": TEXT, "event_id": TEXT}
    sources = Sources(
        leads=table([row for some in rows for row in some["leads"]], fields),
        profiles=table([row for some in rows for row in some["profiles"]], fields | {"valid_from": TIME}),
        events=table([row for some in rows for row in some["events"]], events),
    )
    return match(agreement, sources)


def rows_of(file: str, case: Row) -> dict[str, list[Row]]:
    """The rows of a case as the reference takes them: instants are µs, numbers are doubles."""
    types = field_types(agreement_of(file, but(case))) | {"valid_from": TIME}
    lead = {"lead_id": case["case"]}
    return {
        "leads": [lead | typed(case["lead"], types)],
        "profiles": [lead | typed(row, types) for row in case.get("profiles", ())],
        "events": [
            lead | {"event_id": f"{case['case']} {number}", "occurred_at": instant(row["at"])} | typed(row, EVENT_TYPES)
            for number, row in enumerate(case.get("events", ()))
        ],
    }


def field_types(agreement: Agreement) -> dict[str, Type]:
    return {"title": TEXT} | {field.name: field.type for field in agreement.fields} | GIVEN_FIELDS


def typed(row: Row, types: dict[str, Type]) -> Row:
    """A written row with its values as they are in a log."""
    read: dict[Type, Callable[[Any], Any]] = {TIME: instant, NUMBER: float}
    return {
        name: value if value is None else read.get(types[name], lambda same: same)(value)
        for name, value in row.items()
        if name != "at"
    }


def instant(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return to_instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def table(rows: list[Row], types: dict[str, Type]) -> pa.Table:
    plain_rows = [row | {"properties": json.dumps(row["properties"])} if "properties" in row else row for row in rows]
    return pa.table(
        {name: pa.array([row.get(name) for row in plain_rows], ARROW[kind]) for name, kind in types.items()}
    )


def shown(answer: Row, expected: Row) -> Row:
    """Of an answer what a case expects, as a case writes it."""
    given = {item["rule"]: item for item in answer["contributions"]}
    read: dict[str, Callable[[Any], Any]] = {
        "qualifications": lambda made: [
            {"at": at if isinstance(at := one["at"], int) else to_instant(at), "because": list(one["because"])}
            for one in made
        ],
        "contributions": lambda _: {
            rule: {key: given.get(rule, NOTHING)[key] for key in keys}
            for rule, keys in expected["contributions"].items()
        },
        "because": list,
        "unknown_fields": list,
    }
    return {name: read.get(name, lambda same: same)(answer[name]) for name in expected}


def approximately(name: str, expected: Any) -> Any:
    """What a case expects; numbers may differ by a millionth."""
    if name == "contributions":
        return {rule: pytest.approx(written, abs=1e-6, rel=0) for rule, written in expected.items()}
    if name == "qualifications":
        return [{"at": instant(made["at"]), "because": made["because"]} for made in expected]
    return pytest.approx(expected, abs=1e-6, rel=0) if isinstance(expected, int | float) else expected
