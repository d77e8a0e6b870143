"""What became of leads, in the forms in which CRMs say it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from leadline.clock import to_instant
from leadline.errors import InputError
from leadline.log.mapping import parse_mapping
from leadline.log.outcomes import read_outcomes
from leadline.qualification.layout import NEVER

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from leadline.qualification.outcomes import Outcomes
    from log.conftest import Read

LEADS = pa.table({"lead_id": ["a", "b", "c"], "email": ["a@x.example", "b@x.example", "c@x.example"]})
UNTIL = to_instant(datetime(2026, 6, 1, tzinfo=UTC))


def day(text: str) -> int:
    return to_instant(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.fixture
def outcomes(read: Read, connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> Any:
    def reading(csv: str, mapping: str = "") -> tuple[Outcomes, tuple[str, ...]]:
        read(LEADS)
        path = tmp_path / "deals.csv"
        path.write_text(csv, encoding="utf-8")
        said = parse_mapping(mapping or "outcomes: {delimiter: ','}").outcomes
        return read_outcomes(connection, path, said, "UTC", UNTIL)

    return reading


def test_several_deals_are_won_with_the_first_and_add_up(outcomes: Any) -> None:
    found, notes = outcomes(
        "lead_id,stage name,close date,amount\n"
        "a,Closed Won,2026-03-02,100\na,won,2026-02-01,50\na,Lost,2026-01-01,999\n"
        "b,Closed-Lost,2026-03-01,70\nx,Won,2026-03-01,1\n",
        "outcomes: {columns: {outcome: stage name}}",
    )
    assert found.won.tolist() == [True, False, False]
    assert found.won_at.tolist() == [day("2026-02-01"), NEVER, NEVER]
    assert found.value[0] == 150
    assert np.isnan(found.value[1:]).all()
    assert found.lost.tolist() == [True, True, False]
    assert found.lost_at.tolist() == [day("2026-01-01"), day("2026-03-01"), NEVER]
    assert found.dated
    assert found.stated.all()
    assert any("1 rows of unknown leads" in note for note in notes)


def test_what_lies_after_the_moment_is_not_known(outcomes: Any) -> None:
    found, _ = outcomes("lead_id,won_at,value\na,2026-05-31,5\nb,2026-06-02,7\n")
    assert found.won.tolist() == [True, False, False]
    assert found.won_at.tolist()[1] == NEVER
    assert found.stated.all()
    assert np.isnan(found.value[1])


def test_outcomes_without_times_are_final_where_they_are_said(outcomes: Any) -> None:
    found, _ = outcomes("lead_id,Converted\na,1\nb,0\n")
    assert not found.dated
    assert found.won.tolist() == [True, False, False]
    assert found.stated.tolist() == [True, True, False]


def test_a_win_without_its_time_among_others_with_one_is_not_judged(outcomes: Any) -> None:
    found, notes = outcomes("lead_id,outcome,won_at\na,won,2026-01-05\nb,won,\nc,open,\n")
    assert found.stated.tolist() == [True, False, True]
    assert any("won without a time" in note for note in notes)


def test_a_close_date_alone_says_when_it_was_won(outcomes: Any) -> None:
    found, _ = outcomes("lead_id,close date\na,2026-01-05\n")
    assert found.won.tolist() == [True, False, False]


def test_a_time_of_qualification_is_kept(outcomes: Any) -> None:
    found, _ = outcomes("lead_id,outcome,qualified at\na,open,2026-01-05\nb,open,2026-07-05\n")
    assert found.sql.tolist() == [True, False, False]
    assert found.sql_at.tolist()[0] == day("2026-01-05")


def test_words_of_ones_own_are_said_in_the_map(outcomes: Any) -> None:
    csv = "lead_id,outcome,closed at\na,Gewonnen,2026-01-05\nb,weg,2026-01-06\n"
    with pytest.raises(InputError, match=r"'Gewonnen', 'weg' in column outcome is no outcome .* \{Gewonnen: won\}"):
        outcomes(csv)
    found, _ = outcomes(csv, "outcomes: {values: {Gewonnen: won, weg: lost}}")
    assert found.won.tolist() == [True, False, False]
    assert found.lost.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("csv", "mapping", "message"),
    [
        ("lead_id,colour\na,red\n", "", "nothing says what became of the leads"),
        ("lead_id,outcome\na,won\n", "outcomes: {columns: {wonat: x}}", "Did you mean won_at"),
        ("lead_id,outcome\na,won\n", "outcomes: {values: {x: perhaps}}", "Write won, lost or open"),
        ("lead_id,outcome\na,won\n", "leads: {values: {x: won}}", "'values' is not known here"),
    ],
)
def test_what_cannot_be_told_is_asked_for(outcomes: Any, csv: str, mapping: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        outcomes(csv, mapping)
    assert message in str(caught.value)


def test_times_of_qualifications_alone_do_not_date_the_wins(outcomes: Any) -> None:
    """Were they dated, whoever was won would not be judged, and nobody would ever have been won."""
    found, notes = outcomes("lead_id,converted,qualified date\na,yes,2026-01-05\nb,no,2026-01-06\nc,,2026-01-07\n")
    assert not found.dated
    assert found.won.tolist() == [True, False, False]
    assert found.stated.all()
    assert not any("not judged" in note for note in notes)


def test_a_deal_that_was_lost_is_not_won_by_being_closed(outcomes: Any) -> None:
    found, _ = outcomes("lead_id,close date,lost date\na,2026-01-05,2026-01-05\nb,2026-01-06,\n")
    assert found.won.tolist() == [False, True, False]
    assert found.lost.tolist() == [True, False, False]
