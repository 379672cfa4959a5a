"""One epoch of RecTools' SASRec, by the interpreter of its own environment; needs nothing of this project.

    python ml1m_epoch_peer.py INTERACTIONS.csv THREADS

Prints wall and processor seconds of the epoch as JSON, reading and preparing excluded.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from importlib import import_module
from typing import Any


def main() -> None:
    """Train one epoch and say how long it took."""
    warnings.simplefilter("ignore")
    path, threads = sys.argv[1], int(sys.argv[2])
    torch, pandas, lightning = (import_module(name) for name in ("torch", "pandas", "pytorch_lightning"))
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    dataset, models = import_module("rectools.dataset"), import_module("rectools.models")
    frame = pandas.read_csv(path)
    frame["datetime"] = pandas.to_datetime(frame["datetime"], unit="s")
    told: dict[str, float] = {}

    class Clock(lightning.Callback):  # type: ignore[name-defined,misc]  # of the other environment
        def on_train_epoch_start(self, *_: Any) -> None:
            self.began, self.cpu = time.monotonic(), time.process_time()

        def on_train_epoch_end(self, *_: Any) -> None:
            told["seconds"] = round(time.monotonic() - self.began, 2)
            told["cpu_seconds"] = round(time.process_time() - self.cpu, 2)
            told["load"] = round(os.getloadavg()[0], 2)

    def trainer() -> Any:
        return lightning.Trainer(
            accelerator="cpu",
            devices=1,
            min_epochs=1,
            max_epochs=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            callbacks=[Clock()],
        )

    model = models.SASRecModel(
        n_factors=128,
        n_blocks=2,
        n_heads=2,
        session_max_len=200,
        dropout_rate=0.2,
        loss="softmax",
        lr=1e-3,
        batch_size=64,
        get_trainer_func=trainer,
    )
    model.fit(dataset.Dataset.construct(frame))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
