"""The two ways into DataHub: a file for ``datahub ingest``, and the bodies of the REST emitter's requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from catalogs.base import Context
from catalogs.datahub import aspects, urns
from catalogs.datahub.assertions import assertions
from catalogs.datahub.profile import operation, profile
from catalogs.document import Inventory
from catalogs.references import references

#: Proposals and bytes of one request, as DataHub's own emitter limits them.
_MOST, _MOST_BYTES = 200, 15_000_000


class DataHubFile:
    """Proposals as the ``file`` source of ``datahub ingest`` reads them: a JSON list."""

    suffix = ".datahub.json"
    per_asset = False
    timed = True

    def export(self, document: Inventory, context: Context) -> str:
        """Return the proposals, terms and tags before what bears them."""
        proposals = [_proposal(one, {"json": one.value}) for one in _statements(document, context)]
        return orjson.dumps(proposals, option=orjson.OPT_INDENT_2).decode() + "\n"


class DataHubRest:
    """Proposals as the REST emitter posts them to ``/aspects?action=ingestProposalBatch``.

    JSON Lines, a request's body each: no longer than the emitter makes them, as the server takes no longer ones.
    """

    suffix = ".datahub-rest.jsonl"
    per_asset = False
    timed = True

    def export(self, document: Inventory, context: Context) -> str:
        """Return the bodies in the order to send them. Aspects are JSON texts in them, of ASCII only."""
        proposals = [
            _dumped(_proposal(one, _serialised(one.value))) for one in _statements(document, context)
        ]
        return "".join(
            f'{{"proposals":[{",".join(batch)}],"async":"false"}}\n' for batch in _batches(proposals)
        )


def _batches(proposals: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for proposal in proposals:
        length = len(proposal.encode())
        if batch and (len(batch) == _MOST or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(proposal)
        size += length
    if batch:
        yield batch


def _dumped(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _statements(document: Inventory, context: Context) -> Iterator[aspects.Aspect]:
    yield from aspects.vocabulary(field for asset in document.assets for field in asset.fields)
    held = references(document)
    for asset in document.assets:
        urn = urns.dataset(asset, context.environment)
        yield aspects.properties(asset, urn)
        yield aspects.subtype(asset, urn)
        yield aspects.schema(asset, urn, context.environment, [one for one in held if one.asset is asset])
        if context.time_ms is not None:
            yield profile(asset, urn, context.time_ms)
            if (written := operation(asset, urn, context.time_ms)) is not None:
                yield written
        yield from assertions(asset, urn, context.time_ms)


def _proposal(one: aspects.Aspect, aspect: dict[str, Any]) -> dict[str, Any]:
    return {
        "entityType": one.entity,
        "entityUrn": one.urn,
        "changeType": "UPSERT",
        "aspectName": one.name,
        "aspect": aspect,
    }


def _serialised(value: dict[str, Any]) -> dict[str, str]:
    import json

    return {"value": json.dumps(value), "contentType": "application/json"}
