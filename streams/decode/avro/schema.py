"""One schema, checked, bounded and in the form in which fastavro reads by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import fastavro
import orjson
from fastavro.schema import SchemaParseException

from streams.decode import reasons
from streams.decode.avro.logical import NAMED, TOO_DEEP, TooDeepError, logical_type
from streams.decode.avro.measure import Cost, measure
from streams.decode.avro.tree import MAX_NESTING, MAX_NODES, Node, parse
from streams.decode.one_by_one import NamedRow, UnreadableError
from streams.decode.schemas.exceptions import UnusableSchemaError

#: Bytes of memory that one record may become.
MAX_MEMORY: Final = 256 * 2**20
#: Bytes of a schema's JSON.
MAX_TEXT: Final = 1_000_000

#: Copies of all nodes of a recursive schema, one a level, together.
_MAX_COPIES = 4 * MAX_NODES


@dataclass(frozen=True, slots=True)
class AvroSchema:
    """What rows are read by. Made by :func:`compile_schema`."""

    names: tuple[str, ...]
    """Full names of the records that a row can be: one, or those of a union."""
    weight: int
    """How many types and fields it has: what it takes to keep."""
    cost: Cost
    most_bytes: int
    """Bytes of one row at most: a longer one could take more than :data:`MAX_MEMORY`."""
    _parsed: Any
    """The schema in fastavro's form; its types are renamed, so that names that fastavro refuses can be read."""
    _renamed: dict[str, str]

    def read(self, stream: BytesIO) -> NamedRow:
        """Read the next row of a stream. The stream's size has been held against :attr:`cost`.

        Raises:
            UnreadableError: the bytes do not follow the schema. Nothing else, whatever they are.
        """
        try:
            value: Any = fastavro.schemaless_reader(stream, self._parsed, None)
        except TooDeepError:
            raise UnreadableError(
                reasons.TOO_LARGE, "a value that holds itself is nested too deeply"
            ) from None
        except EOFError:
            raise UnreadableError(reasons.AVRO_MALFORMED, "the record ends before its schema does") from None
        except (ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError):
            # Text that is not UTF-8; a branch or a symbol that is not there; a length that is none.
            raise UnreadableError(reasons.AVRO_MALFORMED, "the record does not follow its schema") from None
        if type(value) is tuple:
            name, row = value
            return self._renamed[name], row
        if type(value) is not dict:  # a branch of the union that is no record
            raise UnreadableError(reasons.SCHEMA_UNUSABLE, "the value is of a type that is no record")
        return self.names[0], value


def compile_schema(text: str | bytes, references: Sequence[str] = ()) -> AvroSchema:
    """Return a schema ready to read by.

    Args:
        text: its JSON.
        references: JSON of the schemas whose names it uses, each after those that it uses itself.

    Raises:
        UnusableSchemaError: it is not valid, not one of records, or has no bounds.
    """
    root = parse(_loads(text), [_loads(reference) for reference in references])
    roots = root.children if root.kind == "union" else [root]
    records = [node for node in roots if node.kind == "record"]
    if not records or any(node.kind in {"array", "map"} for node in roots):
        raise UnusableSchemaError("the schema is not one of a record")
    cost = measure(root)
    written = _Writer(_heights(root), set(map(id, records)) if len(records) > 1 else set())
    try:
        parsed = fastavro.parse_schema(written.write(root, 0))
    except SchemaParseException:
        raise UnusableSchemaError("the schema is not a valid Avro schema") from None
    return AvroSchema(
        tuple(node.name for node in records),
        written.nodes,
        cost,
        (MAX_MEMORY - cost.row) // cost.byte,
        parsed,
        written.renamed,
    )


def _loads(text: str | bytes) -> Any:
    if len(text) > MAX_TEXT:
        raise UnusableSchemaError(f"the schema has more than {MAX_TEXT:,} bytes")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        if isinstance(text, str) and text in {"string", "bytes"}:
            return text
        raise UnusableSchemaError("the schema is not valid JSON") from None


def _heights(root: Node) -> int | None:
    """Return how many types are nested below one another at most; None when a type is among its own descendants."""
    heights: dict[int, int] = {}
    open_nodes: set[int] = set()
    path = [(root, iter(root.children))]
    open_nodes.add(id(root))
    while path:
        node, children = path[-1]
        child = next(children, None)
        if child is None:
            path.pop()
            open_nodes.discard(id(node))
            heights[id(node)] = 1 + max((heights[id(one)] for one in node.children), default=0)
        elif id(child) in open_nodes:
            return None
        elif id(child) not in heights:
            open_nodes.add(id(child))
            path.append((child, iter(child.children)))
    return heights[id(root)]


class _Writer:
    """Writes nodes as a schema again, with names and logical types of its own.

    A recursive schema is written out level by level, each level with names of its own; where the levels end stands a
    type that refuses to be read. So the depth of any value is bounded: fastavro itself has no bound, and the process
    ends where the stack does.

    Args:
        height: of the schema; None when it is recursive.
        named: ids of the nodes whose name is wanted beside each row.
    """

    def __init__(self, height: int | None, named: set[int]) -> None:
        if height is not None and height > 2 * MAX_NESTING:
            raise UnusableSchemaError(f"the schema has types nested deeper than {MAX_NESTING}")
        self.nodes = 0
        self.renamed: dict[str, str] = {}
        self._recursive = height is None
        self._named = named
        self._names: dict[tuple[int, int], str] = {}

    def write(self, node: Node, level: int) -> Any:
        if level > MAX_NESTING and self._recursive:
            return {"type": "fixed", "size": 0, "name": self._name("deep", -1), "logicalType": TOO_DEEP}
        self.nodes += 1
        if self.nodes > _MAX_COPIES:
            raise UnusableSchemaError("the schema is recursive and too large to be read level by level")
        if node.kind == "union":
            return [self.write(child, level) for child in node.children]
        if node.kind == "array":
            return {"type": "array", "items": self.write(node.children[0], level + 1)}
        if node.kind == "map":
            return {"type": "map", "values": self.write(node.children[0], level + 1)}
        return self._scalar(node) if not node.name else self._by_name(node, level)

    def _scalar(self, node: Node) -> Any:
        logical = logical_type(node)
        return {"type": node.kind, "logicalType": logical, "scale": node.scale} if logical else node.kind

    def _by_name(self, node: Node, level: int) -> Any:
        named = level == 0 and id(node) in self._named
        key = (id(node), level if self._recursive else int(not named))
        if key in self._names:
            return self._names[key]
        name = self._names[key] = self._name(node.name, len(self._names))
        if node.kind == "enum":
            return {"type": "enum", "name": name, "symbols": node.symbols}
        if node.kind == "fixed":
            logical = logical_type(node)
            return {
                "type": "fixed",
                "name": name,
                "size": node.size,
                "logicalType": logical,
                "scale": node.scale,
            }
        schema: dict[str, Any] = {"type": "record", "name": name}
        if named:
            schema["logicalType"] = NAMED
        schema["fields"] = [
            {"name": field, "type": self.write(child, level + 1)}
            for field, child in zip(node.fields, node.children, strict=True)
        ]
        return schema

    def _name(self, name: str, number: int) -> str:
        self.nodes += number < 0
        own = f"t{number}" if number >= 0 else f"deep{self.nodes}"
        self.renamed[own] = name
        return own
