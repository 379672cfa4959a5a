"""A container's blocks, opened within a bound.

Source: Apache Avro 1.12 specification, "Required Codecs" and "Optional Codecs".
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import cramjam
import zstandard

#: Memory that an xz block's dictionary may ask for.
_XZ_MEMORY = 64 * 2**20


class DamagedError(Exception):
    """The block cannot be opened."""


class TooLargeError(Exception):
    """What is in the block is larger than its bound."""


def open_block(codec: str, data: bytes, most: int) -> bytes:
    """Return what is in a block.

    Args:
        codec: its name, one of :data:`CODECS`.
        data: the block's bytes as they stand in the file.
        most: bytes of the result at most; no more memory than about twice that is taken on the way.

    Raises:
        DamagedError: it is cut off, or fails its checksum.
        TooLargeError: the result has more than ``most`` bytes.
    """
    try:
        opened = CODECS[codec](data, most)
    except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError, zstandard.ZstdError) as error:
        raise DamagedError from error
    except cramjam.DecompressionError as error:
        raise DamagedError from error
    if len(opened) > most:
        raise TooLargeError
    return opened


def _null(data: bytes, _: int) -> bytes:
    return data


def _deflate(data: bytes, most: int) -> bytes:
    opener = zlib.decompressobj(-15)
    return _finished(opener, opener.decompress(data, most + 1), most)


def _bzip2(data: bytes, most: int) -> bytes:
    opener = bz2.BZ2Decompressor()
    return _finished(opener, opener.decompress(data, most + 1), most)


def _xz(data: bytes, most: int) -> bytes:
    opener = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    return _finished(opener, opener.decompress(data, most + 1), most)


def _finished(opener: Any, opened: bytes, most: int) -> bytes:
    if not opener.eof and len(opened) <= most:
        raise DamagedError
    return opened


def _snappy(data: bytes, most: int) -> bytes:
    """Open raw snappy, which starts with the size of what is in it and ends in a CRC-32 of that."""
    body, checksum = data[:-4], int.from_bytes(data[-4:], "big")
    if _varint(body) > most:
        raise TooLargeError
    opened = bytes(cramjam.snappy.decompress_raw(body))
    if zlib.crc32(opened) != checksum:
        raise DamagedError
    return opened


def _varint(data: bytes) -> int:
    size = 0
    for place, byte in enumerate(data[:5]):
        size |= (byte & 127) << 7 * place
        if byte < 128:
            return size
    raise DamagedError


def _lz4(data: bytes, most: int) -> bytes:
    """Open an LZ4 block after its size in four bytes, little-endian."""
    if int.from_bytes(data[:4], "little") > most:
        raise TooLargeError
    return bytes(cramjam.lz4.decompress_block(data))


def _zstandard(data: bytes, most: int) -> bytes:
    with zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(
        data, read_across_frames=True
    ) as opener:
        pieces, size = [], 0
        while size <= most and (piece := opener.read(min(most + 1 - size, 2**20))):
            pieces.append(piece)
            size += len(piece)
    return b"".join(pieces)


#: What opens a block, by the codec's name in the file.
CODECS: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {
    "null": _null,
    "deflate": _deflate,
    "snappy": _snappy,
    "zstandard": _zstandard,
    "bzip2": _bzip2,
    "xz": _xz,
    "lz4": _lz4,
}
