"""A schema's JSON -> nodes, with every name resolved.

Source: Apache Avro 1.12 specification, "Schema Declaration" and "Names".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from streams.decode.schemas.exceptions import UnusableSchemaError

#: Nodes of one schema at most: types, fields, union branches.
MAX_NODES: Final = 5_000
#: Types written within one another at most.
MAX_NESTING: Final = 64

PRIMITIVES: Final = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
_NAMED = frozenset({"record", "error", "enum", "fixed"})


@dataclass(slots=True, eq=False)
class Node:
    """One type. A named type that is used twice is one node; a recursive type is among its own descendants."""

    kind: str
    """A primitive's name, ``record``, ``enum``, ``fixed``, ``array``, ``map`` or ``union``."""
    name: str = ""
    """Full name of a record, enum or fixed."""
    children: list[Node] = field(default_factory=list)
    """A record's field types, a union's branches, an array's or a map's one element type."""
    fields: list[str] = field(default_factory=list)
    """Names of a record's fields, in the order of ``children``."""
    symbols: list[str] = field(default_factory=list)
    size: int = 0
    """Bytes of a fixed."""
    logical: str = ""
    scale: int = 0
    """Places of a decimal."""


def parse(schema: Any, references: Sequence[Any] = ()) -> Node:
    """Return the root of a schema.

    Args:
        schema: the parsed JSON.
        references: parsed schemas whose names it may use, each after those that it uses itself.

    Raises:
        UnusableSchemaError: it breaks the specification, or is larger than what is read by.
    """
    parser = _Parser()
    for reference in references:
        parser.node(reference, "", 0)
    return parser.node(schema, "", 0)


class _Parser:
    def __init__(self) -> None:
        self._named: dict[str, Node] = {}
        self._nodes = 0

    def node(self, schema: Any, namespace: str, depth: int) -> Node:
        if depth > MAX_NESTING:
            raise UnusableSchemaError(f"the schema has types nested deeper than {MAX_NESTING}")
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise UnusableSchemaError(f"the schema has more than {MAX_NODES:,} types and fields")
        if isinstance(schema, str):
            return self._by_name(schema, namespace)
        if isinstance(schema, list):
            return self._union(schema, namespace, depth)
        if not isinstance(schema, dict):
            raise UnusableSchemaError("the schema has a type that is no text, list or object")
        kind = schema.get("type")
        if isinstance(kind, dict | list):  # {"type": {"type": ...}}: written by some generators
            return self.node(kind, namespace, depth + 1)
        if kind in ("array", "map"):
            element = schema.get("items" if kind == "array" else "values")
            return Node(kind, children=[self.node(element, namespace, depth + 1)])
        if isinstance(kind, str) and kind in _NAMED:
            return self._define(kind, schema, namespace, depth)
        return self._annotated(kind, schema, namespace)

    def _by_name(self, name: str, namespace: str) -> Node:
        if name in PRIMITIVES:
            return Node(name)
        found = self._named.get(_full(name, namespace)) or self._named.get(name)
        if found is None:
            raise UnusableSchemaError("the schema uses a type that it does not define")
        return found

    def _annotated(self, kind: Any, schema: dict[str, Any], namespace: str) -> Node:
        if not isinstance(kind, str):
            raise UnusableSchemaError("the schema has an object without a type")
        node = self._by_name(kind, namespace)
        if node.kind in PRIMITIVES:
            _annotate(node, schema)
        return node

    def _union(self, branches: list[Any], namespace: str, depth: int) -> Node:
        if not branches:
            raise UnusableSchemaError("the schema has a union of nothing")
        node = Node("union", children=[self.node(branch, namespace, depth + 1) for branch in branches])
        if any(branch.kind == "union" for branch in node.children):
            raise UnusableSchemaError("the schema has a union directly within a union")
        return node

    def _define(self, kind: str, schema: dict[str, Any], namespace: str, depth: int) -> Node:
        name, given = schema.get("name"), schema.get("namespace")
        if not isinstance(name, str) or not name:
            raise UnusableSchemaError(f"the schema has a {kind} without a name")
        full = _full(name, given if isinstance(given, str) else namespace)
        if full in self._named:
            raise UnusableSchemaError("the schema defines a name twice")
        node = Node("record" if kind == "error" else kind, full)
        self._named[full] = node
        if kind == "enum":
            node.symbols = _texts(schema.get("symbols"), "an enum's symbols")
        elif kind == "fixed":
            node.size = _size(schema.get("size"))
            _annotate(node, schema)
        else:
            self._fields(node, schema.get("fields"), full.rpartition(".")[0], depth)
        return node

    def _fields(self, node: Node, fields: Any, namespace: str, depth: int) -> None:
        if not isinstance(fields, list) or not all(isinstance(one, dict) for one in fields):
            raise UnusableSchemaError("the schema has a record without a list of fields")
        node.fields = _texts([one.get("name") for one in fields], "a record's fields")
        node.children = [self.node(one.get("type"), namespace, depth + 1) for one in fields]


def _full(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"


def _texts(values: Any, what: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise UnusableSchemaError(f"the names of {what} are not all text")
    if len(set(values)) < len(values) or len(values) > MAX_NODES:
        raise UnusableSchemaError(f"the names of {what} are not all different, or too many")
    return list(values)


def _size(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise UnusableSchemaError("the schema has a fixed whose size is no number of bytes")
    return value


def _annotate(node: Node, schema: dict[str, Any]) -> None:
    logical, scale = schema.get("logicalType"), schema.get("scale", 0)
    if isinstance(logical, str):
        node.logical = logical
        node.scale = scale if isinstance(scale, int) and 0 <= scale <= 400 else 0
