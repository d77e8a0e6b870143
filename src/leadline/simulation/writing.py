"""Folders that appear whole or not at all: written beside the target, moved there at the end."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from leadline.errors import LeadlineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from leadline.simulation.company import Company

SETTINGS = "company.json"
_MADE_BY = "leadline simulation"

# Columns without repetition; the rest is stored as dictionaries.
_ENCODINGS = {
    "event_id": "DELTA_BYTE_ARRAY",
    "occurred_at": "DELTA_BINARY_PACKED",
    "received_at": "DELTA_BINARY_PACKED",
}


@contextmanager
def whole_folder(target: Path, overwrite: bool) -> Iterator[Path]:
    """A temporary sibling of ``target`` that takes its place when all went well, and vanishes otherwise."""
    if not overwrite:
        _refuse_strangers(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft, old = (target.with_name(f".{target.name}.{state}") for state in ("unfinished", "old"))
    with _alone(target):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            yield draft
            shutil.rmtree(old, ignore_errors=True)
            if target.exists():
                target.rename(old)
            draft.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keeps a second process from writing the same target; the lock ends with the process, however that ends."""
    import fcntl

    path = target.with_name(f".{target.name}.lock")
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LeadlineError(
                f"{target} is being written by another process. Wait for it, or name another."
            ) from None
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _refuse_strangers(target: Path) -> None:
    if target.is_file():
        raise LeadlineError(f"{target} is a file. Name a folder, which will be created.")
    if target.exists() and any(target.iterdir()) and not _is_ours(target / SETTINGS):
        raise LeadlineError(
            f"{target} holds files that are not a simulation. "
            "Name an empty or a new folder, or allow to overwrite this one."
        )


def _is_ours(settings: Path) -> bool:
    try:
        return bool(json.loads(settings.read_text(encoding="utf-8")).get("made_by") == _MADE_BY)
    except (OSError, ValueError, AttributeError):
        return False


def write_settings(company: Company, folder: Path) -> None:
    """Write company.json, from which the same simulation can be made again."""
    text = json.dumps({"made_by": _MADE_BY, **asdict(company)}, indent=2)
    (folder / SETTINGS).write_text(f"{text}\n", encoding="utf-8")


def write_table(table: pa.Table, path: Path) -> None:
    """One Parquet file of plain columns (dictionaries are read back as texts)."""
    with TableFile(path) as file:
        file.add(table)


class TableFile:
    """A Parquet file that is written cohort by cohort, a row group each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        """Append rows."""
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            names = set(table.column_names)
            texts: Any = sorted(names - set(_ENCODINGS))
            self._writer = pq.ParquetWriter(
                self._path,
                table.schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=texts,
                store_schema=False,
                column_encoding={name: how for name, how in _ENCODINGS.items() if name in names},
            )
        self.rows += table.num_rows
        self._writer.write_table(table)

    def __enter__(self) -> TableFile:
        return self

    def __exit__(self, *_: Any) -> None:
        if self._writer is not None:
            self._writer.close()
