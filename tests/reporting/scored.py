"""Scoring runs built by hand, so that the page is tested without reading a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from leadline.agreement.reading import parse_agreement
from leadline.agreement.template import template_text
from leadline.clock import DAY, HOUR, to_instant
from leadline.operations.score import Scored
from leadline.operations.summary import summarise
from leadline.qualification.deciding import DECISIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadline.log.reading import Inputs

AS_OF = to_instant(datetime(2026, 9, 30, 15, tzinfo=UTC))
GRADES = (("A", 90.0), ("B", 60.0), ("C", 30.0), ("D", 5.0))
LEVELS = (("hot", 75.0), ("warm", 42.5), ("cold", 3.25))
STAGES = ("lead", "mql", "lead", "engaged", "visitor", "nurture", "sal", "lead", "customer")
NO_REJECTS = pa.table({"source": pa.array([], pa.string())})


@dataclass(frozen=True)
class Understood:
    """What a page asks of the input: the notes and the rejected rows."""

    notes: tuple[str, ...] = ()
    rejected: pa.Table = field(default_factory=lambda: NO_REJECTS)

    def rejects(self) -> pa.Table:
        return self.rejected


def decisions(count: int, lead_id: Callable[[int], str] = "L{:06d}".format) -> pa.Table:
    """Decision rows of ``count`` leads; every fifth has qualified, every fifteenth twice."""
    return pa.Table.from_pylist([_decision(place, lead_id(place)) for place in range(count)], DECISIONS)


def _decision(place: int, lead_id: str) -> dict[str, Any]:
    (grade, fit), (level, engagement) = GRADES[place % 4], LEVELS[place * 7 % 11 % 3]
    first = AS_OF - (place * 37 % 170) * DAY - place * HOUR // 7
    because = ["hand_raiser"] if place % 2 else ["fit_and_engaged", "hand_raiser"]
    found = [{"at": first, "because": because}] if place % 5 == 0 else []
    if place % 15 == 0:
        found.insert(0, {"at": first - 20 * DAY, "because": ["fit_and_engaged"]})
    parts = [("meeting", engagement + 5.0), ("guide", 2.0), ("careers_page", -7.0)]
    return {
        "lead_id": lead_id,
        "as_of": AS_OF,
        "version": "0" * 16,
        "stage": STAGES[place % len(STAGES)],
        "fit": fit,
        "grade": grade,
        "engagement": engagement,
        "level": level,
        "mql_at": found[0]["at"] if found else None,
        "because": found[-1]["because"] if found else [],
        "qualifications": found,
        "unknown_fields": ["company_revenue"] if place % 3 else ["country", "job_level"],
        "contributions": [{"rule": rule, "hits": 1, "raw": n, "counted": n} for rule, n in parts],
    }


def scored(
    rows: pa.Table,
    inputs: Understood | None = None,
    warnings: tuple[str, ...] = (),
    replacements: tuple[tuple[str, str], ...] = (),
) -> Scored:
    """A run over rows, of the shipped agreement with pieces of its text replaced."""
    text = template_text()
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    agreement = parse_agreement(text)
    understood = cast("Inputs", inputs or Understood())
    return Scored(agreement, rows, summarise(rows, agreement, AS_OF), understood, warnings)
