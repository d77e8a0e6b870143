"""Versions: fingerprints of what an agreement means, whatever its comments, order of keys and spelling."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from leadline.agreement.expressions import Expression

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

MEANING: Final = 1
"""Raised when the meaning of a format changes, so that old and new answers never share a version."""

_ORDERED: Final = {"personas", "criteria", "grades", "levels", "two_way"}
"""Lists whose order is part of the meaning; of the others only the names count."""


def version_of(agreement: Agreement) -> str:
    """Fingerprint of everything that an agreement says but its stories: 16 hexadecimal digits of SHA-256."""
    parts = _plain(agreement)
    if agreement.chance is None:
        del parts["chance"]  # versions from before there were chances stay what they were
    return _digest({"meaning": MEANING, "agreement": parts, "tables": _tables(agreement)})


def qualification_version_of(agreement: Agreement) -> str:
    """What decides scores and qualifications: fields, lists, fit, engagement, mql, time zone."""
    return _digest({"meaning": MEANING, "qualification": _deciding(agreement), "tables": _tables(agreement)})


def scores_version_of(agreement: Agreement) -> str:
    """What decides fit and engagement; the criteria do not."""
    deciding = _deciding(agreement)
    del deciding["mql"]["criteria"], deciding["two_way"]
    return _digest({"meaning": MEANING, "scores": deciding, "tables": _tables(agreement)})


def _deciding(agreement: Agreement) -> dict[str, Any]:
    parts = _plain(agreement)
    keep = ("timezone", "fields", "lists", "fit", "engagement", "mql", "two_way")
    for field in dict(parts["fields"]).values():  # no field at all is an empty list
        for shown in ("label", "unit", "ask"):
            field.pop(shown, None)
    for persona in parts["fit"]["personas"]:
        persona.pop("label", None)
    return {name: parts[name] for name in keep}


def digest_of(value: object) -> str:
    """Fingerprint of any value made of dataclasses, tuples, sets, texts and numbers."""
    return _digest(_plain(value))


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, Expression):
        return _plain(value.tree)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        compared = {f.name: _plain(getattr(value, f.name), f.name) for f in dataclasses.fields(value) if f.compare}
        return {"is": type(value).__name__} | {key: inner for key, inner in compared.items() if key not in _UNMEANT}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        if value and name not in _ORDERED and all(hasattr(item, "name") for item in value):
            return {item.name: _plain(item) for item in value}
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


_UNMEANT: Final = {"text", "file", "line"}
"""How something was written or where it came from, not what it means."""


def _tables(agreement: Agreement) -> dict[str, str]:
    """The shipped tables behind the derived fields that rules use, by field."""
    from leadline.agreement.usage import lead_fields_used
    from leadline.fields.derivation import table_of

    return {name: table for name in lead_fields_used(agreement) if (table := table_of(name)) is not None}
