"""Finds out what became of the leads: from a column that says so, a table of deals, or records in an event log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.analytics.joining import event_field
from leadline.analytics.moments import NEVER
from leadline.analytics.names import LOST_WORDS, OUTCOME_NAMES, WON_WORDS, Meaning, says, words_of
from leadline.analytics.tables import MISSING
from leadline.errors import InputError
from leadline.fields.spelling import FALSE_TEXTS, TRUE_TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.analytics.columns import Field
    from leadline.analytics.joining import Export, Link

DEAL_WORDS: Final = ("deal", "deals", "won", "closed", "customer", "customers", "order", "orders", "sale", "sales")
SHOWN: Final = 12
PAID_LEAST: Final = 0.2
"""A column of money that is empty or nought for more of the won leads is not what they are worth."""


@dataclass(frozen=True, slots=True)
class Ends:
    """What became of n leads. ``how`` is a sentence; ``column`` the one that says it, ``sources`` all that took part.

    ``won`` and ``lost`` (n) bool; who is neither is open. ``lost_is_said``: whether losing is told from being open.
    ``created_at``, ``won_at``, ``lost_at`` (n) µs or ``NEVER``; ``value`` (n) of the deals won, NaN for none;
    ``until`` is the latest instant that the export knows of, ``NEVER`` where it knows none.
    """

    how: str
    column: Field | None
    won: npt.NDArray[np.bool_]
    lost: npt.NDArray[np.bool_]
    lost_is_said: bool
    created_at: npt.NDArray[np.int64]
    won_at: npt.NDArray[np.int64]
    lost_at: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    until: int
    created: Field | None = None
    closed: Field | None = None
    valued: Field | None = None
    won_values: tuple[str, ...] = ()
    deals: Link | None = None
    reason: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anything is known of what became of leads."""
        return bool(self.how)

    @property
    def decided(self) -> npt.NDArray[np.bool_]:
        """Leads that count as trials of a conversion rate: won or lost where losing is said, else all (n)."""
        return self.won | self.lost if self.lost_is_said else np.ones(len(self.won), bool)

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """Leads that are neither won nor lost (n)."""
        return ~(self.won | self.lost)

    @property
    def sources(self) -> frozenset[str]:
        """Names of the columns that say the outcome, when, and of what value."""
        return frozenset(field.name for field in (self.column, self.closed, self.valued) if field is not None)


@dataclass(frozen=True, slots=True)
class _Said:
    """How the leads ended, as one column or table says it."""

    how: str
    won: npt.NDArray[np.bool_]
    lost: npt.NDArray[np.bool_]
    lost_is_said: bool
    column: Field | None = None
    won_values: tuple[str, ...] = ()
    deals: Link | None = None
    won_at: npt.NDArray[np.int64] | None = None
    lost_at: npt.NDArray[np.int64] | None = None


def ends_of(export: Export, outcome: str | None = None, created: str | None = None) -> Ends:
    """What became of the leads. ``outcome`` is ``COLUMN`` or ``COLUMN=VALUE``.

    Raises ``InputError`` where several columns could say it, or the one asked for does not.
    """
    said = _asked(export, outcome) if outcome is not None else _found(export)
    born = _created(export, created)
    created_at = born.instants() if born is not None else np.full(export.rows, NEVER)
    if said is None:
        nothing = np.zeros(export.rows, bool)
        never = np.full(export.rows, NEVER)
        until = _latest(created_at)
        return Ends(
            "", None, nothing, nothing, False, created_at, never, never, np.full(export.rows, np.nan), until, born,
            reason=_no_reason(export),
        )  # fmt: skip
    closed = _closed(export, said)
    closed_at = closed.instants() if closed is not None else np.full(export.rows, NEVER)
    won_at = np.where(said.won, said.won_at if said.won_at is not None else closed_at, NEVER)
    lost_at = np.where(said.lost, said.lost_at if said.lost_at is not None else closed_at, NEVER)
    valued = _valued(export, said)
    value = np.full(export.rows, np.nan)
    if valued is not None:
        value = np.where(said.won & ~valued.far_out()[1], valued.numbers(), np.nan)
    until = max(_latest(created_at), _latest(won_at), _latest(lost_at), _latest(closed_at))
    return Ends(
        said.how, said.column, said.won, said.lost, said.lost_is_said, created_at, won_at, lost_at, value, until,
        born, closed, valued, said.won_values, said.deals,
    )  # fmt: skip


