"""The JSON Schema of the file, made from its shape, so that editors complete and check what people write."""

from __future__ import annotations

import json
from typing import Any, Final

from leadline.agreement.format.shape import (
    AGREEMENT,
    FIELD,
    FORMAT,
    LIST,
    RULE,
    STORY,
    STORY_RECORD,
    Key,
    Kind,
    Listed,
    Named,
    Section,
)
from leadline.agreement.format.structure import NAME
from leadline.fields.catalogue import KEY_COLUMNS, LEAD_FIELDS, Type

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_DURATION: Final = r"^[1-9][0-9]{0,8}\s*[mhdw]$"
_FREQUENCY: Final = (
    r"^[1-9][0-9]{0,6} (ever|per (day|week|month|[1-9][0-9]{0,8}[mhdw]))( by (" + "|".join(KEY_COLUMNS) + r"))?$"
)
_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_TEXTS: Final[dict[str, Any]] = {"type": "array", "items": {"type": ["string", "number", "boolean"]}}

_KINDS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.TEXT: {"type": ["string", "number", "boolean"]},
    Kind.NAME: _TEXT,
    Kind.NUMBER: {"type": "number"},
    Kind.POSITIVE: {"type": "number", "exclusiveMinimum": 0},
    Kind.WHOLE: {"type": "integer"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DURATION: {"type": "string", "pattern": _DURATION, "examples": ["30m", "4h", "30d", "2w"]},
    Kind.DURATION_OR_NEVER: {
        "anyOf": [{"const": "never"}, {"type": "string", "pattern": _DURATION}],
        "examples": ["30d", "never"],
    },
    Kind.FREQUENCY: {
        "type": "string",
        "pattern": _FREQUENCY,
        "examples": ["1 per day", "3 per 30d", "1 ever by asset"],
    },
    Kind.CONDITION: {
        "type": ["string", "boolean"],
        "examples": ["company_revenue BETWEEN 10e6 AND 500e6", "path LIKE '/pricing%'"],
    },
    Kind.EXPRESSION: {"type": ["string", "number"], "examples": ["duration_s"]},
    Kind.CRITERION: _TEXT | {"examples": ["fit >= 50 AND engagement >= 60"]},
    Kind.EVENTS: {
        "anyOf": [_TEXT, _TEXTS | {"minItems": 1}],
        "examples": ["Page Viewed", ["Demo Requested", "Contact Requested"], "any"],
    },
    Kind.TEXTS: _TEXTS,
    Kind.VALUES: {"type": "array", "items": {"type": ["string", "number", "boolean"]}},
    Kind.TIMEZONE: _TEXT | {"examples": ["UTC", "Europe/Berlin", "America/New_York"]},
    Kind.CURRENCY: {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["EUR", "USD"]},
    Kind.MOMENT: _TEXT | {"examples": ["2026-03-31", "2026-03-31T14:00:00+02:00"]},
    Kind.TYPE: {"enum": [str(kind) for kind in Type]},
    Kind.RESET: {"const": "engagement"},
    Kind.ANY: {},
}


def schema() -> dict[str, Any]:
    """The schema of an agreement as plain values."""
    return {
        "$schema": DIALECT,
        "title": "Leadline agreement",
        "description": "What marketing and sales agree on: who fits, what counts as interest, when a "
        "lead is qualified.",
        **_section(AGREEMENT),
    }


def schema_text() -> str:
    """The schema as it stands in ``docs/agreement.schema.json``."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _holds(holds: Kind | Section | Named | Listed) -> dict[str, Any]:
    if isinstance(holds, Kind):
        return dict(_KINDS[holds])
    if isinstance(holds, Section):
        return _section(holds)
    if isinstance(holds, Listed):
        return {"type": "array", "items": _holds(holds.of), "maxItems": holds.at_most}
    named: dict[str, Any] = {
        "type": "object",
        "additionalProperties": _holds(holds.of),
        "maxProperties": holds.at_most,
    }
    if not holds.free:
        names: dict[str, Any] = {"pattern": f"^{NAME.pattern}$"}
        if holds.of is FIELD:
            names["not"] = {"enum": list(LEAD_FIELDS)}
        named["propertyNames"] = names
    return named


def _section(section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "object",
        "properties": {key.name: _key(key) for key in section.keys},
        "additionalProperties": section is STORY_RECORD,
    }
    required = [key.name for key in section.keys if key.required]
    return found | ({"required": required} if required else {}) | _TOGETHER.get(id(section), {})


def _key(key: Key) -> dict[str, Any]:
    described = {"description": key.doc + (f" Default: {key.default}." if key.default else "")}
    if key.name == "leadline":
        described["const"] = FORMAT  # type: ignore[assignment]
    return described | _holds(key.holds)


def _either(first: str, second: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [first]}, {"required": [second]}]}


_TOGETHER: Final[dict[int, dict[str, Any]]] = {
    id(LIST): _either("values", "file"),
    id(STORY_RECORD): {"allOf": [_either("event", "lead"), _either("ago", "at")]},
    id(STORY): {},
    id(RULE): {
        "anyOf": [{"required": ["on"]}, {"required": ["when"]}],
        "dependentRequired": {
            "at_least": ["within", "on"],
            "within": ["at_least", "on"],
            "sum": ["at_least"],
            "distinct": ["at_least"],
            "at_most": ["on"],
            "half_life": ["on"],
            "expires": ["on"],
            "max": ["on"],
            "survives_reset": ["on"],
            "machines": ["on"],
        },
    },
}
"""What keys of one section ask of each other, which the shape alone does not say."""
