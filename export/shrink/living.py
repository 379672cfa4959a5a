"""What of an entry changes when items go: its graph and probes, its catalogue and its vectors."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from export.index.files import INDEX, VECTORS, index_files
from export.registry.base import CATALOGUE
from export.registry.exceptions import ExportError
from export.runtime import Items, Logits, open_session
from export.shrink.prune import Columns, prune

#: Logits of one history may differ by a constant, but for so much.
_SPREAD = 1e-3


def pruned_graph(
    graph: bytes, probes: list[tuple[Items, Logits]], kept: Columns
) -> tuple[bytes, list[tuple[Items, Logits]]]:
    """Return a graph of the items that are kept, and the probes without the others.

    On them it is compared: logits are those of before, but for a constant of each history where they are logarithms of
    shares.

    Raises:
        ExportError: when they are not.
    """
    new = np.zeros(probes[0][1].shape[1] + 1, np.int64)
    new[kept + 1] = np.arange(1, len(kept) + 1)
    old = np.concatenate([[0], kept + 1])
    asked = [_packed(new[items]) for items, _ in probes]
    whole = open_session(graph)
    expected = [whole.run(["logits"], {"items": old[items]})[0][:, kept] for items in asked]
    for through_shares in (True, False):
        smaller = prune(graph, kept, through_shares=through_shares)
        session = open_session(smaller)
        found = [session.run(["logits"], {"items": items})[0] for items in asked]
        spread = max(
            float(np.ptp(some - other, axis=1).max(initial=0.0))
            for some, other in zip(found, expected, strict=True)
        )
        if spread <= _SPREAD:
            return smaller, list(zip(asked, found, strict=True))
    raise ExportError(
        f"a graph of {len(kept):,} items: logits off by {spread:.2g}",
        f"must be those of before, within {_SPREAD:g}",
        "keep all items",
    )


def pruned_files(files: dict[str, bytes], kept: Columns, card: dict[str, Any]) -> dict[str, bytes]:
    """Return the catalogue and the vectors of the items that are kept, and let the card say so."""
    lines = files[CATALOGUE].splitlines(keepends=True)
    found = {CATALOGUE: b"".join(lines[column] for column in kept)}
    if VECTORS in files:
        vectors = np.load(io.BytesIO(files[VECTORS]), allow_pickle=False)[kept]
        files.pop(INDEX, None)
        added, card["index"] = index_files(vectors, len(kept))
        found |= added
    return found


def _packed(items: Items) -> Items:
    """Return histories with what is left at their end, in order, as a worker gives them."""
    order = np.argsort(items != 0, axis=1, kind="stable")
    return np.ascontiguousarray(np.take_along_axis(items, order, 1))
