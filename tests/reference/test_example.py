"""The example agreement of semantics.md, section 3, read and worked through by hand for one lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.agreement.reading import parse_agreement
from leadline.clock import DAY, HOUR
from reference.qualification import Qualification
from reference.rounding import rounded
from reference.scenarios import asked, at, counted, event, lead

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = """
leadline: 1
name: acme
timezone: Europe/Berlin
fields:
  title:           {type: text,   label: Job title}
  company_revenue: {type: number, label: Yearly revenue, unit: EUR}
  country:         {type: text,   choices: [US, CA, GB, DE]}
  seats_in_use:    {type: number, label: Seats in use, ask: false}
lists:
  competitors: {file: competitors.csv}
  target_accounts: {values: [acme.example, umbrella.example]}
fit:
  max: 100
  grades: {A: 75, B: 50, C: 25}
  knockouts:
    competitor: "in_list(email_domain, 'competitors')"
    student:    "job_level = 'student'"
  personas:
    marketing_leader:
      label: Head of marketing
      rules:
        senior:
          when: "job_level IN ('c_level', 'vp', 'director') AND job_function = 'marketing'"
          points: 40
        can_pay:     {when: "company_revenue BETWEEN 10e6 AND 500e6", points: 35}
        home_market: {when: "country IN ('US', 'CA', 'GB', 'DE')", points: 25}
        free_mail:   {when: "email_is_free", points: -30}
engagement:
  max: 100
  half_life: 30d
  levels: {hot: 60, warm: 30}
  groups: {content: {max: 40}, email: {max: 20}}
  rules:
    pricing:      {on: Page Viewed, when: "path LIKE '/pricing%'", points: 10, at_most: 1 per day}
    whitepaper:
      on: Content Downloaded
      when: "asset_kind = 'whitepaper'"
      points: 15
      at_most: 1 ever by asset
      group: content
    clicked:      {on: Email Link Clicked, points: 3, group: email, max: 15}
    replied:      {on: Email Replied, points: 25, expires: 90d}
    demo:         {on: [Demo Requested, Contact Requested], points: 60, half_life: 14d}
    unsubscribed: {on: Unsubscribed, points: -60, half_life: never}
    researcher:   {on: Content Downloaded, at_least: 3, within: 30d, points: 20}
    time_on_site: {on: Page Left, sum: duration_s, at_least: 600, within: 7d, points: 15}
    many_channels: {on: any, distinct: channel, at_least: 3, within: 60d, points: 15}
    power_user:   {when: "seats_in_use >= 5", points: 20}
mql:
  when:
    fit_and_engaged: "fit >= 50 AND engagement >= 60"
    hand_raiser:     "fit >= 25 AND demo.age_days <= 30"
  recycle: {cooldown: 30d, reset: engagement}
"""


def test_the_example_of_the_semantics(tmp_path: Path) -> None:
    (tmp_path / "competitors.csv").write_text("rival.example\n", encoding="utf-8")
    agreement = parse_agreement(EXAMPLE, folder=tmp_path)
    row = lead(title="VP Marketing", company_revenue=20e6, country="DE", seats_in_use=None)
    events = [
        event("Page Viewed", 0, path="/pricing", channel="ads"),
        event("Page Viewed", 0.01, path="/pricing/pro", channel="web"),  # the same day: not accepted
        event("Content Downloaded", 15, asset_kind="whitepaper", asset="guide", channel="email"),
        event("Content Downloaded", 15, asset_kind="whitepaper", asset="guide"),
        event("Content Downloaded", 15, asset_kind="webinar"),
        event("Page Left", 30, duration_s=600.0),
    ]
    answer = asked(agreement, events, 30, row=row)
    halved, quartered = 5.0, rounded(15 * 2**-0.5)
    assert counted(answer) == {
        "pricing": halved, "whitepaper": quartered, "researcher": 20, "time_on_site": 15, "many_channels": 15,
    }  # fmt: skip
    assert answer.engagement == 65.606602 == rounded(halved + 15 * 2**-0.5 + 50)
    assert (answer.fit, answer.grade, answer.level) == (100, "A", "hot")
    assert answer.qualifications == (Qualification(at(30), ("fit_and_engaged",)),)
    assert answer.unknown_fields == ("seats_in_use",)
    assert asked(agreement, events, 30, row=row | {"email": "x@rival.example"}).stage == "lead"
    demo = [event("Demo Requested", 1 + HOUR / DAY)]
    raised = asked(agreement, demo, 30, row=row | {"title": "Student"})
    assert (raised.stage, raised.mql_at) == ("engaged", None)
