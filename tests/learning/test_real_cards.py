"""Cards learned from real exports, beside what other models reach on them (where the files are at hand)."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from leadline.estimates.ranking import auc
from leadline.learning.binning import Binned, binned
from leadline.learning.boosting import boosted
from leadline.learning.leaks import LeakError, guard
from leadline.learning.scorecard import fit_card

DATA = Path(os.environ.get("LEADLINE_DATA") or Path(__file__).parents[2].parent / "shared" / "data")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data is not at {DATA}; set LEADLINE_DATA")

Bools = npt.NDArray[np.bool_]
LATER = ("Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity")


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def columns_of(rows: list[dict[str, str]], without: tuple[str, ...]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0] if name not in without}


@pytest.fixture(scope="module")
def school() -> tuple[dict[str, list[Any]], Bools, Bools]:
    """X Education in order of Lead Number: columns, who converted, and the first seven tenths."""
    rows = sorted(rows_of("xeducation/Leads.csv"), key=lambda row: int(row["Lead Number"]))
    won = np.array([row["Converted"] == "1" for row in rows])
    training = np.arange(len(rows)) < int(len(rows) * 0.7)
    return columns_of(rows, ("Prospect ID", "Lead Number", "Converted")), won, training


@pytest.fixture(scope="module")
def honest(school: tuple[dict[str, list[Any]], Bools, Bools]) -> Binned:
    columns, _, training = school
    kept = {name: values for name, values in columns.items() if name not in LATER and not name.startswith("Asymm")}
    return binned(kept, training)


def area(school: tuple[dict[str, list[Any]], Bools, Bools], honest: Binned, terms: int | None) -> float:
    _, won, training = school
    card = fit_card(honest.features[training], won[training], honest.names, max_terms=terms)
    assert terms is None or len(card.terms) <= terms
    return auc(card.score(honest.features[~training]), won[~training])


def test_a_card_is_as_good_as_boosted_trees(school: tuple[dict[str, list[Any]], Bools, Bools], honest: Binned) -> None:
    _, won, training = school
    trees = auc(boosted("lightgbm", honest.features, won, training)[~training], won[~training])
    found = area(school, honest, 20)
    assert found >= 0.88
    assert found >= trees - 0.01


def test_twelve_terms_are_as_good_as_logistic_regression(
    school: tuple[dict[str, list[Any]], Bools, Bools], honest: Binned
) -> None:
    from sklearn.linear_model import LogisticRegression

    _, won, training = school
    model = LogisticRegression(max_iter=2_000).fit(honest.features[training], won[training])
    regression = auc(model.decision_function(honest.features[~training]), won[~training])
    assert area(school, honest, 12) >= regression - 0.005


def test_tags_leak_most(school: tuple[dict[str, list[Any]], Bools, Bools]) -> None:
    columns, won, training = school
    with pytest.raises(LeakError, match="too good to be true") as caught:
        guard(columns, won, training)
    assert caught.value.leaks[0].column == "Tags"
    assert "Lead Quality" in [leak.column for leak in caught.value.leaks if leak.filled_for_winners]


def test_without_what_sales_filled_in_nothing_leaks(
    school: tuple[dict[str, list[Any]], Bools, Bools], honest: Binned
) -> None:
    columns, won, training = school
    kept = {name: values for name, values in columns.items() if name in set(honest.columns)}
    assert 0.88 < guard(kept, won, training) < 0.95


def test_what_is_known_at_the_first_contact_tells_sellers_apart() -> None:
    """Olist, leads of 2018 only, in order of first contact: no win of 2017 is recorded before December."""
    won_ids = {row["mql_id"] for row in rows_of("olist/olist_closed_deals_dataset.csv")}
    rows = rows_of("olist/olist_marketing_qualified_leads_dataset.csv")
    rows = sorted(
        (row for row in rows if row["first_contact_date"] >= "2018"), key=lambda row: row["first_contact_date"]
    )
    columns = columns_of(rows, ("mql_id", "first_contact_date"))
    columns["weekday"] = [f"{date.fromisoformat(row['first_contact_date']):%A}" for row in rows]
    won = np.array([row["mql_id"] in won_ids for row in rows])
    training = np.arange(len(rows)) < int(len(rows) * 0.7)
    table = binned(columns, training)
    card = fit_card(table.features[training], won[training], table.names)
    assert auc(card.score(table.features[~training]), won[~training]) >= 0.66
