"""What is wrong with an export: each kind of flaw is found, counted and named, and private values stay private."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.exports import days, seen
from leadline.analytics.duplicates import duplicates_of
from leadline.analytics.outcome import ends_of
from leadline.analytics.quality import flaws_of
from leadline.clock import DAY

ROWS = 300
NOW = 1_704_067_200_000_000 + 200 * DAY  # 19 July 2024


def some(usual: str, rare: str, times: int) -> list[str]:
    return [rare] * times + [usual] * (ROWS - times)


def test_every_kind_of_flaw_is_named(tmp_path: Path) -> None:
    export = seen(
        tmp_path,
        leads={
            "id": range(ROWS),
            "source": [*some("Google", "google", 7)[:-1], "bing"],
            "city": [*some("Bonn", "Select", 20)[:-1], "Ulm"],
            "visits": [*(str(row % 9) for row in range(ROWS - 3)), "-4", "many", "99999"],
            "budget": [*(f"{row},500.00" for row in range(1, ROWS + 1))],
            "created": days(ROWS),
            "version": some("7", "7", 0),
            "fax": some("", "", 0),
            "street": ["x", "y"] * 50 + [""] * 200,
            "email": [*(f"a{row}@b.example" for row in range(ROWS - 2)), "no address", "neither"],
            "converted": ["0", "1"] * 150,
        },
    )
    found = {(flaw.kind, flaw.column): flaw.rows for flaw in flaws_of(export, ends_of(export), NOW)}
    assert found[("spelling", "source")] == 7
    assert found[("placeholder", "city")] == 20
    assert found[("impossible", "email")] == 2
    assert found[("impossible", "visits")] == 1
    assert found[("mixed", "visits")] == 1
    assert found[("formatted", "budget")] == ROWS
    assert found[("future", "created")] == 99
    assert found[("constant", "version")] == ROWS
    assert found[("empty", "fax")] == ROWS
    assert found[("missing", "street")] == 200


def test_private_values_are_never_examples(tmp_path: Path) -> None:
    emails = [f"secret{row % 3}@b.example" for row in range(ROWS)]
    export = seen(tmp_path, leads={"id": range(ROWS), "email": emails, "phone": ["+49 30 5551234"] * ROWS})
    said = " ".join(flaw.said for flaw in flaws_of(export, ends_of(export), NOW))
    assert "secret" not in said
    assert "555" not in said


@given(st.lists(st.sampled_from(["Ann@x.example", "ann@x.example", "bob@x.example", ""]), min_size=3, max_size=40))
@settings(max_examples=25, deadline=None)
def test_duplicates_by_address_are_those_that_people_would_count(emails: list[str]) -> None:
    padded = [*emails, *(f"other{row}@x.example" for row in range(40))]
    with tempfile.TemporaryDirectory() as folder:
        export = seen(Path(folder), leads={"id": range(len(padded)), "email": padded})
    found = {one.by: one.rows for one in duplicates_of(export, ends_of(export).won)}
    counts = Counter(email.lower() for email in emails if email)
    assert found.get("e-mail address", 0) == sum(count - 1 for count in counts.values())
    assert "whole row" not in found


def test_phones_and_whole_rows_that_come_again_are_found(tmp_path: Path) -> None:
    phones = ["+49 30 5551234", "0049 (30) 555-1234", "030/5551234", *(f"+49 40 {7000000 + row}" for row in range(50))]
    export = seen(tmp_path, leads={"mark": range(53), "phone": phones, "converted": [1, 0, 0] + [0] * 50})
    (found,) = duplicates_of(export, ends_of(export).won)
    assert (found.by, found.groups, found.rows, found.conflicting) == ("phone number", 1, 2, 1)
    again = seen(tmp_path, people={"id": ["a", "b", "a"], "colour": ["red", "red", "red"]})
    assert [one.rows for one in duplicates_of(again, ends_of(again).won) if one.by == "whole row"] == [1]
