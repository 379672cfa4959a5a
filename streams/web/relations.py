"""The references between all assets of an inventory document, as nodes and edges to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def relation_graph(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``nodes``, the assets that refer to others or are referred to, and ``edges``, the references.

    Each reference is told once, though both of its assets tell of it. A node has its ``asset``, ``kind``, ``records``,
    ``keys`` and the ``fields`` at which edges end; of an asset that is no longer in the inventory only name and fields
    are known. Relations of older shapes, without two ends of asset and field, are left out.
    """
    assets = {asset["asset"]: asset for asset in document["assets"]}
    edges = {
        (_end(one["from"]), _end(one["to"])): one
        for asset in assets.values()
        for one in _references(asset.get("relations"))
    }
    fields: dict[str, set[str]] = {}
    for ends in edges:
        for name, field in ends:
            fields.setdefault(name, set()).add(field)
    named = [name for name in assets if name in fields] + sorted(fields.keys() - assets.keys())
    return {
        "nodes": [_node(name, assets.get(name, {}), fields[name]) for name in named],
        "edges": list(edges.values()),
    }


def _node(name: str, asset: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    return {
        "asset": name,
        "kind": asset.get("kind"),
        "records": asset.get("records"),
        "keys": asset.get("keys") or [],
        "fields": sorted(fields),
    }


def _references(found: Iterable[Any] | None) -> Iterator[Mapping[str, Any]]:
    for one in found or ():
        if isinstance(one, Mapping) and all(_is_end(one.get(name)) for name in ("from", "to")):
            yield one


def _is_end(end: Any) -> bool:
    return isinstance(end, Mapping) and {"asset", "field"} <= end.keys()


def _end(end: Mapping[str, Any]) -> tuple[str, str]:
    return str(end["asset"]), str(end["field"])
