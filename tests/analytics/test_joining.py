"""Which table holds the leads, and how others are joined to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analytics.exports import days, seen
from leadline.analytics.moments import NEVER
from leadline.analytics.names import Meaning
from leadline.analytics.outcome import ends_of
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROWS = 100
IDS = [f"lead-{row}" for row in range(ROWS)]
LEADS = {"lead_id": IDS, "created": days(ROWS), "source": ["a", "b"] * 50}


def test_deals_are_rows_that_some_leads_have(tmp_path: Path) -> None:
    deals = {"lead_id": IDS[10:40], "won_date": days(30, "2024-05-01"), "deal value": range(30)}
    export = seen(tmp_path, deals=deals, leads=LEADS)
    ends = ends_of(export)
    assert export.leads.name == "leads"
    assert [(link.way, link.matched) for link in export.links] == [("some leads have one", 30)]
    assert ends.won.sum() == 30
    assert ends.won[10:40].all()
    assert ends.closed is not None
    assert ends.closed.name == "deals: won_date"
    assert ends.valued is not None
    assert ends.value[10:40].tolist() == [float(value) for value in range(30)]


def test_accounts_are_joined_even_where_they_are_spelt_differently(tmp_path: Path) -> None:
    pipeline = {
        "opportunity_id": IDS,
        "product": ["GTXPro", "GTX Basic"] * 50,
        "deal_stage": ["Won", "Lost", "Engaging", "Won"] * 25,
    }
    export = seen(tmp_path, products={"product": ["GTX Pro", "GTX Basic"], "price": [5, 7]}, pipeline=pipeline)
    (link,) = export.links
    assert link.matched == ROWS
    assert link.respelt == (("GTXPro", "GTX Pro", 50),)
    price = export.field("products: price")
    assert price is not None
    assert price.numbers().tolist() == [5.0, 7.0] * 50


def test_events_say_what_happened_to_leads(tmp_path: Path) -> None:
    leads = {"lead_id": IDS, "created_at": days(ROWS), "email": [f"{one}@acme.example" for one in IDS]}
    events = {
        "event_id": range(300),
        "lead_id": IDS * 3,
        "event": ["Page Viewed"] * 200 + ["Deal Won"] * 20 + ["Deal Lost"] * 30 + ["Page Viewed"] * 50,
        "occurred_at": days(300, "2024-02-01"),
    }
    export = seen(tmp_path, events=events, leads=leads)
    ends = ends_of(export)
    assert export.leads.name == "leads"
    assert [link.way for link in export.links] == ["leads have many"]
    assert (ends.won.sum(), ends.lost.sum()) == (20, 30)
    assert (ends.won_at[ends.won] != NEVER).all()
    assert not ends.lost_is_said  # most leads never have a deal: all of them are trials


def test_the_outcome_is_asked_for_where_several_columns_could_say_it(tmp_path: Path) -> None:
    either = ["won", "lost"] * 50
    export = seen(tmp_path, leads={"id": IDS, "phase one": either, "phase two": either[::-1]})
    with pytest.raises(InputError, match=r"phase one, phase two\. Say which with --outcome"):
        ends_of(export)
    assert ends_of(export, "phase two").won.sum() == 50


@pytest.mark.parametrize(
    ("values", "outcome", "won", "lost"),
    [
        (["1", "0"], "Converted", 50, 0),
        (["Closed Won", "Closed Lost", "New", "New"], "Converted", 25, 25),
        (["gold", "silver"], "Converted=gold", 50, 0),
    ],
)
def test_outcomes_are_truths_words_or_a_value(
    tmp_path: Path, values: list[str], outcome: str, won: int, lost: int
) -> None:
    column = [values[row % len(values)] for row in range(ROWS)]
    ends = ends_of(seen(tmp_path, leads={"id": IDS, "Converted": column}), outcome)
    assert (ends.won.sum(), ends.lost.sum()) == (won, lost)


def test_an_outcome_that_says_nothing_is_refused_by_name(tmp_path: Path) -> None:
    export = seen(tmp_path, leads={"id": IDS, "colour": ["red", "blue"] * 50})
    with pytest.raises(InputError, match=r"there is no column 'paint'\. Columns found: id, colour"):
        ends_of(export, "paint")
    with pytest.raises(InputError, match=r'It has red, blue\. Say it with --outcome "colour=VALUE"'):
        ends_of(export, "colour")
    assert not ends_of(export).is_known


def test_a_log_of_events_alone_is_not_taken_for_leads(tmp_path: Path) -> None:
    log = {"case_id": [f"case-{row}" for row in range(20)] * 5, "activity": ["a", "b"] * 50, "timestamp": days(ROWS)}
    with pytest.raises(InputError, match=r"log of events \(100 rows about 20 values of case_id\).*Add one with a row"):
        seen(tmp_path, log=log)
    export = seen(tmp_path, log=log, leads={"case_id": [f"case-{row}" for row in range(20)], "created": days(20)})
    assert export.rows == 20
    assert export.leads.name == "leads"


def test_money_that_is_nought_for_nearly_all_won_is_not_their_value(tmp_path: Path) -> None:
    paid = [900] * 3 + [0] * 27
    deals: dict[str, Sequence[object]] = {"lead_id": IDS[10:40], "won_date": days(30), "declared revenue": paid}
    assert ends_of(seen(tmp_path, deals=deals, leads=LEADS)).valued is None


def test_german_names_are_understood(tmp_path: Path) -> None:
    german = {
        "Lfd. Nr.": range(ROWS),
        "Herkunft": ["Messe", "Suche"] * 50,
        "Erstellt am": [f"{row % 28 + 1:02}.03.2024" for row in range(ROWS)],
        "Status": ["Gewonnen", "Verloren", "Offen", "Offen"] * 25,
        "Abgeschlossen am": [f"{row % 28 + 1:02}.05.2024" if row % 4 == 0 else "" for row in range(ROWS)],
        "Auftragswert": [f"1.{row + 100},50" if row % 4 == 0 else "" for row in range(ROWS)],
    }
    export = seen(tmp_path, export=german)
    ends = ends_of(export)
    source, created, closed = (export.field(name) for name in ("Herkunft", "Erstellt am", "Abgeschlossen am"))
    assert source is not None
    assert source.meaning is Meaning.SOURCE
    assert ends.created == created
    assert ends.closed == closed
    assert ends.value[ends.won].tolist() == [1100.5 + row for row in range(0, ROWS, 4)]
