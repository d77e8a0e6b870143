"""What people call columns: the words of a name, and the meanings that such words suggest."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Meaning(StrEnum):
    """What a column is about."""

    ID = "id"
    SEQUENCE = "running number"
    EMAIL = "e-mail"
    PHONE = "phone"
    PERSON = "person's name"
    TITLE = "job title"
    COMPANY = "company"
    MONEY = "money"
    COUNTRY = "country"
    PLACE = "place"
    SOURCE = "source"
    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    CATEGORY = "category"
    METRIC = "counted metric"
    FLAG = "yes or no"
    CREATED = "time created"
    CLOSED = "time closed"
    TIME = "time"
    OUTCOME = "outcome"
    FREE_TEXT = "free text"
    OWNER = "owner"
    CODE = "code"
    CONSTANT = "constant"
    EMPTY = "empty"


_SAID: Final[tuple[tuple[Meaning, tuple[str, ...]], ...]] = (
    (Meaning.EMAIL, ("email", "e mail", "mail address", "email address")),
    (Meaning.PHONE, ("phone", "mobile", "telephone", "tel", "cell", "telefon", "celular", "whatsapp")),
    (Meaning.PERSON, ("first name", "last name", "full name", "surname", "firstname", "lastname", "fullname")),
    (Meaning.PERSON, ("contact name", "lead name", "person name", "vorname", "nachname")),
    (Meaning.TITLE, ("job title", "title", "position", "designation", "job role", "job position", "jobtitle")),
    (Meaning.SOURCE, ("source", "origin", "lead source", "utm source", "acquisition", "referrer", "first touch")),
    (Meaning.SOURCE, ("herkunft", "quelle", "leadquelle", "lead quelle")),
    (Meaning.SOURCE, ("how did you hear",)),
    (Meaning.CHANNEL, ("channel", "medium", "utm medium")),
    (Meaning.CAMPAIGN, ("campaign", "utm campaign", "landing page", "ad group", "utm content", "advert")),
    (Meaning.COUNTRY, ("country", "nation", "land", "pais")),
    (Meaning.PLACE, ("city", "state", "region", "province", "postcode", "zip", "office location", "town", "location")),
    (Meaning.OWNER, ("owner", "agent", "sales rep", "rep", "sdr", "bdr", "sr", "salesperson", "sales person")),
    (Meaning.OWNER, ("assigned", "account executive", "seller name", "closer", "manager")),
    (Meaning.MONEY, ("revenue", "amount", "value", "price", "budget", "arr", "mrr", "income", "turnover", "spend")),
    (Meaning.COMPANY, ("company", "account", "organisation", "organization", "employer", "firm", "company name")),
    (Meaning.COMPANY, ("firma", "unternehmen")),
    (Meaning.MONEY, ("auftragswert", "betrag", "umsatz")),
)
CREATED_WORDS: Final = (
    *("created", "create", "creation", "first contact", "submitted", "received", "registered", "signup", "sign up"),
    *("entered", "inquiry", "enquiry", "engage", "opened", "open date", "start", "added", "lead date", "contact date"),
    *("erstellt", "angelegt", "eingegangen", "erstellungsdatum", "anlagedatum", "eingang"),
)
CLOSED_WORDS: Final = (
    "closed",
    "close",
    "won",
    "converted",
    "conversion",
    "lost",
    "signed",
    "decided",
    "end",
    "customer",
    "abgeschlossen",
    "abschluss",
    "abschlussdatum",
)
OUTCOME_NAMES: Final = (
    *(
        "converted",
        "won",
        "is won",
        "is converted",
        "is customer",
        "customer",
        "became customer",
        "outcome",
        "conversion",
    ),
    *("deal stage", "stage", "opportunity stage", "stage name", "deal status", "opportunity status", "lead status"),
    *("status", "result", "lifecycle stage", "closed won", "is closed won", "success", "purchased", "bought", "sale"),
)
"""Best first: what a column with the outcome is called."""
WON_WORDS: Final = (
    *(
        "won",
        "closed won",
        "win",
        "deal won",
        "closed - won",
        "customer",
        "converted",
        "success",
        "successful",
        "signed",
    ),
    *("sold", "purchased", "bought", "gewonnen", "ganado", "ganho", "gagné", "approved"),
)
LOST_WORDS: Final = (
    *("lost", "closed lost", "deal lost", "closed - lost", "disqualified", "unqualified", "rejected", "dead", "failed"),
    *("no sale", "not converted", "declined", "verloren", "perdido", "perdu", "junk", "churned"),
)
ACTIVITY: Final = (
    *("visit", "visits", "view", "views", "page", "pages", "click", "clicks", "open", "opens", "session", "sessions"),
    *("time", "minutes", "seconds", "duration", "download", "downloads", "login", "logins", "usage", "activity"),
    *("reply", "replies", "call", "calls", "meeting", "meetings", "event", "events", "webinar", "webinars", "hits"),
)
"""Words of metrics that count what a lead does; other numbers say what a lead is."""
LAST_WORDS: Final = ("last", "latest", "recent", "current stage", "modified", "updated")
AFTERWARDS: Final = (
    *("tag", "tags", "quality", "rating", "score", "index", "grade", "disposition", "reason", "stage", "status"),
    *("lead profile", "next step", "note", "notes", "comment", "comments", "lost", "won", "close", "closed", "deal"),
    *(
        "contract",
        "invoice",
        "outcome",
        "result",
        "probability",
        "forecast",
        "qualified",
        "sla",
        "follow up",
        "call result",
    ),
)
"""Words of columns that somebody, or another scorer, fills in after the lead has come."""


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, lower case: ``TotalVisits`` and ``total_visits`` are the same."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return tuple(re.findall(r"[^\W_]+", split.casefold()))


def says(name: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in a name as whole words."""
    spoken = f" {' '.join(words_of(name))} "
    return any(f" {phrase} " in spoken for phrase in phrases)


def suggested(name: str) -> tuple[Meaning, ...]:
    """The meanings that a name suggests, the likeliest first."""
    return tuple(dict.fromkeys(meaning for meaning, phrases in _SAID if says(name, phrases)))


def is_id(name: str) -> bool:
    """Whether a name is that of an identifier."""
    words = words_of(name)
    return bool(words) and (words[-1] in ("id", "uuid", "guid", "key", "ids") or words[0] in ("id", "uuid"))
