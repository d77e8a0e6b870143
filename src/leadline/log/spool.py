"""Keeps rows that can be read only once, or only slowly: in memory while they are few, else in a temporary file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

KEPT_BYTES_MAX: Final = 128 * 2**20
PART, ROW = "part", "row"


class Spool:
    """Rows with one set of columns, in order of arrival; columns are ``part``, ``row``, ``c0``, ``c1`` …."""

    def __init__(self, types: Sequence[pa.DataType]) -> None:
        fields = [(PART, pa.int32()), (ROW, pa.int64()), *((f"c{place}", kind) for place, kind in enumerate(types))]
        self.schema = pa.schema(fields)
        self._kept: list[pa.RecordBatch] = []
        self._bytes = 0
        self._batches = 0
        self._dropped: set[int] = set()
        self._path: Path | None = None
        self._writer: Any = None

    def add(self, part: int, numbers: npt.NDArray[np.int64], columns: Sequence[pa.Array[Any]]) -> None:
        """Takes a batch of rows of one file, with their numbers in it."""
        parts = pa.array(np.full(len(numbers), part, np.int32))
        batch = pa.RecordBatch.from_arrays([parts, pa.array(numbers), *columns], schema=self.schema)
        self._batches += 1
        if self._writer is not None:
            self._writer.write_batch(batch)
            return
        self._kept.append(batch)
        self._bytes += batch.nbytes
        if self._bytes > KEPT_BYTES_MAX:
            self._to_file()

    def mark(self) -> int:
        """Where it stands now, for ``drop_since``."""
        return self._batches

    def drop_since(self, mark: int) -> None:
        """Forgets what was added after a mark."""
        self._dropped |= set(range(mark, self._batches))

    def _to_file(self) -> None:
        handle, name = mkstemp(prefix="leadline-", suffix=".arrow")
        os.close(handle)
        self._path = Path(name)
        self._writer = pa.ipc.new_file(name, self.schema)
        for batch in self._kept:
            self._writer.write_batch(batch)
        self._kept.clear()

    def table(self) -> pa.Table:
        """All rows. A file is mapped, not loaded, and vanishes with the process."""
        if self._writer is None or self._path is None:
            return pa.Table.from_batches(self._without_dropped(self._kept), self.schema)
        self._writer.close()
        mapped = pa.ipc.open_file(pa.memory_map(str(self._path)))
        batches = [mapped.get_batch(place) for place in range(mapped.num_record_batches)]
        with suppress(OSError):  # Windows keeps a mapped file until the end
            self._path.unlink()
        return pa.Table.from_batches(self._without_dropped(batches), self.schema)

    def _without_dropped(self, batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
        return [batch for place, batch in enumerate(batches) if place not in self._dropped]
