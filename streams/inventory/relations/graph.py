"""References for the inventory document, for the page that draws them, and in plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from streams.inventory.relations.base import End, Interval, Key, Reference, Signature


def documents(asset: str, references: Iterable[Reference]) -> list[dict[str, Any]]:
    """Return an asset's references for its inventory document: those it makes, then those made to it."""
    mine = [one for one in references if asset in (one.source.asset, one.target.asset)]
    mine.sort(key=lambda one: (one.source.asset != asset, one.source, one.target))
    return [_document(one) for one in mine]


def key_documents(keys: Iterable[Key]) -> list[dict[str, Any]]:
    """Return the keys of an asset for its inventory document."""
    return [dict(key.document()) for key in keys]


def _document(one: Reference) -> dict[str, Any]:
    return {
        "from": one.source._asdict(),
        "to": one.target._asdict(),
        "share": one.share.document(),
        "orphans": {"distinct": one.orphans.document(), "records": one.orphan_records},
        "used": one.used.document(),
        "evidence": one.evidence,
        "support": {"compared": one.compared, "values": one.values},
    }


def graph(signatures: Sequence[Signature], references: Sequence[Reference]) -> dict[str, Any]:
    """Return the assets that refer to others or are referred to, and the references between them, to be drawn.

    A node has its asset, kind and records, the fields at which lines end, and a ``layer``: 0 refers to nothing, every
    other one to lower layers only, but for circles.
    """
    layers = _layers(references)
    fields: dict[str, set[str]] = {name: set() for name in layers}
    for one in references:
        fields[one.source.asset].add(one.source.field)
        fields[one.target.asset].add(one.target.field)
    return {
        "nodes": [
            {
                "asset": one.asset,
                "kind": one.kind,
                "records": one.records,
                "fields": sorted(fields[one.asset]),
                "keys": key_documents(one.keys),
                "layer": layers[one.asset],
            }
            for one in signatures
            if one.asset in layers
        ],
        "edges": [_document(one) for one in references],
    }


def _layers(references: Sequence[Reference]) -> dict[str, int]:
    """Return how many references lead on from each asset at most; a circle is entered once."""
    leads: dict[str, set[str]] = {}
    for one in references:
        leads.setdefault(one.source.asset, set()).add(one.target.asset)
        leads.setdefault(one.target.asset, set())
    layers = dict.fromkeys(leads, 0)
    for _ in leads:
        before = dict(layers)
        for name, others in leads.items():
            layers[name] = max([before[other] + 1 for other in others if other != name], default=0)
        if layers == before:
            break
        layers = {name: min(layer, len(leads)) for name, layer in layers.items()}
    return layers


def as_text(references: Iterable[Reference]) -> list[str]:
    """Return a line for each reference, such as ``orders.StockCode ⊂ items.StockCode 98.7 % ± .4``."""
    return [f"{_named(one.source)} ⊂ {_named(one.target)} {percent(one.share)}" for one in references]


def _named(end: End) -> str:
    return f"{end.asset}.{end.field}"


def percent(share: Interval) -> str:
    """Return a share with the greater half of its interval."""
    reach = max(share.high - share.estimate, share.estimate - share.low)
    shown = f"{100 * share.estimate:.4g} %"
    return f"{shown} ± {100 * reach:.1f}".replace("± 0.", "± .") if reach else shown
