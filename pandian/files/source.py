"""Bytes of a file or of standard input, decompressed, in blocks."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, Protocol

import zstandard

from pandian.errors import UsageError
from pandian.files.base import MAX_RECORD_BYTES
from pandian.files.exceptions import FileError

STDIN = "-"
_BLOCK = 1 << 18  # larger blocks fall out of the processor's cache: 1 MiB is 40 % slower
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class _Bytes(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Source:
    """Reads a file once from its start. Compression is told by content, whatever the name says.

    Args:
        path: The file, or ``-`` for standard input.

    Raises:
        UsageError: when there is no such file, or it may not be read.
    """

    def __init__(self, path: str) -> None:
        self.name = "standard input" if path == STDIN else path
        self.streaming = path == STDIN
        self._raw = _open(path)
        self.size = None if self.streaming else os.fstat(self._raw.fileno()).st_size
        self._read = 0
        head = self._raw.peek(4)[:4]
        self.compression = ""
        self._plain: _Bytes = self._raw
        if head[:2] == _GZIP_MAGIC:
            self.compression, self._plain = "gzip", gzip.GzipFile(fileobj=self._raw, mode="rb")
        elif head == _ZSTD_MAGIC:
            self.compression, self._plain = "zstd", _ZstdFile(self._raw)

    @property
    def position(self) -> int:
        """Bytes read so far of the file as it is stored, for progress against :attr:`size`."""
        return self._read if self.streaming else self._raw.tell()

    def read(self) -> bytes:
        """Return the next block, at most 256 KiB; empty at the end. Standard input: what there is now.

        Raises:
            FileError: when the compressed data is damaged or cut off.
        """
        try:
            plain = self._plain
            if self.streaming and isinstance(plain, gzip.GzipFile | io.BufferedReader):
                block = plain.read1(_BLOCK)
            else:
                block = plain.read(_BLOCK)
        except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
            raise FileError(
                self.name, f"is not a complete {self.compression} file ({error})", "write or copy it again"
            ) from error
        except OSError as error:
            raise FileError(
                self.name, f"cannot be read ({error.strerror})", "check the disk and the path"
            ) from error
        self._read += len(block)
        return block

    def blocks(self) -> Iterator[bytes]:
        """Yield what :meth:`read` gives, to the end."""
        while block := self.read():
            yield block

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if not self.streaming:
            self._raw.close()


class _ZstdFile:
    """Reads zstd frames one after another; a cut-off frame is an error (zstandard's own reader ends silently)."""

    _PIECE = 4096  # bounds what a hostile frame can expand to at once: 32 KiB for each of its bytes

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._fresh = True

    def read(self, size: int, /) -> bytes:
        pieces, total = [], 0
        while total < size and (data := self._raw.read(self._PIECE)):
            while data:
                piece = self._frame.decompress(data)
                self._fresh = False
                pieces.append(piece)
                total += len(piece)
                data = b""
                if self._frame.eof:
                    data = self._frame.unused_data
                    self._frame = zstandard.ZstdDecompressor().decompressobj()
                    self._fresh = True
        if not pieces and not self._fresh:
            raise EOFError("it is cut off")
        return b"".join(pieces)


class Lines(NamedTuple):
    """Whole lines of a file."""

    data: bytes
    """One or more lines with their ends (the file's last may have none); empty when ``too_long``."""
    too_long: bool = False
    """In place of one line that is longer than a record may be."""


def whole_lines(blocks: Iterator[bytes], limit: int = MAX_RECORD_BYTES) -> Iterator[Lines]:
    """Cut blocks at line ends. A line ends with LF, CR LF or, in a block without LF, CR."""
    rest, skipping = b"", False
    for block in blocks:
        data = rest + block if rest else block
        cut = data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, len(data) - 1) + 1
        if skipping and cut:
            first = data.find(b"\n") + 1 or data.find(b"\r") + 1
            data, cut, skipping = data[first:], cut - first, False
        if cut:
            yield Lines(data[:cut])
        rest = b"" if skipping else data[cut:]
        if len(rest) > limit:
            yield Lines(b"", too_long=True)
            rest, skipping = b"", True
    if rest:
        yield Lines(rest)


def _open(path: str) -> io.BufferedReader:
    if path == STDIN:
        return io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False), _BLOCK)
    try:
        if Path(path).is_dir():
            raise UsageError(path, "is a folder", "name the files in it")
        return Path(path).open("rb")
    except OSError as error:
        raise UsageError(path, f"cannot be read ({error.strerror})", "check the path") from error
