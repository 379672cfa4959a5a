"""JSON documents serialised once per version of the inventory, however many viewers ask."""

from __future__ import annotations

import asyncio
import gzip
import json
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson

from streams.web.base import InventorySource
from streams.web.relations import relation_graph

#: Single assets kept serialised. A page asks for those that are open.
_KEPT_ASSETS = 256
#: The documents repeat their keys, so the fastest level already makes them about ten times smaller.
_GZIP_LEVEL = 1
_ETAG_BYTES = 12
#: What the summary keeps of a field: what it is called, what it means and how much of it is missing.
_SUMMARY_FIELD = ("field", "semantic_type", "confidence", "pii", "masked", "count", "missing")
#: What the summary drops of an asset: findings that grow with time.
_DETAILS = frozenset(
    {"history", "schema_changes", "drift", "drift_evidence", "relations", "duplicates", "keys", "lineage"}
)
#: What it drops of the quality: what is wrong field by field, and the rules.
_QUALITY_DETAILS = frozenset({"fields", "rules", "missed"})


class Document:
    """One serialised JSON document with its ETag (of the content, so it survives a restart)."""

    __slots__ = ("_zipping", "body", "etag")

    def __init__(self, content: Any) -> None:
        self.body = encode(content)
        self.etag = blake2b(self.body, digest_size=_ETAG_BYTES).hexdigest()
        self._zipping: asyncio.Future[bytes] | None = None

    async def zipped(self) -> bytes:
        """Return the body gzipped. Done once, off the event loop; a viewer that leaves does not stop it."""
        if self._zipping is None:
            self._zipping = asyncio.ensure_future(asyncio.to_thread(gzip.compress, self.body, _GZIP_LEVEL))
        return await asyncio.shield(self._zipping)


class Documents:
    """The documents of an inventory, each made when first asked for and dropped when the version changes."""

    def __init__(self, source: InventorySource) -> None:
        self._source = source
        self._version: int | None = None
        self._kept: OrderedDict[tuple[str, str], Document] = OrderedDict()

    def inventory(self) -> Document:
        """Return the whole inventory document."""
        return self._get(("inventory", ""), self._source.document)

    def summary(self) -> Document:
        """Return the inventory without findings and the statistics of fields: what a list of assets needs."""
        return self._get(("summary", ""), lambda: summarise(self._source.document()))

    def relations(self) -> Document:
        """Return the references between all assets as a graph."""
        return self._get(("relations", ""), lambda: relation_graph(self._source.document()))

    def asset(self, name: str) -> Document | None:
        """Return one asset, or None when the inventory has none of this name."""
        content = self._source.asset(name)
        return None if content is None else self._get(("asset", name), lambda: content)

    def _get(self, key: tuple[str, str], make: Callable[[], Any]) -> Document:
        # Asked before the document is: should it change in between, the next request makes it again.
        version = self._source.version()
        if version != self._version:
            self._kept.clear()
            self._version = version
        if key not in self._kept:
            self._kept[key] = Document(make())
            if len(self._kept) > _KEPT_ASSETS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def summarise(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document without findings, and of each field only name, meaning, PII class and counts.

    What was found is told by ``findings``: which fields drifted, which changed in the schema, whether it is silent.
    """
    return {**document, "assets": [_summary(asset) for asset in document["assets"]]}


def _summary(asset: Mapping[str, Any]) -> dict[str, Any]:
    fields = asset.get("fields") or ()
    head = {key: value for key, value in asset.items() if key not in _DETAILS}
    if head.get("quality"):
        head["quality"] = {
            key: value for key, value in asset["quality"].items() if key not in _QUALITY_DETAILS
        }
    return {
        **head,
        "findings": _findings(asset),
        "fields": [{key: field.get(key) for key in _SUMMARY_FIELD} for field in fields],
    }


def _findings(asset: Mapping[str, Any]) -> dict[str, Any]:
    silence = (asset.get("freshness") or {}).get("silence") or {}
    return {
        "drift": _fields_of(asset.get("drift")),
        "schema_changes": _fields_of(asset.get("schema_changes")),
        "silent": bool(silence.get("unusual")),
    }


def _fields_of(found: Iterable[Any] | None) -> list[str]:
    """Return the fields that findings are about, each once; of an older shape nobody knows what it is about."""
    return list(
        dict.fromkeys(str(one.get("field")) if isinstance(one, Mapping) else "" for one in found or ())
    )


def encode(content: Any) -> bytes:
    """Serialise to JSON. What orjson refuses (integers beyond 64 bits, lone surrogates) takes a slower way.

    Numbers that JSON cannot write (NaN, infinities) become null.
    """
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        return json.dumps(_finite(content), separators=(",", ":")).encode("ascii")


def _finite(content: Any) -> Any:
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, Mapping):
        return {str(key): _finite(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_finite(value) for value in content]
    return content
