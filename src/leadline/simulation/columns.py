"""Columns of numbers and how to draw them: the few types and tricks that every part here uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Ints: TypeAlias = npt.NDArray[np.integer[Any]]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
_FACES = 4096


def wheel(weights: Sequence[float]) -> Ints:
    """A table of 4,096 faces in which each choice stands as often as its weight says: drawing is one look-
    up.
    """
    share = np.asarray(weights, dtype=np.float64)
    edges = np.rint(np.cumsum(share) / share.sum() * _FACES).astype(np.int64)
    return np.repeat(np.arange(len(share), dtype=np.int16), np.diff(edges, prepend=0))


def spin(random: np.random.Generator, wheels: Ints, which: Ints) -> Ints:
    """One draw from ``wheels[which]`` for each element of ``which``."""
    faces = random.integers(0, _FACES, len(which), dtype=np.int64)
    drawn: Ints = wheels.reshape(-1)[which.astype(np.int64) * _FACES + faces]
    return drawn


def draw(random: np.random.Generator, weights: Sequence[float], count: int) -> Ints:
    """``count`` draws from one set of weights."""
    return wheel(weights)[random.integers(0, _FACES, count)]


def logistic(x: Floats) -> Floats:
    """1 / (1 + e^-x)."""
    return 1.0 / (1.0 + np.exp(-x))


def where_known(known: Bools, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The values as objects, None where they are not known."""
    told = values.astype(object)
    told[~known] = None
    return told


def within_group(counts: Ints) -> Ints:
    """0, 1, 2, … inside each group, for groups of the given sizes laid end to end."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    numbers: Ints = np.arange(total, dtype=np.int64) - np.repeat(ends - counts, counts)
    return numbers


def micros(days: Floats) -> Ints:
    """Days as whole microseconds."""
    return (days * 86_400e6).astype(np.int64)
