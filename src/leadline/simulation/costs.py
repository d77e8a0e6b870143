"""What marketing paid: clicks follow the visits of leads and of the many who never became one."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from leadline.simulation.channels import CAMPAIGNS
from leadline.simulation.company import Topic

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.simulation.columns import Ints
    from leadline.simulation.world import Cohort, World

_CLICKS_PER_VISIT = 9.0
_NOISE = 0.12
_HEAD = ("month", "channel", "campaign", "cost", "currency", "impressions", "clicks")


def visits_by_month(here: World, crew: Cohort) -> Ints:
    """Visits of a cohort by (month, campaign); a week counts for the month of its middle."""
    month = here.calendar.month[crew.life.visit_week * 7 + 3]
    size = len(here.calendar.months), len(CAMPAIGNS)
    flat = np.bincount(month * size[1] + crew.life.campaign, minlength=size[0] * size[1])
    counted: Ints = flat.reshape(size)
    return counted


def write_costs(here: World, visits: Ints, path: Path) -> int:
    """Write costs.csv, a line for each month and campaign that cost money or brought visits; gives the
    lines.
    """
    random = here.company.random(Topic.COSTS)
    a_year = here.company.leads / here.company.months * 12 / 1000
    lines = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(_HEAD)
        for month, name in enumerate(here.calendar.months):
            bills: dict[tuple[str, str], list[float]] = {}
            for number, campaign in enumerate(CAMPAIGNS):
                noise = float(np.exp(random.normal(0, _NOISE)))
                clicks = round(int(visits[month, number]) * _CLICKS_PER_VISIT * noise)
                cost = clicks * campaign.per_click + campaign.fixed * a_year * noise
                bill = bills.setdefault((campaign.channel, campaign.name or ""), [0.0, 0, 0])
                bill[:] = bill[0] + cost, bill[1] + round(clicks / campaign.click_rate), bill[2] + clicks
            for (channel, campaign_name), (spent, views, visitors) in bills.items():
                if spent or visitors:
                    out.writerow((name, channel, campaign_name, f"{spent:.2f}", "EUR", round(views), round(visitors)))
                    lines += 1
    return lines
