"""Training: how much better the model that would be served finds what comes next than popularity does."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.base import Row
from models.config import TrainConfig
from models.data.cells import identifiers, times
from models.data.files import read_files
from models.data.log import InteractionLog
from models.threads import wait_asleep
from streams.demo.dataset import order_lines
from streams.demo.pages import is_sold
from tests.support.data import data_folder


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Trainings of each data set, with seeds 0, 1 and so on; the least counts."""
    max_seconds: float = 60.0
    """Of one training."""
    limit: int | None = None
    """Interactions of each data set, the oldest; None: all."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield NDCG@10 over popularity's, the least of the data sets that are here."""
    sizes = sizes or Sizes()
    detail = {}
    for name, read in _data().items():
        log = _oldest(read(), sizes.limit)
        tried = [_trained(log, sizes, seed) for seed in range(sizes.repeat)]
        detail[name] = min(tried, key=lambda found: found["ratio"])
    least = min(detail, key=lambda name: detail[name]["ratio"])
    yield Row(
        "train_beats_popularity",
        detail[least]["ratio"],
        "x",
        f"NDCG@10 of popularity with the best half-life; least of {', '.join(detail)}: `pandian train` of"
        f" {sizes.max_seconds:g} s, the newest tenth of the interactions, the whole catalogue; only what was"
        " earlier than a target is known",
        (">=", 1.3),
        detail,
    )


def _trained(log: InteractionLog, sizes: Sizes, seed: int) -> dict[str, Any]:
    wait_asleep()
    from models.training import train

    began = time.monotonic()
    config = TrainConfig(max_seconds=sizes.max_seconds, seed=seed)
    with tempfile.TemporaryDirectory(prefix="bench-train-") as folder:
        card = train(log, config, Path(folder, "model")).card
    name = "ndcg@10"
    found = {"popularity": 0.0, **{kind: row[name] for kind, row in card["baselines"].items()}}
    return {
        "ratio": card["metrics"][name] / max(found["popularity"], 1e-6),
        "model": card["model"],
        "seen": card["seen"],
        name: {**found, card["model"]: card["metrics"][name]},
        "validation": {kind: row[name] for kind, row in card["validation"].items()},
        "targets": card["data"]["split"]["test_targets"],
        "reference_auc": card["reference_auc"],
        "parity": card["parity"]["largest"],
        "seconds": round(time.monotonic() - began, 1),
    }


def order_log(limit: int | None = None) -> InteractionLog:
    """Return what known customers of the demo's shop bought, the oldest ``limit`` interactions; None: all."""
    return _oldest(_order_lines(), limit)


def _oldest(log: InteractionLog, limit: int | None) -> InteractionLog:
    return log if limit is None or len(log) <= limit else log.before(int(log.times[limit]))


def _data() -> dict[str, Callable[[], InteractionLog]]:
    """Return the data sets that are here."""
    found = {"the demo's order lines": _order_lines}
    folder = data_folder()
    files = {"ml-100k": "ml-100k/ml-100k.inter.tsv.gz", "yoochoose-sample": "yoochoose-sample/train.tsv.gz"}
    for name, file in files.items():
        if folder and (folder / file).exists():
            found[name] = lambda path=str(folder / file): read_files([path])  # type: ignore[misc]
    return found


def _order_lines() -> InteractionLog:
    """Return what known customers bought."""
    lines = [line for line in order_lines() if line.CustomerID and is_sold(line)]
    return InteractionLog.of(
        list(map(str, identifiers([line.CustomerID for line in lines]))),
        list(map(str, identifiers([line.StockCode for line in lines]))),
        times([line.InvoiceDate for line in lines]).astype("int64"),
    )
