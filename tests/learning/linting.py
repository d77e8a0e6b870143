"""A small company for the linter: leads, what they did, who bought, and an agreement with one thing changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from leadline.log.reading import Sources
from leadline.operations.lint import lint

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.learning.linting.evidence import Finding

START = datetime(2025, 1, 1, tzinfo=UTC)
END = START + timedelta(days=400)
LEADS = 400

AGREEMENT = """\
leadline: 1
name: linted
fields:
  title: {type: text}
  revenue: {type: number}
fit:
  grades: {A: 60, B: 30}
  knockouts: {student: "job_level = 'student'"}
  personas:
    leader:
      rules:
        decides: {when: "job_level = 'director'", points: 40}
        can_pay: {when: "revenue >= 1e6", points: 30}
    maker:
      rules:
        builds: {when: "job_function = 'engineering'", points: 50}
engagement:
  levels: {hot: 60, warm: 30}
  groups: {web: {max: 60}}
  rules:
    pricing: {on: Page Viewed, when: "path LIKE '/pricing%'", points: 20, group: web, half_life: 30d}
    guide: {on: Content Downloaded, points: 25, at_most: 1 per day}
    demo: {on: Demo Requested, points: 50}
    left: {on: Unsubscribed, points: -40}
mql:
  when:
    both: "fit >= 60 AND engagement >= 44"
    raised: "fit >= 30 AND fit < 60 AND demo.age_days <= 14"
"""
TITLES = ("Director of Sales", "Software Engineer", "Marketing Manager", "Student")


@dataclass
class Company:
    """Four kinds of leads in turn; directors with revenue buy. Events: pricing pages, guides, some demos."""

    agreement: str = AGREEMENT
    extra: list[tuple[int, str, int, dict[str, object]]] = field(default_factory=list)
    """Further events: (lead, name, day, columns)."""

    def changed(self, old: str, new: str) -> Company:
        """The same with another agreement."""
        assert old in self.agreement
        return Company(self.agreement.replace(old, new), self.extra)

    def doing(self, name: str, every: int, day: int = 30, **columns: object) -> Company:
        """The same with an event of every n-th lead."""
        more = [(lead, name, day, columns) for lead in range(0, LEADS, every)]
        return Company(self.agreement, [*self.extra, *more])

    def leads(self) -> pa.Table:
        """The leads, known from a day each."""
        return pa.table(
            {
                "lead_id": [f"l{n}" for n in range(LEADS)],
                "created_at": [START + timedelta(days=n % 40) for n in range(LEADS)],
                "email": [f"p{n}@acme.example" for n in range(LEADS)],
                "title": [TITLES[n % 4] for n in range(LEADS)],
                "revenue": [2e6 if n % 8 < 4 else 1e4 for n in range(LEADS)],
            }
        )

    def events(self) -> pa.Table:
        """What they did, and what sales made of it."""
        rows: list[tuple[int, str, float, dict[str, object]]] = []
        for lead in range(LEADS):
            first = lead % 40
            rows += [
                (lead, "Page Viewed", first + 2 + 9 * n, {"path": "/pricing"}) for n in range(lead % 3 + lead % 5 % 2)
            ]
            rows += [(lead, "Content Downloaded", first + 5 + 4 * n, {"asset": f"a{n}"}) for n in range(lead % 5 % 3)]
            if lead % 9 < 2:
                rows.append((lead, "Demo Requested", first + 25, {}))
            if lead % 50 == 7:
                rows.append((lead, "Unsubscribed", first + 1, {}))
            if lead % 8 == 0:
                rows.append((lead, "Lead Accepted", first + 60, {}))
                rows.append((lead, "Deal Won", first + 90, {}))
        rows += [(lead, name, lead % 40 + day, columns) for lead, name, day, columns in self.extra]
        rows.append((0, "Page Viewed", 400, {"path": "/"}))
        names = dict.fromkeys(("path", "asset", *(key for *_, columns in rows for key in columns)))
        table = {
            "event_id": [str(place) for place in range(len(rows))],
            "lead_id": [f"l{row[0]}" for row in rows],
            "event": [row[1] for row in rows],
            "occurred_at": [START + timedelta(days=row[2]) for row in rows],
        }
        return pa.table(table | {name: [row[3].get(name) for row in rows] for name in names})

    def lint(self, folder: Path, *, log: bool = True) -> tuple[Finding, ...]:
        """All findings, with the log or without."""
        path = folder / "agreement.yaml"
        path.write_text(self.agreement, encoding="utf-8")
        return lint(path, Sources(self.leads(), self.events()) if log else None).findings
