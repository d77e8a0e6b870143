"""Rules that an agreement could have and does not: about events, kinds of content and parts of the site it ignores."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from leadline.agreement.document import StateRule
from leadline.fields.catalogue import STAGE_RECORDS
from leadline.learning.examples import SALES_EVENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.agreement.document import Agreement

MOST: Final = 12
"""More candidates would only give chance more to choose from."""

LEADS_SHARE: Final = 0.01
PAGE_EVENT: Final = "Page Viewed"
CONTENT_EVENT: Final = "Content Downloaded"

_LEFT_OUT: Final = frozenset({*STAGE_RECORDS, *SALES_EVENTS, "Email Opened", "Email Delivered", "Email Bounced"})
"""Not of the lead's own doing: what sales does, and mail that programs open by themselves."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """How many leads did something: an ``event``, of a ``kind`` of content or in a ``section`` of the site."""

    event: str
    kind: str | None
    section: str | None
    leads: int


def candidate_rules(
    agreement: Agreement, text: str, sightings: Sequence[Sighting], leads: int
) -> Mapping[str, dict[str, Any]]:
    """Rules by name, as the file spells them, worth 0 points; ``text`` is the agreement's.

    An event that no rule is about; a kind of content or a section of the site that no condition names. At least one
    lead in a hundred must have done it, and the most frequent twelve are taken. A rule joins the group of those that
    are about the same event, so that its points count under the same cap.
    """
    ruled = {name for rule in agreement.engagement.rules if not isinstance(rule, StateRule) for name in rule.on or ()}
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    for sighting in sightings:
        if sighting.leads < LEADS_SHARE * leads or sighting.event in _LEFT_OUT:
            continue
        named = _named(sighting, text, ruled)
        if named is not None:
            name, rule = named
            group = _group_of(agreement, sighting.event)
            rule |= {} if group is None else {"group": group}
            found[_free(name, agreement, found)] = sighting.leads, rule
    frequent = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:MOST]
    return {name: rule for name, (_, rule) in frequent}


def _named(sighting: Sighting, text: str, ruled: set[str]) -> tuple[str, dict[str, Any]] | None:
    event, kind, section = sighting.event, sighting.kind, sighting.section
    if kind is not None:
        if event != CONTENT_EVENT or f"'{kind}'" in text or "'" in kind:
            return None
        rule = {"on": event, "when": f"asset_kind = '{kind}'", "points": 0, "at_most": "1 ever by asset"}
        return kind, rule
    if section is not None:
        if event != PAGE_EVENT or section == "/" or f"'{section}" in text or not re.fullmatch(r"/[\w-]+", section):
            return None
        pattern = section.replace("_", r"\_")
        return f"{section[1:]}_pages", {
            "on": event,
            "when": f"path LIKE '{pattern}%'",
            "points": 0,
            "at_most": "1 per day",
        }
    if event in ruled or event in (PAGE_EVENT, CONTENT_EVENT):
        return None
    return event, {"on": event, "points": 0, "at_most": "1 per day"}


def _group_of(agreement: Agreement, event: str) -> str | None:
    for rule in agreement.engagement.rules:
        if not isinstance(rule, StateRule) and event in (rule.on or ()) and rule.group is not None:
            return rule.group
    return None


def _free(name: str, agreement: Agreement, found: Mapping[str, object]) -> str:
    """A name that nothing else has."""
    plain = re.sub(r"\W+", "_", name.lower()).strip("_") or "rule"
    plain = plain if plain[0].isalpha() else f"rule_{plain}"
    taken = {
        *(rule.name for rule in agreement.engagement.rules),
        *(group.name for group in agreement.engagement.groups),
        *("fit", "engagement", "persona", "grade", "level"),
        *found,
    }
    number, wanted = 1, plain
    while wanted in taken:
        number += 1
        wanted = f"{plain}_{number}"
    return wanted
