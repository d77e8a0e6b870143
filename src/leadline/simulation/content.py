"""What the company publishes for every stage of buying, and who reads which of it."""

from __future__ import annotations

import numpy as np

from leadline.simulation.columns import wheel

SITE = "https://www.lighthouse.example"

_SECTIONS: dict[str, tuple[str, ...]] = {
    "home": ("/",),
    "blog": (
        "/blog/what-is-a-qualified-lead",
        "/blog/lead-scoring-without-magic",
        "/blog/marketing-and-sales-truce",
        "/blog/funnel-metrics",
        "/blog/why-mqls-fail",
        "/blog/speed-to-lead",
        "/blog/content-that-converts",
        "/blog/privacy-after-cookies",
        "/blog/attribution-myths",
        "/blog/b2b-benchmarks-2026",
        "/blog/nurture-ideas",
        "/blog/crm-hygiene",
    ),
    "glossary": (
        "/glossary/mql",
        "/glossary/sql",
        "/glossary/cac",
        "/glossary/clv",
        "/glossary/lead",
        "/glossary/funnel",
    ),
    "resources": ("/resources", "/resources/whitepapers", "/resources/templates", "/resources/ebooks"),
    "webinars": ("/webinars", "/webinars/on-demand"),
    "product": (
        "/product",
        "/product/scoring",
        "/product/routing",
        "/product/analytics",
        "/product/integrations",
        "/product/api",
    ),
    "customers": (
        "/customers",
        "/customers/umbrella",
        "/customers/initech",
        "/customers/hooli",
        "/customers/acme",
    ),
    "compare": ("/compare", "/compare/spreadsheets", "/compare/suite"),
    "pricing": ("/pricing", "/pricing/enterprise", "/pricing/calculator"),
    "security": ("/security", "/security/gdpr", "/legal/terms"),
    "docs": ("/docs", "/docs/quickstart", "/docs/crm", "/docs/api", "/docs/webhooks", "/docs/sso"),
    "demo": ("/demo", "/contact", "/trial"),
    "careers": ("/careers", "/careers/engineer", "/careers/account-executive", "/about"),
    "support": ("/login", "/support", "/status", "/changelog"),
}
PAGES = tuple(page for pages in _SECTIONS.values() for page in pages)

# Who reads what: three stages of buying, then the people who will never buy, then those who already did.
MIXES: dict[str, dict[str, float]] = {
    "awareness": {"home": 14, "blog": 46, "glossary": 12, "resources": 10, "webinars": 5, "product":
    8, "customers": 3, "pricing": 2},
    "consideration": {
        "home": 10, "blog": 16, "glossary": 2, "resources": 14, "webinars": 9, "product": 24,
        "customers": 13, "compare": 6, "pricing": 5, "docs": 3,
    },
    "decision": {
        "home": 8, "blog": 4, "product": 20, "customers": 13, "compare": 9, "pricing": 22,
        "security": 7, "docs": 10, "demo": 7,
    },
    "student": {"blog": 40, "glossary": 34, "resources": 16, "home": 6, "careers": 4},
    "competitor": {"pricing": 22, "product": 30, "docs": 18, "customers": 14, "blog": 8, "compare": 8},
    "job_seeker": {"careers": 72, "home": 14, "blog": 8, "customers": 6},
    "customer": {"docs": 40, "support": 44, "product": 8, "blog": 8},
}  # fmt: skip
MIX_NUMBERS = {name: number for number, name in enumerate(MIXES)}


def _page_weights(mix: dict[str, float]) -> list[float]:
    return [
        mix.get(section, 0.0) / rank / sum(1 / r for r in range(1, len(pages) + 1))
        for section, pages in _SECTIONS.items()
        for rank, _ in enumerate(pages, start=1)
    ]


READ = np.stack([wheel(_page_weights(mix)) for mix in MIXES.values()])

# asset, kind, stage of buying (0 awareness, 1 consideration, 2 decision)
_DOWNLOADS = (
    ("state-of-lead-management", "whitepaper", 0),
    ("beginners-guide-to-scoring", "ebook", 0),
    ("funnel-metrics-handbook", "ebook", 0),
    ("b2b-benchmark-report", "whitepaper", 0),
    ("persona-template", "template", 0),
    ("content-calendar-template", "template", 0),
    ("agreement-between-teams", "whitepaper", 1),
    ("lead-routing-playbook", "ebook", 1),
    ("scorecard-template", "template", 1),
    ("crm-integration-guide", "whitepaper", 1),
    ("umbrella-case-study", "case_study", 1),
    ("initech-case-study", "case_study", 1),
    ("hooli-case-study", "case_study", 2),
    ("acme-case-study", "case_study", 2),
    ("return-on-investment-template", "template", 2),
    ("security-datasheet", "datasheet", 2),
    ("product-datasheet", "datasheet", 2),
    ("enterprise-datasheet", "datasheet", 2),
)
_WEBINAR_TOPICS = (
    "scoring-in-practice",
    "sales-and-marketing-agreement",
    "clean-crm-in-30-days",
    "forecasting-pipeline",
    "attribution-honestly",
    "product-tour-live",
    "gdpr-for-marketers",
    "customer-panel",
)
ASSETS = (*(name for name, _, _ in _DOWNLOADS), *(f"webinar-{topic}" for topic in _WEBINAR_TOPICS))
ASSET_KINDS = (*(kind for _, kind, _ in _DOWNLOADS), *("webinar" for _ in _WEBINAR_TOPICS))
FIRST_WEBINAR, WEBINAR_TOPICS = len(_DOWNLOADS), len(_WEBINAR_TOPICS)
DOWNLOADED = np.stack(
    [wheel([{0: 8.0, 1: 2.0, 2: 0.5}[abs(at - stage)] for _, _, at in _DOWNLOADS]) for stage in range(3)]
)


def page(path: str) -> int:
    """The number of a page."""
    return PAGES.index(path)
