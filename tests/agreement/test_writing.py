"""Changes are written back with everything else as it was, to the byte."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreement.examples import example_text, parsed
from leadline.agreement.format.yaml_tree import parse_yaml
from leadline.agreement.template import template_text
from leadline.agreement.writing import REMOVE, amend, plain
from leadline.errors import AgreementError


def lines_changed(before: str, after: str) -> list[str]:
    """The lines that went and came, each with its sign."""
    found = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line.rstrip("\r\n") for line in found if line[0] in "+-"]


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("engagement.rules.pricing.points", 15,
         [('-     pricing:      {on: Page Viewed, when: "path LIKE \'/pricing%\'", '
          'points: 10, at_most: 1 per day}'),
          ('+     pricing:      {on: Page Viewed, when: "path LIKE \'/pricing%\'", '
          'points: 15, at_most: 1 per day}')]),
        ("mql.when.fit_and_engaged", "fit >= 50 AND engagement >= 50",
         ['-     fit_and_engaged: "fit >= 50 AND engagement >= 60"',
          '+     fit_and_engaged: "fit >= 50 AND engagement >= 50"']),
        ("engagement.half_life", "20d",
         ["-   half_life: 30d                 # default of every points rule; `never` turns decay off",
          "+   half_life: 20d                 # default of every points rule; `never` turns decay off"]),
        ("engagement.rules.clicked.max", REMOVE,
         ["-     clicked:      {on: Email Link Clicked, points: 3, group: email, max: 15}",
          "+     clicked:      {on: Email Link Clicked, points: 3, group: email}"]),
        ("engagement.rules.clicked.on", REMOVE,
         ["-     clicked:      {on: Email Link Clicked, points: 3, group: email, max: 15}",
          "+     clicked:      {points: 3, group: email, max: 15}"]),
        ("engagement.rules.replied.at_most", "1 per day",
         ["-     replied:      {on: Email Replied, points: 25, expires: 90d}",
          "+     replied:      {on: Email Replied, points: 25, expires: 90d, at_most: 1 per day}"]),
        ("engagement.rules.replied", REMOVE,
         ["-     replied:      {on: Email Replied, points: 25, expires: 90d}"]),
        ("engagement.rules.chat", {"on": "Chat Started", "when": "channel = 'web'", "points": 5},
         ['+     chat: {on: Chat Started, when: "channel = \'web\'", points: 5}']),
        ("mql.when.rich", "fit >= 90", ['+     rich: "fit >= 90"']),
        ("mql.recycle.lost", "180d",
         ["-   recycle: {cooldown: 30d, reset: engagement}",
          "+   recycle: {cooldown: 30d, reset: engagement, lost: 180d}"]),
        ("lists.target_accounts.values", ["acme.example", "third.example"],
         ["-   target_accounts: {values: [acme.example, umbrella.example]}",
          "+   target_accounts: {values: [acme.example, third.example]}"]),
        ("lists.target_accounts.values[0]", REMOVE,
         ["-   target_accounts: {values: [acme.example, umbrella.example]}",
          "+   target_accounts: {values: [umbrella.example]}"]),
        ("two_way", ["Trial Started"], ["+ two_way: [Trial Started]"]),
        ("name", "yes: # no", ["- name: acme", '+ name: "yes: # no"']),
        ("fit.knockouts.student", REMOVE, ["-     student:    \"job_level = 'student'\""]),
        ("fit.grades.A", 80.5, ["-   grades: {A: 75, B: 50, C: 25}  # lower bounds; below the last is D",
                                "+   grades: {A: 80.5, B: 50, C: 25}  # lower bounds; below the last is D"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_only_the_changed_lines_change(
    place: str, value: object, expected: list[str], line_break: str, mark: str
) -> None:
    before = mark + example_text().replace("\n", line_break)
    after = amend(before, {place: value})
    assert lines_changed(before, after) == expected
    assert after.count("\n") == after.count(line_break)
    assert after.startswith(mark)


def test_several_changes_at_once() -> None:
    after = amend(
        example_text(),
        {
            "engagement.rules.pricing.points": 12,
            "engagement.rules.demo": REMOVE,
            "mql.when.hand_raiser": "fit >= 25 AND replied.age_days <= 30",
            "mql.when.loved": "engagement >= 99",
        },
    )
    agreement = parsed(after)
    assert [criterion.name for criterion in agreement.mql.criteria] == [
        "fit_and_engaged",
        "hand_raiser",
        "loved",
    ]
    assert "demo" not in [rule.name for rule in agreement.engagement.rules]


BLOCKS = """\
# top
a:   # of a
  # before b
  b: 'it''s'   # of b

  c: |
    text
    more
  # before d
  d:
  - 1
  # between
  - 2   # two
  -   e: 5
      f: "six"
