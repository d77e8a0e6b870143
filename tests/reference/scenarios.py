"""Short ways to write down an agreement and what happened to one lead, for cases worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leadline.agreement.reading import parse_agreement
from leadline.clock import DAY
from reference.qualification import Answer, Moment, evaluate, history

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

START = 20_000 * DAY
"""2024-10-04, a Friday, 00:00 UTC; days of a scenario count from here."""

FIELDS = """
fields:
  title: {type: text}
  country: {type: text}
  seats: {type: number}
  active: {type: boolean}
"""


def signed(
    rules: str = "visit: {on: Visit, points: 10}",
    *,
    when: str = "engaged_enough: engagement >= 20",
    interest: str = "",
    recycle: str = "{}",
    fit: str = "personas: {buyer: {rules: {seats: {when: seats >= 5, points: 10}}}}",
    top: str = "",
) -> Agreement:
    """An agreement from the parts that matter; each is YAML in flow style or one entry a line."""
    indented = {name: text.strip().replace("\n", "\n    ") for name, text in (("rules", rules), ("when", when))}
    return parse_agreement(
        f"leadline: 1\nname: case\n{top}\n{FIELDS}"
        f"fit:\n  {fit.strip()}\n"
        f"engagement:\n  rules:\n    {indented['rules']}\n  {interest.strip()}\n"
        f"mql:\n  recycle: {recycle}\n  when:\n    {indented['when']}\n"
    )


def at(days: float) -> int:
    """The instant so many days after the start."""
    return START + round(days * DAY)


def event(name: str | None, days: float, **columns: Any) -> dict[str, Any]:
    """An event or stage record of the lead."""
    return {"lead_id": "a", "event": name, "occurred_at": at(days)} | columns


def visits(*days: float, **columns: Any) -> list[dict[str, Any]]:
    """One visit at each of the days."""
    return [event("Visit", day, **columns) for day in days]


def lead(days: float | None = None, **fields: Any) -> dict[str, Any]:
    """The row of the lead; without ``days`` it is known from before all time."""
    return {
        "lead_id": "a",
        "created_at": None if days is None else at(days),
        "email": "ann@acme.example",
    } | fields


def change(days: float | None, **fields: Any) -> dict[str, Any]:
    """A change of the lead's profile."""
    return {"lead_id": "a", "valid_from": None if days is None else at(days)} | fields


def asked(
    agreement: Agreement,
    events: list[dict[str, Any]],
    days: float,
    *,
    row: dict[str, Any] | None = None,
    changes: list[dict[str, Any]] | None = None,
) -> Answer:
    """The answer for the lead, so many days after the start."""
    answers = evaluate(agreement, [lead() if row is None else row], changes or [], events, at(days))
    return answers["a"]


def moments(agreement: Agreement, events: list[dict[str, Any]], days: float) -> list[Moment]:
    """The lead after each of its records."""
    return history(agreement, [lead()], [], events, at(days))


def counted(answer: Answer) -> dict[str, float]:
    """What each rule counts in the score."""
    return {given.rule: given.counted for given in answer.contributions}
