"""Thrift's compact protocol, as far as Parquet uses it: structs read into dicts by the number of the field.

Source: Thrift's specification of the compact protocol.
"""

from __future__ import annotations

from typing import Any, Final

_DEEPEST: Final = 12
_MOST_FIELDS: Final = 64
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)


class ThriftError(ValueError):
    """What is no struct of the compact protocol, or one that says what cannot be."""


class CompactReader:
    """Reads structs. Nothing is made room for that is not there: an element takes at least a byte.

    Args:
        data: the bytes.
        place: where to read; afterwards where reading ended.
        end: reading never goes beyond.
    """

    def __init__(self, data: bytes, place: int, end: int) -> None:
        self._data = data
        self.place = place
        self._end = min(end, len(data))

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Return the fields by their number: integers, bytes, dicts and lists; None for a float.

        Raises:
            ThriftError: it is none, or goes beyond the end.
        """
        fields: dict[int, Any] = {}
        number = 0
        for _ in range(_MOST_FIELDS):
            head = self._byte()
            if head == 0:
                return fields
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            fields[number] = kind == _TRUE if kind <= _FALSE else self._value(kind, depth)
        raise ThriftError

    def _value(self, kind: int, depth: int) -> Any:
        if depth > _DEEPEST:
            raise ThriftError
        if _I16 <= kind <= _I64:
            return self._signed()
        if kind == _BINARY:
            return self._take(self._varint())
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind in (_LIST, _SET):
            return self._list(depth)
        if kind in (_TRUE, _FALSE, _BYTE):  # a truth in a list takes a byte too
            return self._byte()
        if kind == _DOUBLE:
            self._take(8)
            return None
        raise ThriftError  # Parquet has no maps

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        size = head >> 4
        if size == 15:
            size = self._varint()
        if size > self._end - self.place:
            raise ThriftError
        return [self._value(head & 15, depth + 1) for _ in range(size)]

    def _take(self, size: int) -> bytes:
        start = self.place
        self.place += size
        if self.place > self._end:
            raise ThriftError
        return self._data[start : self.place]

    def _byte(self) -> int:
        if self.place >= self._end:
            raise ThriftError
        self.place += 1
        return self._data[self.place - 1]

    def _varint(self) -> int:
        number = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
        raise ThriftError

    def _signed(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)


def whole(number: Any) -> int:
    """Return a number that must be there and not be negative.

    Raises:
        ThriftError: it is not.
    """
    if type(number) is not int or number < 0:
        raise ThriftError
    return number


def structs(found: Any) -> list[dict[int, Any]]:
    """Return a list that must be one of structs.

    Raises:
        ThriftError: it is not.
    """
    if type(found) is not list or not set(map(type, found)) <= {dict}:
        raise ThriftError
    return found
