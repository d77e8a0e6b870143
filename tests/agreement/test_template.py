"""The agreement that `leadline init` writes reads without a warning, and its stories come true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leadline.agreement.reading import parse_agreement, read_text
from leadline.agreement.template import TEMPLATES, template_text
from reference.qualification import evaluate

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement, Story

AGREEMENTS = {name: parse_agreement(template_text(name)) for name in TEMPLATES}
STORIES = [(name, story) for name, agreement in AGREEMENTS.items() for story in agreement.stories]


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_reads_without_a_warning(name: str) -> None:
    assert read_text(template_text(name)).problems == ()


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_tells_enough_stories(name: str) -> None:
    assert len(AGREEMENTS[name].stories) >= 4


def test_an_unknown_template_is_an_error() -> None:
    with pytest.raises(KeyError):
        template_text("../../secret")


@pytest.mark.parametrize(("name", "story"), STORIES, ids=[story.name for _, story in STORIES])
def test_its_stories_come_true(name: str, story: Story) -> None:
    told = outcome(AGREEMENTS[name], story)
    for key, wanted in story.expect:
        assert told[key] == wanted, key


def outcome(agreement: Agreement, story: Story) -> dict[str, Any]:
    """What the reference evaluator says of a story."""
    lead = {"lead_id": "a", "created_at": None} | dict(story.lead)
    events = [
        {"lead_id": "a", "event": record.event, "occurred_at": record.at} | dict(record.values)
        for record in story.records
        if record.event is not None
    ]
    answer = evaluate(agreement, [lead], [], events, story.as_of)["a"]
    because = answer.qualifications[-1].because if answer.qualifications else ()
    scores = {key: getattr(answer, key) for key in ("stage", "fit", "persona", "grade", "engagement", "level")}
    return scores | {"because": tuple(because), "qualified": bool(answer.qualifications)}
