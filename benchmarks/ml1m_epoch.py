"""One epoch on MovieLens-1M beside RecTools' SASRec, in turns on the same threads: ``python -m benchmarks.ml1m_epoch``.

RecTools is installed into an environment of its own in a temporary folder, as it needs NumPy 1; torch is that of this
environment. Both have the same interactions, two layers of width 128, two heads, 200 places and the loss over all
items; ours has gates and SwiGLU besides, so more to compute for each item. RecTools learns from the last 200 items of
each user, which is also the number that ours learns from: its window is the last or any. The result is kept in
``results/sequences``, which ``python -m benchmarks`` reads.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import psutil

from benchmarks import ml1m
from benchmarks.sequences import RESULTS, Protocol, write
from models.config import TrainConfig
from models.data.histories import Histories
from models.threads import wait_asleep

_NEEDS = ("rectools", "pytorch-lightning<=2.5.2", "torchmetrics", "numpy<2", "pandas<3")
_SCRIPT = Path(__file__).with_name("ml1m_epoch_peer.py")
_INSTALL_S, _RUN_S = 900, 3_600


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=2, help="rounds: each has an epoch of both")
    parser.add_argument("--threads", type=int, default=psutil.cpu_count(logical=True) or 1)
    parser.add_argument("--users", type=int, help="the first so many only")
    parser.add_argument("--folder", type=Path, default=RESULTS)
    asked = parser.parse_args()
    wait_asleep()
    import torch

    torch.set_flush_denormal(True)  # as in the peer's process; not in ours(), which tests may call in theirs
    protocol = ml1m.read(asked.users)
    rounds: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="bench-rectools-") as folder:
        python = _installed(Path(folder, "env"))
        file = _written(protocol, Path(folder, "interactions.csv"))
        for _ in range(asked.repeat):
            rounds.append(
                {"pandian": ours(protocol, asked.threads), "rectools": _peer(python, file, asked.threads)}
            )
            print(json.dumps(rounds[-1]), flush=True)
    found = {
        "rounds": rounds,
        "threads": asked.threads,
        "targets": len(protocol.train),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }
    write(asked.folder / ml1m.EPOCH, found)
    return 0


def ours(protocol: Protocol, threads: int) -> dict[str, float]:
    """Return what an epoch of ours takes, validation excluded."""
    wait_asleep()
    import torch

    from models.base import Run
    from models.sasrec.learning import Learner, Schedule
    from models.sasrec.model import SASRec

    torch.set_num_threads(threads)
    settings = protocol.variants["softmax"]
    config = TrainConfig(order="rows", max_length=protocol.max_length, sasrec=settings)
    histories, model = Histories(protocol.train), SASRec(config)
    batches = model.batches(histories)
    network = model.first_network(protocol.train, histories)
    schedule = Schedule(settings.learning_rate, settings.warmup_steps)
    learner = Learner(network, batches, Run(config), schedule, 0, settings)
    began, cpu = time.monotonic(), time.process_time()
    learner.epoch()
    return {
        "seconds": round(time.monotonic() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "load": round(os.getloadavg()[0], 2),
    }


def _peer(python: Path, file: Path, threads: int) -> dict[str, float]:
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE"}
    done = subprocess.run(
        [str(python), "-I", str(_SCRIPT), str(file), str(threads)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=_RUN_S,
        env=environment,
    )
    told: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _installed(folder: Path) -> Path:
    """Make an environment with RecTools, and behind its own packages those of this environment; return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    (own,) = folder.glob("lib/python*/site-packages")
    (own / "behind.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    subprocess.run(
        [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *_NEEDS],
        check=True,
        timeout=_INSTALL_S,
        stdout=sys.stderr,
    )
    return python


def _written(protocol: Protocol, path: Path) -> Path:
    log = protocol.train
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("user_id", "item_id", "datetime", "weight"))
        writer.writerows(
            zip(log.users.tolist(), log.items.tolist(), log.times.tolist(), [1] * len(log), strict=True)
        )
    return path


if __name__ == "__main__":
    sys.exit(main())
