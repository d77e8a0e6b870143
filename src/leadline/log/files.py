"""Finds files: from a path, a list, a folder or a glob to single files whose format and packing are known."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from zipfile import BadZipFile, ZipFile

from leadline.agreement.sql.text import did_you_mean
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

Format = Literal["text", "json", "workbook", "parquet", "arrow"]
Packing = Literal["", "gz", "zst", "bz2", "xz", "zip"]

FORMATS: Final[dict[str, Format]] = {
    ".csv": "text", ".tsv": "text", ".tab": "text", ".txt": "text", ".psv": "text",
    ".jsonl": "json", ".ndjson": "json", ".json": "json",
    ".xlsx": "workbook", ".xlsm": "workbook", ".xlsb": "workbook", ".xls": "workbook", ".ods": "workbook",
    ".parquet": "parquet", ".pq": "parquet",
    ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow",
}  # fmt: skip
PACKINGS: Final[dict[str, Packing]] = {
    ".gz": "gz", ".gzip": "gz", ".zst": "zst", ".zstd": "zst", ".bz2": "bz2", ".xz": "xz", ".zip": "zip",
}  # fmt: skip
_PACKED: Final[tuple[tuple[bytes, Packing], ...]] = (
    (b"\x1f\x8b", "gz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
)
_READ: Final = "CSV, TSV, Excel, JSON Lines, JSON, Parquet and Arrow, also packed as gz, zst, bz2, xz or zip"


@dataclass(frozen=True, slots=True)
class File:
    """One file, or one member of a zip file. ``label`` is what messages call it."""

    path: Path
    format: Format
    packing: Packing = ""
    member: str = ""

    @property
    def label(self) -> str:
        return f"{self.path}/{self.member}" if self.member else str(self.path)


@dataclass(frozen=True, slots=True)
class Files:
    """What a source stands for. ``several``: a folder or glob, in which an empty file is no error."""

    found: tuple[File, ...]
    left_out: tuple[str, ...]
    several: bool


def find_files(source: str | Path | Iterable[str | Path]) -> Files:
    """Every file of a source, sorted within a folder or a glob. Raises ``InputError`` where there is none."""
    if not isinstance(source, str | Path):
        each = [find_files(one) for one in source]
        if not each:
            raise InputError("the list of files is empty. Name at least one file.")
        return Files(
            tuple(file for files in each for file in files.found),
            tuple(name for files in each for name in files.left_out),
            any(files.several for files in each),
        )
    path = Path(source)
    if path.is_dir():
        return _below(path)
    if path.exists():
        return Files(tuple(_members(path)), (), several=False)
    return _globbed(str(source))


def _below(folder: Path) -> Files:
    every = [path for path in sorted(folder.rglob("*")) if path.is_file() and _is_shown(path, folder)]
    known = [path for path in every if _named(path)[0] is not None]
    if not known:
        raise InputError(f"{folder} has no file that can be read. What can be read: {_READ}.")
    left_out = tuple(str(path) for path in every if path not in set(known))
    return Files(tuple(file for path in known for file in _members(path)), left_out, several=True)


def _is_shown(path: Path, folder: Path) -> bool:
    return not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


def _globbed(pattern: str) -> Files:
    if "://" in pattern:
        raise InputError(f"{pattern} is an address on the network. Download it, and name the file.")
    if not any(sign in pattern for sign in "*?["):
        raise InputError(f"{pattern} does not exist.{_neighbour(Path(pattern))} Check the name and the folder.")
    found = glob.glob(pattern, recursive=True)  # noqa: PTH207 - a pattern may be absolute
    paths = sorted(path for path in map(Path, found) if path.is_file())
    if not paths:
        raise InputError(f"no file matches {pattern}. Check the pattern and the folder.")
    return Files(tuple(file for path in paths for file in _members(path)), (), several=True)


def _neighbour(path: Path) -> str:
    try:
        names = [other.name for other in path.parent.iterdir()][:2000]
    except OSError:
        return ""
    return did_you_mean(path.name, names)


def _named(path: Path) -> tuple[Format | None, Packing]:
    packing: Packing = PACKINGS.get(path.suffix.lower(), "")
    inner = Path(path.stem).suffix.lower() if packing else path.suffix.lower()
    return ("text" if packing and inner not in FORMATS else FORMATS.get(inner)), packing


def _members(path: Path) -> list[File]:
    head = _head(path)
    named, packing = _named(path)
    for magic, kind in _PACKED:
        if head.startswith(magic):
            return [File(path, named or "text", kind)]
    if packing not in ("", "zip"):
        raise InputError(f"{path} is called .{packing}, but is not packed that way. Rename it, or pack it again.")
    if head.startswith(b"PK\x03\x04") and named != "workbook":
        return _zipped(path)
    return [File(path, _format(path, head, named))]


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(4096)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}. Check the file and its rights.") from error


def _format(path: Path, head: bytes, named: Format | None) -> Format:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1", b"FEA1", b"\xff\xff\xff\xff")):
        return "arrow"
    if head.startswith(b"\xd0\xcf\x11\xe0") or (named == "workbook" and head.startswith(b"PK")):
        return "workbook"
    if named in ("parquet", "arrow", "workbook") and head:
        raise InputError(f"{path} is called {path.suffix}, but its content is something else. Was it cut or renamed?")
    if named is not None:
        return named
    return "json" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) else "text"


def _zipped(path: Path) -> list[File]:
    try:
        with ZipFile(path) as opened:
            names = opened.namelist()
    except (BadZipFile, OSError) as error:
        raise InputError(f"{path} cannot be unpacked: {error}. Is it complete? Pack it again.") from error
    if "[Content_Types].xml" in names or "mimetype" in names:
        return [File(path, "workbook")]
    kept = [name for name in sorted(names) if not name.endswith("/") and not name.startswith(("__MACOSX", "."))]
    members = [
        File(path, FORMATS[suffix], "zip", name) for name in kept if (suffix := Path(name).suffix.lower()) in FORMATS
    ]
    if not members:
        raise InputError(f"{path} holds no file that can be read. What can be read: {_READ}.")
    return members
