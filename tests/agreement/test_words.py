"""The agreement in plain English, on record, and its parts one by one."""

from __future__ import annotations

import pytest

from agreement.examples import HERE, example_text, parsed
from agreement.golden import check_golden
from leadline.agreement.conditions import Scope, parse_condition
from leadline.agreement.criteria import CriterionScope, parse_criterion
from leadline.agreement.durations import parse_at_most
from leadline.agreement.template import TEMPLATES, template_text
from leadline.agreement.words import (
    Vocabulary,
    condition_in_words,
    criterion_in_words,
    frequency_in_words,
    in_words,
)
from leadline.fields.catalogue import BOOLEAN, EVENT_COLUMNS, LEAD_FIELDS, NUMBER, TEXT, TIME

SCOPE = Scope(
    kind="lead field",
    columns={"title": TEXT, "revenue": NUMBER, "since": TIME, "active": BOOLEAN} | LEAD_FIELDS | EVENT_COLUMNS,
    choices={},
    lists=frozenset(["rivals"]),
    timezone="Europe/Berlin",
    properties=True,
)
WORDS = Vocabulary({"title": "Job title", "revenue": "Yearly revenue"}, {"revenue": "EUR"}, "Europe/Berlin")


def test_the_example_in_words() -> None:
    check_golden(HERE / "words" / "example.txt", in_words(parsed(example_text())))


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_template_in_words(name: str) -> None:
    check_golden(HERE / "words" / f"{name}.txt", in_words(parsed(template_text(name))))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("revenue BETWEEN 10e6 AND 500e6", "yearly revenue is between 10 million and 500 million EUR"),
        ("revenue >= 1500", "yearly revenue is at least 1500 EUR"),
        ("10 < revenue", "yearly revenue is more than 10 EUR"),
        ("revenue <> 12345.5", "yearly revenue is not 12345.5 EUR"),
        ("NOT revenue < 5", "yearly revenue is at least 5 EUR"),
        ("revenue / 2 > 3", "(yearly revenue divided by 2) is more than 3"),
        ("path LIKE '/pricing%'", "path starts with /pricing"),
        ("path LIKE '%.pdf'", "path ends with .pdf"),
        ("path NOT LIKE '%jobs%'", "path does not contain jobs"),
        ("title ILIKE '%head of%'", "job title contains “head of” (capitals or not)"),
        ("path LIKE '/a_c'", "path is like /a_c"),
        ("path ~ '^/p'", "path matches the pattern “^/p”"),
        ("title = 'CMO'", "job title is CMO"),
        ("title IN ('a', 'b', 'c')", "job title is a, b or c"),
        ("title NOT IN ('a', 'b')", "job title is not a or b"),
        ("title IS NULL", "job title is unknown"),
        ("title IS NOT NULL", "job title is known"),
        ("active", "active is true"),
        ("NOT active", "active is false"),
        ("active = false", "active is false"),
        ("email_is_free", "the mail address is from a free provider"),
        ("NOT account_is_customer", "the company is not a customer"),
        ("since >= '2026-03-31'", "since is from 31 March 2026"),
        ("since < '2026-03-31T14:30:00+02:00'", "since is before 31 March 2026 14:30"),
        ("in_list(email_domain, 'rivals')", "mail domain is on the list rivals"),
        ("NOT in_list(email_domain, 'rivals')", "mail domain is not on the list rivals"),
        ("lower(title) = 'cmo'", "job title in small letters is cmo"),
        ("coalesce(revenue, 0) > 5", "yearly revenue (or 0 if unknown) is more than 5"),
        ("CAST(properties.pages AS double precision) > 3", "pages is more than 3"),
        ("starts_with(path, '/a')", "path starts with /a"),
        ("active AND title = 'x'", "active is true and job title is x"),
        ("active OR title = 'x' OR revenue > 1",
         "active is true, job title is x or yearly revenue is more than 1 EUR"),
        ("active AND (title = 'x' OR revenue > 1)",
         "active is true, and either job title is x or yearly revenue is more than 1 EUR"),
        ("NOT (active OR title = 'x')", "active is false and job title is not x"),
        ("CASE WHEN active THEN true ELSE false END", "`CASE WHEN active THEN true ELSE false END`"),
        ("true", "always"),
    ],
)  # fmt: skip
def test_conditions_in_words(condition: str, words: str) -> None:
    assert condition_in_words(parse_condition(condition, SCOPE), WORDS) == words


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ("fit >= 50 AND engagement > 60.5", "fit is at least 50 and engagement is more than 60.5"),
        ("demo.age_days <= 1", "the last demo was at most 1 day ago"),
        ("demo.count = 0 OR demo.age_days > 30",
         "the count of demo is 0 or the last demo was more than 30 days ago"),
        ("web >= 10", "web counts at least 10 points"),
        ("grade = 'A' AND (level <> 'cold' OR fit > engagement)",
         "grade is A, and either level is not cold or fit is more than engagement"),
        ("NOT fit < 3", "it is not so that fit is less than 3"),
    ],
)  # fmt: skip
def test_criteria_in_words(criterion: str, words: str) -> None:
    scope = CriterionScope({"demo": True}, ("web",), {"persona": (), "grade": ("A",), "level": ("cold",)})
    assert criterion_in_words(parse_criterion(criterion, scope)) == words


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        ("1 per day", "at most once a day"),
        ("2 per month", "at most twice a month"),
        ("5 per 36h", "at most 5 times within any 36 hours"),
        ("1 ever", "only the first time"),
        ("3 ever by asset_kind", "only the first 3 times for each kind of asset"),
        ("1 per 4w by path", "at most once within any 28 days for each path"),
    ],
)
def test_frequencies_in_words(frequency: str, words: str) -> None:
    assert frequency_in_words(parse_at_most(frequency)) == words
