"""What matching found, kept so that it can be folded again and again: events and profiles, lead by lead, in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import finalize

import numpy as np

from leadline.qualification.layout import Log
from leadline.qualification.sorting import scattered, sorted_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

THREADS: Final = 2
LEADS_A_PART: Final = 16_384
KEPT_BYTES_MAX: Final = 2 * 2**30
"""Matched events beyond this wait on disk until their part is sorted."""
FOREVER: Final = np.iinfo(np.int64).max
"""The end of what is believed to this day."""


@dataclass(frozen=True, slots=True)
class Found:
    """A batch of matched events in order of arrival: ``lead`` (n) int32 places, and the columns of ``Log``.

    Where a replay asks for it, also from when until when (n) µs each was believed.
    """

    lead: npt.NDArray[np.int32]
    at: npt.NDArray[np.int64]
    flags: npt.NDArray[np.uint8]
    hits: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    keys: npt.NDArray[np.uint64]
    known_from: npt.NDArray[np.int64] | None = None
    known_until: npt.NDArray[np.int64] | None = None

    def columns(self) -> tuple[npt.NDArray[Any], ...]:
        """All columns, ``lead`` first."""
        always = (self.lead, self.at, self.flags, self.hits, self.values, self.keys)
        if self.known_from is None or self.known_until is None:
            return always
        return (*always, self.known_from, self.known_until)


@dataclass(frozen=True, slots=True)
class Profiles:
    """All versions of all profiles, by lead and instant: lead l has rows ``begins[l]`` … ``begins[l + 1]``.

    ``known`` has one bit a lead field used by the agreement, set where it is known. Where a replay asks for it, each
    row has an interval in which it was believed, and a lead may have several rows of one instant.
    """

    begins: npt.NDArray[np.int64]
    known_at: npt.NDArray[np.int64]
    truths: npt.NDArray[np.int64]
    reachable: npt.NDArray[np.uint8]
    known: npt.NDArray[np.int64]
    known_from: npt.NDArray[np.int64] | None = None
    known_until: npt.NDArray[np.int64] | None = None


class Beliefs(NamedTuple):
    """From when until when (µs, half-open; ``NEVER``, ``FOREVER``) each event (n) and profile version (m) of a part was
    believed: known, and not yet replaced by what was found out later."""

    event_from: npt.NDArray[np.int64]
    event_until: npt.NDArray[np.int64]
    profile_from: npt.NDArray[np.int64]
    profile_until: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """The sorted records of the leads ``first_lead`` … ``end_lead``; offsets are per lead, into ``log``.

    With ``beliefs`` the log also holds records that are not believed any more: only a replay folds it as it is.
    """

    first_lead: int
    end_lead: int
    event_begins: npt.NDArray[np.int64]
    profile_begins: npt.NDArray[np.int64]
    log: Log
    known: npt.NDArray[np.int64]
    beliefs: Beliefs | None = None


class Timeline:
    """Matched events of all leads in parts. Fill it with ``add``, then read ``parts`` as often as needed.

    ``blank`` (1, words) are the conditions that are true of a lead of whom nothing is known.
    """

    def __init__(self, leads: int, blank: npt.NDArray[np.int64]) -> None:
        self.leads = leads
        self.blank = blank
        self.events = 0
        self._nothing: Found | None = None
        self._pieces: list[list[Found]] = [[] for _ in range(max(1, -(-leads // LEADS_A_PART)))]
        self._kept = 0
        self._spills: list[_Spill] = []
        self._sorted: dict[int, Part] = {}

    @property
    def leads_a_part(self) -> int:
        """How many leads a part has, but the last."""
        return LEADS_A_PART

    @property
    def kept_in_memory(self) -> bool:
        """Whether all of it fits in memory, so that folding it again reads nothing."""
        return not self._spills

    def add(self, found: Found) -> None:
        """Takes a batch; its events go to the parts of their leads."""
        self.events += len(found.lead)
        self._nothing = Found(*(column[:0] for column in found.columns()))
        lead = np.require(found.lead, requirements=["C", "W"])
        order, bounds = scattered(lead, LEADS_A_PART, len(self._pieces))
        columns = [column.take(order, axis=0) for column in found.columns()]
        for part, pieces in enumerate(self._pieces):
            begin, end = bounds[part], bounds[part + 1]
            if begin < end:
                pieces.append(Found(*(column[begin:end] for column in columns)))
        self._kept += sum(column.nbytes for column in columns)
        if self._kept > KEPT_BYTES_MAX:
            self._spill()

    def _spill(self) -> None:
        if not self._spills:
            self._spills = [_Spill() for _ in self._pieces]
        for spill, pieces in zip(self._spills, self._pieces, strict=True):
            for piece in pieces:
                spill.write(piece)
            pieces.clear()
        self._kept = 0

    def part(self, number: int, profiles: Profiles) -> Part:
        """One part, sorted."""
        if number in self._sorted:
            return self._sorted[number]
        part = self._sort(number, profiles)
        if not self._spills:
            self._sorted[number] = part
            self._pieces[number].clear()
        return part

    def _sort(self, number: int, profiles: Profiles) -> Part:
        first = number * LEADS_A_PART
        end = min(self.leads, first + LEADS_A_PART)
        columns = _joined(self._arrived(number))
        lead, at = columns[0], columns[1]
        begins, order = sorted_runs(lead, at, first, end - first)
        sorted_columns = [column.take(order, axis=0) for column in columns[1:]]
        rows = slice(profiles.begins[first], profiles.begins[end])
        return Part(
            first_lead=first,
            end_lead=end,
            event_begins=begins,
            profile_begins=profiles.begins[first : end + 1] - profiles.begins[first],
            log=Log._make(
                [
                    *sorted_columns[:_EVENT_COLUMNS],
                    *(profiles.known_at[rows], profiles.truths[rows], profiles.reachable[rows], self.blank),
                ]
            ),
            known=profiles.known[rows],
            beliefs=_beliefs(sorted_columns[_EVENT_COLUMNS:], profiles, rows),
        )

    def _arrived(self, number: int) -> list[Found]:
        """The pieces of a part in order of arrival, after an empty one for the widths of the columns."""
        if self._nothing is None:
            raise ValueError("a timeline needs at least one batch, if an empty one, for the widths of its columns")
        spilled = self._spills[number].read() if self._spills else []
        return [self._nothing, *spilled, *self._pieces[number]]

    def each_part(self, profiles: Profiles, use: Callable[[Part], Any]) -> Iterable[Any]:
        """What ``use`` makes of each part, in order; parts are sorted and used on several threads."""
        with ThreadPoolExecutor(THREADS) as pool:
            waiting = [
                pool.submit(lambda number: use(self.part(number, profiles)), number)
                for number in range(len(self._pieces))
            ]
            for future in waiting:
                yield future.result()


_EVENT_COLUMNS: Final = 5


def _beliefs(of_events: list[npt.NDArray[Any]], profiles: Profiles, rows: slice) -> Beliefs | None:
    if not of_events or profiles.known_from is None or profiles.known_until is None:
        return None
    return Beliefs(of_events[0], of_events[1], profiles.known_from[rows], profiles.known_until[rows])


def _joined(pieces: list[Found]) -> list[npt.NDArray[Any]]:
    return [np.concatenate(columns) for columns in zip(*(piece.columns() for piece in pieces), strict=True)]


class _Spill:
    """Pieces of one part on disk, in order of arrival; the file vanishes with the process."""

    def __init__(self) -> None:
        self._file = TemporaryFile(prefix="leadline-")  # noqa: SIM115
        finalize(self, self._file.close)
        self._shapes: list[list[tuple[tuple[int, ...], np.dtype[Any]]]] = []

    def write(self, piece: Found) -> None:
        columns = piece.columns()
        self._shapes.append([(column.shape, column.dtype) for column in columns])
        for column in columns:
            self._file.write(np.ascontiguousarray(column).data)

    def read(self) -> list[Found]:
        self._file.seek(0)
        return [Found(*(self._column(shape, dtype) for shape, dtype in shapes)) for shapes in self._shapes]

    def _column(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        size = int(np.prod(shape)) * dtype.itemsize
        return np.frombuffer(self._file.read(size), dtype).reshape(shape)
