"""Types of fields as DataHub names them."""

from __future__ import annotations

from typing import Any

from catalogs.document import Field

_TYPES = {
    "string": "StringType",
    "number": "NumberType",
    "boolean": "BooleanType",
    "object": "RecordType",
    "array": "ArrayType",
}


def data_type(field: Field) -> dict[str, Any]:
    """Return the type of most values; NullType where there was none."""
    most = max(field.types, key=lambda name: field.types[name], default="")
    name = _TYPES.get(most, "NullType")
    return {
        "type": {f"com.linkedin.schema.{name}": {"nestedType": ["string"]} if name == "ArrayType" else {}}
    }


def native_type(field: Field) -> str:
    """Return all JSON types that were seen, the most frequent first."""
    return " | ".join(sorted(field.types, key=lambda name: -field.types[name])) or "null"
