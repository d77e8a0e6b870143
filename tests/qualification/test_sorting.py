"""Sorting into runs: by lead, then by instant, ties in order of arrival, whatever order the log is in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.qualification.sorting import scattered, sorted_runs

SIZE = 20_000


def sorted_by(lead: list[int], at: list[int], first: int, leads: int) -> list[int]:
    """The kernel's permutation."""
    places, instants = np.array(lead, np.int32), np.array(at, np.int64)
    begins, order = sorted_runs(places, instants, first, leads)
    assert begins.tolist() == [int((places - first < lead).sum()) for lead in range(leads + 1)]
    found: list[int] = order.tolist()
    return found


def expected(lead: list[int], at: list[int]) -> list[int]:
    """The same by Python's stable sort."""
    return sorted(range(len(lead)), key=lambda place: (lead[place], at[place]))


@given(st.integers(0, 5), st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3)), max_size=300))
def test_runs_are_sorted_and_stable(first: int, events: list[tuple[int, int]]) -> None:
    lead, at = [first + lead for lead, _ in events], [at for _, at in events]
    assert sorted_by(lead, at, first, 4) == expected(lead, at)


@given(st.integers(1, 4), st.lists(st.integers(0, 19), max_size=300))
def test_rows_are_brought_together_by_part(width: int, lead: list[int]) -> None:
    order, begins = scattered(np.array(lead, np.int32), width, -(-20 // width))  # type: ignore[no-untyped-call]
    assert order.tolist() == sorted(range(len(lead)), key=lambda place: lead[place] // width)
    assert begins.tolist() == [sum(one < part * width for one in lead) for part in range(-(-20 // width) + 1)]


ADVERSARIES = {
    "forwards": np.arange(SIZE),
    "backwards": np.arange(SIZE)[::-1],
    "all the same": np.zeros(SIZE, int),
    "a saw": np.arange(SIZE) % 100,
    "an organ pipe": np.minimum(np.arange(SIZE), SIZE - np.arange(SIZE)),
    "two halves swapped": np.roll(np.arange(SIZE), SIZE // 2),
    "the last one first": np.roll(np.arange(SIZE), 1),
    "the first one last": np.roll(np.arange(SIZE), -1),
    "neighbours swapped": np.arange(SIZE) ^ 1,
    "by chance": np.random.default_rng(7).permutation(SIZE),
}


@pytest.mark.parametrize("name", ADVERSARIES)
def test_an_adversarial_order_is_sorted(name: str) -> None:
    at = ADVERSARIES[name].tolist()
    sorted_by([0, 0], [0, 1], 0, 1)
    found = sorted_by([0] * SIZE, at, 0, 1)
    assert found == expected([0] * SIZE, at)
