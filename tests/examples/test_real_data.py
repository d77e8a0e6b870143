"""The examples, run on the real files where they are at hand (`LEADLINE_DATA`, or ../shared/data beside the root)."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from leadline.log.mapping import read_mapping
from leadline.log.reading import Sources
from leadline.operations.score import Scored, score_files

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DATA = Path(os.environ.get("LEADLINE_DATA") or ROOT.parent / "shared" / "data")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data is not at {DATA}; set LEADLINE_DATA")


def scored(example: str, leads: str, events: str | None, as_of: str) -> Scored:
    """What scoring an example's real data finds."""
    folder = EXAMPLES / example
    sources = Sources(
        leads=DATA / leads,
        events=None if events is None else DATA / events,
        mapping=read_mapping(folder / "map.yaml"),
    )
    return score_files(folder / "agreement.yaml", sources, as_of)


@pytest.fixture(scope="module")
def bank() -> Scored:
    log = "bpi2012/bpi2012_events.csv.gz"
    return scored("bpi2012", log, log, "2012-03-15")


def leads_hit_by(decisions: pa.Table) -> Counter[str]:
    """How many leads each rule was hit by."""
    rows = decisions["contributions"].to_pylist()
    return Counter(item["rule"] for row in rows for item in row if item["hits"])


def test_every_activity_of_the_bank_is_counted(bank: Scored) -> None:
    hit = leads_hit_by(bank.decisions)
    assert bank.decisions.num_rows == 13_087
    assert hit["submitted"] == 13_087
    assert hit["preaccepted"] == 7_367
    assert hit["accepted"] == 5_113
    assert hit["offer_sent"] == 5_015
    assert hit["sent_back"] == 3_254
    assert bank.rejected().num_rows == 0


def test_what_the_bank_decided_are_the_stages(bank: Scored) -> None:
    stages = Counter(bank.decisions["stage"].to_pylist())
    assert stages["customer"] == 2_246
    assert stages["lost"] == 7_635


def test_applications_that_qualified_were_approved_more_often(bank: Scored) -> None:
    qualified = bank.decisions.filter(pc.is_valid(bank.decisions["mql_at"]))
    share = sum(stage == "customer" for stage in qualified["stage"].to_pylist()) / qualified.num_rows
    assert share > 2 * 2_246 / 13_087


def test_olist_has_8000_leads_and_842_customers() -> None:
    found = scored(
        "olist",
        "olist/olist_marketing_qualified_leads_dataset.csv",
        "olist/olist_closed_deals_dataset.csv",
        "2018-12-01",
    )
    stages = Counter(found.decisions["stage"].to_pylist())
    assert found.decisions.num_rows == 8_000
    assert stages["customer"] == 842
    assert found.rejected().num_rows == 0
    unknown = dict(found.summary.unknown)
    assert unknown == {"channel": 1_159}


def test_x_education_scores_counted_metrics() -> None:
    found = scored("xeducation", "xeducation/Leads.csv", None, "2020-01-01")
    assert found.decisions.num_rows == 9_240
    with (DATA / "xeducation" / "Leads.csv").open(encoding="utf-8-sig", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    converted = {row["Prospect ID"]: row["Converted"] == "1" for row in rows}
    assert sum(converted.values()) == 3_561
    qualified = [
        converted[lead]
        for lead, at in zip(
            found.decisions["lead_id"].to_pylist(), found.decisions["mql_at"].is_valid().to_pylist(), strict=True
        )
        if at
    ]
    assert len(qualified) > 1_000
    assert sum(qualified) / len(qualified) > 0.6
    # `Select` and blank both mean unknown: 3,380 rows.
    assert dict(found.summary.unknown)["specialization"] == 3_380
