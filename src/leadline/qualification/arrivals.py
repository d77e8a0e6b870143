"""Arrivals of records: when a lead's records changed, and runs of changes that only add later records at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from leadline.qualification.layout import MACHINE, NEVER, RECORD_SHIFT

if TYPE_CHECKING:
    import numpy.typing as npt

    Whole = npt.NDArray[np.int64]
    Truths = npt.NDArray[np.bool_]


class Changes(NamedTuple):
    """The instants (c) µs at which what is believed of leads changed, by lead and time: lead l has those from
    ``begins[l]`` to ``begins[l + 1]``. ``run_end`` (c) is the last change of the run that each change lies in."""

    begins: Whole
    at: Whole
    run_end: Whole


def is_closing(flags: npt.NDArray[np.uint8]) -> Truths:
    """Whether events are stage records: of those that are left in a replay, each ends being an MQL."""
    return np.asarray((flags >> RECORD_SHIFT > 0) & (flags & MACHINE == 0), bool)


def first_not_before(at: Whole, begins: Whole, ends: Whole, moments: Whole) -> Whole:
    """For each moment the first row of its run (``begins`` … ``ends``, ascending) not before it; its end if none is."""
    low, high = begins.copy(), ends.copy()
    open_ = low < high
    while open_.any():
        middle = (low + high) >> 1
        less = np.zeros(len(low), bool)
        less[open_] = at[middle[open_]] < moments[open_]
        low = np.where(open_ & less, middle + 1, low)
        high = np.where(open_ & ~less, middle, high)
        open_ = low < high
    return low


def runs_of(begins: Whole, ends: Whole) -> tuple[Whole, Whole]:
    """The rows of several runs one after the other, and where each run begins among them (runs + 1)."""
    lengths = ends - begins
    starts = np.concatenate([[0], np.cumsum(lengths)])
    rows = np.arange(starts[-1]) + np.repeat(begins - starts[:-1], lengths)
    return rows, starts


def changes_of(lead: Whole, at: Whole, known: tuple[Whole, Whole], leads: int, stepwise: Truths) -> Changes:
    """The changes of ``leads`` leads whose records (n) are believed in the intervals ``known``.

    A run of changes adds only records later than all before it, so that one fold at its end holds the fold at each of
    them. Leads that are ``stepwise`` have runs of one change.
    """
    since, until = known
    starts, ends = since > NEVER, until < np.iinfo(np.int64).max
    change_lead = np.concatenate([lead[starts], lead[ends]])
    change_at = np.concatenate([since[starts], until[ends]])
    order = np.lexsort((change_at, change_lead))
    change_lead, change_at = change_lead[order], change_at[order]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(change_lead) > 0) | (np.diff(change_at) > 0)
    change_lead, change_at = change_lead[new], change_at[new]
    begins = np.searchsorted(change_lead, np.arange(leads + 1))

    def place(rows: Truths, instants: Whole) -> Whole:
        return first_not_before(change_at, begins[lead[rows]], begins[lead[rows] + 1], instants[rows])

    lowest, highest = np.full(len(change_at), np.iinfo(np.int64).max), np.full(len(change_at), NEVER)
    added = place(starts, since)
    np.minimum.at(lowest, added, at[starts])
    np.maximum.at(highest, added, at[starts])
    breaks = lowest <= _highest_before(change_lead, highest)
    breaks[place(ends, until)] = True
    breaks[begins[:-1][begins[:-1] < begins[1:]]] = True
    breaks |= stepwise[change_lead]
    bounds = np.append(np.flatnonzero(breaks), len(breaks))
    following = bounds[np.searchsorted(bounds, np.arange(len(breaks)), side="right")] if len(breaks) else bounds[:0]
    return Changes(begins, change_at, following - 1)


def _highest_before(lead: Whole, values: Whole) -> Whole:
    """The highest of the values of the same lead before each; ``NEVER`` for a lead's first."""
    if not len(values):
        return values
    levels, rank = np.unique(values, return_inverse=True)
    highest = np.maximum.accumulate(rank + lead * len(levels)) - lead * len(levels)
    before = np.full(len(values), NEVER)
    same = lead[1:] == lead[:-1]
    before[1:][same] = levels[highest[:-1][same]]
    return before
