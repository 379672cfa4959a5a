"""Which message type a record is: what its headers say, or the index in front of it."""

from __future__ import annotations

import re
from typing import Final

from streams.decode.base import Headers

#: The Kafka record header that names a record's message type.
MESSAGE_HEADER: Final = "pandian.message"

#: Messages within messages of one index at most.
_MAX_PATH = 32
_CONTENT_TYPE = re.compile(
    rb"application/(?:x-|vnd\.google\.)?protobuf\s*;.*?\b(?:messagetype|proto)\s*=\s*\"?([\w.]+)",
    re.IGNORECASE,
)


def named_message(headers: Headers) -> str | None:
    """Return the full name of the message type that a record's headers give.

    They are ``pandian.message``, or ``content-type`` with a parameter ``messageType`` or ``proto``.
    """
    for key, value in headers:
        if key == MESSAGE_HEADER:
            return value.decode(errors="replace").strip().lstrip(".")
        if key.lower() == "content-type":
            found = _CONTENT_TYPE.match(value)
            if found:
                return found[1].decode(errors="replace").lstrip(".")
    return None


def message_path(value: bytes, start: int) -> tuple[tuple[int, ...], int] | None:
    """Read the index of a message type as Confluent's serializers write it behind the schema's id.

    A count, then as many places, each a zigzag varint; a count of 0 stands for the first message.

    Returns:
        The places and where the message starts; None when there is no such index.
    """
    count, start = _varint(value, start)
    if not 0 <= count <= _MAX_PATH or start < 0:
        return None
    if count == 0:
        return (0,), start
    path = []
    for _ in range(count):
        place, start = _varint(value, start)
        if place < 0 or start < 0:
            return None
        path.append(place)
    return tuple(path), start


def _varint(value: bytes, start: int) -> tuple[int, int]:
    """Return a zigzag varint and where the next one starts; -1 for the latter when it ends too early."""
    number = 0
    for place, byte in enumerate(value[start : start + 5]):
        number |= (byte & 127) << 7 * place
        if byte < 128:
            return (number >> 1) ^ -(number & 1), start + place + 1
    return -1, -1
