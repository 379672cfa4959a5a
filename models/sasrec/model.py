"""The sequential model behind the contract of all models."""

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
from models.sasrec.checkpoints import Checkpoint
from models.sasrec.items import ItemNetwork
from models.sasrec.learning import Best, DivergedError, Learner, Schedule
from models.sasrec.network import Network
from models.sasrec.peers import Peers
from models.sasrec.scalars import Scalars
from models.sasrec.start import SMALL, near_items, place_new, vectors

#: Learning again takes this share of what learning took, with falling steps of this share of the size.
_AGAIN, _AGAIN_RATE = 0.25, 0.5
#: After a loss that is no number, steps are so much smaller.
_SMALLER = 0.1


class SASRec(Recommender):
    """The sequential model."""

    kind: ClassVar[str] = "sasrec"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config)
        self._settings = config.sasrec
        self._network: ItemNetwork | None = None
        self._known: torch.Tensor | None = None
        self._rate = config.sasrec.learning_rate
        self._kept: list[Checkpoint] = []
        self.epochs = 0.0
        """Times that it saw the data until it was best."""

    def fit(self, log: InteractionLog, run: Run) -> None:
        """Learn until it gets no better in validation, or time is up.

        Raises:
            TrainingError: when the loss is no number, also with smaller steps; when a checkpoint cannot be read.
        """
        settings = self._settings
        histories = Histories(log)
        first = self.first_network(log, histories)
        batches = self.batches(histories)
        targets = (settings.schedule_epochs or settings.epochs) * len(batches)
        for rate in (settings.learning_rate, _SMALLER * settings.learning_rate):
            self._rate = rate
            schedule = Schedule(rate, settings.warmup_steps, settings.schedule, targets)
            try:
                self._network = self._learned(copy.deepcopy(first), batches, run, schedule, log.fingerprint)
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
            near = near_items(histories, log.n_items)
            for table in network.tables():
                place_new(table, known & ~self._known, near)
            network.prior.copy_(torch.from_numpy(self._prior(log)))
        self._show(network, log)
        batches = self.batches(histories)
        epochs = max(1, round(_AGAIN * self.epochs))
        schedule = Schedule(
            _AGAIN_RATE * self._rate, self._settings.warmup_steps, "linear", max(1, epochs * len(batches))
        )
        network.to(_device(self._settings.device))
        learner = Learner(network, batches, run, schedule, self.config.seed + 1, self._settings)
        self._known = known
        try:
            for epoch in range(epochs if len(batches) else 0):
                run.progress(f"{self.kind}, again", epoch / epochs)
                if not learner.epoch():
                    break
        except DivergedError:
            return
        self._network = learner.mean.cpu()

    def network(self) -> nn.Module:
        """Return the network; its logits are logarithms of probabilities."""
        assert self._network is not None, "fit comes first"  # noqa: S101
        return self._answering(self._network)

    def vectors(self) -> npt.NDArray[np.float32]:
        """Return the vectors that items are read by and told apart by."""
        assert self._network is not None, "fit comes first"  # noqa: S101
        found: npt.NDArray[np.float32] = self._network.items.weight[1:].detach().float().cpu().numpy()
        return found

    def settings(self) -> dict[str, object]:
        """Return how long it learned."""
        return {"epochs": round(self.epochs, 2), "learning_rate": self._rate}

    def done(self) -> None:
        """Remove the checkpoints."""
        for each in self._kept:
            each.forget()

    def first_network(self, log: InteractionLog, histories: Histories) -> ItemNetwork:
        """Return the network as it is before it learns."""
        settings, seed = self._settings, self.config.seed
        torch.manual_seed(seed)
        network = self._made(torch.from_numpy(self._prior(log)))
        random = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            if settings.start == "drawn":
                network.items.weight[1:].normal_(std=SMALL, generator=random)
            else:
                near = near_items(histories, log.n_items)
                network.items.weight[1:] = vectors(near, log.n_items, settings.size, random)
        self._show(network, log)
        self._known = torch.from_numpy(log.counts() > 0)
        return network

    def batches(self, histories: Histories) -> Batches:
        """Return what it learns from."""
        share = self._settings.next_moment if self.config.order == "time" else 0.0
        return Batches(histories, self.config.max_length, self._settings, share)

    def _made(self, prior: torch.Tensor) -> ItemNetwork:
        return Network(prior, self._settings, self.config.max_length)

    def _show(self, network: ItemNetwork, log: InteractionLog) -> None:
        """Let a network, before it learns, see of a log what it needs besides the batches; here nothing."""

    def _answering(self, network: ItemNetwork) -> nn.Module:
        """Return a network in the form in which it answers, now that it does not learn."""
        return network

    def _learned(
        self, network: ItemNetwork, batches: Batches, run: Run, schedule: Schedule, data: str
    ) -> ItemNetwork:
        """Return the network at its best."""
        settings, peers = self._settings, Peers()
        asked = (self.config.model_dump_json(), repr(schedule), data)
        kept = Checkpoint(settings.checkpoints, settings.checkpoint_seconds, run.said, network, *asked)
        self._kept.append(kept)
        network.to(_device(settings.device))
        learner = Learner(network, batches, run, schedule, self.config.seed, settings, peers)
        best = Best(learner.mean)
        scalars = Scalars(settings.scalars if peers.rank == 0 else None, f"seed-{self.config.seed}")

        def keep(*, ended: bool = False) -> None:
            if peers.rank == 0:
                kept.save({"learner": learner.state(), "best": best.state(), "ended": ended})

        def stepped(share: float) -> None:
            run.progress(self.kind, min(1.0, (learner.number + share) / settings.epochs))
            scalars.write(learner.seen, loss=learner.loss, learning_rate=learner.rate)
            if kept.due:
                keep()

        ended = self._go_on(kept, learner, best) or not len(batches)
        while not ended and learner.number < settings.epochs:
            whole = learner.epoch(stepped)
            if run.validate:
                best.look(peers.first(run.validate(self._answering(learner.mean))), learner.seen)
                scalars.write(learner.seen, validation=best.latest)
            if not whole:
                break
            ended = best.worse >= settings.patience or learner.number >= settings.epochs
            keep(ended=ended)
        scalars.close()
        best.restore()
        self.epochs = (best.seen or learner.seen) / max(1, len(batches))
        return learner.mean.cpu()

    def _go_on(self, kept: Checkpoint, learner: Learner, best: Best) -> bool:
        """Go on from a checkpoint, if there is one; return whether it is of the end."""
        state = kept.load()
        if state is None:
            return False
        learner.restore(state["learner"])
        best.recall(state["best"])
        return bool(state["ended"])

    def _prior(self, log: InteractionLog) -> npt.NDArray[np.float32]:
        if not self._settings.prior:
            return np.zeros(log.n_items, np.float32)
        return log_shares(log, self._settings.prior_half_life * float(log.times[-1] - log.times[0]))


def _device(asked: str) -> torch.device:
    """Return the device that is asked for.

    Raises:
        TrainingError: when there is no such device.
    """
    there = torch.cuda.is_available()
    if asked == "cuda" and not there:
        raise TrainingError(
            'device = "cuda"', "must be there", 'install torch with CUDA, or give "auto" or "cpu"'
        )
    return torch.device("cuda" if asked == "cuda" or (asked == "auto" and there) else "cpu")
