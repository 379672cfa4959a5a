"""The outer form of a serialised profile: a magic word, the format, JSON, and the sketches as bytes beside it.

``PDNP`` | format: u16 | length of the JSON: u32 | JSON | blobs, one after the other; all little-endian. The part
after the format is compressed with zstd. A later format gets its own reader in :mod:`.partition` and keeps these.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import orjson
import zstandard

from pandian.errors import FormatVersionError, PandianError

#: Written by this version.
FORMAT = 2
_MAGIC = b"PDNP"
_HEAD = struct.Struct("<4sH")
_LENGTH = struct.Struct("<I")
#: No honest profile is larger; a damaged length must not take all memory.
_MAX_BYTES = 1 << 30


class BlobWriter:
    """Collects byte strings; the JSON refers to them by (start, length)."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def put(self, data: bytes) -> list[int]:
        """Add a byte string and return its reference."""
        self._parts.append(data)
        self._size += len(data)
        return [self._size - len(data), len(data)]

    def joined(self) -> bytes:
        """Return all of them, one after the other."""
        return b"".join(self._parts)


class BlobReader:
    """Looks up byte strings by the references that :class:`BlobWriter` gave."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def get(self, reference: list[int]) -> bytes:
        """Return a byte string."""
        start, length = reference
        return self._data[start : start + length]


def pack(state: Mapping[str, Any], blobs: BlobWriter) -> bytes:
    """Return the serialised form."""
    text = orjson.dumps(state)
    body = _LENGTH.pack(len(text)) + text + blobs.joined()
    return _HEAD.pack(_MAGIC, FORMAT) + zstandard.ZstdCompressor(level=1).compress(body)


def unpack(data: bytes) -> tuple[int, dict[str, Any], BlobReader]:
    """Return (format, state, blobs).

    Raises:
        FormatVersionError: when a newer Pandian wrote it.
        PandianError: when it is no profile, or damaged.
    """
    version = _version(data)
    if version > FORMAT:
        raise FormatVersionError(
            f"a profile in format {version}",
            f"this Pandian reads formats up to {FORMAT}",
            "upgrade this worker, or let the newer one read the partition",
        )
    try:
        body = zstandard.ZstdDecompressor().decompress(data[_HEAD.size :], max_output_size=_MAX_BYTES)
        start = _LENGTH.size
        end = start + _LENGTH.unpack_from(body)[0]
        return version, orjson.loads(body[start:end]), BlobReader(body[end:])
    except (zstandard.ZstdError, struct.error, orjson.JSONDecodeError) as error:
        raise _damaged(len(data)) from error


def _version(data: bytes) -> int:
    try:
        magic, version = _HEAD.unpack_from(data)
    except struct.error as error:
        raise _damaged(len(data)) from error
    if magic != _MAGIC:
        raise _damaged(len(data))
    return int(version)


def _damaged(size: int) -> PandianError:
    return PandianError(
        f"{size} bytes of state",
        "must be a whole partition profile",
        "drop them: the partition is read again",
    )
