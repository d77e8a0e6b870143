"""What every reader of text hands on: rows as columns of text with their numbers, and the rows that are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from leadline.errors import InputError
from leadline.log.scan import BrokenRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

BROKEN_MAX: Final = 1_000_000
TEXT_SHOWN: Final = 10_000


@dataclass(frozen=True, slots=True)
class TextRows:
    """Some rows of a file: ``names`` of its columns, ``numbers`` (n) of the rows, ``columns`` of n texts each."""

    names: tuple[str, ...]
    numbers: npt.NDArray[np.int64]
    columns: tuple[pa.Array[Any], ...]


Reader = Iterator[TextRows]


@dataclass(slots=True)
class Broken:
    """Collects the rows that cannot be read, of all files of a source."""

    rows: list[BrokenRow] = field(default_factory=list)

    def add(self, file: str, row: int, reason: str, text: str) -> None:
        """Notes one row. Raises ``InputError`` when there are too many to be an accident."""
        if len(self.rows) >= BROKEN_MAX:
            raise InputError(
                f"{file}: more than {BROKEN_MAX:,} rows cannot be read, the first because: {self.rows[0].reason}. "
                "Is it of the format that its name says?"
            )
        self.rows.append(BrokenRow(file, row, reason, text[:TEXT_SHOWN]))


def text_rows(names: tuple[str, ...], numbers: Sequence[int], rows: Sequence[Sequence[str | None]]) -> TextRows:
    """Rows given one by one, as columns."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    arrays = tuple(pa.array(list(column), pa.string()) for column in columns)
    return TextRows(names, np.array(numbers, np.int64), arrays)
