"""What leads did before sales took over becomes rules about events; what sales and machines did does not."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.exports import written
from leadline.agreement.reading import parse_agreement
from leadline.operations.analyse import Analysis, analyse_files

ROWS = 2000
NOW = 1_900_000_000_000_000


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    folder = tmp_path_factory.mktemp("events")
    rng = np.random.default_rng(31)
    born = np.datetime64("2022-01-01") + np.sort(rng.integers(0, 600, ROWS)).astype("timedelta64[D]")
    asked = rng.random(ROWS) < 0.25
    won = rng.random(ROWS) < np.where(asked, 0.5, 0.08)
    events: list[tuple[str, str, str, str, str]] = []
    for row in range(ROWS):
        lead, day = f"l{row}", born[row]
        if asked[row]:
            events.append((lead, "Demo Requested", str(day + 3), "inbound", "false"))
        if won[row]:
            # Sales hands over, calls and wins; a scanner clicks: all of that follows from the demand or means nothing.
            events.append((lead, "Lead Handed Over", str(day + 9), "", "false"))
            events.append((lead, "Contract Viewed", str(day + 20), "inbound", "false"))
            events.append((lead, "Deal Won", str(day + 40), "", "false"))
        if rng.random() < 0.3 + 0.5 * won[row]:
            events.append((lead, "Email Link Clicked", str(day + 1), "inbound", "true"))
            events.append((lead, "Brochure Posted", str(day + 1), "outbound", "false"))
            events.append((lead, "Call Attempted", str(day + 2), "", "false"))
    names = ("lead_id", "event", "occurred_at", "direction", "is_machine")
    log = {name: [one[place] for one in events] for place, name in enumerate(names)}
    leads = {
        "lead_id": [f"l{row}" for row in range(ROWS)],
        "created_at": born.astype(str).tolist(),
        "email": [f"a{row}@acme.example" for row in range(ROWS)],
        "colour": [["red", "blue"][row % 2] for row in range(ROWS)],
    }
    return analyse_files([written(folder, "leads", leads), written(folder, "events", log)], now=NOW)


def test_only_what_leads_did_before_sales_counts(analysis: Analysis) -> None:
    assert analysis.verdicts is not None
    names = {one.name for one in (*analysis.verdicts.clean, *(leak.predictor for leak in analysis.verdicts.leaks))}
    assert {name for name in names if "first 30 days" in name} == {"Demo Requested in the first 30 days"}


def test_the_draft_asks_for_the_event_and_its_map_finds_it(analysis: Analysis) -> None:
    assert analysis.draft is not None
    agreement = parse_agreement(analysis.draft.agreement)
    assert [rule.name for rule in agreement.engagement.rules] == ["demo_requested"]
    assert "occurred_at: occurred_at" in analysis.draft.mapping
    trial = analysis.draft.trial
    assert trial.chosen.rate == pytest.approx(0.25, abs=0.04)
    assert trial.precision.rate == pytest.approx(0.5, abs=0.08)
    assert trial.lift > 2
