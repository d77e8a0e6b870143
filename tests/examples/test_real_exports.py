"""Analyses of real exports (`LEADLINE_DATA`, or ../shared/data beside the root), against facts known of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leadline.agreement.reading import parse_agreement
from leadline.clock import to_datetime
from leadline.operations.analyse import Analysis, analyse_files

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("LEADLINE_DATA") or ROOT.parent / "shared" / "data")
NOW = 1_800_000_000_000_000

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data is not at {DATA}; set LEADLINE_DATA")


@pytest.fixture(scope="module")
def education() -> Analysis:
    return analyse_files([DATA / "xeducation" / "Leads.csv"], now=NOW)


@pytest.fixture(scope="module")
def olist() -> Analysis:
    return analyse_files([DATA / "olist"], now=NOW)


@pytest.fixture(scope="module")
def maven() -> Analysis:
    return analyse_files([DATA / "crm_maven"], now=NOW)


def test_x_education_is_understood(education: Analysis) -> None:
    assert (education.export.rows, int(education.ends.won.sum())) == (9_240, 3_561)
    assert education.ends.how == "Converted is 1"
    flaws = {(flaw.kind, flaw.column): flaw for flaw in education.flaws}
    assert flaws[("placeholder", "Specialization")].rows == 1_942
    assert "'Google' and 'google'" in flaws[("spelling", "Lead Source")].said
    assert ("constant", "Magazine") in flaws
    google = next(group for group in education.sources[1][0].groups if group.name == "Google")
    assert google.spellings == ("Google", "google")


def test_x_educations_leaks_are_named_and_tags_leads(education: Analysis) -> None:
    verdicts = education.verdicts
    assert verdicts is not None
    assert education.model is not None
    leaks = [leak.name for leak in verdicts.leaks if leak.degree == "leak"]
    assert leaks[0] == "Tags"
    assert {"Lead Quality", "Lead Profile"} <= set(leaks)
    assert sum(name.startswith("Asymmetrique") for name in leaks) == 4
    assert len(leaks) == 7
    assert {leak.name for leak in verdicts.leaks if leak.degree == "doubtful"} == {
        "Last Activity", "Last Notable Activity",
    }  # fmt: skip
    assert 0.96 <= verdicts.auc_of_all <= 0.985
    assert 0.87 <= verdicts.auc_without_leaks <= 0.91
    assert 0.85 <= education.model.auc <= 0.885


def test_x_educations_draft_holds_on_the_later_leads(education: Analysis) -> None:
    assert education.draft is not None
    trial = education.draft.trial
    assert trial.agrees
    assert (trial.trained, trial.tested) == (6_468, 2_772)
    assert trial.precision.rate > 0.7
    assert trial.recall.rate > 0.6
    assert trial.lift_interval[0] > 1.6
    text = education.draft.agreement
    assert not [name for name in ("tags", "quality", "lead_profile", "asymmetrique", "last_") if name in text.lower()]
    parse_agreement(text)


def test_olist_is_put_together_from_its_files(olist: Analysis) -> None:
    assert olist.export.leads.name == "olist_marketing_qualified_leads_dataset"
    assert (olist.export.rows, int(olist.ends.won.sum())) == (8_000, 842)
    assert olist.whole.rate == pytest.approx(0.105, abs=0.0005)
    assert olist.ends.value[olist.ends.value == olist.ends.value].sum() == pytest.approx(676_851.48)
    assert (olist.ends.value > 0).sum() == 380


def test_olists_rates_by_origin(olist: Analysis) -> None:
    of_all = {group.name: 100 * group.share.rate for group in olist.sources[0][1].groups}
    facts = {
        "unknown": 16.3, "paid_search": 12.3, "organic_search": 11.8, "direct_traffic": 11.2, "referral": 8.5,
        "social": 5.6, "display": 5.1, "email": 3.0,
    }  # fmt: skip
    assert {name: round(of_all[name], 1) for name in facts} == facts
    judged = {group.name: group for group in olist.sources[0][0].groups}
    assert judged["paid_search"].verdict == "above"
    assert judged["social"].verdict == "below"


def test_olists_leads_of_2017_are_left_out(olist: Analysis) -> None:
    duration = olist.duration
    assert duration is not None
    assert duration.is_truncated
    assert to_datetime(duration.truncated_before).date().isoformat() == "2017-12-05"
    assert duration.missed > 100
    assert int(duration.recorded_quantile(0.5)) == 14
    assert 48 <= duration.recorded.mean() < 50
    states = {month.first_day.isoformat()[:7]: month.state for month in olist.months}
    assert states["2017-11"] == "truncated"
    assert states["2018-02"] == "full"
    backwards = [flaw for flaw in olist.flaws if "won before it came" in flaw.said]
    assert [flaw.rows for flaw in backwards] == [1]


def test_olists_deals_leak_and_entry_fields_predict(olist: Analysis) -> None:
    assert olist.verdicts is not None
    assert olist.model is not None
    assert {one.name for one in olist.verdicts.clean} == {"origin", "landing_page_id"}
    assert olist.verdicts.auc_of_all > 0.99
    assert olist.model.auc >= 0.66
    assert olist.draft is not None
    assert olist.draft.trial.agrees
    assert olist.draft.trial.lift_interval[0] > 1.4


def test_mavens_pipeline(maven: Analysis) -> None:
    ends = maven.ends
    assert (int(ends.won.sum()), int(ends.lost.sum()), int(ends.open.sum())) == (4_238, 2_473, 2_089)
    assert maven.whole.rate == pytest.approx(0.632, abs=0.0005)
    assert ends.value[ends.won].sum() == 10_005_534
    assert {link.table.name: link.matched for link in maven.export.links} == {
        "accounts": 7_375, "products": 8_800, "sales_teams": 8_800,
    }  # fmt: skip
    flaws = {(flaw.kind, flaw.column): flaw for flaw in maven.flaws}
    assert flaws[("missing", "account")].rows == 1_425
    assert "'GTXPro' is 'GTX Pro'" in flaws[("spelling", "product")].said
    assert maven.owners is not None
    assert len([group for group in maven.owners.groups if group.share.trials]) == 30


def test_nothing_predicts_mavens_deals_and_no_draft_pretends_to(maven: Analysis) -> None:
    assert maven.model is not None
    assert maven.model.low < 0.5
    assert maven.draft is None
    assert {lever.kind for lever in maven.levers[:3]} == {"value", "stale", "complete"}
