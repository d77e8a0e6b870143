"""The names an agreement may use without declaring them: built-in lead fields, event columns, reserved event names."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal, get_args


class Type(StrEnum):
    """What a value is. Numbers are doubles, times are instants in UTC to the microsecond."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"


TEXT, NUMBER, BOOLEAN, TIME = Type.TEXT, Type.NUMBER, Type.BOOLEAN, Type.TIME

CONTACT_FIELDS: Final = ("email", "phone", "handle")

GIVEN_FIELDS: Final[dict[str, Type]] = {
    "email": TEXT,
    "phone": TEXT,
    "handle": TEXT,
    "created_at": TIME,
    "source": TEXT,
    "channel": TEXT,
    "campaign": TEXT,
    "account_is_customer": BOOLEAN,
    "account_has_open_opportunity": BOOLEAN,
}
"""Built-in lead fields that the input states."""

DERIVED_FIELDS: Final[dict[str, Type]] = {
    "email_domain": TEXT,
    "email_is_free": BOOLEAN,
    "email_is_disposable": BOOLEAN,
    "job_level": TEXT,
    "job_function": TEXT,
}
"""Built-in lead fields that Leadline works out, and that nobody states."""

DERIVED_FROM: Final[dict[str, str]] = {
    "email_domain": "email",
    "email_is_free": "email",
    "email_is_disposable": "email",
    "job_level": "title",
    "job_function": "title",
}

LEAD_FIELDS: Final[dict[str, Type]] = GIVEN_FIELDS | DERIVED_FIELDS

JobLevel = Literal["c_level", "vp", "director", "manager", "individual", "student"]
JobFunction = Literal[
    "marketing", "sales", "engineering", "it", "finance", "hr", "operations", "product", "support", "legal", "other"
]
JOB_LEVELS: Final[tuple[str, ...]] = get_args(JobLevel)
JOB_FUNCTIONS: Final[tuple[str, ...]] = get_args(JobFunction)
DIRECTIONS: Final = ("inbound", "outbound")

FIELD_CHOICES: Final[dict[str, tuple[str, ...]]] = {"job_level": JOB_LEVELS, "job_function": JOB_FUNCTIONS}
"""The only values that a built-in lead field can have."""

EVENT_COLUMNS: Final[dict[str, Type]] = {
    "event": TEXT,
    "occurred_at": TIME,
    "channel": TEXT,
    "campaign": TEXT,
    "source": TEXT,
    "path": TEXT,
    "url": TEXT,
    "referrer": TEXT,
    "asset": TEXT,
    "asset_kind": TEXT,
    "duration_s": NUMBER,
    "value": NUMBER,
    "direction": TEXT,
    "is_machine": BOOLEAN,
}
EVENT_CHOICES: Final[dict[str, tuple[str, ...]]] = {"direction": DIRECTIONS}
EVENT_PROPERTIES: Final = "properties"
KEY_COLUMNS: Final = ("asset", "asset_kind", "path", "channel", "campaign")
"""Event columns that `at_most … by` may count separately."""

HANDED_OVER: Final = "Lead Handed Over"
STAGE_RECORDS: Final = (
    HANDED_OVER,
    "Lead Accepted",
    "Lead Qualified",
    "Opportunity Created",
    "Deal Won",
    "Deal Lost",
    "Lead Rejected",
    "Lead Recycled",
    "Lead Disqualified",
    "Lead Reopened",
)
"""Names of the records that say what sales did, in the order in which those of one instant are taken."""

STAGES: Final = (
    "visitor",
    "lead",
    "engaged",
    "mql",
    "sal",
    "sql",
    "opportunity",
    "customer",
    "lost",
    "nurture",
    "disqualified",
)

TWO_WAY_EVENTS: Final = (
    "Email Replied",
    "Call Connected",
    "Chat Started",
    "Meeting Booked",
    "Meeting Held",
    "Demo Requested",
    "Contact Requested",
)
"""Events that are two-way communication in every agreement."""
