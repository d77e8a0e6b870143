"""Writes tables to files, whole or not at all: Parquet, CSV or JSON Lines by the file's ending."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa


def write_table(table: pa.Table, path: str | Path) -> None:
    """Writes a table; lists stand as JSON in CSV. Raises ``InputError`` for an ending that is not known."""
    path = Path(path)
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise InputError(f"{path}: the ending says which format to write. Use {', '.join(WRITERS)}.")
    write_whole(path, lambda file: write(table, file))


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Writes a file beside its place and moves it there when it is complete."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                write(file)  # type: ignore[arg-type]
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(0o666 & ~_umask())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}.") from error


def write_agreement_text(path: Path, text: str, *, replace: bool = False) -> None:
    """Writes the text of an agreement, whole or not at all; what it names must be found from where it will lie.

    Raises ``AgreementError``, or ``InputError`` if there is a file with other content and it shall stay.
    """
    from leadline.agreement.reading import parse_agreement

    written = text.encode()
    if path.exists() and not replace and path.read_bytes() != written:
        raise InputError(f"{path} exists already. Name another file, or use --force to replace it.")
    parse_agreement(text, source=str(path), folder=path.parent)
    write_whole(path, lambda file: file.write(written))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _parquet(table: pa.Table, file: BinaryIO) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, file, compression="zstd")


def _csv(table: pa.Table, file: BinaryIO) -> None:
    import pyarrow as pa
    import pyarrow.csv as pc

    for place, column in enumerate(table.schema):
        if pa.types.is_nested(column.type):
            texts = pa.array([json.dumps(value, default=str) for value in table[column.name].to_pylist()], pa.string())
            table = table.set_column(place, column.name, texts)
        elif pa.types.is_timestamp(column.type):
            table = table.set_column(place, column.name, _iso(table[column.name]))
    pc.write_csv(table, file)


def _iso(instants: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    return pc.strftime(instants, format="%Y-%m-%dT%H:%M:%SZ")


def write_json_lines(table: pa.Table, file: BinaryIO) -> None:
    """Writes a table as JSON Lines: instants in ISO 8601, lists as lists."""
    for batch in table.to_batches(max_chunksize=10_000):
        file.writelines(
            json.dumps(row, default=_plain, ensure_ascii=False).encode() + b"\n" for row in batch.to_pylist()
        )


def _plain(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


WRITERS: Final[dict[str, Callable[[pa.Table, BinaryIO], None]]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".jsonl": write_json_lines,
    ".ndjson": write_json_lines,
}
