"""The countries the company sells to, with what differs between them: zones, language, money."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """One country: its share of the market, its IANA time zones with weights, and its habits."""

    code: str
    share: float
    zones: tuple[tuple[str, float], ...]
    language: str
    legal: str
    currency: str
    dial: str
    home: bool


COUNTRIES = (
    Country(
        "US",
        0.27,
        (
            ("America/New_York", 45),
            ("America/Chicago", 25),
            ("America/Denver", 8),
            ("America/Los_Angeles", 22),
        ),
        "en",
        "Inc.",
        "USD",
        "+1",
        True,
    ),
    Country("DE", 0.16, (("Europe/Berlin", 1),), "de", "GmbH", "EUR", "+49", True),
    Country("GB", 0.12, (("Europe/London", 1),), "en", "Ltd", "GBP", "+44", True),
    Country("FR", 0.08, (("Europe/Paris", 1),), "fr", "SAS", "EUR", "+33", True),
    Country("NL", 0.05, (("Europe/Amsterdam", 1),), "nl", "B.V.", "EUR", "+31", True),
    Country("ES", 0.05, (("Europe/Madrid", 1),), "es", "S.L.", "EUR", "+34", False),
    Country("IT", 0.05, (("Europe/Rome", 1),), "it", "S.p.A.", "EUR", "+39", False),
    Country("CA", 0.04, (("America/Toronto", 7), ("America/Vancouver", 3)), "en", "Inc.", "CAD", "+1", True),
    Country("CH", 0.03, (("Europe/Zurich", 1),), "de", "AG", "CHF", "+41", True),
    Country("AT", 0.03, (("Europe/Vienna", 1),), "de", "GmbH", "EUR", "+43", True),
    Country("SE", 0.02, (("Europe/Stockholm", 1),), "sv", "AB", "SEK", "+46", False),
    Country("PL", 0.02, (("Europe/Warsaw", 1),), "pl", "Sp. z o.o.", "PLN", "+48", False),
    Country("BR", 0.02, (("America/Sao_Paulo", 1),), "pt", "Ltda.", "BRL", "+55", False),
    Country("IN", 0.04, (("Asia/Kolkata", 1),), "en", "Pvt. Ltd.", "INR", "+91", False),
    Country("AU", 0.02, (("Australia/Sydney", 1),), "en", "Pty Ltd", "AUD", "+61", False),
)

ZONES = tuple(sorted({zone for country in COUNTRIES for zone, _ in country.zones}))
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "sv", "pl", "pt")

# What one euro buys; deals are signed in these currencies only, the rest pays in euros.
CURRENCIES = {"EUR": 1.0, "USD": 1.09, "GBP": 0.86, "CHF": 0.95}
