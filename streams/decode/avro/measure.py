"""What reading by a schema can cost, before anything is read by it.

An attacker chooses the bytes, and sometimes the schema. Memory is what a reader makes of bytes: so for every place from
which a value can come again and again (an element of an array or a map, a branch of a union), the fewest bytes that it
takes are set against the most that is made of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from streams.decode.avro.tree import MAX_NESTING, Node
from streams.decode.schemas.exceptions import UnusableSchemaError

#: Values that one row has by its schema alone, whatever its bytes are.
MAX_VALUES: Final = 5_000
#: Values made of one byte of an element at most.
_VALUES_PER_BYTE = 32

# Bytes of memory: a dictionary, its entry for a field, a small value, a list's place for it.
_DICTIONARY, _ENTRY, _VALUE, _PLACE = 100, 30, 50, 8
_BYTES = {"null": 0, "float": 4, "double": 8}


class _Size(NamedTuple):
    least: int
    """Bytes that the value takes at least."""
    values: int
    """Values within it by the schema alone, itself included."""
    memory: int
    """What these take, in bytes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Bounds of what is made of rows."""

    row: int
    """Bytes of memory of a row, beside what its bytes ask for."""
    byte: int
    """Bytes of memory made of one byte of a row, at most."""

    def bound(self, rows: int, size: int) -> int:
        """Return how many bytes of memory rows of ``size`` bytes together can take at most."""
        return rows * self.row + size * self.byte


def measure(root: Node) -> Cost:
    """Return the bounds of a schema.

    Raises:
        UnusableSchemaError: it has none: a record that holds itself without end, elements that take no bytes.
    """
    return _Measure().cost(root)


class _Measure:
    def __init__(self) -> None:
        self._sizes: dict[int, _Size | None] = {}
        self._byte = 4  # text with a character beyond 16 bits

    def cost(self, root: Node) -> Cost:
        size = self._size(root)
        self._check_elements(root)
        if size.values > MAX_VALUES:
            raise UnusableSchemaError(f"a row has more than {MAX_VALUES:,} values by its schema alone")
        return Cost(size.memory + _PLACE, self._byte)

    def _size(self, node: Node, depth: int = 1) -> _Size:
        key = id(node)
        if depth > MAX_NESTING:
            raise UnusableSchemaError(f"the schema has records nested deeper than {MAX_NESTING}")
        if key in self._sizes:
            known = self._sizes[key]
            if known is None:
                raise UnusableSchemaError("the schema has a record that holds itself without end")
            return known
        self._sizes[key] = None
        size = self._record(node, depth) if node.kind == "record" else _scalar(node)
        self._sizes[key] = size
        return size

    def _record(self, node: Node, depth: int) -> _Size:
        inner = [self._size(child, depth + 1) for child in node.children]
        return _Size(
            sum(one.least for one in inner),
            1 + sum(one.values for one in inner),
            _DICTIONARY + sum(_ENTRY + one.memory for one in inner),
        )

    def _check_elements(self, root: Node) -> None:
        seen, waiting = {id(root)}, [root]
        while waiting:
            node = waiting.pop()
            if node.kind in {"array", "map", "union"}:
                for child in node.children:
                    self._element(self._size(child), extra=node.kind != "array")
            for child in node.children:
                if id(child) not in seen:
                    seen.add(id(child))
                    waiting.append(child)

    def _element(self, size: _Size, *, extra: bool) -> None:
        """Check what can come again and again; ``extra``: after a byte more, a key's length or a branch's number."""
        least = size.least + extra
        if not least:
            raise UnusableSchemaError("the schema has an array whose elements can take no bytes")
        if size.values > _VALUES_PER_BYTE * least:
            raise UnusableSchemaError("the schema has elements of many values that take hardly any bytes")
        self._byte = max(self._byte, (size.memory + (_ENTRY if extra else _PLACE)) // least)


def _scalar(node: Node) -> _Size:
    least = node.size if node.kind == "fixed" else _BYTES.get(node.kind, 1)
    return _Size(least, 1, _VALUE)