def _no_reason(export: Export) -> str:
    """Why nothing is known of what became of the leads."""
    one_sided = [
        field for field in export.fields if not field.joined and _spoken(field) in OUTCOME_NAMES and field.filled
    ]
    if one_sided:
        values = ", ".join(f"'{text}'" for text in one_sided[0].column.texts()[:3])
        if len(one_sided[0].column.values) == 1:
            return f"{one_sided[0].name} is {values} for all leads: nothing tells the won from the others."
        return f"{one_sided[0].name} never says that a lead was won: it holds {values}."
    return (
        "No column says what became of the leads: none is called Converted, Won, Stage or Status, and none holds words "
        "such as won and lost."
    )


def _latest(at: npt.NDArray[np.int64]) -> int:
    return int(at.max()) if len(at) else int(NEVER)


def _asked(export: Export, outcome: str) -> _Said:
    name, value = outcome, None
    if export.field(outcome) is None and "=" in outcome:
        name, _, value = outcome.rpartition("=")
    field = export.field(name.strip())
    if field is None:
        known = ", ".join(one.name for one in export.fields[:40])
        raise InputError(f"--outcome: there is no column '{name}'. Columns found: {known}.")
    said = _by_value(field, value.strip()) if value is not None else _by_words(field)
    if said is None:
        some = ", ".join(field.column.texts()[:SHOWN])
        raise InputError(
            f"--outcome: which value of {field.name} means won cannot be told. It has {some}. "
            f'Say it with --outcome "{field.name}=VALUE".'
        )
    if not said.won.any():
        raise InputError(f"--outcome: no lead is won by {outcome}. Name another value or column.")
    return said


def _found(export: Export) -> _Said | None:
    """The column by the best name, else the only one with such words, else a table of deals, else an event log."""
    own = [field for field in export.fields if not field.joined]
    named = [(OUTCOME_NAMES.index(name), field) for field in own if (name := _spoken(field)) in OUTCOME_NAMES]
    for _, field in sorted(named, key=lambda one: one[0]):
        said = _by_words(field)
        if said is not None and said.won.any():
            return said
    wordy = [field for field in own if _has_both_words(field)]
    if len(wordy) > 1:
        names = ", ".join(field.name for field in wordy[:SHOWN])
        raise InputError(f"several columns could say which leads were won: {names}. Say which with --outcome COLUMN.")
    if wordy:
        return _by_words(wordy[0])
    return _by_deals(export) or _by_records(export)


def _spoken(field: Field) -> str:
    return " ".join(words_of(field.name))


def _has_both_words(field: Field) -> bool:
    if field.kind != "text" or len(field.column.values) > 200:
        return False
    texts = {text.lower() for text in field.column.texts()}
    return bool(texts & {*WON_WORDS}) and bool(texts & {*LOST_WORDS})


def _by_words(field: Field) -> _Said | None:
    """Won and lost by the words in a column: truths, or what sales calls it."""
    if field.kind == "time":
        filled = field.is_known()
        return _Said(f"{field.name} has a date", filled, np.zeros(field.rows, bool), False, field)
    if len(field.column.values) > 2_000:
        return None
    texts = [text.lower() for text in field.column.texts()]
    if field.kind == "flag":
        won = [place for place, text in enumerate(texts) if text in TRUE_TEXTS]
        lost = [place for place, text in enumerate(texts) if text in FALSE_TEXTS]
        if won and lost:
            # A plain yes or no does not tell who is lost from who is still open.
            return _of_places(field, won, [], said=False)
    won = [place for place, text in enumerate(texts) if text in WON_WORDS or text.startswith("closed won")]
    lost = [place for place, text in enumerate(texts) if text in LOST_WORDS or text.startswith("closed lost")]
    return _of_places(field, won, lost, said=bool(lost)) if won else None


def _by_value(field: Field, value: str) -> _Said | None:
    texts = field.column.texts() if len(field.column.values) < 100_000 else []
    won = [place for place, text in enumerate(texts) if text.casefold() == value.casefold()]
    lost = [place for place, text in enumerate(texts) if text.lower() in LOST_WORDS and place not in won]
    return _of_places(field, won, lost, said=bool(lost)) if won else None


def _of_places(field: Field, won: Sequence[int], lost: Sequence[int], *, said: bool) -> _Said:
    codes = field.column.codes
    words = [str(field.column.values[place]) for place in won]
    how = f"{field.name} is {' or '.join(words)}"
    return _Said(how, np.isin(codes, won), np.isin(codes, lost), said, field, tuple(words))


