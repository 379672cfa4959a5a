"""Records inside of gzip (RFC 1952) and Zstandard (RFC 8878): opened without ever holding more than is allowed.

Allowed is what the caller says, and no more than :data:`MOST_RATIO` times the record's own size.

What a compressed record claims is not believed: output is asked for in pieces that never pass the bound, and a
record that ends too early, fails its checksum or is followed by anything else is refused as a whole.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

import zstandard

from streams.decode import reasons

#: Bytes of content that a value may have for each of its own, and for itself. Real records have ten, bombs a thousand
#: and more: a batch of a megabyte that became thirty megabytes a record would fill the memory.
MOST_RATIO: Final = 100
ALWAYS_ALLOWED: Final = 4096
#: Members of one gzip value, or frames of one zstd value.
MOST_PARTS: Final = 1000

_Fault = tuple[str, str]

_GZIP: Final = b"\x1f\x8b\x08"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
_FIRST_PIECE: Final = 512

_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_SKIPPABLE: Final = frozenset(bytes((low, 0x2A, 0x4D, 0x18)) for low in range(0x50, 0x60))
_BLOCK_HEADER: Final = 3
_CHECKSUM: Final = 4
_RLE_BLOCK: Final = 1
#: Blocks of one frame. A block is up to 128 KiB of content, so real frames have a few hundred.
_MOST_BLOCKS: Final = 1 << 15
_PIECE: Final = 1 << 16
#: Every decoder must have room for this window (RFC 8878 asks for 8 MiB at least).
_USUAL_WINDOW: Final = 8 << 20


class Gzip:
    """Values in gzip, of one member or several in a row."""

    name = "gz"

    def accepts(self, value: bytes) -> bool:
        """Tell whether the value starts as a gzip member does."""
        return value.startswith(_GZIP)

    def open(self, value: bytes, most: int) -> bytes | _Fault:
        """Return what is inside; see :meth:`streams.decode.base.Compression.open`."""
        most = _allowed(value, most)
        member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            found = member.decompress(value, most + 1)
        except zlib.error:
            return _damaged("gzip")
        if len(found) > most:
            return _too_large(most)
        if not member.eof:
            return _damaged("gzip")
        if not member.unused_data:
            return found
        return _members(value, len(value) - len(member.unused_data), found, most)


def _members(value: bytes, start: int, first: bytes, most: int) -> bytes | _Fault:
    """Return what the members from ``start`` on hold, behind what the first one held."""
    found = [first]
    left = most - len(first)
    view = memoryview(value)
    parts = 1
    while start < len(view):
        parts += 1
        if parts > MOST_PARTS:
            return _too_many()
        member = zlib.decompressobj(_GZIP_WINDOW)
        # zlib copies what it leaves over, so it is given little while members are small.
        piece = _FIRST_PIECE
        while not member.eof:
            if start == len(view):
                return _damaged("gzip")
            try:
                part = member.decompress(view[start : start + piece], left + 1)
            except zlib.error:
                return _damaged("gzip")
            left -= len(part)
            if left < 0:
                return _too_large(most)
            found.append(part)
            start = min(start + piece, len(view)) - len(member.unused_data)
            piece *= 2
    return b"".join(found)


class Zstd:
    """Values in Zstandard, of one frame or several in a row. Use in one thread at a time."""

    name = "zst"

    def __init__(self) -> None:
        self._whole = zstandard.ZstdDecompressor()

    def accepts(self, value: bytes) -> bool:
        """Tell whether the value starts as a zstd frame does."""
        return value.startswith(_ZSTD)

    def open(self, value: bytes, most: int) -> bytes | _Fault:
        """Return what is inside; see :meth:`streams.decode.base.Compression.open`."""
        most = _allowed(value, most)
        try:
            if 0 < zstandard.frame_content_size(value) <= most:
                return self._whole.decompress(value, allow_extra_data=False)
        except zstandard.ZstdError:
            pass  # several frames, a dictionary or damage: told apart below
        return _frames(value, most)


def _frames(value: bytes, most: int) -> bytes | _Fault:
    found: list[bytes] = []
    left = most
    start = parts = 0
    while start < len(value):
        parts += 1
        if parts > MOST_PARTS:
            return _too_many()
        end = _frame_end(value, start)
        if end is None:
            return _damaged("zstd")
        if value[start : start + 4] not in _SKIPPABLE:
            opened = _frame(memoryview(value)[start:end], left)
            if isinstance(opened, tuple):
                return _too_large(most) if opened[0] == reasons.TOO_LARGE else opened
            found.append(opened)
            left -= len(opened)
        start = end
    return b"".join(found)


def _frame(frame: memoryview, most: int) -> bytes | _Fault:
    """Return what one whole frame holds."""
    about = zstandard.get_frame_parameters(frame)
    if about.dict_id:
        return reasons.COMPRESSED_DICTIONARY, "a zstd frame that was made with a dictionary"
    known = about.content_size != zstandard.CONTENTSIZE_UNKNOWN
    if (known and about.content_size > most) or about.window_size > max(most, _USUAL_WINDOW):
        return _too_large(most)
    found = []
    try:
        for piece in _pieces(frame):
            most -= len(piece)
            if most < 0:
                return _too_large(most)
            found.append(piece)
    except zstandard.ZstdError:
        return _damaged("zstd")
    return b"".join(found)


def _pieces(frame: memoryview) -> Iterator[bytes]:
    reader = zstandard.ZstdDecompressor().stream_reader(frame)
    while piece := reader.read(_PIECE):
        yield piece


def _frame_end(value: bytes, start: int) -> int | None:
    """Return where the frame at ``start`` ends by the headers of its blocks; None where it is not whole.

    zstandard reads a frame that is cut off without a word, and does not say where one ends.
    Source: RFC 8878, sections 3.1.1 and 3.1.2.
    """
    magic = value[start : start + 4]
    if magic in _SKIPPABLE and len(value) >= start + 8:
        (size,) = struct.unpack_from("<I", value, start + 4)
        end = start + 8 + int(size)
        return end if end <= len(value) else None
    if magic != _ZSTD:
        return None
    try:
        head = value[start : start + 18]  # a header is at most that long
        place = start + zstandard.frame_header_size(head)
        checksum = zstandard.get_frame_parameters(head).has_checksum
    except zstandard.ZstdError:
        return None
    for _ in range(_MOST_BLOCKS):
        if place + _BLOCK_HEADER > len(value):
            return None
        header = int.from_bytes(value[place : place + _BLOCK_HEADER], "little")
        place += _BLOCK_HEADER + (1 if header >> 1 & 3 == _RLE_BLOCK else header >> 3)
        if header & 1:
            place += _CHECKSUM if checksum else 0
            return place if place <= len(value) else None
    return None


def _allowed(value: bytes, most: int) -> int:
    return min(most, ALWAYS_ALLOWED + MOST_RATIO * len(value))


def _damaged(name: str) -> _Fault:
    return reasons.COMPRESSED_DAMAGED, f"{name} that is cut off, damaged or followed by something else"


def _too_large(most: int) -> _Fault:
    return reasons.TOO_LARGE, f"more than {most:,} bytes inside"


def _too_many() -> _Fault:
    return reasons.TOO_LARGE, f"more than {MOST_PARTS:,} compressed parts in a row"
