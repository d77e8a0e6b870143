"""Shares of leads won: groups are a partition, spellings go together, intervals are honest."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.exports import seen
from leadline.analytics.conversion import NOTHING, breakdown
from leadline.analytics.outcome import ends_of

ROW = st.tuples(st.sampled_from(["Google", "google", "GTX Pro", "GTXPro", "mail", ""]), st.booleans())


@given(st.lists(ROW, min_size=2, max_size=60).filter(lambda rows: len({won for _, won in rows}) == 2))
@settings(max_examples=25, deadline=None)
def test_groups_are_a_partition(rows: list[tuple[str, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sources, won = [one for one, _ in rows], [int(one) for _, one in rows]
        export = seen(Path(folder), leads={"id": range(len(rows)), "source": sources, "converted": won})
    ends = ends_of(export)
    field = export.field("source")
    assert field is not None
    found = breakdown(field, ends, np.ones(len(rows), bool))
    assert sum(group.leads for group in found.groups) == len(rows)
    assert sum(group.won for group in found.groups) == sum(won)
    for group in found.groups:
        assert group.share.low <= group.share.rate <= group.share.high
        assert group.others.trials == len(rows) - group.leads
    names = {group.name for group in found.groups} - {NOTHING}
    assert len({name.lower().replace(" ", "") for name in names}) == len(names)
    of_google = [one for name, one in rows if name.lower() == "google"]
    assert [group.won for group in found.groups if group.name.lower() == "google"] == (
        [sum(of_google)] if of_google else []
    )


def test_a_verdict_needs_an_interval_beside_the_others(tmp_path: Path) -> None:
    sources = ["good"] * 100 + ["plain"] * 400 + ["tiny"] * 3
    won = [1] * 60 + [0] * 40 + [1] * 80 + [0] * 320 + [1] * 3
    export = seen(tmp_path, leads={"id": range(503), "source": sources, "converted": won})
    field = export.field("source")
    assert field is not None
    found = breakdown(field, ends_of(export), np.ones(503, bool))
    assert {group.name: group.verdict for group in found.groups} == {"plain": "below", "good": "above", "tiny": ""}
