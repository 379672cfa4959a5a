"""The schema's id in front of a record, as Confluent's serializers and those that follow them write it.

One byte 0, the id in four bytes (big-endian), then the record. Source: Confluent's documentation, "Wire format".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

#: Bytes before the record itself.
HEADER: Final = 5


def is_framed(value: bytes) -> bool:
    """Tell whether a record starts as one with a schema's id does."""
    return len(value) > HEADER - 1 and value[0] == 0


def schema_id(value: bytes) -> int:
    """Return the id of a record that :func:`is_framed`."""
    return int.from_bytes(value[1:HEADER], "big")


def schema_ids(values: Iterable[bytes | None]) -> set[int]:
    """Return the different ids that records of a batch carry: what a source is to fetch before they are decoded."""
    heads = {value[:HEADER] for value in values if value and value[0] == 0}
    return {int.from_bytes(head[1:], "big") for head in heads if len(head) == HEADER}