def _by_deals(export: Export) -> _Said | None:
    """Leads that have a row in a table of deals; of several such tables the one that is called so."""
    found = [link for link in export.links if link.way == "some leads have one" and link.rows is not None]
    dated = [link for link in found if any(field.meaning is Meaning.CLOSED for field in link.table.fields)]
    called = [link for link in dated or found if says(link.table.name, DEAL_WORDS)]
    chosen = sorted(called or dated, key=lambda link: (not says(link.table.name, ("closed", "deals")), link.table.name))
    link = chosen[0] if chosen else None
    if link is None or link.rows is None:
        return None
    won = np.asarray(link.rows >= 0)
    return _Said(f"the lead has a row in {link.table.name}", won, np.zeros(len(won), bool), False, deals=link)


def _by_records(export: Export) -> _Said | None:
    """Leads with a Deal Won, or a Deal Lost, in a log of events."""
    for link in export.links:
        named = event_field(link.table) if link.leads is not None else None
        times = next((field for field in link.table.fields if field.kind == "time"), None)
        if named is None or times is None or link.leads is None:
            continue
        won_at = first_at(export.rows, link.leads, _is(named, "Deal Won"), times.instants())
        if not (won_at != NEVER).any():
            continue
        lost_at = first_at(export.rows, link.leads, _is(named, "Deal Lost"), times.instants())
        won = won_at != NEVER
        lost = (lost_at != NEVER) & ~won
        return _Said(
            f"{link.table.name} has Deal Won of the lead", won, lost, False, deals=link, won_at=won_at, lost_at=lost_at
        )
    return None


def _is(field: Field, word: str) -> npt.NDArray[np.bool_]:
    places = [place for place, text in enumerate(field.column.texts()) if text == word]
    return np.isin(field.column.codes, places)


def first_at(
    leads: int, lead: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_], at: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The first instant of each lead among chosen rows that are about it; ``NEVER`` for none."""
    latest = np.iinfo(np.int64).max
    found = np.full(leads, latest)
    kept = chosen & (lead != MISSING) & (at != NEVER)
    np.minimum.at(found, lead[kept], at[kept])
    return np.where(found == latest, NEVER, found)


def _created(export: Export, asked: str | None) -> Field | None:
    if asked is not None:
        field = export.field(asked)
        if field is None or field.kind != "time":
            times = ", ".join(one.name for one in export.fields if one.kind == "time") or "none"
            raise InputError(f"--created: '{asked}' is no column of times. Columns of times: {times}.")
        return field
    found = [field for field in export.fields if field.meaning is Meaning.CREATED and not field.joined]
    if len(found) > 1:
        exact = [field for field in found if says(field.name, ("created", "create"))]
        filled = sorted(exact or found, key=lambda field: -field.filled)
        return filled[0]
    return found[0] if found else None


def _closed(export: Export, said: _Said) -> Field | None:
    """The column that says when leads were won: of the table of deals first."""
    if said.column is not None and said.column.kind == "time":
        return said.column
    times = [field for field in export.fields if field.meaning is Meaning.CLOSED]
    if said.deals is not None:
        times = [field for field in times if field.table == said.deals.table.name] or times
    times = [field for field in times if (field.is_known() & said.won).sum() >= 0.5 * said.won.sum()]
    return min(times, key=lambda field: (not says(field.name, ("won",)), field.joined, field.name), default=None)


def _valued(export: Export, said: _Said) -> Field | None:
    """The column with what a won lead is worth: named after the deal, or filled for the won and not for others."""

    def rank(field: Field) -> tuple[int, float, str]:
        numbers = field.numbers()
        known = ~np.isnan(numbers) & (numbers != 0)
        others = ~said.won
        only = bool(others.any()) and known[others].mean() < 0.05
        plain = (
            2 if says(field.name, ("close", "deal", "won", "contract")) else 1 if len(words_of(field.name)) == 1 else 0
        )
        return (-2 * only - plain, -float(known[said.won].mean()), field.name)

    money = [field for field in export.fields if field.meaning is Meaning.MONEY and field.kind == "number"]
    money = [field for field in money if rank(field)[0] <= -2 and _paid(field, said.won) >= PAID_LEAST]
    return min(money, key=rank, default=None)


def _paid(field: Field, won: npt.NDArray[np.bool_]) -> float:
    """The share of won leads with an amount above nought."""
    return float((field.numbers()[won] > 0).mean()) if won.any() else 0.0
