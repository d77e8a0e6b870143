"""Versions are fingerprints of meaning: spelling never changes them, any number does."""

from __future__ import annotations

import re

import pytest

from agreement.examples import changed, example_text, parsed
from leadline.agreement.fingerprint import qualification_version_of, version_of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("half_life: 14d", "half_life: 336h"),
        ("half_life: 14d", "half_life: 2w"),
        ("10e6 AND 500e6", "10000000 AND 5e8"),
        ("points: 10,", "points: 10.0,"),
        ("name: acme", "name: 'acme'"),
        ("name: acme", "# who we are\nname:   acme  # really"),
        ("seats_in_use >= 5", "seats_in_use   >=\\t5"),
        ("fit >= 50 AND engagement >= 60", "(fit>=50) and (60 <= engagement)"),
        ("job_level = 'student'", "(job_level = 'student')"),
        ("A: 75, B: 50, C: 25", "C: 25, A: 75, B: 50"),
        ("{on: Email Replied, points: 25, expires: 90d}", "{expires: 90d, points: 25, on: [Email Replied]}"),
        ("{values: [acme.example, umbrella.example]}", "{values: [umbrella.example, acme.example]}"),
        ("currency: EUR\n", "currency: EUR\ntwo_way: []\n"),
        ("fiscal_year_starts: 1 ", ""),
    ],
)
def test_spelling_keeps_the_version(old: str, new: str) -> None:
    if old.startswith("fiscal"):
        after = parsed(re.sub("fiscal_year_starts.*\n", "", example_text()))
    else:
        after = changed((old, new))
    before = parsed(example_text())
    assert version_of(before) == version_of(after)
    assert qualification_version_of(before) == qualification_version_of(after)


def test_the_order_of_rules_and_line_ends_keep_the_version() -> None:
    lines = example_text().splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if line.startswith("    pricing:"))
    swapped = [*lines[:first], lines[first + 1], lines[first], *lines[first + 2 :]]
    before = parsed(example_text())
    assert parsed("".join(swapped)).version == before.version
    assert parsed("\ufeff" + example_text().replace("\n", "\r\n")).version == before.version


def test_every_number_counts() -> None:
    text = example_text()
    body = re.sub("#.*", lambda found: " " * len(found[0]), text)
    before = parsed(text).version
    seen = 0
    for match in re.finditer(r"(?<![\w./-])\d+(?![\w.]*:)", body):
        if match.start() < text.index("fiscal"):
            continue
        number = str(int(match[0]) + 1)
        after = parsed(text[: match.start()] + number + text[match.end() :])
        assert after.version != before, text[match.start() - 30 : match.end() + 10]
        seen += 1
    assert seen > 40


@pytest.mark.parametrize(
    ("old", "new", "qualification_too"),
    [
        ("label: Job title", "label: Title", False),
        ("label: Head of marketing", "label: Boss", False),
        ("unit: EUR", "unit: USD", False),
        ("currency: EUR", "currency: USD", False),
        ("fiscal_year_starts: 1", "fiscal_year_starts: 2", False),
        ("name: acme", "name: emca", False),
        ("timezone: Europe/Berlin", "timezone: UTC", True),
        ("acme.example", "acme2.example", True),
        ("cooldown: 30d", "cooldown: 31d", True),
        ("choices: [US, CA, GB, DE]", "choices: [US, CA, GB, DE, FR]", True),
    ],
)
def test_what_the_version_of_qualification_covers(old: str, new: str, *, qualification_too: bool) -> None:
    before, after = parsed(example_text()), changed((old, new))
    assert before.version != after.version
    assert (qualification_version_of(before) != qualification_version_of(after)) is qualification_too
