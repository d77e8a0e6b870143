"""Reads JSON Lines and JSON arrays as columns of text, one a key; a line that is no object is a broken row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import InputError
from leadline.log.dialect import unique
from leadline.log.rows_of_text import Broken, Reader, TextRows
from leadline.log.scan import fetched, readable
from leadline.log.sql import literal
from leadline.log.unpacking import Text, wrong_byte

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import numpy.typing as npt

    from leadline.log.files import File

KEYS_MAX: Final = 5_000
_NEWLINE: Final = ord("\n")
_LINE_BYTES_MAX: Final = 64 * 2**20
_ONE_BY_ONE: Final = "Write one JSON object a line, or a list of objects."


def json_rows(file: File, encoding: str | None, broken: Broken) -> Reader:
    """The rows of a file. Keys become columns as they turn up, so later batches may have more of them."""
    with Text(file, encoding) as text:
        head = text.peek().lstrip(b" \t\r\n")
        if not head:
            raise InputError(f"{file.label} is empty. {_ONE_BY_ONE}")
        lines = _elements(file, text) if head.startswith(b"[") else _lines(file, text)
        reader = _Objects(file.label, broken)
        for numbers, batch in lines:
            yield from reader.rows(numbers, batch)
    if reader.found == 0 and broken.rows and broken.rows[-1].file == file.label:
        raise InputError(f"{file.label}: not one line is a JSON object. {_ONE_BY_ONE}")


class _Objects:
    """Takes lines apart with DuckDB's JSON reader, a batch at a time, in a database of its own."""

    def __init__(self, label: str, broken: Broken) -> None:
        import duckdb

        self._label = label
        self._broken = broken
        self._keys: dict[str, None] = {}
        self._database: duckdb.DuckDBPyConnection = duckdb.connect(config={"threads": 2})
        self.found = 0

    def rows(self, numbers: npt.NDArray[np.int64], lines: pa.Array[Any]) -> Iterator[TextRows]:
        """The objects among some lines."""
        table = pa.table({"number": pa.array(numbers), "line": lines})
        self._database.register("lines", table)
        kinds = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END AS good"
        with readable(self._label, _ONE_BY_ONE):
            self._database.execute(f"CREATE OR REPLACE TEMP TABLE looked AS SELECT *, {kinds} FROM lines")
            self._note_broken()
            self._note_keys()
            good = self._database.sql(self._query()).to_arrow_table()
        self.found += good.num_rows
        columns = tuple(column.combine_chunks() for column in good.columns[1:])
        names = unique(list(self._keys))
        yield TextRows(names, good.column(0).combine_chunks().to_numpy(), tuple(map(_whole, columns)))

    def _query(self) -> str:
        paths = ", ".join(literal("/" + key.replace("~", "~0").replace("/", "~1")) for key in self._keys)
        if not paths:
            return "SELECT number FROM looked WHERE good ORDER BY number"
        taken = ", ".join(f"found[{place + 1}] AS c{place}" for place in range(len(self._keys)))
        inner = f"SELECT number, json_extract_string(line, [{paths}]) AS found FROM looked WHERE good"
        return f"SELECT number, {taken} FROM ({inner}) ORDER BY number"

    def _note_broken(self) -> None:
        query = "SELECT number, line FROM looked WHERE NOT good ORDER BY number"
        for number, line in fetched(self._database, query):
            if line.strip():
                self._broken.add(self._label, int(number), "it is no JSON object", str(line))

    def _note_keys(self) -> None:
        keys = "SELECT unnest(json_keys(line)) AS key, number FROM looked WHERE good"
        query = f"SELECT key FROM ({keys}) GROUP BY key ORDER BY min(number), key"
        new = [str(row[0]) for row in fetched(self._database, query)]
        self._keys |= dict.fromkeys(key for key in new if "\x00" not in key)
        if len(self._keys) > KEYS_MAX:
            raise InputError(
                f"{self._label}: its objects have more than {KEYS_MAX:,} different keys. "
                "Put those that are no columns into one object called properties."
            )


def _whole(column: Any) -> pa.Array[Any]:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.cast(pa.string())


def _lines(file: File, text: Text) -> Iterator[tuple[npt.NDArray[np.int64], pa.Array[Any]]]:
    """The lines of a file in batches, with their numbers."""
    rest, number = b"", 0
    while block := text.read(4 * 2**20):
        block = rest + block
        end = block.rfind(b"\n") + 1
        if end == 0 and len(block) > _LINE_BYTES_MAX:
            raise InputError(f"{file.label}, line {number + 1}: the line is too long. {_ONE_BY_ONE}")
        rest = block[end:]
        if end:
            lines = _split(file, block[:end])
            yield _numbered(number, lines)
            number += len(lines)
    if rest:
        yield _numbered(number, _split(file, rest + b"\n"))


def _numbered(before: int, lines: pa.Array[Any]) -> tuple[npt.NDArray[np.int64], pa.Array[Any]]:
    return np.arange(before + 1, before + 1 + len(lines), dtype=np.int64), lines


def _split(file: File, block: bytes) -> pa.Array[Any]:
    """Lines as texts, without copying them one by one."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == _NEWLINE) + 1
    offsets = np.concatenate(([0], ends)).astype(np.int32)
    lines = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets.tobytes()), pa.py_buffer(block))
    try:
        lines.validate(full=True)
    except pa.ArrowInvalid as error:
        raise wrong_byte(file) from error
    return pc.utf8_trim_whitespace(lines)


def _elements(file: File, text: Text) -> Iterator[tuple[npt.NDArray[np.int64], pa.Array[Any]]]:
    """The elements of a JSON array, each as its text."""
    from tempfile import NamedTemporaryFile

    import duckdb

    with NamedTemporaryFile(prefix="leadline-", suffix=".json") as copy:
        for block in text.blocks():
            copy.write(block)
        copy.flush()
        with readable(file.label, "Is it one whole JSON list? Export it again, or write one object a line."):
            database = duckdb.connect(config={"threads": 1})
            source = f"read_json_objects({literal(copy.name)}, format='array', maximum_object_size={_LINE_BYTES_MAX})"
            number = 0
            for batch in database.sql(f"SELECT json::VARCHAR FROM {source}").to_arrow_reader(20_000):
                yield _numbered(number, batch.column(0))
                number += batch.num_rows
