"""What a Parquet file's pages really become, read from their headers before any of them is opened.

The footer of a file says how large its columns are; the reader believes the header before each page instead, and
makes room for what that says. So these headers are read first. They are Thrift structs in the compact protocol.

Sources: the Parquet format's ``parquet.thrift`` (PageHeader), Thrift's specification of the compact protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

#: Pages of one file whose headers are read.
MOST_PAGES: Final = 4000

_DICTIONARY_PAGE: Final = 2
_DEEPEST: Final = 6
_MOST_FIELDS: Final = 64
# Types of the compact protocol.
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _, _STRUCT = range(1, 13)
_DATA_HEADER, _DATA_HEADER_2 = 5, 8
"""Fields of a PageHeader: what they hold has the encoding as its field 2 and 4."""


class PageError(ValueError):
    """A page header that cannot be read, or says what cannot be."""


class Page(NamedTuple):
    """What a page's header says of it."""

    is_dictionary: bool
    size: int
    """Bytes once opened."""
    encoding: int
    """As numbered by Parquet; -1 of a dictionary page."""


def pages(data: bytes, start: int, size: int) -> Iterator[Page]:
    """Yield the pages of a column chunk of ``size`` bytes at ``start``.

    Raises:
        PageError: they do not fit into the chunk, or the chunk not into the data.
    """
    end = start + size
    if start < 0 or size < 0 or end > len(data):
        raise PageError
    while start < end:
        header = _Compact(data, start, end)
        fields = header.struct(0)
        opened, stored = _whole(fields.get(2)), _whole(fields.get(3))
        start = header.place + stored
        if start > end:
            raise PageError
        about = fields.get(_DATA_HEADER) or fields.get(_DATA_HEADER_2)
        encoding = -1
        if isinstance(about, dict):
            encoding = _whole(about.get(2 if _DATA_HEADER in fields else 4))
        yield Page(fields.get(1) == _DICTIONARY_PAGE, opened, encoding)


def _whole(number: Any) -> int:
    """Return a number that must be there and not be negative."""
    if type(number) is not int or number < 0:
        raise PageError
    return number


class _Compact:
    """Reads one struct of the compact protocol.

    Args:
        place: where it starts; afterwards where it ends.
    """

    def __init__(self, data: bytes, place: int, end: int) -> None:
        self._data = data
        self.place = place
        self._end = end

    def struct(self, depth: int) -> dict[int, Any]:
        """Return the fields by their number: integers and structs as they are, others as None."""
        if depth > _DEEPEST:
            raise PageError
        fields: dict[int, Any] = {}
        number = 0
        for _ in range(_MOST_FIELDS):
            head = self._byte()
            if head == 0:
                return fields
            number = number + (head >> 4) if head >> 4 else self._signed()
            fields[number] = self._value(head & 15, depth)
        raise PageError

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return None
        if kind in (_I16, _I32, _I64):
            return self._signed()
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind == _BINARY:
            self._skip(self._varint())
        elif kind == _BYTE:
            self._skip(1)
        elif kind == _DOUBLE:
            self._skip(8)
        else:  # lists, sets and maps: no page header has any
            raise PageError
        return None

    def _skip(self, size: int) -> None:
        self.place += size
        if self.place > self._end:
            raise PageError

    def _byte(self) -> int:
        if self.place >= self._end:
            raise PageError
        self.place += 1
        return self._data[self.place - 1]

    def _varint(self) -> int:
        number = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
        raise PageError

    def _signed(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)
