"""`leadline backtest`: figures worked by hand on a small company, two agreements, hostile input, the page."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from cli.running import AGREEMENT, leadline
from leadline.cli.application import application
from leadline.errors import LeadlineError
from reporting.markup import parse

LEADS = """\
lead_id,created_at,email,title,country,name,channel
ann,2026-01-01T09:00:00Z,ann@acme.example,Director of Marketing,DE,Ann <b>Lee</b>,email
bob,2026-01-02T09:00:00Z,bob@umbrella.example,VP Sales,US,,social
cy,2026-01-03T09:00:00Z,cy@globex.example,VP Sales,,Cy,
dee,2026-01-03T09:00:00Z,dee@hooli.example,Student,US,Dee,email
"""

EVENTS = """\
event_id,lead_id,occurred_at,event,path,value,received_at,is_machine,flagged_at
1,ann,2026-01-05T10:00:00Z,Page Viewed,/pricing,,,,
2,ann,2026-01-06T10:00:00Z,Demo Requested,,,,,
3,bob,2026-01-07T10:00:00Z,Page Viewed,/pricing,,,,
4,bob,2026-01-08T10:00:00Z,Page Viewed,/pricing,,,,
5,bob,2026-01-09T10:00:00Z,Page Viewed,/pricing,,,,
6,cy,2026-01-07T10:00:00Z,Demo Requested,,,2026-01-20T10:00:00Z,,
7,dee,2026-01-07T10:00:00Z,Demo Requested,,,,,
8,ann,2026-01-08T10:00:00Z,Lead Accepted,,,,,
9,ann,2026-01-09T10:00:00Z,Lead Qualified,,,,,
10,ann,2026-01-16T10:00:00Z,Deal Won,,1000,,,
11,cy,2026-02-01T10:00:00Z,Deal Won,,3000,,,
12,cy,2026-05-01T10:00:00Z,Page Viewed,/about,,,,
"""

FILES = ("--leads", "leads.csv", "--events", "events.csv")
EASY = AGREEMENT.replace("engagement >= 60", "engagement >= 50")


@pytest.fixture
def company(tmp_path: Path) -> Path:
    for name, text in {
        "agreement.yaml": AGREEMENT,
        "easy.yaml": EASY,
        "leads.csv": LEADS,
        "events.csv": EVENTS,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def ran(company: Path, *options: str, agreement: str = "agreement.yaml") -> str:
    """What the command prints, run in this process: a start of Python costs more than a back-test."""
    printed = io.StringIO()
    with contextlib.chdir(company), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        application(["backtest", agreement, *FILES, *options], standalone_mode=False)
    return printed.getvalue()


def found(company: Path, *options: str, agreement: str = "agreement.yaml") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(ran(company, *options, "--format", "json", agreement=agreement))
    return answer


def test_figures_are_those_worked_by_hand(company: Path) -> None:
    answer = found(company, "--horizon", "30d", "--capacity", "1", "--from", "2026-01-01")
    side = answer["agreement"]
    # Ann on 6 January; Cy's demo arrives on the 20th and has decayed by then, but qualified when it happened.
    assert (side["mqls"], side["hand_offs"], side["judged"]) == (2, 2, 2)
    assert (side["precision_customer"]["hits"], side["precision_customer"]["of"]) == (2, 2)
    assert side["precision_sql"]["hits"] == 1
    assert (side["recall"]["hits"], side["recall"]["of"]) == (2, 2)
    assert (side["all_leads"]["hits"], side["all_leads"]["of"], side["lift"]) == (2, 4, 2.0)
    assert side["days_from_mql_to_won"] == 11
    assert side["days_before_sales_accepted"] == {"median": 2.0, "leads": 1}
    assert side["load"]["weeks_over_capacity"] == 0
    assert answer["point_in_time"] is True
    assert answer["deal_value"] == 2000
    weeks = [week["monday"] for week, count in zip(answer["weeks"], side["mqls_per_week"], strict=True) if count]
    assert weeks == ["2026-01-05", "2026-01-19"]


def test_the_other_agreement_enters_leaves_and_says_why(company: Path) -> None:
    answer = found(company, "--against", "agreement.yaml", "--curve", "none", agreement="easy.yaml")
    (entering,) = answer["change"]["entering"]["leads"]
    assert (entering["lead_id"], entering["name"], entering["at"]) == (
        "bob",
        "bob@umbrella.example",
        "2026-01-09T10:00:00Z",
    )
    assert entering["reason"] == "fit 100 ≥ 50 and engagement 58.6 ≥ 50 (engaged)"
    assert entering["instead"] == "engagement 58.6 < 60 (engaged)"
    assert answer["change"]["leaving"]["count"] == 0
    assert answer["change"]["staying"]["leads"] == 2
    assert answer["against"]["label"] == "agreement"
    assert answer["differences"]
    turned = found(company, "--against", "easy.yaml", "--curve", "none")
    assert [lead["lead_id"] for lead in turned["change"]["leaving"]["leads"]] == ["bob"]
    assert turned["curve"] is None


def test_another_agreement_may_ask_other_things(company: Path) -> None:
    other = AGREEMENT.replace("path LIKE '/pricing%'", "path LIKE '/pr%'").replace("points: 60", "points: 50")
    (company / "other.yaml").write_text(other, encoding="utf-8")
    answer = found(company, "--against", "other.yaml")
    assert answer["agreement"]["mqls"] == 2
    assert answer["against"]["mqls"] == 1
    assert answer["change"]["entering"]["leads"][0]["lead_id"] == "cy"


def test_the_curve_says_what_other_thresholds_bring(company: Path) -> None:
    answer = found(company, "--horizon", "30d", "--cost-per-lead", "100")
    curve = answer["curve"]
    assert (curve["threshold"], curve["value"], curve["stricter"]) == ("engaged.engagement", 60, "higher")
    by_value = {point["value"]: point for point in curve["points"]}
    assert [by_value[value]["mqls"] for value in (20, 50, 60, 80)] == [3, 3, 2, 0]
    assert by_value[55]["band"]["leads"] == 1
    # None of one, as if ten more had come out as two of three did: 20/3 ÷ 11.
    assert by_value[55]["band"]["chance"] == pytest.approx(20 / 3 / 11)
    assert by_value[55]["band"]["worth_per_lead"] == pytest.approx(2000 * 20 / 33 - 100)
    assert curve["worth_most_at"] == 55
    assert curve["marginal_lead"]["lead_id"] == "cy"
    fit = found(company, "--curve", "engaged.fit")["curve"]
    assert fit["comparison"] == "fit >= 50"


def test_outcomes_may_come_from_a_file_and_be_undated(company: Path) -> None:
    (company / "outcomes.csv").write_text("lead_id,outcome\nann,lost\nbob,won\n", encoding="utf-8")
    answer = found(company, "--outcomes", "outcomes.csv")
    side = answer["agreement"]
    assert answer["outcomes_until"] is None
    assert (side["judged"], side["not_judged"], side["precision_customer"]["hits"]) == (1, 1, 0)
    assert (side["recall"]["hits"], side["recall"]["of"]) == (0, 1)
    assert side["days_from_mql_to_won"] is None


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize("case", ["no outcomes", "all young", "nobody", "no criterion with a number", "no events"])
def test_hostile_pasts_end_in_an_answer(company: Path, case: str, form: str) -> None:
    options: tuple[str, ...] = ("--report", "page.html", "--capacity", "3")
    if case == "no outcomes":
        kept = [line for line in EVENTS.splitlines() if "Deal" not in line and "Lead" not in line]
        (company / "events.csv").write_text("\n".join(kept), encoding="utf-8")
    elif case == "all young":
        options += ("--horizon", "5000d")
    elif case == "nobody":
        (company / "agreement.yaml").write_text(AGREEMENT.replace("engagement >= 60", "engagement > 99.9"), "utf-8")
    elif case == "no criterion with a number":
        (company / "agreement.yaml").write_text(
            AGREEMENT.replace("fit >= 50 AND engagement >= 60", "level = 'hot'"), "utf-8"
        )
    elif case == "no events":
        (company / "events.csv").write_text(EVENTS.splitlines()[0] + "\n", encoding="utf-8")
    for against in ((), ("--against", "easy.yaml")):
        printed = ran(company, *options, *against, "--format", form)
        assert "nan" not in printed.lower()
        assert "What would this agreement have done?" in (company / "page.html").read_text(encoding="utf-8")
        if case == "no outcomes" and form == "table":
            assert "No outcome is known" in printed


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--curve", "engaged.fat"),
            "is no threshold of the agreement. Its thresholds are engaged.fit, engaged.engagement.",
        ),
        (("--horizon", "6 months"), "did you mean 180d?"),
        (("--capacity", "0"), "--capacity must be a number above 0."),
        (("--cost-per-lead", "-1"), "--cost-per-lead must be 0 or more."),
        (("--from", "2026-02-01", "--until", "2026-01-01"), "--from must lie before --until."),
        (("--from", "2027-01-01"), "The log goes from 2026-01-01 to 2026-05-01."),
        (("--from", "2035-01-01", "--until", "2036-01-01"), "The log goes from 2026-01-01 to 2026-05-01."),
        (("--against", "missing.yaml"), "missing.yaml"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(company: Path, options: tuple[str, ...], said: str) -> None:
    with pytest.raises(LeadlineError) as raised:
        ran(company, *options)
    assert said in str(raised.value)


def test_the_summary_shows_pictures_figures_and_reasons(company: Path) -> None:
    options = (*FILES, "--against", "agreement.yaml", "--capacity", "2")
    process = leadline("backtest", "easy.yaml", *options, folder=company)
    assert process.code == 0, process.err
    for said in (
        "as it was known at each moment",
        "MQLs a week, easy",
        "customers found in time",
        "1 Enter: MQL under easy, not under agreement",
        "engagement 58.6 < 60",
        "What another threshold would have brought: engaged.engagement",
        "← in force",
        "By channel",
    ):
        assert said in process.out


def test_the_page_is_well_formed_and_prints_nobody_else_s_markup(company: Path) -> None:
    ran(company, "--against", "agreement.yaml", "--report", "page.html", agreement="easy.yaml")
    text = (company / "page.html").read_text(encoding="utf-8")
    assert "Who enters?" in text
    assert "<b>Lee</b>" not in text
    parse(text)


def test_what_arrived_after_the_last_event_still_counts_unless_it_was_won_before(company: Path) -> None:
    late = EVENTS.replace("2026-01-20T10:00:00Z", "2026-08-20T10:00:00Z")
    (company / "events.csv").write_text(late, encoding="utf-8")
    assert found(company, "--curve", "none")["agreement"]["mqls"] == 1, "nobody hands over a customer"
    (company / "events.csv").write_text(late.replace("11,cy", "11,nobody"), encoding="utf-8")
    assert found(company, "--curve", "none")["agreement"]["mqls"] == 2


def test_a_window_counts_first_qualifications_in_it_only(company: Path) -> None:
    side = found(company, "--from", "2026-01-10", "--curve", "none")["agreement"]
    assert (side["mqls"], side["recall"]["of"]) == (1, 2)
    before = found(company, "--until", "2026-01-10", "--curve", "none")["agreement"]
    assert before["mqls"] == 1


def test_a_window_wider_than_the_log_adds_no_weeks_without_leads(company: Path) -> None:
    wide = found(company, "--from", "0001-01-01", "--until", "9999-12-31", "--curve", "none")
    assert wide == found(company, "--from", "2026-01-01", "--curve", "none")


def test_years_before_the_first_event_are_no_weeks_without_leads(company: Path) -> None:
    before = found(company, "--curve", "none")["agreement"]["load"]
    header, *rows = LEADS.strip().splitlines()
    old = re.sub(r"^[^,]+", "old", rows[0]).replace(re.findall(r"\d{4}-\d\d-\d\d", rows[0])[0], "1999-01-01")
    (company / "leads.csv").write_text("\n".join([header, *rows, old]) + "\n", encoding="utf-8")
    assert found(company, "--curve", "none")["agreement"]["load"] == before


def test_names_are_printed_as_they_are(company: Path) -> None:
    """Square brackets are markup to the terminal's library, a backslash before one too."""
    channel = f"{'x' * 23}[red]"
    (company / "leads.csv").write_text(LEADS.replace(",email\n", f",{channel}\n"), encoding="utf-8")
    (company / "deals [red].csv").write_text("lead_id,outcome\nann,won\nzoe,lost\n", encoding="utf-8")
    options = (*FILES, "--outcomes", "deals [red].csv", "--report", "page [red].html", "--curve", "none")
    process = leadline("backtest", "agreement.yaml", *options, folder=company)
    assert process.code == 0, process.err
    assert f"  {channel[:24]}" in process.out
    assert "deals [red].csv: 1 rows of unknown leads" in process.err
    assert "The page is in page [red].html." in process.err


def test_every_key_of_the_json_is_documented(company: Path) -> None:
    answer = found(company, "--against", "agreement.yaml", "--horizon", "30d", agreement="easy.yaml")
    page = (Path(__file__).parents[2] / "docs" / "backtest.md").read_text(encoding="utf-8")
    told = {
        word for part in re.findall(r"`([^`]+)`", page.partition("## JSON")[2]) for word in re.findall(r"\w+", part)
    }

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    assert keys(answer) - told == set()
