"""Trainings that papers report, by their protocol: one seed a command, its results kept in a file.

They take longer than a bench may, so ``python -m benchmarks`` reads the files and says so. A command that is killed
goes on where it was when it is started again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from models.comparison import compare
from models.config import TrainConfig
from models.data.histories import Targets
from models.data.log import InteractionLog
from models.evaluation import metrics, ndcg, rank
from models.sasrec.settings import Device, SasrecSettings
from models.threads import wait_asleep

if TYPE_CHECKING:
    from torch import nn

RESULTS = Path(__file__).parent / "results" / "sequences"
__all__ = ["RESULTS", "Protocol", "Training", "kept", "main", "write"]


@dataclass(frozen=True)
class Protocol:
    """A data set as papers split it, and what is trained on it."""

    name: str
    train: InteractionLog
    validation: Targets
    test: Targets
    max_length: int
    variants: dict[str, SasrecSettings]
    """Settings by name; the first is the one that is reported."""
    seen: bool
    """Whether items of the history stay candidates."""


@dataclass(frozen=True)
class Training:
    """One training of a protocol."""

    protocol: Protocol
    variant: str
    seed: int
    folder: Path = RESULTS
    threads: int | None = None
    epochs: int | None = None
    """Fewer or more than the settings say."""
    device: Device = "cpu"
    validation_targets: int = 3_000

    @property
    def path(self) -> Path:
        """Where its results are."""
        return self.folder / f"{self.protocol.name}-{self.variant}-seed{self.seed}.json"

    def run(self, said: Callable[[str], None] = print) -> dict[str, Any]:
        """Train, or go on; test; write and return the results."""
        wait_asleep()
        import torch

        from models.base import Run, scorer
        from models.popularity import Popularity
        from models.sasrec.model import SASRec

        if self.threads:
            torch.set_num_threads(self.threads)
        protocol, config = self.protocol, self.config()
        few = protocol.validation.sample(self.validation_targets, self.seed)
        epochs = _Epochs(self.path.with_suffix(".log"), said)

        def places(network: nn.Module, targets: Targets) -> np.ndarray[Any, np.dtype[np.int64]]:
            found = rank(scorer(network), targets, protocol.train.n_items, protocol.max_length)
            return found.of("keep" if protocol.seen else "drop")

        def validate(network: nn.Module) -> float:
            epochs.ended()
            value = float(ndcg(places(network, few)).mean())
            epochs.validated(value)
            return value

        model = SASRec(config)
        model.fit(protocol.train, Run(config, validate, said=said))
        popularity = Popularity(config)
        popularity.refit(protocol.train, Run(config))
        found, popular = (places(each.network(), protocol.test) for each in (model, popularity))
        gain = compare(ndcg(popular), ndcg(found), protocol.test.users)
        result = {
            "protocol": protocol.name,
            "variant": self.variant,
            "seed": self.seed,
            "settings": json.loads(config.sasrec.model_dump_json()),
            "max_length": protocol.max_length,
            "targets": len(protocol.test),
            "test": metrics(found),
            "standard_error": float(ndcg(found).std() / len(found) ** 0.5),
            "popularity": metrics(popular),
            "over_popularity": {"difference": gain.difference, "low": gain.low, "high": gain.high},
            "epochs_to_best": round(model.epochs, 2),
            "epochs": epochs.rows(),
            "threads": torch.get_num_threads(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}{_card(self.device)}",
        }
        write(self.path, result)
        model.done()
        return result

    def config(self) -> TrainConfig:
        """Return what it is trained with."""
        changed: dict[str, Any] = {"checkpoints": self.folder / "checkpoints", "device": self.device}
        if self.epochs:
            changed["epochs"] = self.epochs
        return TrainConfig(
            model="sasrec",
            order="rows",
            seed=self.seed,
            max_length=self.protocol.max_length,
            sasrec=self.protocol.variants[self.variant].model_copy(update=changed),
        )


def _card(device: str) -> str:
    import torch

    return f", {torch.cuda.get_device_name()}" if device == "cuda" else ""


class _Epochs:
    """Times of epochs, a line of JSON each in a log, which a training that goes on appends to."""

    def __init__(self, path: Path, said: Callable[[str], None]) -> None:
        self._path, self._said = path, said
        path.parent.mkdir(parents=True, exist_ok=True)
        self._began()

    def _began(self) -> None:
        self._wall, self._cpu = time.monotonic(), time.process_time()

    def ended(self) -> None:
        self._row = {
            "seconds": round(time.monotonic() - self._wall, 2),
            "cpu_seconds": round(time.process_time() - self._cpu, 2),
            "load": round(os.getloadavg()[0], 2),
        }

    def validated(self, value: float) -> None:
        line = json.dumps({**self._row, "validation_ndcg@10": round(value, 5)})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        self._said(line)
        self._began()

    def rows(self) -> list[dict[str, Any]]:
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        return [json.loads(line) for line in lines]


def write(path: Path, result: dict[str, Any]) -> None:
    """Keep a result in place of the one before."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


def kept(name: str, variant: str, folder: Path = RESULTS) -> list[dict[str, Any]]:
    """Return the results that are kept of a variant, by seed."""
    found = [
        json.loads(path.read_text(encoding="utf-8")) for path in folder.glob(f"{name}-{variant}-seed*.json")
    ]
    return sorted(found, key=lambda result: int(result["seed"]))


def main(read: Callable[[int | None], Protocol], arguments: Sequence[str] | None = None) -> int:
    """Run one training from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--variant", help="of the protocol's; default: the one that is reported")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--device", choices=get_args(Device), default="cpu")
    parser.add_argument("--users", type=int, help="the first so many only")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="of results, logs and checkpoints")
    asked = parser.parse_args(arguments)
    protocol = read(asked.users)
    variant = asked.variant or next(iter(protocol.variants))
    if variant not in protocol.variants:
        parser.error(f"--variant {variant}: must be one of {', '.join(protocol.variants)}")
    wait_asleep()
    import torch

    torch.set_flush_denormal(True)  # of this process, so not where tests run a training
    training = Training(
        protocol, variant, asked.seed, asked.folder, asked.threads, asked.epochs, asked.device
    )
    result = training.run(lambda line: print(line, flush=True))
    print(json.dumps({"test": result["test"], "path": str(training.path)}), flush=True)
    return 0
