"""Which column means what: exact names first, then names people use, then the mapping file; two for one are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from leadline.errors import InputError
from leadline.log.mapping import Mapping, parse_mapping, read_mapping

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from log.conftest import Read

Rows = "Callable[[str], list[Any]]"
AT = "2026-03-01T12:00:00Z"


def one(**columns: Any) -> pa.Table:
    """A table of one row; underscores in names stay, keys may be given by ``**{}``."""
    return pa.table({name: [value] for name, value in columns.items()})


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("E-Mail", "email"),
        ("Email Address", "email"),
        ("MAIL", "email"),
        ("Phone Number", "phone"),
        ("mobile", "phone"),
        ("Job Title", "title"),
        ("job_title", "title"),
        ("Yearly Revenue", "revenue"),
    ],
)
def test_synonyms_of_lead_fields(name: str, meaning: str, read: Read, rows: Callable[[str], list[Any]]) -> None:
    value = {"email": "ann@acme.example", "revenue": "5"}.get(meaning, "x")
    inputs = read(one(**{"contact_id": "a", name: value}))
    assert str(rows("FROM versions")[0][meaning]).removesuffix(".0") == value
    assert f"{meaning} from {name}" in " ".join(inputs.notes)


@pytest.mark.parametrize("lead_id", ["Lead ID", "leadid", "contact_id", "prospect id", "person_id", "USER ID"])
@pytest.mark.parametrize("time", ["timestamp", "Time", "event_time", "occurred at", "date"])
@pytest.mark.parametrize("event", ["event_name", "Event Type", "activity", "action"])
def test_synonyms_of_events(lead_id: str, time: str, event: str, read: Read, rows: Callable[[str], list[Any]]) -> None:
    read(one(lead_id="a"), one(**{lead_id: "a", time: AT, event: "Page Viewed", "bot": "yes"}))
    assert rows("SELECT lead, verdict, event, is_machine FROM events") == [
        {"lead": 0, "verdict": 0, "event": "Page Viewed", "is_machine": True}
    ]


def test_an_exact_name_goes_before_all_others(read: Read, rows: Callable[[str], list[Any]]) -> None:
    inputs = read(one(lead_id="a", contact_id="b", phone="1", mobile="2", Phone="3"))
    assert inputs.lead_ids.to_pylist() == ["a"]
    assert rows("FROM versions")[0]["phone"] == "1"


def test_two_columns_for_one_meaning(read: Read) -> None:
    table = one(contact_id="a", person_id="b")
    with pytest.raises(InputError, match="two columns could be lead_id: contact_id, person_id") as error:
        read(table)
    said = parse_mapping(str(error.value).partition("\n")[2])
    assert read(table, mapping=said).lead_ids.to_pylist() == ["a"]


def test_a_missing_column(read: Read) -> None:
    with pytest.raises(InputError, match=r"no column is lead_id\. Columns found: name, mail\. .*\(--map\)"):
        read(one(name="a", mail="b"))
    with pytest.raises(InputError, match=r"no column is event\. Did you mean evnt"):
        read(one(lead_id="a"), one(lead_id="a", occurred_at=AT, evnt="x"))
    with pytest.raises(InputError, match="no column is valid_from"):
        read(one(lead_id="a"), profiles=one(lead_id="a", title="VP"))


def test_fields_that_are_not_there_are_noted(read: Read) -> None:
    notes = " ".join(read(one(lead_id="a")).notes)
    assert "no column for email, title, revenue, partner, renewal; unknown here" in notes


def test_notes_on_what_was_not_used_and_on_the_zone(read: Read) -> None:
    table = one(lead_id="a", created="2026-03-01", shoe_size="44", plan="pro")
    events = one(lead_id="a", occurred_at=AT, event="E", plan="pro", hat="blue")
    notes = " ".join(read(table, events, timezone="Asia/Tokyo").notes)
    assert "leads: not used: shoe_size, plan" in notes
    assert "events: not used: hat" in notes
    assert "leads: times without offset are taken as Asia/Tokyo (created_at)" in notes
    assert "events: times" not in notes


def test_properties(read: Read, rows: Callable[[str], list[Any]]) -> None:
    def plans(**column: list[Any]) -> list[Any]:
        count = len(next(iter(column.values())))
        table = {"lead_id": ["a"] * count, "occurred_at": [AT] * count, "event": ["E"] * count} | column
        inputs = read(one(lead_id="a"), pa.table(table))
        found = [row["properties.plan"] for row in rows("FROM events")]
        return [*found, dict(inputs.counts().values)]

    assert plans(Plan=["pro", " "]) == ["pro", None, {}]
    assert plans(properties=['{"plan": "pro"}', '{"plan": 5}', '{"plan": null}', "", None, "[1]"]) == [
        "pro", "5", None, None, None, None, {},
    ]  # fmt: skip
    assert plans(properties=["{broken", '{"plan": true}']) == [None, "true", {("events", "properties"): 1}]
    assert plans(properties=['{"plan": "json"}', "{}"], plan=["column", "column"]) == ["json", "column", {}]
    assert plans(properties=[{"plan": "pro"}, {"plan": None}]) == ["pro", None, {}]
    kind = pa.map_(pa.string(), pa.string())
    assert plans(properties=pa.array([[("plan", "pro")], [("x", "y")]], kind)) == ["pro", None, {}]


def test_event_columns_that_conditions_name_as_properties(read: Read, rows: Callable[[str], list[Any]]) -> None:
    said = parse_mapping('events: {columns: {"properties.plan": "Tariff (old)"}}')
    read(one(lead_id="a"), one(**{"lead_id": "a", "time": AT, "event": "E", "Tariff (old)": "pro"}), mapping=said)
    assert rows("FROM events")[0]["properties.plan"] == "pro"


WHOLE = """
leads:
  columns: {lead_id: "Prospect ID", title: "What is your current occupation", created_at: [date, time]}
  unknown: [Select, n/a]
  timezone: Asia/Kolkata
  time_format: "%d/%m/%Y %H:%M"
  encoding: cp1252
  delimiter: ";"
