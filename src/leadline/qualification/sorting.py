"""Brings records that arrive in any order into runs: lead by lead, and by instant within a lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.qualification.compiling import entrance

if TYPE_CHECKING:
    import numpy.typing as npt


def sorted_runs(
    lead: npt.NDArray[np.int32], at: npt.NDArray[np.int64], first_lead: int, leads: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    """Where each lead's run begins (leads + 1 offsets), and the permutation into runs."""
    begins = runs(lead, first_lead, leads)
    order, complete = order_of(lead, at, first_lead, begins)
    return begins, order if complete else np.lexsort((at, lead))


@entrance
def runs(lead, first_lead, leads):
    """Where each lead's run begins: (leads + 1) offsets into the sorted order."""
    begins = np.zeros(leads + 1, np.int64)
    for place in range(len(lead)):
        begins[lead[place] - first_lead + 1] += 1
    for place in range(leads):
        begins[place + 1] += begins[place]
    return begins


@entrance
def order_of(lead, at, first_lead, begins):
    """A permutation into runs by lead, each by instant, ties in order of arrival: a stable counting sort by lead.

    A log in time order needs no more; where little is out of place it is inserted. Returns the permutation, and
    whether that was enough: a log in wild disorder is left for a general sort.
    """
    order = np.empty(len(lead), np.int64)
    following = begins[:-1].copy()
    for place in range(len(lead)):
        run = lead[place] - first_lead
        order[following[run]] = place
        following[run] += 1
    moved, most = 0, 8 * len(lead) + 64
    for run in range(len(begins) - 1):
        for place in range(begins[run] + 1, begins[run + 1]):
            current = order[place]
            before = place
            while before > begins[run] and at[order[before - 1]] > at[current]:
                order[before] = order[before - 1]
                before -= 1
                moved += 1
                if moved > most:
                    return order, False
            order[before] = current
    return order, True


@entrance
def scattered(lead, width, parts):
    """A permutation that brings rows together by part (``width`` leads each), ties in order of arrival.

    Returns it with the (parts + 1) offsets of the parts.
    """
    begins = np.zeros(parts + 1, np.int64)
    for place in range(len(lead)):
        begins[lead[place] // width + 1] += 1
    for part in range(parts):
        begins[part + 1] += begins[part]
    order = np.empty(len(lead), np.int64)
    following = begins[:-1].copy()
    for place in range(len(lead)):
        part = lead[place] // width
        order[following[part]] = place
        following[part] += 1
    return order, begins
