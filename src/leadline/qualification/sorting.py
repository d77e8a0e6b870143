"""Brings records that arrive in any order into runs: lead by lead, and by instant within a lead."""

from __future__ import annotations

import numpy as np

from leadline.qualification.compiling import compiled, entrance


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

    A log already in time order needs no more; the runs of one that is not are sorted one by one.
    """
    order = np.empty(len(lead), np.int64)
    following = begins[:-1].copy()
    for place in range(len(lead)):
        run = lead[place] - first_lead
        order[following[run]] = place
        following[run] += 1
    for run in range(len(begins) - 1):
        sort_run(order, at, begins[run], begins[run + 1])
    return order


@compiled
def sort_run(order, at, begin, end):
    """Sorts one run by instant: by insertion while little is out of place, else by merging."""
    moved = 0
    for place in range(begin + 1, end):
        current = order[place]
        before = place
        while before > begin and at[order[before - 1]] > at[current]:
            order[before] = order[before - 1]
            before -= 1
            moved += 1
        order[before] = current
        if moved > 8 * (end - begin) + 64:
            run = order[begin:end].copy()
            run.sort()
            keys = at[run]
            order[begin:end] = run[np.argsort(keys, kind="mergesort")]
            return


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
