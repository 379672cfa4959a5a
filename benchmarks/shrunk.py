"""What float16 and int8 bring and cost, on SASRec trained on MovieLens-1M: ``python -m benchmarks.shrunk --seed 0``.

It trains by the protocol of :mod:`benchmarks.ml1m`, on a GPU with ``--device cuda``, and keeps the network in
``--folder``: it is too large for the repository. Where that is kept already, it is exported, shrunk behind the gate, by
what its users did last but one, and asked for the test; that is what is kept in ``benchmarks/results/shrunk``, and what
``make bench`` reads. It trains a small one of MovieLens-100k besides, and times one of 100,000 items.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.base import Row, Skipped
from benchmarks.ml1m import VARIANTS, read
from benchmarks.sequences import Protocol, Training, write
from export.registry import Entry
from export.runtime import OnnxModel
from models.config import TrainConfig
from models.data.files import read_files
from models.evaluation import ndcg, rank
from models.sasrec.settings import SasrecSettings
from models.threads import wait_asleep
from tests.support import entries
from tests.support.data import data_folder

RESULTS = Path(__file__).parent / "results" / "shrunk"
NETWORKS = Path("build/shrunk")
_SMALL = "ml-100k/ml-100k.inter.tsv.gz"
_PRECISIONS = ("float16", "int8")


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 25
    """Histories that are timed."""
    items: int = 100_000
    epochs: int = 3
    """Of the training of MovieLens-100k; 0: none."""
    folder: Path = RESULTS


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield what int8 brings and costs: of MovieLens-1M as it was kept, the rest measured here.

    Raises:
        Skipped: when nothing is kept.
    """
    sizes = sizes or Sizes()
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(sizes.folder.glob("*.json"))]
    if not found:
        raise Skipped("no results are kept; for each seed: python -m benchmarks.shrunk --seed 0")
    wait_asleep()
    speed = _speed(sizes)
    yield Row(
        "int8_gain",
        float(np.mean([_ratio(one, "int8", "bytes") for one in found])),
        "x smaller",
        f"bytes of the graph in float32; SASRec of {VARIANTS['softmax'].size} dimensions on MovieLens-1M, mean of"
        f" {len(found)} seed(s) that were trained before (`python -m benchmarks.shrunk`); of {sizes.items:,} items and"
        f" 64 dimensions, measured here, {speed['int8']['smaller']:.1f} times as small and"
        f" {speed['int8']['faster']:.1f} times as fast, a history at a time",
        (">=", 3),
        {"speed": speed, **{name: [_ratio(one, name, "bytes") for one in found] for name in _PRECISIONS}},
    )
    losses = {name: [one[name]["test_loss"] for one in found] for name in _PRECISIONS}
    small = _trained_small(sizes) if sizes.epochs else None
    yield Row(
        "int8_ndcg_loss",
        float(np.mean(losses["int8"])),
        "NDCG@10",
        f"the same networks, all {found[0]['targets']:,} users' last item; float32"
        f" {np.mean([one['test'] for one in found]):.4f}; float16 loses {np.mean(losses['float16']):.5f}"
        + (f"; a short training on MovieLens-100k, here, loses {small['loss']:.5f}" if small else ""),
        ("<=", 0.002),
        {**losses, "ml-100k": small},
    )


def _ratio(found: dict[str, Any], precision: str, what: str) -> float:
    sizes = found[precision]["shrunk"][what]
    return round(sizes["before"] / sizes["after"], 3)


def _speed(sizes: Sizes) -> dict[str, Any]:
    """Return how much smaller and faster a network of many items gets, the precisions asked in turns."""
    import torch

    from export.onnx import to_onnx
    from export.runtime import open_session
    from export.shrink import shrink_graph
    from models.sasrec.network import Network

    torch.manual_seed(0)
    graph = to_onnx(Network(torch.randn(sizes.items), SasrecSettings(), 50), sizes.items, 50)
    graphs = {"float32": graph, **{name: shrink_graph(graph, name) for name in _PRECISIONS}}
    sessions = {name: open_session(data) for name, data in graphs.items()}
    random, spent = np.random.default_rng(0), {name: [] for name in graphs}
    for _ in range(sizes.repeat):
        items = random.integers(1, sizes.items + 1, (1, 20))
        for name, session in sessions.items():
            began = time.process_time_ns()
            session.run(["logits"], {"items": items})
            spent[name].append((time.process_time_ns() - began) / 1e6)
    times = {name: float(np.median(values)) for name, values in spent.items()}
    return {
        name: {
            "smaller": round(len(graph) / len(graphs[name]), 2),
            "faster": round(times["float32"] / times[name], 2),
            "ms": round(times[name], 3),
        }
        for name in graphs
    }


