"""Changes applied to the frozen agreement mean what the same changes written into the file mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.agreement.reading import parse_agreement
from leadline.agreement.template import template_text
from leadline.errors import AgreementError
from leadline.operations.whatif.trying import Basis

SMALL = """\
leadline: 1
name: small   # a comment that stays
timezone: Europe/Berlin
fields: {title: {type: text}, seats: {type: number}}
fit:
  grades: {A: 75, "v 1.5": 50}
  personas:
    anybody: {rules: {senior: {when: "title = 'CEO'", points: 60}, junior: {when: "title = 'Intern'", points: -5.5}}}
engagement:
  half_life: 30d
  levels: {hot: 60, warm: 30}
  groups: {web: {max: 40}, mail: {}}
  rules:
    visit: {on: Page Viewed, points: 20, at_most: 1 per day, group: web}
    demo: {on: Demo Requested, points: 60, half_life: 14d, max: 80}
    reply: {on: Email Replied, points: 25, expires: 90d}
    left: {on: Unsubscribed, points: -60, half_life: never}
    kept: {on: Complained, points: -10, expires: 10d, survives_reset: true}
    often: {on: any, at_least: 3, within: 30d, points: 10, group: web}
    user: {when: "seats >= 5", points: 20}
mql:
  when:
    engaged: "fit >= 50 AND engagement >= 60"
    asked: "fit >= 25 AND demo.age_days <= 30"
  recycle: {cooldown: 30d, reset: engagement}
"""


def basis_of(text: str) -> Basis:
    return Basis(text, parse_agreement(text))


@pytest.fixture(scope="module")
def small() -> Basis:
    return basis_of(SMALL)


BASIS = basis_of(SMALL)
NUMBERS = st.one_of(
    st.integers(-20, 150).map(str), st.sampled_from(["0", "12.5", "1e2", "-0.5", "", "ten", "1,5", "nan", ".5", "2e12"])
)
DURATIONS = st.sampled_from(["", "never", "1d", "20d", "36h", "2w", "90m", "0d", "3 months", "30d", "40000d"])
CRITERIA = st.sampled_from(
    ["", "fit >= 40", "engagement > 10 OR web >= 5", "grade = 'v 1.5'", "level = 'cold'", "fitt > 3", "demo.count >= 1",
     "1", "NOT demo.age_days > 3", "fit >= 50 AND engagement >= 60", "user.count > 1", "true", "a" * 5000]
)  # fmt: skip
TEXTS = {"number": NUMBERS, "duration": DURATIONS, "criterion": CRITERIA}
FEW = st.lists(st.sampled_from(sorted(BASIS.controls)), max_size=4, unique=True).flatmap(
    lambda places: st.fixed_dictionaries({place: TEXTS[BASIS.controls[place].shown] for place in places})
)


@settings(max_examples=80)
@given(FEW)
def test_a_trial_is_the_amended_file(asked: dict[str, str]) -> None:
    trial = BASIS.attempt(asked)
    if trial.agreement is None:
        assert trial.problems
        return
    again = parse_agreement(BASIS.amended_text(trial))
    assert again == trial.agreement
    assert again.version == trial.agreement.version


@settings(max_examples=40)
@given(FEW)
def test_what_the_file_may_not_say_cannot_be_tried(asked: dict[str, str]) -> None:
    """Where a trial is refused, the same values in the file are refused too; but for a control left empty that the page
    needs, while a file may do without."""
    from leadline.agreement.writing import REMOVE, amend

    trial = BASIS.attempt(asked)
    emptied = any(not text and BASIS.controls[place].needed for place, text in trial.asked)
    if trial.agreement is not None or emptied:
        return
    changes: dict[str, object] = {place: _plain(text) if text else REMOVE for place, text in trial.asked}
    with pytest.raises(AgreementError):
        parse_agreement(amend(SMALL, changes))


def _plain(text: str) -> object:
    try:
        return float(text) if text != "nan" else text
    except ValueError:
        return text


def test_every_control_of_the_template_says_what_the_file_says() -> None:
    basis = basis_of(template_text())
    trial = basis.attempt({place: control.written for place, control in basis.controls.items()})
    assert trial.asked == ()
    assert trial.agreement == basis.agreement
    assert basis.amended_text(trial) == template_text()
    assert len(basis.controls) > 100


def test_comments_and_all_else_stay(small: Basis) -> None:
    trial = small.attempt({"engagement.rules.visit.points": "12", "mql.when.asked": ""})
    text = small.amended_text(trial)
    assert "name: small   # a comment that stays" in text
    changed = [line for line in text.splitlines() if line not in SMALL.splitlines()]
    assert changed == ["    visit: {on: Page Viewed, points: 12, at_most: 1 per day, group: web}"]
    assert "asked" not in text


def test_a_rule_without_its_own_half_life_follows_the_general_one(small: Basis) -> None:
    trial = small.attempt({"engagement.half_life": "10d"})
    assert trial.agreement is not None
    halves = {rule.name: getattr(rule, "half_life", None) for rule in trial.agreement.engagement.rules}
    day = 86_400_000_000
    assert (halves["visit"], halves["demo"], halves["reply"], halves["left"]) == (10 * day, 14 * day, None, None)


@pytest.mark.parametrize(
    ("place", "text", "says"),
    [
        ("engagement.rules.visit.points", "ten", "'ten' is not a number."),
        ("engagement.rules.visit.points", "", "this is needed"),
        ("engagement.half_life", "1 month", "did you mean 30d?"),
        ("fit.max", "0", "greater than 0"),
        ("fit.grades.A", "200", "outside 0 to 100"),
        ("engagement.levels.warm", "60", "the same bound"),
        ("engagement.groups.web.max", "-1", "Write 0 or more"),
        ("mql.when.engaged", "fitt >= 3", "Did you mean fit?"),
        ("mql.when.engaged", "fit + 1", "is not a comparison of scores"),
    ],
)
def test_a_problem_stands_at_its_place(small: Basis, place: str, text: str, says: str) -> None:
    trial = small.attempt({place: text})
    assert trial.agreement is None
    assert [where for where, _ in trial.problems] == [place]
    assert says in trial.problems[0][1]


def test_switching_off_every_criterion_is_refused(small: Basis) -> None:
    trial = small.attempt({"mql.when.engaged": "", "mql.when.asked": " "})
    assert {place for place, _ in trial.problems} == {"mql.when.engaged", "mql.when.asked"}


def test_what_is_no_control_is_left_out(small: Basis) -> None:
    trial = small.attempt({"name": "another", "engagement.rules.nothing.points": "3", "utm_source": "x"})
    assert trial.asked == ()
    assert trial.agreement == small.agreement


def test_conditions_never_change_so_that_no_log_is_matched_again() -> None:
    from leadline.qualification.matching import hits_fingerprint

    asked = {
        place: "" for place, control in BASIS.controls.items() if not control.needed and control.shown != "criterion"
    }
    trial = BASIS.attempt(asked | {"mql.when.asked": "web > 3"})
    assert trial.agreement is not None
    assert hits_fingerprint(trial.agreement) == hits_fingerprint(BASIS.agreement)
