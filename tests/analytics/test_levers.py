"""Levers about the same leads are one finding, and what rests on a handful is no headline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.exports import days, seen, written
from leadline.analytics.conversion import breakdown
from leadline.analytics.lever import Found
from leadline.analytics.levers import AGAIN, levers_of
from leadline.analytics.outcome import ends_of
from leadline.operations.analyse import CHOSEN_LEAST, analyse_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def test_levers_about_leads_already_named_come_last(tmp_path: Path) -> None:
    rows = 1200
    fair = [row % 3 == 0 for row in range(rows)]
    leads: dict[str, Sequence[object]] = {
        "lead_id": [f"lead-{row}" for row in range(rows)],
        "created": days(rows),
        "source": ["fair" if one else "bought" for one in fair],
        "campaign": ["fair-2024" if one else "list-7" for one in fair],
        "converted": [int(row % 10 < (5 if one else 1)) for row, one in enumerate(fair)],
    }
    export = seen(tmp_path, leads=leads)
    ends, judged = ends_of(export), np.ones(rows, bool)
    by = {name: breakdown(field, ends, judged) for name in ("source", "campaign") if (field := export.field(name))}
    levers = levers_of(
        Found(
            sources=(by["source"],), campaigns=(by["campaign"],), holes=(), owners=None, by_value=(), predictors=(),
            duration=None, first=None,
        ),
        ends,
        judged,
    )  # fmt: skip
    assert {lever.kind for lever in levers} == {"shift", "campaign", "rework"}
    assert [AGAIN in lever.doubt for lever in levers] == [False, True, True]


def test_a_share_of_a_few_wins_is_no_headline(tmp_path: Path) -> None:
    leads: dict[str, Sequence[object]] = {
        "lead_id": [f"lead-{row}" for row in range(1000)],
        "created": days(1000),
        "source": ["partner" if row % 20 == 0 else "ads" for row in range(1000)],
        "converted": [int((row % 20 == 0 and row % 100 < 60) or row % 16 == 1) for row in range(1000)],
    }
    analysis = analyse_files([written(tmp_path, "leads", leads)], now=0)
    assert analysis.draft is not None
    assert 0 < analysis.draft.trial.precision.hits < CHOSEN_LEAST
    assert not [reason for lever in analysis.levers for reason in lever.reasons if "the draft agreement" in reason]


def test_a_question_must_tell_the_answers_apart(tmp_path: Path) -> None:
    won = [row % 10 < (5 if row % 3 else 1) for row in range(1200)]
    leads: dict[str, Sequence[object]] = {
        "lead_id": [f"lead-{row}" for row in range(1200)],
        "created": days(1200),
        "reason": ["career" if row % 3 else "" for row in range(1200)],
        "size": ["" if row % 7 < 2 else "big" if row % 10 in (0, 1, 2, 3, 5) else "small" for row in range(1200)],
        "converted": [int(one) for one in won],
    }
    asked = [one for one in analyse_files([written(tmp_path, "leads", leads)], now=0).levers if one.kind == "ask"]
    assert [lever.title for lever in asked] == ["Ask every lead for 'size'"]
    assert "of all who answered 3" in asked[0].reasons[0]
