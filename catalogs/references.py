"""Relations of the document: a field whose values are those of a field of another asset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalogs.document import Asset, Field, Inventory

#: Keys under which a document has the share of values that are found at the other end.
_SHARES = ("share", "overlap", "contained")


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key that was found in the values."""

    asset: Asset
    field: Field
    to_asset: Asset
    to_field: Field
    share: str
    """The share of values that are there, with its interval, for people; empty where the document has none."""


def references(inventory: Inventory) -> list[Reference]:
    """Return the references between fields of the inventory, each once, in the document's order.

    An end is ``"asset.field"`` or ``{"asset": …, "field": …}``. What leads to an asset or a field that is not in this
    inventory is left out: no format can point to nothing.
    """
    ends = {
        _joined(asset.name, field.path): (asset, field)
        for asset in inventory.assets
        for field in asset.fields
    }
    found: dict[tuple[str, str], Reference] = {}
    for relation in _relations(inventory):
        start, end = _end(relation.get("from")), _end(relation.get("to"))
        if start in ends and end in ends and start != end:
            found.setdefault((start, end), Reference(*ends[start], *ends[end], _share(relation)))
    return list(found.values())


def _relations(inventory: Inventory) -> Iterator[Mapping[str, Any]]:
    for asset in inventory.assets:
        yield from asset.relations


def _end(raw: Any) -> str:
    if isinstance(raw, Mapping):
        return _joined(str(raw.get("asset")), str(raw.get("field")))
    return str(raw)


def _joined(asset: str, path: str) -> str:
    return f"{asset}{path}" if path.startswith("[") else f"{asset}.{path}"


def _share(relation: Mapping[str, Any]) -> str:
    raw = next((relation[key] for key in _SHARES if relation.get(key) is not None), None)
    if isinstance(raw, (int, float)):
        return f"{raw * 100:.4g} %"
    if isinstance(raw, Mapping):
        value = raw.get("estimate", raw.get("score"))
        ends = (value, raw.get("low"), raw.get("high"))
        if all(isinstance(end, (int, float)) for end in ends):
            share, low, high = (f"{float(end) * 100:.4g}" for end in ends if isinstance(end, (int, float)))
            return f"{share} % ({low} to {high} %)"
    return ""
