"""JSON Schema, draft 2020-12: what a record of an asset looks like.

Every record that was counted is valid: types are all that were seen, a field is required where no record was without
it, and nothing is said of values that a next record could break. What was measured stands beside it in ``x-pandian``,
which validators pass by (2020-12 Core, 4.3.1: unknown keywords are annotations).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson

from catalogs.base import Context
from catalogs.document import Asset, Field, Inventory
from catalogs.paths import Node, tree
from catalogs.words import asset_line, field_line
from pandian.intervals import wilson

_EXAMPLES = 3
_WHOLE = 256


class JsonSchema:
    """The schema of one asset."""

    suffix = ".schema.json"
    per_asset = True
    timed = False

    def export(self, document: Inventory, context: Context) -> str:  # noqa: ARG002 - the contract's
        """Return the schema of the only asset.

        Raises:
            ValueError: there is not exactly one.
        """
        (asset,) = document.assets
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:pandian:asset:{quote(asset.name, safe='')}",
            "title": asset.name,
            "description": asset_line(asset),
            **schema_of(asset),
            "x-pandian": _measured_asset(asset),
        }
        return orjson.dumps(schema, option=orjson.OPT_INDENT_2).decode() + "\n"


def schema_of(asset: Asset) -> dict[str, Any]:
    """Return what a record is, without what was measured of the asset."""
    root = tree(asset.fields)
    places = max((child.field.places for child in root.children.values() if child.field), default=0)
    return {"type": "object", **_members(root, places)}


def _members(node: Node, objects: int) -> dict[str, Any]:
    members: dict[str, Any] = {"properties": {name: _schema(child) for name, child in node.children.items()}}
    required = [
        name for name, child in node.children.items() if child.field and 0 < objects <= child.field.written
    ]
    return members | ({"required": required} if required else {})


def _schema(node: Node) -> dict[str, Any]:
    types, field = node.types, node.field
    names = [*types, *(["null"] if field and field.nulls else [])]
    schema: dict[str, Any] = {}
    if field:
        schema["description"] = field_line(field)
    if names:
        schema["type"] = names[0] if len(names) == 1 else names
    if node.children:
        schema |= _members(node, types.get("object", 0))
    if node.element:
        schema["items"] = _schema(node.element)
    return schema | (_annotations(field) if field else {})


def _annotations(field: Field) -> dict[str, Any]:
    examples = [one.value for one in field.top[:_EXAMPLES] if len(str(one.value)) < _WHOLE]
    return ({"examples": examples} if examples else {}) | {"x-pandian": _measured_field(field)}


def _measured_field(field: Field) -> dict[str, Any]:
    measured: dict[str, Any] = {
        "semantic_type": field.semantic_type,
        "confidence": field.confidence,
        "pii": field.pii.cls,
        "masked": field.masked,
        "count": field.count,
        "missing": field.missing,
    }
    if field.places:
        measured["missing_share"] = wilson(field.missing, field.places).document()
    if field.distinct is not None:
        measured["distinct"] = field.distinct.model_dump()
    if field.minimum is not None:
        measured |= {"min": field.minimum, "max": field.maximum}
    if field.quantiles:
        measured["quantiles"] = {rank: found.model_dump() for rank, found in field.quantiles.items()}
    return measured


def _measured_asset(asset: Asset) -> dict[str, Any]:
    return {
        "kind": asset.kind,
        "records": asset.records,
        "quality": asset.quality.model_dump(),
        "last_event": asset.freshness.last_event,
        "schema_changes": [change.model_dump(exclude_none=True) for change in asset.schema_changes],
    }
