"""How good settings are: the NDCG@10 in validation of a model that learns with them before it."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from models.base import Run
from models.choosing import Ranker
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.data.split import split_by_time
from models.kinds import KINDS

#: Trials are compared by so many times the targets that each chooses its epoch by.
_MORE = 5


class Objective:
    """Lets a model learn from the training period, and asks it for the validation; the test stays unseen.

    Epochs, and what a kind chooses for itself, are chosen by some of the targets; trials are compared by others, the
    same for all of them.

    Args:
        log: interactions.
        config: of the split and of the targets.

    Raises:
        DataError: when there is too little to split by time.
    """

    def __init__(self, log: InteractionLog, config: TrainConfig) -> None:
        log = log.distinct()
        self.fingerprint = log.fingerprint
        """Of the interactions."""
        split = split_by_time(log, config.train_share, config.validation_share)
        validation = split.validation(config.order)
        self._log = split.train
        self._few, others = validation.parted(config.validation_targets, config.seed)
        unused = others if len(others) >= len(self._few) else validation
        self._more = unused.sample(_MORE * config.validation_targets, config.seed)

    @property
    def targets(self) -> int:
        """Return how many targets trials are compared by."""
        return len(self._more)

    def __call__(
        self,
        config: TrainConfig,
        progress: Callable[[str, float], None] = lambda *_: None,
        said: Callable[[str], None] = lambda _: None,
    ) -> float:
        """Return the NDCG@10 of a model with these settings; the same settings give the same, unless time ran out.

        Args:
            config: names the kind; ``tune.trial_seconds`` says how long it may learn.
            progress: is told what is under way; what it raises ends the trial.
            said: is told, in a line each, what a person should know.

        Raises:
            TrainingError: when the loss is no number whatever is tried.
        """
        torch.manual_seed(config.seed)
        ranker = Ranker(self._log.n_items, config.max_length)
        seconds = config.tune.trial_seconds
        run = Run(
            config,
            lambda network: ranker.value(network, self._few),
            float("inf") if seconds is None else time.monotonic() + seconds,
            progress,
            said,
            targets=self._few,
        )
        model = next(kind for kind in KINDS if kind.kind == config.model).make(config)
        model.fit(self._log, run)
        found = ranker.value(model.network(), self._more)
        model.done()
        return found
