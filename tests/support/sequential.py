"""A training of the sequential model as a process of its own, to be killed: ``python -m tests.support.sequential OUT``.

It says a line after each step. Under ``torchrun`` it learns with the others, and the first writes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from models.base import Run, scorer
from models.config import TrainConfig
from models.data.leave_one_out import leave_one_out
from models.evaluation import ndcg, rank
from models.sasrec.learning import Learner
from models.sasrec.model import SASRec
from models.sasrec.peers import joined
from models.sasrec.settings import SasrecSettings
from tests.support.interactions import chains, log_of


def main() -> None:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--settings", type=json.loads, default={})
    asked = parser.parse_args()
    torch.set_num_threads(1)
    with joined() as peers:
        losses: list[float] = []
        _record(losses)
        model = _learned(asked.settings)
        if peers.rank == 0:
            state: dict[str, Any] = dict(model.network().state_dict())
            torch.save({"state": state, "losses": losses, "epochs": model.epochs}, asked.out)


def _record(losses: list[float]) -> None:
    learn = Learner._learn

    def recorded(self: Learner, group: Any) -> None:
        learn(self, group)
        losses.append(self.loss)

    Learner._learn = recorded  # type: ignore[method-assign]  # to look at it from outside


def _learned(settings: dict[str, Any]) -> SASRec:
    split = leave_one_out(log_of(chains(steps=18)))
    small = {"size": 16, "epochs": 4, "batch_rows": 256, "warmup_steps": 5, **settings}
    config = TrainConfig(max_length=12, sasrec=SasrecSettings(**small))

    def validate(network: torch.nn.Module) -> float:
        places = rank(scorer(network), split.validation, split.train.n_items, config.max_length)
        return float(ndcg(places.keep).mean())

    model = SASRec(config)
    model.fit(split.train, Run(config, validate, progress=lambda _, share: print(f"{share:.4f}", flush=True)))
    return model


if __name__ == "__main__":
    main()
