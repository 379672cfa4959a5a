"""Fields as columns of a table and as fields of a topic's schema, nested as the records are."""

from __future__ import annotations

from typing import Any

from catalogs.openmetadata.names import TOPIC_FIELD, entity_name
from catalogs.openmetadata.tags import labels
from catalogs.paths import Node
from catalogs.words import field_line, line, markdown

_TABLE = {"string": "STRING", "number": "DOUBLE", "boolean": "BOOLEAN", "object": "STRUCT", "array": "ARRAY"}
_TOPIC = {"string": "STRING", "number": "DOUBLE", "boolean": "BOOLEAN", "object": "RECORD", "array": "ARRAY"}


def columns(root: Node) -> list[dict[str, Any]]:
    """Return the columns of a table."""
    return [
        _column(child) | {"ordinalPosition": position}
        for position, child in enumerate(root.children.values(), 1)
    ]


def schema_fields(root: Node) -> list[dict[str, Any]]:
    """Return the fields of a topic's schema."""
    return [_schema_field(child) for child in root.children.values()]


def _column(node: Node) -> dict[str, Any]:
    kind = _kind(node)
    made = _said(node, entity_name(node.name or "")) | {"dataType": _TABLE.get(kind, "UNKNOWN")}
    inside = node
    if kind == "array":
        inside = _innermost(node)
        element = node.element
        made["arrayDataType"] = _TABLE.get(_kind(element), "UNKNOWN") if element else "UNKNOWN"
    if inside.children:
        made["children"] = [_column(child) for child in inside.children.values()]
    return made


def _schema_field(node: Node) -> dict[str, Any]:
    kind = _kind(node)
    made = _said(node, entity_name(node.name or "", TOPIC_FIELD)) | {"dataType": _TOPIC.get(kind, "UNKNOWN")}
    inside = _innermost(node) if kind == "array" else node
    if inside.children:
        made["children"] = [_schema_field(child) for child in inside.children.values()]
    return made


def _said(node: Node, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "dataTypeDisplay": " | ".join(node.types) or "null"}
    if name != node.name:
        made["displayName"] = line(node.name or "")
    if node.field is not None:
        made["description"] = markdown(field_line(node.field))
        if tags := labels(node.field):
            made["tags"] = tags
    return made


def _kind(node: Node) -> str:
    """Return the type that most values have; containers first, or what is inside would have no place."""
    if node.children:
        return "object"
    if node.element:
        return "array"
    return max(node.types, key=lambda name: node.types[name], default="")


def _innermost(node: Node) -> Node:
    while node.element is not None and not node.children:
        node = node.element
    return node
