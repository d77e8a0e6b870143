"""Runs `leadline` as people do, in a process of its own, with the files of a small company at hand."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AGREEMENT = """\
leadline: 1
name: acme
timezone: Europe/Berlin
fields:
  title: {type: text, label: Job title}
  country: {type: text, choices: [US, DE]}
fit:
  grades: {A: 75, B: 50}
  knockouts: {student: "job_level = 'student'"}
  personas:
    leader:
      label: Head of marketing
      rules:
        senior: {when: "job_level IN ('c_level', 'vp', 'director')", points: 60}
        home: {when: "country IN ('US', 'DE')", points: 40}
engagement:
  half_life: 30d
  levels: {hot: 60, warm: 30}
  rules:
    pricing: {on: Page Viewed, when: "path LIKE '/pricing%'", points: 20, at_most: 1 per day}
    demo: {on: Demo Requested, points: 60, half_life: 14d}
mql:
  when:
    engaged: "fit >= 50 AND engagement >= 60"
  recycle: {cooldown: 30d}
"""

LEADS = """\
lead_id,created_at,email,title,country
ann,2026-01-01T09:00:00Z,ann@acme.example,Director of Marketing,DE
bob,2026-01-02T09:00:00Z,bob@umbrella.example,Student,US
cy,2026-01-03T09:00:00Z,cy@globex.example,VP Sales,
"""

EVENTS = """\
event_id,lead_id,occurred_at,event,path
1,ann,2026-01-05T10:00:00Z,Page Viewed,/pricing
2,ann,2026-01-05T11:00:00Z,Page Viewed,/pricing
3,ann,2026-01-06T10:00:00Z,Demo Requested,
4,bob,2026-01-06T10:00:00Z,Demo Requested,
5,cy,2026-01-07T10:00:00Z,Page Viewed,/pricing/enterprise
6,nobody,2026-01-07T10:00:00Z,Page Viewed,/
7,cy,not a time,Page Viewed,/
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


def leadline(*arguments: str, folder: Path) -> Ran:
    """Runs a command in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "leadline", *arguments],
        cwd=folder,
        capture_output=True,
        check=False,
        env=_environment(),
        encoding="utf-8",
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _environment() -> dict[str, str]:
    import os

    return os.environ | {"COLUMNS": "110", "NO_COLOR": "1", "PYTHONUTF8": "1", "TERM": "dumb"}


def small_company(folder: Path) -> None:
    """Writes an agreement, leads and events into a folder."""
    (folder / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
    (folder / "leads.csv").write_text(LEADS, encoding="utf-8")
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")


FILES = ("--leads", "leads.csv", "--events", "events.csv", "--as-of", "2026-01-10")
