"""Formats whose records are read one by one: one that cannot be read says so by an exception, and costs only itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat

from streams.decode.base import Headers, Read, Reject, Row

#: A row, and the full name that its own schema has for it.
NamedRow = tuple[str, Row]


class UnreadableError(Exception):
    """A record cannot be read.

    Args:
        reason: a code of :mod:`streams.decode.reasons`.
        detail: in words, without the record's content.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def reject(self, index: int) -> Reject:
        """Return the reject of the record at ``index`` of the batch."""
        return Reject(index, self.reason, self.detail)


def read_one_by_one(
    read: Callable[[bytes, Headers], NamedRow],
    values: Sequence[bytes],
    indexes: Sequence[int],
    headers: Sequence[Headers] | None,
) -> Read:
    """Read records of one row each; the last arguments are those of :meth:`streams.decode.base.Reader.read`.

    Args:
        read: returns the row of a record, or raises :class:`UnreadableError`.
        values: the records' bytes.
        indexes: their places in the batch.
        headers: their Kafka headers.
    """
    names: list[str] = []
    rows: list[Row] = []
    places: list[int] = []
    rejects: list[Reject] = []
    for value, index, own in zip(values, indexes, headers or repeat(()), strict=headers is not None):
        try:
            name, row = read(value, own)
        except UnreadableError as error:
            rejects.append(error.reject(index))
            continue
        names.append(name)
        rows.append(row)
        places.append(index)
    return Read(rows, places, rejects, names)


def read_several(
    read: Callable[[bytes], list[NamedRow]], values: Sequence[bytes], indexes: Sequence[int]
) -> Read:
    """Read records of any number of rows; the last arguments are those of :meth:`streams.decode.base.Reader.read`.

    Args:
        read: returns the rows of a record, at least one, or raises :class:`UnreadableError`.
        values: the records' bytes.
        indexes: their places in the batch.
    """
    rows: list[NamedRow] = []
    places: list[int] = []
    rejects: list[Reject] = []
    for value, index in zip(values, indexes, strict=True):
        try:
            found = read(value)
        except UnreadableError as error:
            rejects.append(error.reject(index))
            continue
        rows += found
        places += [index] * len(found)
    return Read([row for _, row in rows], places, rejects, [name for name, _ in rows])
