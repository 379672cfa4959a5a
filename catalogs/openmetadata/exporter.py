"""The requests to OpenMetadata's REST API, in the order to send them.

Every asset becomes a table, which is what OpenMetadata keeps profiles and foreign keys of; one that is read from a
topic becomes a topic with a schema besides. All of them are ``PUT``: sent again they change what is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson

from catalogs.base import Context
from catalogs.document import Asset, Inventory
from catalogs.json_schema import schema_of
from catalogs.openmetadata.columns import columns, schema_fields
from catalogs.openmetadata.names import entity_name, qualified
from catalogs.openmetadata.profiles import table_profile
from catalogs.openmetadata.tags import classifications
from catalogs.paths import steps, tree
from catalogs.references import Reference, references
from catalogs.words import asset_line, dimension_lines, line, markdown

SERVICE, DATABASE, SCHEMA = "pandian", "inventory", "assets"


class OpenMetadata:
    """A JSON object whose ``requests`` are sent one after the other.

    Each has ``method``, ``path``, ``schema`` (the JSON Schema that OpenMetadata publishes of such a body) and ``body``.
    Where a path holds ``{id}``, it is the ``id`` in the answer to a GET of ``id_of``.
    """

    suffix = ".openmetadata.json"
    per_asset = False
    timed = True

    def export(self, document: Inventory, context: Context) -> str:
        """Return the requests. Profiles are among them only where the time is known."""
        return (
            orjson.dumps(
                {"requests": list(_requests(document, context))}, option=orjson.OPT_INDENT_2
            ).decode()
            + "\n"
        )


def _requests(document: Inventory, context: Context) -> Iterator[dict[str, Any]]:
    yield from _vocabulary(document)
    yield from _services(document)
    held = references(document)
    for asset in document.assets:
        if asset.source.topic:
            yield _put("topics", "api/data/createTopic", _topic(asset))
        yield _put("tables", "api/data/createTable", _table(asset))
        if context.time_ms is not None:
            body = table_profile(asset, context.time_ms)
            table = quote(_fqn(asset), safe="")
            put = _put("tables/{id}/tableProfile", "api/data/createTableProfile", body)
            yield put | {"id_of": f"/api/v1/tables/name/{table}"}
    for asset in document.assets:
        # Once more with its keys, now that the tables which they lead to are there.
        if keys := [_foreign_key(one) for one in held if one.asset is asset]:
            yield _put("tables", "api/data/createTable", _table(asset) | {"tableConstraints": keys})


def _put(path: str, schema: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"method": "PUT", "path": f"/api/v1/{path}", "schema": f"{schema}.json", "body": body}


def _vocabulary(document: Inventory) -> Iterator[dict[str, Any]]:
    groups, tags = classifications(field for asset in document.assets for field in asset.fields)
    if tags:
        yield from (_put("classifications", "api/classification/createClassification", one) for one in groups)
        yield from (_put("tags", "api/classification/createTag", one) for one in tags)


def _services(document: Inventory) -> Iterator[dict[str, Any]]:
    if any(asset.source.topic for asset in document.assets):
        service = {"name": SERVICE, "serviceType": "CustomMessaging"}
        yield _put("services/messagingServices", "api/services/createMessagingService", service)
    if document.assets:
        service = {"name": SERVICE, "serviceType": "CustomDatabase"}
        yield _put("services/databaseServices", "api/services/createDatabaseService", service)
        yield _put("databases", "api/data/createDatabase", {"name": DATABASE, "service": SERVICE})
        parent = qualified(SERVICE, DATABASE)
        yield _put("databaseSchemas", "api/data/createDatabaseSchema", {"name": SCHEMA, "database": parent})


def _topic(asset: Asset) -> dict[str, Any]:
    schema = schema_of(asset)
    return _named(asset) | {
        "service": SERVICE,
        "partitions": max(len(asset.source.partitions), 1),
        "messageSchema": {
            "schemaType": "JSON",
            "schemaText": orjson.dumps(schema).decode(),
            "schemaFields": schema_fields(tree(asset.fields)),
        },
    }


def _table(asset: Asset) -> dict[str, Any]:
    return _named(asset) | {
        "databaseSchema": qualified(SERVICE, DATABASE, SCHEMA),
        "tableType": "Regular",
        "columns": columns(tree(asset.fields)),
    }


def _named(asset: Asset) -> dict[str, Any]:
    said = [asset_line(asset), *(f"{sentence}." for sentence in dimension_lines(asset.quality).values())]
    name = entity_name(asset.name)
    made: dict[str, Any] = {"name": name, "description": "\n\n".join(map(markdown, said))}
    return made if name == asset.name else made | {"displayName": line(asset.name)}


def _fqn(asset: Asset, *inside: str) -> str:
    return qualified(SERVICE, DATABASE, SCHEMA, entity_name(asset.name), *inside)


def _foreign_key(one: Reference) -> dict[str, Any]:
    target = (entity_name(step or "") for step in steps(one.to_field.path))
    return {
        "constraintType": "FOREIGN_KEY",
        "columns": [qualified(*(entity_name(step or "") for step in steps(one.field.path)))],
        "referredColumns": [_fqn(one.to_asset, *target)],
    }
