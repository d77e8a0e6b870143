"""What an export lacks of what an agreement could use to qualify leads well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from leadline.analytics.moments import NEVER
from leadline.analytics.names import Meaning, says

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leadline.analytics.columns import Field
    from leadline.analytics.joining import Export
    from leadline.analytics.outcome import Ends

State = Literal["there", "partly", "missing"]
ENOUGH: Final = 0.8


@dataclass(frozen=True, slots=True)
class Gap:
    """Something an agreement can use: whether it is there, in which share of the leads, by which column, and why."""

    what: str
    state: State
    filled: float
    column: str
    why: str


def gaps_of(export: Export, ends: Ends) -> tuple[Gap, ...]:
    """Everything that could be there, what is missing first."""
    found = [_of_fields(export, ends, *one) for one in _WANTED]
    found += [_events(export), _outcome_time(ends), _losses(ends)]
    order = {"missing": 0, "partly": 1, "there": 2}
    return tuple(sorted(found, key=lambda gap: (order[gap.state], gap.filled)))


def _is(*meanings: Meaning) -> Callable[[Field], bool]:
    return lambda field: field.meaning in meanings


def _called(*phrases: str) -> Callable[[Field], bool]:
    return lambda field: field.kind not in ("empty", "constant") and says(field.name, phrases)


_SIZE: Final = ("employees", "headcount", "company size", "revenue", "company revenue", "turnover", "annual revenue")
_INDUSTRY: Final = ("industry", "sector", "segment", "branche", "vertical")
_ANSWERED: Final = ("first response", "response time", "first call", "contacted", "first touch at", "responded")

_WANTED: Final[tuple[tuple[str, Callable[[Field], bool], str], ...]] = (
    (
        "e-mail address",
        _is(Meaning.EMAIL),
        "it identifies a lead, tells work from private addresses, and finds duplicates",
    ),
    ("phone number", _is(Meaning.PHONE), "sales can call at once, and duplicates are found"),
    (
        "job title",
        lambda field: field.meaning is Meaning.TITLE or _called("occupation")(field),
        "level and function are worked out from it: the first question of every persona",
    ),
    ("company size", _called(*_SIZE), "whether a company can pay is the second question of every persona"),
    ("industry", _called(*_INDUSTRY), "it tells apart which kinds of company buy"),
    ("country", _is(Meaning.COUNTRY), "where you sell, and where you do not"),
    ("source or channel", _is(Meaning.SOURCE, Meaning.CHANNEL), "what brings leads that are won"),
    ("campaign or landing page", _is(Meaning.CAMPAIGN), "which message brought them"),
    ("time created", _is(Meaning.CREATED), "without it there are no cohorts, no speed, and no test on later leads"),
    ("deal value", _is(Meaning.MONEY), "a won lead is not worth the same everywhere"),
    ("owner", _is(Meaning.OWNER), "load and results of each seller"),
    ("time of the first response", _called(*_ANSWERED), "how soon sales answers decides much of what is won"),
)


def _of_fields(export: Export, ends: Ends, what: str, fits: Callable[[Field], bool], why: str) -> Gap:
    fields: Sequence[Field] = [
        field for field in export.fields if fits(field) and field.kind not in ("empty", "constant")
    ]
    if what == "deal value":
        return _value(ends, why)
    if what == "company size":
        # What only won leads have, such as the revenue they brought, says nothing of a company.
        late = {link.table.name for link in export.links if link.way == "some leads have one"}
        fields = [field for field in fields if field.table not in late and field.name not in ends.sources]
    if not fields:
        return Gap(what, "missing", 0.0, "", why)
    best = max(fields, key=lambda field: (field.filled, not field.joined))
    return _graded(what, best.filled / max(1, export.rows), best.name, why)


def _graded(what: str, filled: float, column: str, why: str) -> Gap:
    return Gap(what, "there" if filled >= ENOUGH else "partly" if filled > 0 else "missing", filled, column, why)


def _value(ends: Ends, why: str) -> Gap:
    known = ~np.isnan(ends.value)
    share = float((known & ends.won).sum() / max(1, ends.won.sum()))
    return _graded("value of won deals", share, ends.valued.name if ends.valued is not None else "", why)


def _events(export: Export) -> Gap:
    why = "what a lead did, and when: the only way to see interest rise and cool"
    logs = [link for link in export.links if link.way == "leads have many"]
    if not logs:
        return Gap("time-stamped events", "missing", 0.0, "", why)
    best = max(logs, key=lambda link: link.matched)
    return _graded("time-stamped events", best.matched / max(1, export.rows), best.table.name, why)


def _outcome_time(ends: Ends) -> Gap:
    why = "how long it takes, which leads are too young to judge, and what was known before"
    share = float((ends.won & (ends.won_at != NEVER)).sum() / max(1, ends.won.sum()))
    return _graded("time won", share, ends.closed.name if ends.closed is not None else "", why)


def _losses(ends: Ends) -> Gap:
    why = "a lead nobody works any more looks like one that is still open"
    if ends.lost_is_said:
        return Gap("losses", "there", 1.0, ends.column.name if ends.column is not None else "", why)
    return Gap("losses", "missing", 0.0, "", why)
