"""Every check of the linter finds what it is for, and leaves alone what is well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from leadline.learning.linting.checks import CHECKS
from leadline.learning.linting.contradicting import odds_ratio
from learning.linting import AGREEMENT, Company

if TYPE_CHECKING:
    from leadline.learning.linting.evidence import Finding

PRICING = "path LIKE '/pricing%'"


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> tuple[Finding, ...]:
    """What is found where all is well."""
    return Company().lint(tmp_path_factory.mktemp("well"))


def about(findings: tuple[Finding, ...], place: str, check: str | None = None) -> Finding:
    found = [one for one in findings if one.place == place and check in (None, one.check)]
    assert len(found) == 1, findings
    return found[0]


def test_nothing_is_found_where_all_is_well(well: tuple[Finding, ...]) -> None:
    assert well == ()


def test_every_check_stands_in_a_file_of_its_own() -> None:
    folder = Path(CHECKS[0].__code__.co_filename).parent
    checks = {path.stem for path in folder.glob("*.py")} - {"__init__", "checks", "evidence", "literals"}
    assert {check.__module__.rsplit(".", 1)[1] for check in CHECKS} == checks


def test_a_rule_whose_event_is_not_in_the_log_never_fires(tmp_path: Path) -> None:
    found = Company().changed("on: Content Downloaded", "on: Content Donwloaded").lint(tmp_path)
    finding = about(found, "engagement.rules.guide", "never fires")
    assert finding.message == (
        "guide never fired: there is no event Content Donwloaded in the log. Did you mean Content Downloaded?"
    )
    assert finding.line == 1 + AGREEMENT.splitlines().index(next(x for x in AGREEMENT.splitlines() if "guide:" in x))


def test_a_rule_whose_condition_is_never_true_never_fires(tmp_path: Path) -> None:
    found = Company().changed(PRICING, "path = '/prices'").lint(tmp_path)
    assert "although there are 560 events of its kind" in about(found, "engagement.rules.pricing").message
    found = Company().changed("revenue >= 1e6", "revenue >= 1e9").lint(tmp_path)
    finding = about(found, "fit.personas.leader.rules.can_pay")
    assert finding.message == "can_pay of leader is true of none of 400 leads, of whom 400 have the fields it asks for."


def test_a_rule_that_fires_for_everybody_tells_nobody_apart(tmp_path: Path) -> None:
    company = Company().changed("    left:", "    form: {on: Form Submitted, points: 5}\n    left:")
    found = company.doing("Form Submitted", 1, day=0).lint(tmp_path)
    assert about(found, "engagement.rules.form").message.startswith("form fires for 100 % of 400 leads")
    assert company.doing("Form Submitted", 2, day=0).lint(tmp_path) == ()


def test_points_that_change_no_qualification_never_decide(tmp_path: Path) -> None:
    chat = Company().changed("    left:", "    chat: {on: Chat Started, points: 1}\n    left:").doing("Chat Started", 4)
    finding = about(chat.lint(tmp_path), "engagement.rules.chat.points")
    assert (finding.check, finding.severity) == ("never decides", "minor")
    assert "counts for 100 leads" in finding.message
    strong = chat.changed("points: 1}", "points: 60}")
    assert not [one for one in strong.lint(tmp_path) if one.check == "never decides"]


def test_a_rule_that_a_criterion_names_decides_by_its_hits(tmp_path: Path) -> None:
    chat = Company().changed("    left:", "    chat: {on: Chat Started, points: 1}\n    left:").doing("Chat Started", 4)
    asked = chat.changed("    both:", '    asked: "chat.count >= 1"\n    both:')
    assert not [one for one in asked.lint(tmp_path) if "rules.chat" in one.place]


def test_a_criterion_that_another_contains_never_decides(tmp_path: Path) -> None:
    found = Company().changed("    both:", '    same: "fit >= 65 AND engagement >= 50"\n    both:').lint(tmp_path)
    assert about(found, "mql.when.same").check == "never decides"


def test_rules_that_fire_together_are_one_rule(tmp_path: Path) -> None:
    reader = "reader: {on: Content Downloaded, points: 5, at_most: 1 ever}"
    twice = Company().changed("    demo:", f"    {reader}\n    demo:")
    finding = about(twice.lint(tmp_path), "engagement.rules.reader", "fire together")
    assert "of 240 leads with guide, 100 % have reader, and of 240 with reader, 100 % have guide" in finding.message
    assert "worth 30 points" in finding.message
    opposite = twice.changed("points: 5, at_most: 1 ever", "points: -5, at_most: 1 ever")
    assert not [one for one in opposite.lint(tmp_path) if one.check == "fire together"]


def test_points_for_what_customers_do_not_do_contradict_outcomes(tmp_path: Path) -> None:
    found = Company().changed("job_function = 'engineering'\", points: 50", "job_level <> 'student'\", points: 50")
    assert not [one for one in found.lint(tmp_path) if one.check == "contradicts outcomes"]
    never = Company().changed("job_level = 'director'", "job_level = 'director' AND revenue < 1e6")
    finding = about(never.lint(tmp_path), "fit.personas.leader.rules.decides.points", "contradicts outcomes")
    assert finding.severity == "serious"
    assert dict(finding.numbers)["wins_with"] == 0


def test_points_against_what_customers_do_contradict_outcomes(tmp_path: Path) -> None:
    company = Company().changed("    left:", "    event: {on: Event Visited, points: -10}\n    left:")
    asking = company.doing("Event Visited", 8, day=10).lint(tmp_path)
    assert "gives -10 points, but of" in about(asking, "engagement.rules.event.points", "contradicts outcomes").message
    others = company.doing("Event Visited", 7, day=10).lint(tmp_path)
    assert not [one for one in others if one.check == "contradicts outcomes"]


def test_the_odds_are_compared_among_leads_of_like_score() -> None:
    """A rule that only looks good because its leads have many other points does nothing by itself."""
    random = np.random.default_rng(1)
    rest = random.uniform(0, 100, 50_000)
    fires, won = random.random(50_000) < rest / 100, random.random(50_000) < rest / 300
    assert won[fires].mean() > 1.5 * won[~fires].mean()
    assert odds_ratio(fires, won, rest) == pytest.approx(1, abs=0.25)
    assert odds_ratio(fires, random.random(50_000) < np.where(fires, 0.2, 0.1), rest) == pytest.approx(2.25, rel=0.15)


def test_a_way_to_qualify_that_nobody_met(tmp_path: Path) -> None:
    found = Company().changed("fit >= 60 AND engagement >= 44", "fit >= 30 AND demo.count >= 3").lint(tmp_path)
    finding = about(found, "mql.when.both")
    assert finding.message.startswith("None of 400 leads ever met both (fit >= 30 AND demo.count >= 3).")
    assert "the highest fit of any was 70" in finding.message
    assert finding.severity == "serious"


def test_a_way_to_qualify_that_everybody_meets_hides_what_follows_from_it(tmp_path: Path) -> None:
    found = Company().changed("fit >= 60 AND engagement >= 44", "fit >= 0").lint(tmp_path)
    assert [one.place for one in found] == ["mql.when.both"]


def test_a_cap_that_always_binds(tmp_path: Path) -> None:
    found = Company().changed("web: {max: 60}", "web: {max: 3}").lint(tmp_path)
    assert "The cap of the group web binds for" in about(found, "engagement.groups.web.max").message
    found = (
        Company().changed("points: 25, at_most: 1 per day", "points: 25, at_most: 1 per day, max: 20").lint(tmp_path)
    )
    assert about(found, "engagement.rules.guide.max").check == "cap always binds"


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("Email Bounced", "the address does not work"),
        ("Email Complained", "does not want it"),
        ("Marked as Spam", "does not want it"),
    ],
)
def test_a_sign_against_without_a_rule(tmp_path: Path, name: str, meaning: str) -> None:
    company = Company().doing(name, 10)
    finding = about(company.lint(tmp_path), "engagement.rules")
    assert meaning in finding.message
    assert "40 events" in finding.message
    ruled = company.changed("    left:", f"    against: {{on: {name}, points: -45}}\n    left:")
    assert not [one for one in ruled.lint(tmp_path) if one.place == "engagement.rules"]


def test_who_reads_job_adverts_wants_a_job(tmp_path: Path) -> None:
    company = Company().doing("Page Viewed", 10, path="/careers/engineer")
    finding = about(company.lint(tmp_path), "engagement.rules")
    assert "40 events are about job adverts (/careers/engineer)" in finding.message
    rule = "    jobs: {on: Page Viewed, when: \"path LIKE '/careers%'\", points: -40}\n    left:"
    assert not [one for one in company.changed("    left:", rule).lint(tmp_path) if one.place == "engagement.rules"]
    assert Company().doing("Page Viewed", 10, path="/career-stories-of-others").lint(tmp_path) == ()


def test_opens_that_qualify_by_themselves(tmp_path: Path) -> None:
    rule = "    opened: {on: Email Opened, points: 50}\n    left:"
    company = Company().changed("    left:", rule).doing("Email Opened", 5)
    finding = about(company.lint(tmp_path), "engagement.rules.opened", "opens qualify")
    assert "qualified only through opened, and mail programs open messages by themselves" in finding.message
    assert finding.severity == "serious"
    weak = company.changed("points: 50}\n    left:", "points: 1}\n    left:")
    assert not [one for one in weak.lint(tmp_path) if one.check == "opens qualify"]
    clicks = company.changed("on: Email Opened", "on: Email Link Clicked").doing("Email Link Clicked", 5)
    assert not [one for one in clicks.lint(tmp_path) if one.check == "opens qualify"]


def test_grades_levels_and_buyers_that_nobody_reaches(tmp_path: Path) -> None:
    found = Company().changed("  levels: {hot: 60,", "  max: 300\n  levels: {boiling: 250, hot: 60,").lint(tmp_path)
    assert (
        "None of 400 leads had level boiling (from 250) at its best"
        in about(found, "engagement.levels.boiling").message
    )
    found = (
        Company()
        .changed("points: 50}\nengagement", "points: 1}\nengagement")
        .changed("job_function = 'engineering'", "job_function = 'engineering' AND revenue > 1e6")
        .lint(tmp_path)
    )
    assert "none fits Maker best" in about(found, "fit.personas.maker").message


def test_a_half_life_so_short_that_nothing_is_left(tmp_path: Path) -> None:
    rule = "    flash: {on: Webinar Attended, points: 1, half_life: 1h}\n    left:"
    short = Company().changed("    left:", rule).doing("Webinar Attended", 2, day=1)
    finding = about(short.lint(tmp_path), "engagement.rules.flash", "half-life")
    assert "half had less than 5 % of its points left" in finding.message
    assert about(short.lint(tmp_path, log=False), "engagement.rules.flash").severity == "minor"


def test_a_half_life_so_long_that_it_never_matters(tmp_path: Path) -> None:
    found = Company().changed("half_life: 30d", "half_life: 9000d").lint(tmp_path)
    assert "which never matters" in about(found, "engagement.rules.pricing", "half-life").message


def test_a_knock_out_that_nobody_meets(tmp_path: Path) -> None:
    found = Company().changed("job_level = 'student'", "email_is_disposable").lint(tmp_path)
    finding = about(found, "fit.knockouts.student")
    assert (finding.check, finding.severity) == ("knocks nobody out", "minor")


def test_what_the_reader_doubts_is_a_finding_too(tmp_path: Path) -> None:
    found = Company().changed("revenue >= 1e6", "revenue >= 1e6 AND revenue < 1e5").lint(tmp_path)
    finding = about(found, "fit.personas.leader.rules.can_pay.when")
    assert finding.check == "cannot be meant"
    assert finding.way_out == "The rule never gives points; correct or remove it."
    assert [one.check for one in found if one.place.startswith("fit.personas.leader.rules.can_pay")] == [finding.check]


@pytest.mark.parametrize(
    ("condition", "example"),
    [
        ("path ~ '/pricing'", "/blog/pricing-of-competitors"),
        ("contains(path, '/pricing')", "/blog/pricing-of-competitors"),
        ("source ~ 'ads.acme.com'", "adsxacmexcom"),
        ("source LIKE '%acme.com'", "notacme.com"),
        ("asset ILIKE '%intern%'", "International Sales Manager"),
        ("asset LIKE '%cto%'", "Director"),
    ],
)
def test_conditions_that_match_too_much(tmp_path: Path, condition: str, example: str) -> None:
    finding = about(Company().changed(PRICING, condition).lint(tmp_path, log=False), "engagement.rules.pricing.when")
    assert finding.check == "matches too much"
    assert example.lower() in " ".join(finding.examples).lower()


@pytest.mark.parametrize(
    "condition",
    [
        PRICING,
        "path ~ '^/pricing(/|$)'",
        "source = 'ads.acme.com'",
        "source ~ '^ads[.]acme[.]com$'",
        "source LIKE '%@acme.com'",
        "asset ILIKE '%whitepaper%'",
        "asset ~* '(^|[^a-z])cto([^a-z]|$)'",
    ],
)
def test_conditions_that_are_well_written(tmp_path: Path, condition: str) -> None:
    assert Company().changed(PRICING, condition).lint(tmp_path, log=False) == ()


def test_paths_that_go_on_are_shown_from_the_log(tmp_path: Path) -> None:
    company = Company().changed(PRICING, "path LIKE '/pric%'").doing("Page Viewed", 20, path="/prices-of-competitors")
    finding = about(company.lint(tmp_path), "engagement.rules.pricing.when")
    assert "'/prices-of-competitors' (20 times)" in finding.message
    assert "Write path = '/pric' OR path LIKE '/pric/%'." in finding.way_out
    plural = Company().changed(PRICING, "path LIKE '/pricing%'").doing("Page Viewed", 20, path="/pricings/old")
    assert plural.lint(tmp_path) == ()


def test_the_worst_comes_first(tmp_path: Path) -> None:
    company = Company().changed("fit >= 60 AND engagement >= 44", "fit >= 30 AND demo.count >= 3")
    found = company.changed("job_level = 'student'", "email_is_disposable").lint(tmp_path)
    severities = [one.severity for one in found]
    assert severities == sorted(severities, key=("serious", "notable", "minor").index)
    assert severities[0] == "serious"
