"""Opens files as plain UTF-8 bytes, however they are packed and encoded; says where a file is not what it claims."""

from __future__ import annotations

import codecs
import io
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final, cast

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.log.files import File

BLOCK: Final = 4 * 2**20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_bytes(file: File) -> IO[bytes]:
    """The unpacked content."""
    if file.packing == "gz":
        import gzip

        return cast("IO[bytes]", gzip.open(file.path))
    if file.packing == "bz2":
        import bz2

        return cast("IO[bytes]", bz2.open(file.path))
    if file.packing == "xz":
        import lzma

        return cast("IO[bytes]", lzma.open(file.path))
    if file.packing == "zst":
        import pyarrow as pa

        return cast("IO[bytes]", pa.input_stream(str(file.path), compression="zstd"))
    if file.packing == "zip":
        from zipfile import ZipFile

        return ZipFile(file.path).open(file.member)
    return file.path.open("rb")


@contextmanager
def unpacked(file: File) -> Iterator[Path]:
    """A path to the unpacked content, for readers that want a file of their own."""
    if not file.packing:
        yield file.path
        return
    with NamedTemporaryFile(prefix="leadline-", suffix=Path(file.member or file.path.stem).suffix) as copy:
        with open_bytes(file) as packed:
            copyfileobj(packed, copy, BLOCK)
        copy.flush()
        yield Path(copy.name)


class Text:
    """A file as UTF-8 without a byte order mark, read in blocks. ``look`` sees every block on its way."""

    def __init__(self, file: File, encoding: str | None) -> None:
        self.file = file
        self._lines = 0
        self._ready = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._opened = open_bytes(file)
        try:
            self._begin(encoding)
        except BaseException:
            self._opened.close()
            raise

    def _begin(self, encoding: str | None) -> None:
        head = self._opened.read(BLOCK)
        mark, marked = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", None))
        self.encoding = marked or _codec(encoding, self.file) or "utf-8"
        if self.encoding == "utf-8":
            head = head.removeprefix(mark)
        else:
            self._decoder = codecs.getincrementaldecoder(self.encoding)()
        self._ready = self._recoded(head)
        self._check_binary(self._ready[:4096])

    def _check_binary(self, head: bytes) -> None:
        strange = sum(byte < 32 and byte not in b"\t\n\r\f\x1a\x1b" for byte in head)
        if strange * 20 > len(head):
            raise InputError(
                f"{self.file.label} is no text: it has binary content. Export it again as CSV or JSON Lines."
            )

    def blocks(self) -> Iterator[bytes]:
        """The rest of the content, in blocks."""
        while block := self.read(BLOCK):
            yield block

    def read(self, size: int = -1) -> bytes:
        """The next bytes; empty at the end."""
        while not self._ready:
            raw = self._opened.read(BLOCK)
            self._ready = self._recoded(raw)
            if not raw:
                break
        if size < 0:
            size = len(self._ready)
        block, self._ready = self._ready[:size], self._ready[size:]
        return block

    def peek(self) -> bytes:
        """What is read next, without reading it: about the first block of the file."""
        return self._ready

    def __enter__(self) -> Text:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def _recoded(self, raw: bytes) -> bytes:
        if self._decoder is None:
            return raw
        try:
            text = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode(self.encoding, "replace")
            raise _wrong(self.file, self._lines + before.count("\n") + 1, self.encoding) from error
        self._lines += text.count("\n")
        return text.encode("utf-8", "replace")


def _codec(encoding: str | None, file: File) -> str | None:
    if encoding is None:
        return None
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise InputError(
            f"{file.label}: '{encoding}' is not an encoding. Write for example cp1252, latin-1 or utf-16."
        ) from None


def _wrong(file: File, line: int, encoding: str) -> InputError:
    if encoding == "utf-8":
        way_out = "Say which encoding it has in the mapping file, for example `encoding: cp1252`, or save it as UTF-8."
    else:
        way_out = "Say another `encoding:` in the mapping file, or save the file as UTF-8."
    return InputError(f"{file.label}, line {line}: this is not {encoding.upper()}. {way_out}")


def wrong_byte(file: File) -> InputError:
    """The error that names the line of the first byte that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with open_bytes(file) as opened:
        while block := opened.read(BLOCK):
            try:
                line += decoder.decode(block).count("\n")
            except UnicodeDecodeError as error:
                return _wrong(file, line + error.object[: error.start].count(b"\n"), "utf-8")
    return _wrong(file, line, "utf-8")


def as_stream(text: Any) -> io.RawIOBase:
    """A readable stream that Arrow takes, over anything with ``read``."""
    return cast("io.RawIOBase", _Stream(text))


class _Stream(io.RawIOBase):
    def __init__(self, text: Any) -> None:
        super().__init__()
        self._text = text

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return cast("bytes", self._text.read(size))
