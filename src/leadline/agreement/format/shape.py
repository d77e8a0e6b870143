"""What a file may contain, declared once: reader, JSON Schema and reference page are all made from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from leadline.fields.catalogue import Type


class Kind(StrEnum):
    """What one written value can be."""

    TEXT = "text"
    NAME = "name"
    NUMBER = "number"
    POSITIVE = "positive number"
    WHOLE = "whole number"
    BOOLEAN = "true or false"
    DURATION = "duration"
    DURATION_OR_NEVER = "duration or never"
    FREQUENCY = "frequency"
    CONDITION = "condition"
    EXPRESSION = "expression"
    CRITERION = "criterion"
    EVENTS = "event name, list of event names, or any"
    TEXTS = "list of texts"
    VALUES = "list of texts or numbers"
    TIMEZONE = "time zone"
    CURRENCY = "currency"
    MOMENT = "moment"
    TYPE = "field type"
    RESET = "engagement"
    ANY = "value"


@dataclass(frozen=True, slots=True)
class Key:
    """One name in a section: what stands behind it, and what it means."""

    name: str
    holds: Kind | Section | Named | Listed
    doc: str
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping with known keys."""

    keys: tuple[Key, ...]

    def key(self, name: str) -> Key | None:
        """The key of a name, if there is one."""
        return next((key for key in self.keys if key.name == name), None)


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping from names that the author chooses to things of one form. ``free`` names may be any text."""

    of: Kind | Section
    free: bool = False
    at_most: int = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of things of one form."""

    of: Kind | Section
    at_most: int = 500


FORMAT: Final = 1

FIELD: Final = Section(
    (
        Key("type", Kind.TYPE, f"What its values are: {', '.join(Type)}.", required=True),
        Key("label", Kind.TEXT, "What a form and a receipt call it.", default="the name"),
        Key("unit", Kind.TEXT, "Unit of a number, for example EUR or people."),
        Key("choices", Kind.VALUES, "The only values it can have."),
        Key("ask", Kind.BOOLEAN, "Whether the lead form may ask for it.", default="true"),
    )
)

LIST: Final = Section(
    (
        Key("values", Kind.TEXTS, "The values, written here."),
        Key("file", Kind.TEXT, "A text or CSV file beside the agreement, one value a line (its first column)."),
    )
)

FIT_RULE: Final = Section(
    (
        Key("when", Kind.CONDITION, "A condition on lead fields.", required=True),
        Key("points", Kind.NUMBER, "Points while it is true.", required=True),
    )
)

PERSONA: Final = Section(
    (
        Key("label", Kind.TEXT, "What people call this kind of buyer.", default="the name"),
        Key("rules", Named(FIT_RULE), "What speaks for and against this kind of buyer.", required=True),
    )
)

FIT: Final = Section(
    (
        Key("max", Kind.POSITIVE, "The highest fit.", default="100"),
        Key("grades", Named(Kind.NUMBER, free=True), "Grades by their lower bounds; below the last is D."),
        Key("knockouts", Named(Kind.CONDITION), "Never an MQL while one of these is true of the profile."),
        Key("personas", Named(PERSONA), "The kinds of buyer. Fit is the sum of the best one.", required=True),
    )
)

GROUP: Final = Section((Key("max", Kind.NUMBER, "The most that its rules count together; 0 or more."),))

RULE: Final = Section(
    (
        Key(
            "on",
            Kind.EVENTS,
            "The event or events that it is about. Without `on`, a rule is about the profile.",
        ),
        Key("when", Kind.CONDITION, "A condition on event columns, or without `on`, on lead fields."),
        Key(
            "points",
            Kind.NUMBER,
            "Points a hit; of threshold and state rules, points while active.",
            required=True,
        ),
        Key(
            "at_most",
            Kind.FREQUENCY,
            "How many hits count: N per day|week|month, N per 30d, N ever; by a column.",
        ),
        Key(
            "half_life",
            Kind.DURATION_OR_NEVER,
            "After this time a hit counts half.",
            default="engagement.half_life",
        ),
        Key("expires", Kind.DURATION, "After this time a hit counts nothing."),
        Key("max", Kind.POSITIVE, "The most that the rule counts, up or down."),
        Key("group", Kind.NAME, "The group whose cap it shares."),
        Key(
            "survives_reset",
            Kind.BOOLEAN,
            "Whether its hits count on after a reset.",
            default="see semantics",
        ),
        Key("machines", Kind.BOOLEAN, "Whether flagged machine events count too.", default="false"),
        Key("at_least", Kind.POSITIVE, "Threshold: how many hits, how large a sum, how many distinct values."),
        Key("within", Kind.DURATION, "Threshold: the time that is looked back."),
        Key("sum", Kind.EXPRESSION, "Threshold: add up this number instead of counting hits."),
        Key("distinct", Kind.EXPRESSION, "Threshold: count the different values of this instead of hits."),
    )
)

