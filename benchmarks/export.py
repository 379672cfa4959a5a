"""Export: the largest difference between torch and onnxruntime on any logit, at many batches and lengths."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import nn

from benchmarks.base import Row
from export.parity import expected_logits
from export.registry import Entry
from export.runtime import OnnxModel
from tests.support import entries


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 40
    """Batches compared of each model, beside those that every export compares."""
    items: int = 20_000
    width: int = 64
    length: int = 100


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the largest difference of any model.

    The weights are drawn, with logits of up to some tens: larger than those of trained models, whose differences are
    smaller.
    """
    sizes = sizes or Sizes()
    networks = {
        "popularity": entries.Popular(sizes.items),
        "item-to-item": entries.ItemToItem(sizes.items, neighbours=100),
        "sasrec": entries.Sequential(sizes.items, sizes.width, sizes.length),
    }
    detail = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, network in networks.items():
            began = time.monotonic()
            items = entries.catalogue(sizes.items)
            entry = entries.make_entry(
                Path(folder, name), network, items, model=name, max_length=sizes.length
            )
            spent = time.monotonic() - began
            detail[name] = {"largest": _largest(network, entry, sizes), "export_s": round(spent, 2)}
    worst = max(found["largest"] for found in detail.values())
    against = (
        f"torch's logits; popularity, item-to-item and SASRec of {sizes.items:,} items, batches of 1 to 32, histories"
        f" of 0 to {sizes.length} items; an export that is further off is refused"
    )
    yield Row("export_parity", worst, "logit", against, ("<=", 1e-4), detail)


def _largest(network: nn.Module, entry: Entry, sizes: Sizes) -> float:
    model, random = OnnxModel(entry), np.random.default_rng(1)
    largest = float(entry.card["parity"]["largest"])
    for _ in range(sizes.repeat):
        batch, length = int(random.integers(1, 33)), int(random.integers(1, sizes.length + 1))
        items = random.integers(1, sizes.items + 1, (batch, length))
        for row in items:
            row[: random.integers(0, length + 1)] = 0
        found = np.abs(model.logits(items) - expected_logits(network, items)).max()
        largest = max(largest, float(found))
    return largest
