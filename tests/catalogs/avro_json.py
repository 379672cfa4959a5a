"""Checks JSON values against Avro schemas as DataHub writes them.

It is Avro's JSON encoding with one difference: in a union only a record is wrapped with its name, and only where the
union holds several.
"""

from __future__ import annotations

from typing import Any

_PLAIN: dict[str, tuple[type, ...]] = {
    "string": (str,), "boolean": (bool,), "int": (int,), "long": (int,), "float": (int, float), "double": (int, float),
    "null": (type(None),), "bytes": (str,),
}  # fmt: skip


def errors(schema: Any, value: Any) -> list[str]:
    """Return what is wrong with a value; unknown keys are wrong too."""
    return _errors(schema, value, {}, "", "$")


def _errors(schema: Any, value: Any, named: dict[str, Any], space: str, place: str) -> list[str]:
    if isinstance(schema, list):
        return _union(schema, value, named, space, place)
    if isinstance(schema, str):
        if schema in _PLAIN:
            right = isinstance(value, _PLAIN[schema]) and (schema == "boolean" or not isinstance(value, bool))
            return [] if right else [f"{place}: no {schema}"]
        return _errors(named[_full(schema, space)], value, named, space, place)
    kind = schema["type"]
    if kind == "record":
        return _record(schema, value, named, space, place)
    if kind == "enum":
        named[_full(schema["name"], schema.get("namespace", space))] = schema
        return [] if value in schema["symbols"] else [f"{place}: none of {schema['symbols']}"]
    if kind == "array":
        if not isinstance(value, list):
            return [f"{place}: no array"]
        return [
            e
            for i, one in enumerate(value)
            for e in _errors(schema["items"], one, named, space, f"{place}[{i}]")
        ]
    if kind == "map":
        if not isinstance(value, dict):
            return [f"{place}: no map"]
        return [
            e
            for key, one in value.items()
            for e in _errors(schema["values"], one, named, space, f"{place}.{key}")
        ]
    return _errors(kind, value, named, space, place)


def _record(schema: dict[str, Any], value: Any, named: dict[str, Any], space: str, place: str) -> list[str]:
    space = schema.get("namespace", space)
    named[_full(schema["name"], space)] = schema
    _register(schema, named, space)
    if not isinstance(value, dict):
        return [f"{place}: no record"]
    fields = {field["name"]: field for field in schema["fields"]}
    found = [f"{place}: unknown {key}" for key in value.keys() - fields.keys()]
    for name, field in fields.items():
        if name in value:
            found += _errors(field["type"], value[name], named, space, f"{place}.{name}")
        elif "default" not in field:
            found.append(f"{place}: without {name}")
    return found


def _union(schema: list[Any], value: Any, named: dict[str, Any], space: str, place: str) -> list[str]:
    if value is None:
        return [] if "null" in schema else [f"{place}: null"]
    branches = [one for one in schema if one != "null"]
    records = {_full(*_name(one, space)): one for one in branches if _is_record(one, named, space)}
    if len(records) > 1:
        if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in records:
            return [f"{place}: names none of {sorted(records)}"]
        name, inner = next(iter(value.items()))
        return _errors(records[name], inner, named, space, place)
    tried = [_errors(one, value, named, space, place) for one in branches]
    return min(tried, key=len)


def _register(schema: Any, named: dict[str, Any], space: str) -> None:
    """Take up every name inside: later fields use what earlier ones define, also where those are absent."""
    if isinstance(schema, list):
        for one in schema:
            _register(one, named, space)
    elif isinstance(schema, dict):
        space = schema.get("namespace", space)
        if "name" in schema and schema.get("type") in ("record", "enum", "fixed"):
            named[_full(schema["name"], space)] = schema
        for key in ("type", "items", "values"):
            _register(schema.get(key), named, space)
        for field in schema.get("fields", ()):
            _register(field["type"], named, space)


def _is_record(schema: Any, named: dict[str, Any], space: str) -> bool:
    if isinstance(schema, str):
        schema = named.get(_full(schema, space), {})
    return isinstance(schema, dict) and schema.get("type") == "record"


def _name(schema: Any, space: str) -> tuple[str, str]:
    return (schema, space) if isinstance(schema, str) else (schema["name"], schema.get("namespace", space))


def _full(name: str, space: str) -> str:
    return name if "." in name or not space else f"{space}.{name}"
