"""A data contract by the Open Data Contract Standard 3.1 (bitol.io), YAML, with an object an asset.

The contract is a proposal, which its status says: it holds what was measured, and what can be expected from now on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from catalogs.base import Context
from catalogs.checks import Check, field_checks
from catalogs.document import Asset, Field, Inventory
from catalogs.great_expectations import expectation
from catalogs.naming import digest, safe
from catalogs.paths import Node, column, steps, tree
from catalogs.references import Reference, references
from catalogs.words import asset_line, dimension_lines, field_line

try:
    # Ten times as fast; wheels have it.
    from yaml import CSafeDumper as SafeDumper
except ImportError:
    from yaml import SafeDumper  # type: ignore[assignment]  # the same, in Python

_EXAMPLES = 3
_WHOLE = 256
#: The standard's dimensions that ours are.
_DIMENSIONS = {
    "completeness": "completeness",
    "uniqueness": "uniqueness",
    "consistency": "consistency",
    "validity": "conformity",
    "timeliness": "timeliness",
    "freshness": "timeliness",
}
_CLASSIFICATION = {
    "none": "public",
    "pseudonym": "internal",
    "personal": "confidential",
    "sensitive": "restricted",
}

_References = Mapping[tuple[str, str], Iterable[Reference]]


class DataContract:
    """One contract for the whole inventory."""

    suffix = ".odcs.yaml"
    per_asset = False
    timed = False

    def export(self, document: Inventory, context: Context) -> str:  # noqa: ARG002 - the contract's
        """Return the contract; its version is a digest of what the assets look like, not of what was counted."""
        held = _by_end(references(document))
        shapes = [
            f"{a.name}\0{f.path}\0{','.join(sorted(f.types))}" for a in document.assets for f in a.fields
        ]
        contract = {
            "apiVersion": "v3.1.0",
            "kind": "DataContract",
            "id": f"pandian-{digest(*(asset.name for asset in document.assets))}",
            "name": "Inventory",
            "version": f"0.{digest(*shapes)}",
            "status": "proposed",
            "description": {
                "purpose": "What the inventory found in the data, as a proposal for a contract.",
                "limitations": "Bounds are ends of measured intervals: the data at hand meets each of them.",
            },
            "schema": [_object(asset, held) for asset in document.assets],
            "slaProperties": [sla for asset in document.assets for sla in _slas(asset)],
        }
        if not contract["slaProperties"]:
            del contract["slaProperties"]
        return yaml.dump(contract, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


class _Dumper(SafeDumper):
    """Writes every mapping in full: anchors are harder to read than what they save."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's
        """Say that nothing is written as a reference to what was written before."""
        return True


def _by_end(found: Iterable[Reference]) -> dict[tuple[str, str], list[Reference]]:
    ends: dict[tuple[str, str], list[Reference]] = {}
    for one in found:
        ends.setdefault((one.asset.name, one.field.path), []).append(one)
    return ends


def _object(asset: Asset, held: _References) -> dict[str, Any]:
    quality = [
        {"type": "text", "name": f"{name} of {asset.name}", "description": sentence}
        | ({"dimension": _DIMENSIONS[name]} if name in _DIMENSIONS else {})
        for name, sentence in dimension_lines(asset.quality).items()
    ]
    properties = [_property(child, asset, held) for child in tree(asset.fields).children.values()]
    return _filled(
        {
            "id": _id(asset.name),
            "name": asset.name,
            "logicalType": "object",
            "physicalType": "topic" if asset.source.topic else "file",
            "physicalName": asset.source.topic or asset.name,
            "description": asset_line(asset),
            "tags": [asset.kind],
            "properties": properties,
            "quality": quality,
            "customProperties": _custom(
                records=asset.records,
                quarantined=asset.quarantined,
                grade=asset.quality.grade,
                format=asset.source.format,
                envelope=asset.source.envelope,
            ),
        }
    )


