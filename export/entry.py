"""Writes a model entry: a trained network becomes a folder that the registry and the workers take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import torch

from export.explain.base import EXPLAINED, Explained
from export.files import encode_probes, write_files
from export.index.files import index_files
from export.onnx import OPSET, to_onnx
from export.parity import expected_logits, histories, largest_difference
from export.registry.base import CARD, CATALOGUE, GRAPH, PROBES, Entry
from export.registry.card import check_card
from export.registry.exceptions import ExportError
from export.registry.folders import check_free
from export.registry.manifest import FORMAT
from export.runtime import Items, Logits
from export.text.files import TEXT
from export.text.mapping import TextMapping


def write_entry(
    folder: Path,
    network: torch.nn.Module,
    catalogue: Sequence[str],
    card: Mapping[str, Any],
    *,
    probes: Sequence[Items] = (),
    vectors: npt.NDArray[np.floating] | None = None,
    explained: Explained | None = None,
    text: TextMapping | None = None,
) -> Entry:
    """Export a network and write its entry; the folder appears complete, or not at all.

    Args:
        folder: must not exist, or be empty.
        network: ``forward(items LongTensor [batch, length]) -> logits [batch, n_items]``: item ``j`` of the catalogue
            is ``j + 1`` in ``items``, 0 is padding on the left, the newest item is the last; column ``j`` of the logits
            is item ``j``. It stays as it is.
        catalogue: the items, each once.
        card: at least ``model``, ``seen``, ``max_length``, ``metrics``, ``calibration`` and ``score_edges``;
            ``created`` (default: now) is ISO 8601 in UTC. ``format``, ``version``, ``opset`` and ``parity`` come
            from here.
        probes: real histories [batch, length], beside those that are drawn: parity is checked on all, and a worker
            checks them again.
        explained: how its logits are made of features, which ``network.inner`` gives after the logits as
            :meth:`export.explain.Explained.inner` names them; None: nothing says.
        vectors: of the items, as far as the network has some [n_items, dimensions]: with them neighbours are found.
        text: places items by their names among these vectors; the card's ``text`` says by which encoder.

    Raises:
        ExportError: when torch cannot export it, a weight is no number, or the graph is larger than 2 GB.
        ParityError: when some logit of the graph is off by more than 1e-4.
        EntryError: when the card or the catalogue is not as it must be.
        RegistryError: when the folder is not empty, or cannot be written.
    """
    folder = Path(folder)
    _check_catalogue(catalogue)
    card = _complete(card)
    check_card(folder / CARD, card)
    check_free(folder)
    _check_weights(network)
    given = [*_usable(probes, card["max_length"]), *histories(len(catalogue), card["max_length"])]
    compared = [(items, _expected(network, items, len(catalogue))) for items in given]
    graph = to_onnx(network, len(catalogue), card["max_length"], explained.inner() if explained else ())
    card["parity"] = {"largest": largest_difference(graph, compared)}
    files = {
        GRAPH: graph,
        CATALOGUE: b"".join(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE) for item in catalogue),
        PROBES: encode_probes(compared),
    }
    if vectors is not None:
        added, card["index"] = index_files(vectors, len(catalogue))
        files |= added
    if explained is not None:
        files[EXPLAINED] = explained.encode()
    if text is not None:
        files[TEXT] = text.encode()
    return write_files(folder, card, files)


def _complete(card: Mapping[str, Any]) -> dict[str, Any]:
    """Add what the export knows. The version stands in until the content is there."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    plain: dict[str, Any] = orjson.loads(
        orjson.dumps({"created": now, **card}, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    )
    return {**plain, "format": FORMAT, "version": "0", "opset": OPSET}


def _expected(network: torch.nn.Module, items: Items, n_items: int) -> Logits:
    logits = expected_logits(network, items)
    if logits.shape != (len(items), n_items):
        raise ExportError(
            f"{type(network).__name__}: logits {logits.shape} for items {items.shape}",
            f"must be [batch, {n_items}], one an item of the catalogue",
            "give the catalogue that it was trained with",
        )
    return logits


def _check_weights(network: torch.nn.Module) -> None:
    for name, weights in network.state_dict().items():
        wrong = int(torch.isnan(weights).sum())
        if wrong:
            raise ExportError(
                f"{type(network).__name__}: {wrong:,} of the weights {name} are no number (NaN)",
                "must be numbers",
                "train again, with a smaller learning_rate",
            )


def _usable(probes: Sequence[Items], max_length: int) -> list[Items]:
    return [np.ascontiguousarray(items[:, -max_length:], np.int64) for items in probes if items.size]


def _check_catalogue(catalogue: Sequence[str]) -> None:
    right = len(catalogue) > 0 and all(isinstance(item, str) and item for item in catalogue)
    if not right or len(set(catalogue)) != len(catalogue):
        raise ExportError(
            f"a catalogue of {len(catalogue):,}", "must be items as text, each once", "check the data"
        )
