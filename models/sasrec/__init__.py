"""SASRec: self-attention over the sequence of a user's items.

``network.py`` the network · ``batches.py`` histories as batches · ``start.py`` where learning starts ·
``learning.py`` steps and when to end.
"""

from __future__ import annotations

import copy
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from models.base import Recommender, Run
from models.config import TrainConfig
from models.data.histories import Histories
from models.data.log import InteractionLog
from models.exceptions import TrainingError
from models.popularity import log_shares
from models.sasrec.batches import Batches
from models.sasrec.learning import Best, DivergedError, Learner, Schedule
from models.sasrec.network import Network
from models.sasrec.start import near_items, place_new, vectors

__all__ = ["SASRec"]

#: Half-life of the popularity that is part of the logits, as a share of the time that the log spans.
_HALF_LIFE = 1 / 16
#: Learning again takes this share of what learning took, with falling steps of this share of the size.
_AGAIN, _AGAIN_RATE = 0.25, 0.5
#: After a loss that is no number, steps are so much smaller.
_SMALLER = 0.1


class SASRec(Recommender):
    """The sequential model."""

    kind: ClassVar[str] = "sasrec"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config)
        self._network: Network | None = None
        self._known: torch.Tensor | None = None
        self._rate = config.learning_rate
        self.epochs = 0.0
        """Times that it saw the data until it was best."""

    def fit(self, log: InteractionLog, run: Run) -> None:
        """Learn until it gets no better in validation, or time is up.

        Raises:
            TrainingError: when the loss is no number, also with smaller steps.
        """
        histories = Histories(log)
        first = self._first_network(log, histories)
        batches = self._batches(histories)
        for rate in (self.config.learning_rate, _SMALLER * self.config.learning_rate):
            self._network, self._rate = copy.deepcopy(first), rate
            try:
                self._learn(self._network, batches, run)
            except DivergedError:
                continue
            return
        raise TrainingError(
            f"learning_rate {self._rate:g}: a loss that is no number",
            "must be a number",
            "give a smaller learning_rate, or more warmup_steps",
        )

    def refit(self, log: InteractionLog, run: Run) -> None:
        """Go on learning, shorter and with falling steps; popularity is counted anew."""
        assert self._network is not None and self._known is not None, "fit comes first"  # noqa: S101
        histories = Histories(log)
        network = copy.deepcopy(self._network)
        known = torch.from_numpy(log.counts() > 0)
        with torch.no_grad():
            place_new(network.items.weight[1:], known & ~self._known, near_items(histories, log.n_items))
            network.prior.copy_(torch.from_numpy(_prior(log)))
        batches = self._batches(histories)
        epochs = max(1, round(_AGAIN * self.epochs))
        steps = max(1, epochs * len(batches) // self.config.batch_rows)
        schedule = Schedule(_AGAIN_RATE * self._rate, self.config.warmup_steps, steps)
        learner = Learner(network, batches, run, schedule, self.config.seed + 1)
        self._known = known
        try:
            for epoch in range(epochs if len(batches) else 0):
                run.progress("sasrec, again", epoch / epochs)
                if not learner.epoch():
                    break
        except DivergedError:
            return
        self._network = network

    def network(self) -> nn.Module:
        """Return the network; its logits are logarithms of probabilities."""
        assert self._network is not None, "fit comes first"  # noqa: S101
        return self._network

    def settings(self) -> dict[str, object]:
        """Return how long it learned."""
        return {"epochs": round(self.epochs, 2), "learning_rate": self._rate}

    def _first_network(self, log: InteractionLog, histories: Histories) -> Network:
        config = self.config
        torch.manual_seed(config.seed)
        network = Network(
            torch.from_numpy(_prior(log)),
            config.size,
            config.layers,
            config.heads,
            config.max_length,
            config.dropout,
        )
        random = torch.Generator().manual_seed(config.seed)
        with torch.no_grad():
            network.items.weight[1:] = vectors(
                near_items(histories, log.n_items), log.n_items, config.size, random
            )
        self._known = torch.from_numpy(log.counts() > 0)
        return network

    def _batches(self, histories: Histories) -> Batches:
        config = self.config
        share = config.next_moment if config.order == "time" else 0.0
        return Batches(histories, config.max_length, config.batch_rows, share)

    def _learn(self, network: Network, batches: Batches, run: Run) -> None:
        config = self.config
        schedule = Schedule(self._rate, config.warmup_steps)
        learner = Learner(network, batches, run, schedule, config.seed)
        best = Best(network)
        for epoch in range(config.epochs if len(batches) else 0):
            done = epoch / config.epochs
            whole = learner.epoch(
                lambda share, done=done: run.progress("sasrec", done + share / config.epochs)  # type: ignore[misc]  # the default binds it
            )
            if run.validate:
                best.look(run.validate(network), learner.seen)
            if not whole or best.worse >= config.patience:
                break
        best.restore()
        self.epochs = (best.seen or learner.seen) / max(1, len(batches))


def _prior(log: InteractionLog) -> npt.NDArray[np.float32]:
    return log_shares(log, _HALF_LIFE * float(log.times[-1] - log.times[0]))