def _trained_small(sizes: Sizes) -> dict[str, Any] | None:
    """Train on MovieLens-100k as a user does, in int8; return what its card says it lost."""
    folder = data_folder()
    if folder is None or not (folder / _SMALL).exists():
        return None
    from models.training import train

    config = TrainConfig(model="sasrec", precision="int8", sasrec=SasrecSettings(epochs=sizes.epochs))
    with tempfile.TemporaryDirectory(prefix="bench-shrunk-") as out:
        card = train(read_files([str(folder / _SMALL)]), config, Path(out, "model")).card
    found = card.get("shrunk")
    return {**found["ndcg@10"], "targets": found["targets"], "bytes": found["bytes"]} if found else None


def train_network(protocol: Protocol, seed: int, device: str, epochs: int | None, path: Path) -> None:
    """Train, and keep the network and how good it is."""
    wait_asleep()
    import torch

    from models.base import Run, scorer
    from models.sasrec.model import SASRec

    config = Training(protocol, "softmax", seed, path.parent, epochs=epochs).config()
    config = config.model_copy(
        update={"sasrec": config.sasrec.model_copy(update={"checkpoints": None, "device": device})}
    )
    few, began = protocol.validation.sample(3_000, seed), time.monotonic()
    log: list[dict[str, float]] = []

    def validate(network: torch.nn.Module) -> float:
        places = rank(scorer(network), few, protocol.train.n_items, protocol.max_length).drop
        value = float(ndcg(places).mean())
        log.append({"seconds": round(time.monotonic() - began, 1), "validation_ndcg@10": round(value, 5)})
        print(json.dumps(log[-1]), flush=True)
        return value

    model = SASRec(config)
    model.fit(protocol.train, Run(config, validate, said=print))
    name = torch.cuda.get_device_name() if device == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    path.parent.mkdir(parents=True, exist_ok=True)
    trained = {"epochs": round(model.epochs, 2), "log": log, "device": name, "torch": str(torch.__version__)}
    torch.save({"weights": model.network().state_dict(), "trained": trained}, path)


def measure(protocol: Protocol, seed: int, path: Path) -> dict[str, Any]:
    """Export a network that is kept, shrink it, and ask both for the test."""
    import torch

    from models.sasrec.network import Network
    from models.shrinking import shrink

    kept = torch.load(path)
    n_items = protocol.train.n_items
    network = Network(torch.zeros(n_items), VARIANTS["softmax"], protocol.max_length)
    network.load_state_dict(kept["weights"])

    def gains(entry: Entry) -> Any:
        return ndcg(rank(OnnxModel(entry).logits, protocol.test, n_items, protocol.max_length).drop)

    with tempfile.TemporaryDirectory(prefix="bench-shrunk-") as folder:
        card = {"model": "sasrec", "max_length": protocol.max_length, "seen": "drop"}
        names = list(protocol.train.item_ids)
        whole = entries.make_entry(Path(folder, "float32"), network, names, **card)
        before = gains(whole)
        found: dict[str, Any] = {
            "protocol": protocol.name,
            "seed": seed,
            "targets": len(protocol.test),
            "test": float(before.mean()),
            "trained": kept["trained"],
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        }
        for precision in _PRECISIONS:
            small = shrink(whole, Path(folder, precision), precision, protocol.validation)
            lost = before - gains(small)
            found[precision] = {
                "shrunk": small.card["shrunk"],
                "test_loss": float(lost.mean()),
                "standard_error": float(lost.std() / len(lost) ** 0.5),
            }
    return found


def main() -> int:
    """Train where no network is kept, measure, and keep what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--epochs", type=int, help="fewer than the protocol's")
    parser.add_argument("--users", type=int, help="the first so many only")
    parser.add_argument("--folder", type=Path, default=NETWORKS, help="of networks")
    parser.add_argument("--train", action="store_true", help="train and nothing more")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    protocol, path = read(asked.users), asked.folder / f"ml1m-seed{asked.seed}.pt"
    if not path.exists():
        train_network(protocol, asked.seed, asked.device, asked.epochs, path)
    if not asked.train:
        found = measure(protocol, asked.seed, path)
        asked.results.mkdir(parents=True, exist_ok=True)
        write(asked.results / f"ml1m-seed{asked.seed}.json", found)
        print(json.dumps(found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
