"""The latest qualifications: the same as by sorting everything, whatever the chunks and the ties."""

from __future__ import annotations

import pyarrow as pa
import pytest

from leadline.qualification.deciding import DECISIONS
from leadline.reporting.scored.latest import latest_qualifications
from reporting.scored import decisions


def by_sorting(rows: pa.Table, most: int) -> list[tuple[str, tuple[str, ...]]]:
    found = [
        (-item["at"].timestamp(), row["lead_id"], tuple(item["because"]))
        for row in rows.to_pylist()
        for item in row["qualifications"]
    ]
    return [(lead, because) for _, lead, because in sorted(found)[:most]]


@pytest.mark.parametrize("most", [1, 7, 25, 1_000])
@pytest.mark.parametrize("chunk", [3, 50, 300])
def test_like_sorting_everything(most: int, chunk: int) -> None:
    rows = decisions(300, lambda place: f"{place * 7919 % 300:04d}")
    pieces = pa.concat_tables([rows.slice(start, chunk) for start in range(0, 300, chunk)])
    found = latest_qualifications(pieces, most)
    assert [(latest.lead, latest.because) for latest in found] == by_sorting(rows, most)


def test_ties_are_by_lead() -> None:
    one = decisions(1).to_pylist()[0]
    rows = pa.Table.from_pylist([one | {"lead_id": name} for name in "cbdae"], DECISIONS)
    assert [latest.lead for latest in latest_qualifications(rows, 3)] == ["a", "b", "c"]


def test_largest_shares_come_first() -> None:
    found = latest_qualifications(decisions(1), 1)[0]
    assert [share.rule for share in found.shares] == ["meeting", "careers_page", "guide"]


def test_nobody() -> None:
    assert latest_qualifications(DECISIONS.empty_table(), 25) == ()
    assert latest_qualifications(decisions(2), 0) == ()