def _property(node: Node, asset: Asset, held: _References) -> dict[str, Any]:
    made: dict[str, Any] = {"id": _id(node.name or "element"), "name": node.name or "element"}
    made |= _types(node)
    if node.field is not None:
        made |= _said(node.field, asset, held)
    if node.children:
        made["properties"] = [_property(child, asset, held) for child in node.children.values()]
    if node.element is not None and made["logicalType"] == "array":
        made["items"] = _property(node.element, asset, held)
    return made


def _types(node: Node) -> dict[str, str]:
    """Return the type that most values have; containers first, or what is inside would have no place."""
    types = node.types
    if node.children:
        logical = "object"
    elif node.element:
        logical = "array"
    else:
        logical = max(types, key=lambda name: types[name], default="string")
    return {"logicalType": logical, "physicalType": " | ".join(types) or "null"}


def _said(field: Field, asset: Asset, held: _References) -> dict[str, Any]:
    examples = [one.value for one in field.top[:_EXAMPLES] if len(str(one.value)) < _WHOLE]
    return _filled(
        {
            "description": field_line(field),
            "required": bool(field.places) and field.written == field.places and not field.nulls,
            "classification": _CLASSIFICATION.get(
                field.pii.cls, "confidential" if field.masked else "public"
            ),
            "tags": [field.semantic_type, *([] if field.pii.cls == "none" else [f"pii:{field.pii.cls}"])],
            "examples": examples,
            "quality": [_rule(check) for check in field_checks(field)],
            "relationships": [
                {"type": "foreignKey", "to": _address(one.to_asset, one.to_field)}
                for one in held.get((asset.name, field.path), ())
            ],
            "customProperties": _custom(
                semanticType=field.semantic_type,
                confidence=field.confidence,
                masked=field.masked,
                missing=field.missing,
                distinct=field.distinct.model_dump() if field.distinct else None,
                minimum=field.minimum,
                maximum=field.maximum,
            ),
        }
    )


def _rule(check: Check) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "name": f"{check.rule} of {check.field.path}",
        "description": check.sentence,
        "dimension": _DIMENSIONS[check.dimension],
        "severity": "warning",
    }
    broken = round((1 - check.at_least) * 100, 4)
    match check.rule:
        case "missing":
            return rule | {
                "type": "library",
                "metric": "nullValues",
                "unit": "percent",
                "mustBeLessOrEqualTo": broken,
            }
        case "values":
            allowed = {"validValues": list(check.values)}
            return rule | {
                "type": "library",
                "metric": "invalidValues",
                "arguments": allowed,
                "unit": "percent",
                "mustBeLessOrEqualTo": broken,
            }
        case "range" | "unique":
            # The library of the standard has no range, and counts duplicates in rows, of which there are ever more.
            expected = expectation(check, column(check.field.path) or check.field.path)
            implementation = {"type": expected["type"], "kwargs": expected["kwargs"]}
            return rule | {"type": "custom", "engine": "greatExpectations", "implementation": implementation}


def _slas(asset: Asset) -> list[dict[str, Any]]:
    last, late = asset.freshness.last_event, asset.freshness.lateness_s.p99
    found: list[dict[str, Any]] = []
    if late is not None:
        said = f"99 % of the records of {asset.name} were read within {late:g} s of their time"
        found.append(
            {"property": "latency", "value": late, "unit": "s", "element": asset.name, "description": said}
        )
    if last:
        said = f"The last event of {asset.name} when this was measured"
        found.append(
            {"property": "generalAvailability", "value": last, "element": asset.name, "description": said}
        )
    return found


def _id(name: str) -> str:
    return safe(name, dots=False)


def _address(asset: Asset, field: Field) -> str:
    """Return the fully qualified reference of a field by the identifiers along its way."""
    way = [
        f"{'items' if step is None else 'properties'}/{_id(step or 'element')}" for step in steps(field.path)
    ]
    return "/".join(["schema", _id(asset.name), *way])


def _custom(**values: Any) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in values.items() if value is not None]


def _filled(made: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in made.items() if value not in ([], None)}