events:
  columns: {lead_id: case_id, event: [activity, lifecycle], occurred_at: timestamp}
  events: {"W_Nabellen offertes COMPLETE": Call Connected}
  constants: {channel: phone}
  timezone: Europe/Amsterdam
"""


def test_a_mapping_file(tmp_path: Path, read: Read, rows: Callable[[str], list[Any]]) -> None:
    (tmp_path / "map.yaml").write_text(WHOLE)
    (tmp_path / "leads.csv").write_bytes(
        "Prospect ID;What is your current occupation;date;time\n"
        "1;Geschäftsführer;01/03/2026;17:30\n2;Select;;\n".encode("cp1252")
    )
    (tmp_path / "events.csv").write_text(
        "case_id,activity,lifecycle,timestamp\n1,W_Nabellen offertes,COMPLETE,2026-03-01 13:00:00\n"
        "1,A_SUBMITTED,,2026-03-01 13:00:00\n"
    )
    read(tmp_path / "leads.csv", tmp_path / "events.csv", mapping=read_mapping(tmp_path / "map.yaml"))
    noon = 1_772_366_400_000_000
    assert [(row["at"], row["title"]) for row in rows("FROM versions")] == [(noon, "Geschäftsführer"), (None, None)]
    assert sorted((row["at"], row["event"]) for row in rows("FROM events")) == [
        (noon, "A_SUBMITTED"),
        (noon, "Call Connected"),
    ]


def test_constants(read: Read, rows: Callable[[str], list[Any]]) -> None:
    said = parse_mapping(
        "leads: {constants: {title: VP Sales, partner: yes, revenue: 7}}\nevents: {constants: {event: Lead Created}}"
    )
    read(one(lead_id="a"), one(lead_id="a", occurred_at=AT), mapping=said)
    version = rows("FROM versions")[0]
    assert (version["title"], version["partner"], version["revenue"]) == ("VP Sales", True, 7.0)
    assert rows("FROM events")[0]["event"] == "Lead Created"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("leads: [1]", "line 1, leads: this must be a mapping"),
        ("lead: {}", "line 1, lead: 'lead' is not known here. Did you mean leads"),
        ("leads:\n  colums: {}", "line 2, leads.colums: 'colums' is not known here. Did you mean columns"),
        ("leads:\n  columns: x", "line 2, leads.columns: this must be a mapping"),
        ("leads:\n  columns: {title: []}", "this list is empty"),
        ("leads:\n  timezone: Europe/Belin", "line 2, leads.timezone: .*Did you mean Europe/Berlin"),
        ("leads:\n  time_format: soon", "is not a time format"),
        ("leads:\n  delimiter: ';;'", "a delimiter is one sign"),
        ("leads:\n  events: {a: b}", "'events' is not known here"),
        ("leads: {columns: {title: a}, constants: {title: b}}", "under columns and under constants"),
        ("leads: {\n  columns: {a: b}\n", "this is not YAML"),
        ("leads: &a {unknown: [x]}\nevents: *a", "anchors"),
    ],
)
def test_problems_of_a_mapping_file(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_mapping(text)


def test_all_problems_at_once() -> None:
    with pytest.raises(InputError, match=r"(?s)2 problems.*line 1.*line 2"):
        parse_mapping("leads: {colums: {}}\nevents: {timezone: x}")


def test_mappings_that_do_not_fit(read: Read, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'titel' is not known here\. Did you mean title"):
        read(one(lead_id="a"), mapping=parse_mapping("leads: {columns: {titel: x}}"))
    with pytest.raises(InputError, match=r"no column 'Titel'.*leads\.columns\.title.* Columns found: lead_id"):
        read(one(lead_id="a"), mapping=parse_mapping("leads: {columns: {title: Titel}}"))
    with pytest.raises(InputError, match="lead_id differs from row to row"):
        read(one(lead_id="a"), mapping=parse_mapping("leads: {constants: {lead_id: x}}"))
    with pytest.raises(InputError, match="cannot be read"):
        read_mapping(tmp_path / "none.yaml")
    assert parse_mapping("leads: {}") == Mapping()


@pytest.mark.parametrize(
    ("written", "says"),
    [("x", "is not a moment"), ("2026-03-31", "has no offset"), ("2026-03-31T10:00", "has no offset")],
)
def test_a_moment_for_all_rows_must_be_one(read: Read, written: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(one(lead_id="a"), mapping=parse_mapping(f"leads: {{constants: {{created_at: '{written}'}}}}"))
