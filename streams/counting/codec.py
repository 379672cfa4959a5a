"""Keys and values of ``pandian.profiles``: a set is one serialised state, cut into pieces that Kafka takes.

Key, 34 bytes, big endian::

    "PDN", key version (u8), topic id (16 bytes), partition (i32), set name (8 bytes), piece index (u16)

Value, big endian::

    "PDN", envelope version (u8), state format (u16)              never changes: enough to refuse a newer one
    piece index, pieces (u16, u16), end, origin, gone offsets (u64 each)
    window: start, records (u64 each), first time, last time (i64, least value: not known)
    length of topic name (u16), ranges of gone (u8)
    each range: start, end (u64 each); topic name (UTF-8)
    slice of the body, which is the state compressed with zstandard
    CRC-32 of everything before it (u32)

The header stands in every piece, so that any one piece tells how far its set reaches.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import zstandard

from pandian.errors import FormatVersionError
from streams.counting.base import MAX_RANGES, Gone, SetHeader, Source, Window
from streams.counting.exceptions import MalformedRecordError

#: Largest slice of a body in one piece: below Kafka's default limit of a message (1 MiB), with room for the rest.
PIECE_BYTES = 900_000
#: Most pieces a set may have.
MAX_PIECES = 65_535
#: Length of a set name.
NAME_BYTES = 8

_MAGIC = b"PDN"
_KEY_VERSION = 1
_ENVELOPE_VERSION = 1
_KEY = struct.Struct(">3sB16si8sH")
_PREFIX = struct.Struct(">3sBH")
_HEADER = struct.Struct(">HHQQQQQqqHB")
_RANGE = struct.Struct(">QQ")
_CRC = struct.Struct(">I")
_NO_TIME = -(1 << 63)
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class PieceKey:
    """A key of ``pandian.profiles``."""

    source: Source
    name: bytes
    index: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A value of ``pandian.profiles``."""

    header: SetHeader
    index: int
    count: int
    body: bytes
    """This piece's slice of the compressed state."""


def encode_key(source: Source, name: bytes, index: int) -> bytes:
    """Return the key of one piece. ``name`` has :data:`NAME_BYTES` bytes."""
    if len(name) != NAME_BYTES:
        raise ValueError(f"a set name has {NAME_BYTES} bytes, not {len(name)}")
    return _KEY.pack(_MAGIC, _KEY_VERSION, source.topic_id.bytes, source.partition, name, index)


def decode_key(key: bytes) -> PieceKey:
    """Read a key.

    Raises:
        MalformedRecordError: when it is no key of Pandian's.
        FormatVersionError: when a newer Pandian wrote it.
    """
    if key[: len(_MAGIC)] != _MAGIC or len(key) <= len(_MAGIC):
        raise MalformedRecordError("the key is none of Pandian's")
    if key[len(_MAGIC)] > _KEY_VERSION:
        raise newer(f"key version {key[len(_MAGIC)]}")
    if len(key) != _KEY.size:
        raise MalformedRecordError(f"the key has {len(key)} bytes instead of {_KEY.size}")
    _, _, topic_id, partition, name, index = _KEY.unpack(key)
    return PieceKey(Source(UUID(bytes=topic_id), partition), name, index)


def encode_pieces(
    source: Source, name: bytes, header: SetHeader, state: bytes, *, piece_bytes: int = PIECE_BYTES
) -> list[tuple[bytes, bytes]]:
    """Return the keys and values that make up one set, in the order to send them.

    Raises:
        ValueError: when the state would need more than :data:`MAX_PIECES` pieces.
    """
    body = zstandard.ZstdCompressor(level=_LEVEL).compress(state)
    count = -(-len(body) // piece_bytes)
    if count > MAX_PIECES:
        raise ValueError(f"a state of {len(body)} bytes does not fit {MAX_PIECES} pieces of {piece_bytes}")
    return [
        (encode_key(source, name, index), _encode_value(header, index, count, part))
        for index, part in enumerate(_slices(body, piece_bytes))
    ]


def _slices(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def _encode_value(header: SetHeader, index: int, count: int, body: bytes) -> bytes:
    topic, window = header.topic.encode(), header.window
    parts = [
        _PREFIX.pack(_MAGIC, _ENVELOPE_VERSION, header.state_format),
        _HEADER.pack(
            index,
            count,
            header.end,
            header.origin,
            header.gone.offsets,
            window.start,
            window.records,
            _NO_TIME if window.first_time is None else window.first_time,
            _NO_TIME if window.last_time is None else window.last_time,
            len(topic),
            len(header.gone.ranges),
        ),
        *(_RANGE.pack(*limits) for limits in header.gone.ranges),
        topic,
        body,
    ]
    value = b"".join(parts)
    return value + _CRC.pack(zlib.crc32(value))


def decode_value(value: bytes, *, state_format: int) -> Piece:
    """Read a value.

    Args:
        value: what the topic holds; not a tombstone.
        state_format: the newest state format the caller can load.

    Raises:
        FormatVersionError: when a newer Pandian wrote it; nothing behind the first six bytes is looked at.
        MalformedRecordError: when it is no value of Pandian's, or was damaged.
    """
    if len(value) < _PREFIX.size or value[: len(_MAGIC)] != _MAGIC:
        raise MalformedRecordError("the value is none of Pandian's")
    _, envelope, written_format = _PREFIX.unpack_from(value)
    if envelope > _ENVELOPE_VERSION or written_format > state_format:
        raise newer(f"envelope {envelope}, state format {written_format}")
    crc_at = len(value) - _CRC.size
    if crc_at < _PREFIX.size + _HEADER.size or _CRC.unpack_from(value, crc_at)[0] != zlib.crc32(
        value[:crc_at]
    ):
        raise MalformedRecordError("the value was cut or changed: its checksum does not match")
    return _decode_rest(value[:crc_at], written_format)


def _decode_rest(value: bytes, state_format: int) -> Piece:
    index, count, end, origin, offsets, *window, topic_length, range_count = _HEADER.unpack_from(
        value, _PREFIX.size
    )
    at = _PREFIX.size + _HEADER.size
    topic_at = at + range_count * _RANGE.size
    body_at = topic_at + topic_length
    if index >= count or range_count > MAX_RANGES or body_at > len(value):
        raise MalformedRecordError("the value contradicts itself")
    ranges = tuple((start, stop) for start, stop in _RANGE.iter_unpack(value[at:topic_at]))
    first, records, *times = window
    first_time, last_time = (None if time == _NO_TIME else time for time in times)
    try:
        topic = value[topic_at:body_at].decode()
    except UnicodeDecodeError:
        raise MalformedRecordError("the topic name in the value is not UTF-8") from None
    header = SetHeader(
        topic=topic,
        end=end,
        origin=origin,
        gone=Gone(offsets, ranges),
        window=Window(first, records, first_time, last_time),
        state_format=state_format,
    )
    return Piece(header, index, count, value[body_at:])


def decode_body(slices: list[bytes]) -> bytes:
    """Join the slices of all pieces, in order, and return the serialised state.

    Raises:
        MalformedRecordError: when they are not one compressed state.
    """
    try:
        return zstandard.ZstdDecompressor().decompress(b"".join(slices))
    except zstandard.ZstdError:
        raise MalformedRecordError("the pieces of a set do not make one compressed state") from None


def newer(what: str) -> FormatVersionError:
    """Return the error for something that a newer Pandian wrote."""
    return FormatVersionError(
        f"pandian.profiles holds {what}",
        "it was written by a newer Pandian than this one, which cannot read it",
        "run at least that version, or stop the newer workers and delete the topic pandian.profiles to count anew",
    )
