"""What an asset is: ``datasetProperties``, ``schemaMetadata``, and the tags and terms that its fields bear."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from catalogs.datahub import urns
from catalogs.datahub.types import data_type, native_type
from catalogs.document import Asset, Field
from catalogs.references import Reference
from catalogs.words import asset_line, dimension_lines, field_line, line, markdown, spaced
from pandian.semantics import semantic_types

ACTOR = "urn:li:corpuser:pandian"

_COLOURS = {"pseudonym": "#8A9BB4", "personal": "#7A3F86", "sensitive": "#B3372B"}
_MEANINGS = {
    "pseudonym": "Stands for a person whom only your own data can name",
    "personal": "Says who somebody is, or something about them; its values are masked",
    "sensitive": "Can do harm in the wrong hands; its values are masked",
}


class Aspect(NamedTuple):
    """One statement about one thing."""

    entity: str
    """Type of the thing, such as ``dataset``."""
    urn: str
    name: str
    value: dict[str, Any]


def properties(asset: Asset, urn: str) -> Aspect:
    """Return what is said of an asset as a whole."""
    more = {
        "kind": asset.kind,
        "records": str(asset.records),
        "quarantined": str(asset.quarantined),
        "grade": asset.quality.grade or "",
        **dimension_lines(asset.quality),
        "last_event": asset.freshness.last_event or "",
        "format": asset.source.format or "",
        "envelope": asset.source.envelope or "",
        **{f"lineage.{line(fact)}": line(", ".join(said)) for fact, said in asset.lineage.facts.items()},
        **_changes(asset),
    }
    value = {
        "customProperties": {key: text for key, text in more.items() if text},
        "name": asset.name,
        "description": markdown(asset_line(asset)),
        "tags": [],
    }
    return Aspect("dataset", urn, "datasetProperties", value)


def _changes(asset: Asset) -> dict[str, str]:
    if not asset.schema_changes:
        return {}
    last = asset.newest_changes[0]
    turned = f" from {last.before} to {last.after}" if last.before and last.after else ""
    when = f" at {last.time}" if last.time else ""
    return {
        "schema_changes": str(len(asset.schema_changes)),
        "last_schema_change": line(f"{last.change} {last.field}{turned}{when}"),
    }


def schema(asset: Asset, urn: str, environment: str, held: Iterable[Reference]) -> Aspect:
    """Return the fields of an asset, with their meaning as terms, how personal they are as tags, and foreign keys."""
    value: dict[str, Any] = {
        "schemaName": asset.name,
        "platform": urns.platform(asset),
        "version": 0,
        "created": {"time": 0, "actor": ACTOR},
        "lastModified": {"time": 0, "actor": ACTOR},
        "hash": "",
        "platformSchema": {"com.linkedin.schema.OtherSchema": {"rawSchema": ""}},
        "fields": [_field(field) for field in asset.fields],
    }
    if keys := [_foreign_key(one, urn, environment) for one in held]:
        value["foreignKeys"] = keys
    return Aspect("dataset", urn, "schemaMetadata", value)


def _field(field: Field) -> dict[str, Any]:
    made: dict[str, Any] = {
        "fieldPath": field.path,
        "nullable": field.missing > 0,
        "description": markdown(field_line(field)),
        "type": data_type(field),
        "nativeDataType": native_type(field),
        "recursive": False,
        "isPartOfKey": False,
    }
    if field.pii.cls in _MEANINGS:
        made["globalTags"] = {"tags": [{"tag": urns.tag(field.pii.cls)}]}
    if field.semantic_type != "unknown":
        stamp = {"time": 0, "actor": ACTOR}
        made["glossaryTerms"] = {"terms": [{"urn": urns.term(field.semantic_type)}], "auditStamp": stamp}
    return made


def _foreign_key(one: Reference, urn: str, environment: str) -> dict[str, Any]:
    target = urns.dataset(one.to_asset, environment)
    return {
        "name": f"{one.field.path} in {one.to_asset.name}{f' {one.share}' if one.share else ''}",
        "foreignFields": [urns.schema_field(target, one.to_field.path)],
        "sourceFields": [urns.schema_field(urn, one.field.path)],
        "foreignDataset": target,
    }


def subtype(asset: Asset, urn: str) -> Aspect:
    """Return what DataHub shows in place of *Dataset*."""
    return Aspect("dataset", urn, "subTypes", {"typeNames": ["Topic" if asset.source.topic else "File"]})


def vocabulary(fields: Iterable[Field]) -> list[Aspect]:
    """Return the tags and the terms that some fields bear, in the order of their names."""
    fields = list(fields)
    classes = sorted({field.pii.cls for field in fields} & _MEANINGS.keys())
    types = sorted({field.semantic_type for field in fields} - {"unknown"})
    return [_tag(name) for name in classes] + [_term(name) for name in types]


def _tag(name: str) -> Aspect:
    value = {"name": f"Pandian: {name}", "description": _MEANINGS[name], "colorHex": _COLOURS[name]}
    return Aspect("tag", urns.tag(name), "tagProperties", value)


def _term(name: str) -> Aspect:
    known = semantic_types().get(name)
    definition = (known.meaning if known else "") or spaced(name)
    value = {
        "customProperties": {},
        "name": spaced(name),
        "definition": markdown(definition),
        "termSource": "INTERNAL",
    }
    return Aspect("glossaryTerm", urns.term(name), "glossaryTermInfo", value)