ENGAGEMENT: Final = Section(
    (
        Key("max", Kind.POSITIVE, "The highest engagement.", default="100"),
        Key(
            "half_life",
            Kind.DURATION_OR_NEVER,
            "Half-life of every points rule without its own.",
            default="never",
        ),
        Key("levels", Named(Kind.NUMBER, free=True), "Levels by their lower bounds; below the last is cold."),
        Key("groups", Named(GROUP), "Rules whose points are limited together."),
        Key("rules", Named(RULE), "What counts as interest.", required=True),
    )
)

RECYCLE: Final = Section(
    (
        Key(
            "cooldown",
            Kind.DURATION,
            "After a lead came back, how long it cannot qualify again.",
            default="0",
        ),
        Key("reset", Kind.RESET, "`engagement`: what happened before it came back no longer counts."),
        Key("lost", Kind.DURATION, "After this time a lost lead goes back to nurture."),
    )
)

MQL: Final = Section(
    (
        Key("when", Named(Kind.CRITERION), "The ways to qualify. One of them is enough.", required=True),
        Key("recycle", RECYCLE, "When a lead that came back from sales may qualify again."),
    )
)

LEARNED_FROM: Final = Section(
    (
        Key("leads", Kind.WHOLE, "How many leads, each judged after the horizon.", required=True),
        Key("wins", Kind.WHOLE, "How many of them became customers in time.", required=True),
        Key("until", Kind.MOMENT, "The moment up to which outcomes were known.", required=True),
        Key("method", Kind.TEXT, "How the curve was fitted.", required=True),
        Key("scores", Kind.TEXT, "Version of the scores that it was learned for; others make it stale."),
    )
)

CHANCE_POINT: Final = Section(
    (
        Key("score", Kind.NUMBER, "Fit and engagement together.", required=True),
        Key("chance", Kind.NUMBER, "Share of such leads that become customers, 0 to 1.", required=True),
        Key("low", Kind.NUMBER, "Lower end of its interval.", required=True),
        Key("high", Kind.NUMBER, "Upper end of its interval.", required=True),
    )
)

CHANCE: Final = Section(
    (
        Key("horizon", Kind.DURATION, "The time within which a lead becomes a customer, or does not.", required=True),
        Key("learned_from", LEARNED_FROM, "The evidence; `leadline calibrate` writes it."),
        Key(
            "curve",
            Listed(CHANCE_POINT, at_most=100),
            "Points by ascending score; straight lines between them.",
            required=True,
        ),
    )
)

STORY_RECORD: Final = Section(
    (
        Key("event", Kind.TEXT, "The name of the event; or `lead` for a change of what is known."),
        Key("lead", Named(Kind.ANY, free=True), "What became known of the lead then."),
        Key("ago", Kind.DURATION, "How long before the story's moment."),
        Key("at", Kind.MOMENT, "When, as a date or a date and time."),
    )
)
"""A record of a story; the event's columns stand beside these keys."""

STORY: Final = Section(
    (
        Key("lead", Named(Kind.ANY, free=True), "What is known of the lead, by field.", required=True),
        Key("events", Listed(STORY_RECORD), "What happened, each with `ago` or `at`."),
        Key("as_of", Kind.MOMENT, "The moment of the answer.", default="2026-01-15T12:00:00Z"),
        Key("expect", Named(Kind.ANY, free=True), "What must come out.", required=True),
    )
)

AGREEMENT: Final = Section(
    (
        Key("leadline", Kind.WHOLE, "Version of this format: 1.", required=True),
        Key("name", Kind.TEXT, "The name of the agreement.", required=True),
        Key("timezone", Kind.TIMEZONE, "Where days, weeks and months begin.", default="UTC"),
        Key("currency", Kind.CURRENCY, "Three letters, for reports and targets.", default="EUR"),
        Key("fiscal_year_starts", Kind.WHOLE, "The month in which the fiscal year starts.", default="1"),
        Key("fields", Named(FIELD), "What can be known of a lead; also the questions of the lead form."),
        Key("lists", Named(LIST), "Named sets for in_list()."),
        Key("fit", FIT, "Who fits.", required=True),
        Key("engagement", ENGAGEMENT, "What counts as interest.", required=True),
        Key("mql", MQL, "When a lead is a marketing qualified lead.", required=True),
        Key("two_way", Kind.TEXTS, "Further events that are two-way communication."),
        Key("chance", CHANCE, "What a score says about becoming a customer; `leadline calibrate` learns it."),
        Key("stories", Named(STORY, free=True), "The agreement's own tests, named as you like."),
    )
)
