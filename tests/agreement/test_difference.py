"""How versions differ, in sentences; and that a sentence appears exactly when a fingerprint changes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreement.examples import changed, example_text, parsed
from leadline.agreement.difference import difference, difference_in_words
from leadline.agreement.fingerprint import qualification_version_of
from leadline.agreement.template import template_text

PRICING = "path LIKE '/pricing%'\", points: 10, at_most: 1 per day}"


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence", "affects"),
    [
        (PRICING, PRICING.replace("10,", "15,"), "engagement.rules.pricing.points",
         "pricing counts 15 points instead of 10", "qualification"),
        ("engagement >= 60", "engagement >= 50", "mql.when.fit_and_engaged",
         "fit_and_engaged now needs engagement >= 50 instead of 60", "qualification"),
        ("demo.age_days <= 30", "demo.age_days < 30", "mql.when.hand_raiser",
         "hand_raiser now needs demo.age_days < 30 instead of demo.age_days <= 30", "qualification"),
        ("half_life: 14d", "half_life: never", "engagement.rules.demo.half_life",
         "demo now halves never; before: after 14 days", "qualification"),
        ("half_life: 30d ", "half_life: 20d ", "engagement.half_life",
         "rules without a half-life of their own halve after 20 days instead of after 30 days",
         "qualification"),
        ("1 per day", "2 per week", "engagement.rules.pricing.at_most",
         "pricing now counts at most twice a week; before: at most once a day", "qualification"),
        ("content: {max: 40}", "content: {max: 30}", "engagement.groups.content.max",
         "the group content counts at most 30 points instead of at most 40 points", "qualification"),
        ("A: 75", "A: 80", "fit.grades.A", "grade A starts at 80 instead of 75", "qualification"),
        ("hot: 60", "hot: 61", "engagement.levels.hot", "level hot starts at 61 instead of 60",
         "qualification"),
        ('email_is_free", points: -30', 'email_is_free", points: -20',
         "fit.personas.marketing_leader.rules.free_mail.points",
         "free_mail of marketing_leader counts minus 20 points instead of -30", "qualification"),
        ("cooldown: 30d, reset: engagement", "cooldown: 30d", "mql.recycle.reset",
         "what happened before a lead came back keeps counting", "qualification"),
        ("umbrella.example", "hooli.example", "lists.target_accounts",
         "the list target_accounts gains hooli.example and loses umbrella.example", "qualification"),
        ("Europe/Berlin", "UTC", "timezone", "the time zone is UTC instead of Europe/Berlin",
         "qualification"),
        ("currency: EUR", "currency: USD", "currency", "the currency is USD instead of EUR", "reports"),
        ("label: Job title", "label: Title", "fields.title.label",
         "the label of title is Title instead of Job title", "nothing"),
        (", ask: false", "", "fields.seats_in_use.ask", "the lead form asks for seats_in_use", "nothing"),
        ("job_level = 'student'", "job_level IN ('student')", "fit.knockouts.student",
         "the knock-out student is now: job level is student; before: job level is student", "qualification"),
    ],
)  # fmt: skip
def test_one_change_is_one_sentence(old: str, new: str, place: str, sentence: str, affects: str) -> None:
    changes = difference(parsed(example_text()), changed((old, new)))
    found = [(change.place, change.sentence, change.affects) for change in changes]
    assert found == [(place, sentence, affects)]
    assert changes[0].kind == "changed"


def test_things_come_and_go() -> None:
    before = parsed(example_text())
    after = changed(
        ("    replied:      {on: Email Replied, points: 25, expires: 90d}\n", ""),
        ("    hand_raiser:  ", "    asked_us:  "),
    )
    found = {(change.kind, change.place): change.sentence for change in difference(before, after)}
    assert found == {
        ("removed", "engagement.rules.replied"): "removed: replied: 25 points for every Email Replied; "
        "gone after 90 days",
        (
            "added",
            "mql.when.asked_us",
        ): "new: asked_us: fit is at least 25 and the last demo was at most 30 days ago",
        (
            "removed",
            "mql.when.hand_raiser",
        ): "removed: hand_raiser: fit is at least 25 and the last demo was at most 30 days ago",
    }


def test_a_rule_of_another_kind_is_told_as_a_whole() -> None:
    after = changed(('{when: "seats_in_use >= 5", points: 20}', "{on: Product Used, points: 20}"))
    (change,) = difference(parsed(example_text()), after)
    assert change.place == "engagement.rules.power_user"
    assert "is now: 20 points for every Product Used" in change.sentence


def test_stories_and_comments_are_no_change() -> None:
    story = "\nstories:\n  one: {lead: {title: CMO}, expect: {stage: lead}}\n"
    before, after = parsed(example_text()), parsed(example_text() + story + "# a remark\n")
    assert difference(before, after) == ()
    assert before.version == after.version
    assert difference_in_words(before, after) == "Nothing that the agreement means has changed.\n"


def test_the_text_says_what_must_be_worked_out_again() -> None:
    before = parsed(example_text())
    text = difference_in_words(before, changed(("currency: EUR", "currency: USD")))
    assert "the version of qualification stays the same." in text
    text = difference_in_words(before, changed(("hot: 60", "hot: 61")))
    assert "the version of qualification differs." in text


NUMBERS = [
    match.span() for match in re.finditer(r"(?<![\w.#/-])\d+(?=[,}\s\"dw)])", template_text().split("\nstories:")[0])
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NUMBERS[1:]), st.integers(1, 400))
def test_a_sentence_for_every_new_fingerprint(span: tuple[int, int], number: int) -> None:
    text = template_text()
    before = parsed(text)
    try:
        after = parsed(text[: span[0]] + str(number) + text[span[1] :])
    except Exception:  # noqa: BLE001 - a number that is refused is no change
        return
    changes = difference(before, after)
    assert (before.version != after.version) == bool(changes)
    alters = any(change.affects == "qualification" for change in changes)
    assert (qualification_version_of(before) != qualification_version_of(after)) == alters
