"""The channels and campaigns through which people come, what each costs, and what it truly does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadline.simulation.columns import wheel


@dataclass(frozen=True, slots=True)
class Campaign:
    """One way to come. ``lift`` is the true gain in intent per touch: what attribution should find.

    ``brings`` is how much more need than usual the people have whom it reaches first: what it finds, not
    what it does. ``first`` weighs first touches; ``later`` weighs later visits of people with low,
    middling and high intent. Direct visits, brand keywords and retargeting follow intent without causing
    it: the classic traps. ``known`` marks first touches that bring contact data at once (badge scans,
    bought leads); ``fixed`` is the monthly cost per 1,000 leads a year, in euros as ``per_click``.
    """

    channel: str
    name: str | None
    source: str
    referrer: str | None
    lift: float
    brings: float
    first: float
    later: tuple[float, float, float]
    per_click: float = 0.0
    fixed: float = 0.0
    click_rate: float = 0.02
    known: bool = False


_GOOGLE, _LINKEDIN = "https://www.google.com/", "https://www.linkedin.com/"
_ADS = "https://ads.example/"

CAMPAIGNS = (
    Campaign("organic_search", None, "google", _GOOGLE, 0.15, 0.0, 20, (24, 20, 12), fixed=420),
    Campaign("organic_search", None, "bing", "https://www.bing.com/", 0.15, 0.0, 3, (3, 3, 2), fixed=40),
    Campaign("paid_search", "category-keywords", "google", _GOOGLE, 0.34, 0.1, 11, (5, 7, 4), 5.2),
    Campaign("paid_search", "competitor-keywords", "google", _GOOGLE, 0.40, 0.2, 3, (1, 2, 2), 6.8),
    Campaign("paid_search", "brand-keywords", "google", _GOOGLE, 0.01, 0.5, 3, (4, 8, 15), 1.9),
    Campaign("social", None, "linkedin", _LINKEDIN, 0.10, -0.1, 6, (10, 6, 3), fixed=120),
    Campaign("social", "linkedin-lead-ads", "linkedin", _LINKEDIN, 0.18, -0.15, 7, (4, 3, 2), 7.2),
    Campaign("display", "prospecting", "adnetwork", _ADS, 0.02, -0.3, 5, (5, 2, 1), 1.1, 0, 0.002),
    Campaign("display", "retargeting", "adnetwork", _ADS, 0.02, 0.0, 0, (4, 9, 14), 1.4, 0, 0.004),
    Campaign("email", "newsletter", "newsletter", None, 0.06, 0.0, 0, (14, 10, 7), 0, 60, 0.03),
    Campaign("email", "nurture-series", "nurture", None, 0.22, 0.0, 0, (6, 9, 8), 0, 60, 0.04),
    Campaign("referral", "customer-referrals", "customer", None, 0.80, 0.2, 4, (1, 1, 1), fixed=90),
    Campaign("referral", None, "review-site", "https://reviews.example/", 0.55, 0.2, 4, (1, 4, 6), fixed=150),
    Campaign("webinar", "webinar-series", "webinar", None, 0.65, 0.0, 7, (4, 5, 5), fixed=480),
    Campaign("events", "trade-fairs", "badge-scan", None, 0.50, -0.1, 7, (0.4, 0.5, 0.6), 0, 1900, known=True),
    Campaign("partner", "reseller-network", "partner", "https://partners.example/", 0.60, 0.1, 4, (1, 1, 2), 0, 380),
    Campaign("direct", None, "direct", None, 0.0, 0.35, 9, (16, 20, 30)),
    Campaign(
        "content_syndication",
        "publisher-network",
        "publisher",
        None,
        0.06,
        -0.45,
        9,
        (0, 0, 0),
        3.6,
        known=True,
    ),
    Campaign("product", None, "app", None, 0.0, 0.0, 0, (0, 0, 0)),
    Campaign("sales", None, "crm", None, 0.0, 0.0, 0, (0, 0, 0)),
)

CHANNELS = tuple(dict.fromkeys(campaign.channel for campaign in CAMPAIGNS))
CHANNEL_OF = np.array([CHANNELS.index(campaign.channel) for campaign in CAMPAIGNS])
BRINGS = np.array([campaign.brings for campaign in CAMPAIGNS])
LIFT = np.array([campaign.lift for campaign in CAMPAIGNS])
KNOWN_AT_ONCE = np.array([campaign.known for campaign in CAMPAIGNS])
FIRST = wheel([campaign.first for campaign in CAMPAIGNS])
LATER = np.stack([wheel([campaign.later[level] for campaign in CAMPAIGNS]) for level in range(3)])


def numbered(channel: str, name: str | None = None, source: str | None = None) -> int:
    """The number of a campaign."""
    return next(
        number
        for number, one in enumerate(CAMPAIGNS)
        if one.channel == channel and name in (None, one.name) and source in (None, one.source)
    )


NEWSLETTER = numbered("email", "newsletter")
NURTURE = numbered("email", "nurture-series")
WEBINARS = numbered("webinar")
DIRECT = numbered("direct")
PRODUCT = numbered("product")
SALES = numbered("sales")
EVENTS = numbered("events")
SYNDICATION = numbered("content_syndication")