g: {}
"""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"a.b": "that's"}, ["-   b: 'it''s'   # of b", "+   b: 'that''s'   # of b"]),
        ({"a.c": "one"}, ["-   c: |", "-     text", "-     more", "+   c: one"]),
        ({"a.d": [1, 2, {"e": 5, "f": "six"}, 3]}, ["+   - 3"]),
        ({"a.d": [2, {"e": 5, "f": "six"}]}, ["-   - 1"]),
        ({"a.d[2].e": 6}, ["-   -   e: 5", "+   -   e: 6"]),
        ({"a.d[2].e": REMOVE}, ["-   -   e: 5", '-       f: "six"', '+   -   f: "six"']),
        ({"g.h.i": True}, ["- g: {}", "+ g: {h: {i: true}}"]),
        ({"a": REMOVE, "g.x": None}, None),
        ({"a.d": "flat"}, None),
        ({"a.d": []}, None),
        ({"a": {"b": "it's"}}, None),
    ],
)
def test_blocks(changes: dict[str, object], expected: list[str] | None) -> None:
    after = amend(BLOCKS, changes)
    if expected is not None:
        assert sorted(lines_changed(BLOCKS, after)) == sorted(expected)


@pytest.mark.parametrize(
    "changes",
    [
        {"engagement.rules.prcing": REMOVE},
        {"lists.target_accounts.values[7]": REMOVE},
        {"name": float("nan")},
        {"name": object()},
        {"name": "a\x00b"},
        {"name.first": "x"},
        {"": 1},
    ],
)
def test_what_cannot_be_written_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(AgreementError):
        amend(example_text(), changes)


def places(document: Any, place: str = "") -> list[str]:
    """Every dotted place of a document."""
    if isinstance(document, dict):
        inner = [(f"{place}.{name}" if place else name, item) for name, item in document.items()]
    elif isinstance(document, list):
        inner = [(f"{place}[{number}]", item) for number, item in enumerate(document)]
    else:
        return []
    return [found for where, item in inner for found in (where, *places(item, where))]


TEXTS = [template_text(), example_text(), BLOCKS]
NUMBERS = st.integers(-99, 10**6) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=12)
MAPPINGS = st.dictionaries(st.text("abc_", min_size=1), SCALARS, max_size=2)
VALUES = st.just(REMOVE) | SCALARS | st.lists(SCALARS, max_size=3) | MAPPINGS


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_change_is_written_exactly_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    known = places(plain(parse_yaml(text, "text")[0]))
    chosen = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    changes = {place: data.draw(VALUES) for place in chosen}
    try:
        after = amend(text, changes)
    except AgreementError:
        return
    kept = [line for line in difflib.ndiff(text.splitlines(), after.splitlines()) if line.startswith("  ")]
    assert kept or len(text.splitlines()) < 3 or len(after.splitlines()) < 5


def test_the_property_is_not_empty() -> None:
    """Every single scalar of the template can be replaced, every entry removed."""
    text = template_text()
    document = plain(parse_yaml(text, "text")[0])
    for place in places(document)[::40]:
        assert amend(text, {place: "new"}) != text
        assert amend(text, {place: REMOVE}) != text
