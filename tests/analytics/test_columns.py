"""What columns are taken for: from their names, and from what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from analytics.exports import days, seen
from leadline.analytics.moments import NEVER, moments_of
from leadline.analytics.shapes import Shape, shapes_of
from leadline.analytics.tables import encoded
from leadline.clock import to_datetime
from leadline.engines.duckdb import connect

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 120


def of(*texts: str) -> list[str]:
    return [texts[row % len(texts)] for row in range(ROWS)]


COLUMNS = {
    "Record ID": ([f"r{row}" for row in range(ROWS)], "id"),
    "Lead Number": ([str(579_000 + row) for row in range(ROWS)], "running number"),
    "Work email": ([f"ann{row}@acme{row % 7}.example" for row in range(ROWS)], "e-mail"),
    "Mobile": ([f"+49 151 {1000000 + row}" for row in range(ROWS)], "phone"),
    "Last Name": ([f"Name{row % 90}" for row in range(ROWS)], "person's name"),
    "Position": (of("CEO", "VP Sales", "Buyer"), "job title"),
    "Company Name": ([f"Firm {row % 50}" for row in range(ROWS)], "company"),
    "annual_revenue": ([str(1000 * row + 7) for row in range(ROWS)], "money"),
    "Country": (of("DE", "US", "NA"), "country"),
    "utm_source": (of("google", "bing"), "source"),
    "medium": (of("cpc", "organic"), "channel"),
    "Landing page": ([f"/page-{row % 9}" for row in range(ROWS)], "campaign"),
    "Favourite colour": (of("red", "green", "blue"), "category"),
    "TotalVisits": ([str(row % 23) for row in range(ROWS)], "counted metric"),
    "Wants mail": (of("Yes", "No"), "yes or no"),
    "Create Date": (days(ROWS), "time created"),
    "Close Date": (days(ROWS, "2024-06-01"), "time closed"),
    "Sales rep": (of("Ann", "Bob"), "owner"),
    "What did they say": ([f"they said a lot of things on that day, the {row}th" for row in range(ROWS)], "free text"),
    "Version": (of("7"), "constant"),
    "Fax": (of(""), "empty"),
}


def test_columns_are_taken_for_what_people_mean_by_them(tmp_path: Path) -> None:
    export = seen(tmp_path, leads={name: values for name, (values, _) in COLUMNS.items()})
    found = {field.name: str(field.meaning) for field in export.fields}
    assert found == {name: meaning for name, (_, meaning) in COLUMNS.items()}


def test_namibia_is_no_placeholder_but_select_is(tmp_path: Path) -> None:
    export = seen(
        tmp_path, leads={"id": range(ROWS), "Country": of("DE", "US", "NA"), "City": of("Select", "Bonn", "")}
    )
    country, city = export.field("Country"), export.field("City")
    assert country is not None
    assert city is not None
    assert country.filled == ROWS
    assert city.filled == ROWS // 3


@pytest.mark.parametrize(
    ("text", "shape", "number"),
    [
        ("12.5", Shape.NUMBER, 12.5),
        ("1e3", Shape.NUMBER, 1000),
        ("1e400", Shape.NUMBER, np.nan),
        ("1,234.50 €", Shape.FORMATTED, 1234.5),
        ("1.234.567,89", Shape.FORMATTED, 1_234_567.89),
        ("R$ 5,00", Shape.FORMATTED, 5),
        ("-$1,200", Shape.FORMATTED, -1200),
        ("12k", Shape.FORMATTED, 12_000),
        ("3.5m", Shape.FORMATTED, 3_500_000),
        ("40%", Shape.FORMATTED, 40),
        ("ann@acme.example", Shape.EMAIL, np.nan),
        ("Select", Shape.PLACEHOLDER, np.nan),
        ("#N/A", Shape.PLACEHOLDER, np.nan),
        ("5 Jan 2024", Shape.DATED, np.nan),
        ("2024-01-05T10:00:00Z", Shape.DATED, np.nan),
        ("550e8400-e29b-41d4-a716-446655440000", Shape.UUID, np.nan),
        ("https://acme.example/x", Shape.URL, np.nan),
        ("+49 (0)89 1234567", Shape.PHONE, np.nan),
        ("infinity", Shape.TEXT, np.nan),
        ("12 Angry Men", Shape.TEXT, np.nan),
    ],
)
def test_shapes(text: str, shape: Shape, number: float) -> None:
    found = shapes_of(connect(), [encoded("x", pa.array([text]))])[0]
    assert Shape(found.shape[0]) is shape
    assert found.numbers[0] == pytest.approx(number, nan_ok=True)


@pytest.mark.parametrize(
    ("texts", "form", "first"),
    [
        (["2024-01-05", "2024-1-6"], "iso", "2024-01-05T00:00:00+00:00"),
        (["2024-01-05T10:00:00+02:00"], "iso", "2024-01-05T08:00:00+00:00"),
        (["25/1/2024 10:30", "6/1/2024 9:00"], "%d/%m/%Y %H:%M", "2024-01-25T10:30:00+00:00"),
        (["1/25/2024", "1/6/2024"], "%m/%d/%Y", "2024-01-25T00:00:00+00:00"),
        (["05.01.2024", "31.01.2024"], "%d.%m.%Y", "2024-01-05T00:00:00+00:00"),
        (["Jan 5, 2024"], "%b %d, %Y", "2024-01-05T00:00:00+00:00"),
        (["1/25/2024 3:04 PM"], "%m/%d/%Y %I:%M %p", "2024-01-25T15:04:00+00:00"),
    ],
)
def test_times_are_read_however_they_are_written(texts: list[str], form: str, first: str) -> None:
    found = moments_of(connect(), encoded("created", pa.array(texts)))
    assert found is not None
    assert found.form == form
    assert not found.others
    assert (found.at != NEVER).all()
    assert to_datetime(int(found.at[0])).isoformat() == first


def test_an_order_that_no_date_tells_is_not_guessed() -> None:
    found = moments_of(connect(), encoded("created", pa.array(["5/1/2024", "6/2/2024"])))
    assert found is not None
    assert {found.form, *found.others} >= {"%d/%m/%Y", "%m/%d/%Y"}


def test_a_zone_moves_times_that_have_no_offset() -> None:
    column = encoded("created", pa.array(["2024-07-01 12:00", "2024-07-01T12:00:00Z"]))
    found = moments_of(connect(), column, "Europe/Berlin")
    assert found is not None
    assert [to_datetime(int(at)).hour for at in found.at] == [10, 12]
