"""Which message type fits a record best, where nothing says which it is.

Protobuf's bytes hold field numbers and no names, so short records can fit several types. A type fits when it knows
every field of the record, at any depth; the best is the one of whose fields the record has the largest share, then the
first by name. The choice depends on that record alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.decode.one_by_one import UnreadableError
from streams.decode.protobuf.rows import MessageReader

#: Message types that are tried on one record at most.
MAX_TYPES: Final = 200


def best_fitting(data: bytes, readers: Sequence[MessageReader]) -> MessageReader | None:
    """Return the type that fits best, or None.

    Args:
        data: the record.
        readers: the types, by name.
    """
    best, largest = None, 0.0
    for reader in readers:
        share = _fit(data, reader)
        if share > largest:
            best, largest = reader, share
    return best


def _fit(data: bytes, reader: MessageReader) -> float:
    try:
        message = reader.message(data)
    except UnreadableError:
        return 0.0
    known = reader.known_fields(message)
    return 0.0 if known is None else known / reader.fields
