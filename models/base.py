"""The contract of a model that learns from interactions and is served from ONNX."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from export.explain import Explained
from models.config import TrainConfig
from models.data.histories import Targets
from models.data.log import Codes, InteractionLog
from models.evaluation import Logits, Score

#: Share of the interactions that is given to items which nobody has done anything with yet: below all others.
UNSEEN_SHARE = 1e-9


@dataclass(frozen=True)
class Run:
    """What a model is given besides the log while it learns."""

    config: TrainConfig
    validate: Callable[[nn.Module], float] | None = None
    """Return the NDCG@10 of a network in validation; None when all is decided and the model shall only learn."""
    deadline: float = float("inf")
    """Time of ``time.monotonic`` at which learning must end."""
    progress: Callable[[str, float], None] = field(default=lambda *_: None)
    """Is told what is under way, and the share of it that is done."""
    said: Callable[[str], None] = field(default=lambda _: None)
    """Is told, in a line each, what a person should know."""
    targets: Targets | None = None
    """What ``validate`` asks for; None without it."""

    @property
    def seconds_left(self) -> float:
        """Return how long learning may still take."""
        return self.deadline - time.monotonic()


class Recommender(ABC):
    """One kind of model.

    :meth:`fit` learns and chooses its own settings by ``run.validate``; :meth:`refit` learns again when there
    is more, with the settings as they are. Neither looks at anything but the log that it is given. The same log,
    configuration and seed give the same network.
    """

    kind: ClassVar[str]
    """Its name, in cards and on the command line."""

    def __init__(self, config: TrainConfig) -> None:
        self.config = config

    @abstractmethod
    def fit(self, log: InteractionLog, run: Run) -> None:
        """Learn from a log.

        Raises:
            TrainingError: when it cannot.
        """

    @abstractmethod
    def refit(self, log: InteractionLog, run: Run) -> None:
        """Learn from a log that goes on where the last one ended: its items have the same codes."""

    @abstractmethod
    def network(self) -> nn.Module:
        """Return what was learned: ``forward(items LongTensor [batch, length]) -> logits [batch, n_items]``.

        Item ``j`` of the log is ``j + 1`` in ``items``, 0 is padding on the left, the newest is the last; any batch,
        any length. Logits are finite, also of a history of nothing but padding, and comparable between histories.
        """

    def parts(self) -> tuple[Recommender, ...]:
        """Return the models that it is made of: they learn again with it."""
        return ()

    def vectors(self) -> npt.NDArray[np.float32] | None:
        """Return vectors of the items [n_items, dimensions], those of similar items near each other; None: it has none.

        Those of a model that is made of others are those of the first of them that has some.
        """
        return next((found for part in self.parts() if (found := part.vectors()) is not None), None)

    def explained(self) -> Explained | None:
        """Return how its logits are made of features, which ``inner`` of its network gives; None: it has none."""
        return None

    def done(self) -> None:
        """Be told that all is learned and written: what was kept to go on after a crash is not needed any more."""
        return

    def settings(self) -> dict[str, object]:
        """Return what it chose for itself, for the card."""
        return {}


class Shares(nn.Module):
    """A network that expects shares: a blend takes them as they are, without their logarithm in between."""

    def shares(self, items: Tensor) -> Tensor:
        """Return what is expected of each item, not below 0, in any unit of each history [batch, n_items]."""
        raise NotImplementedError

    def forward(self, items: Tensor) -> Tensor:
        """Return the logarithm [batch, n_items]."""
        return torch.log(self.shares(items))


def scorer(network: nn.Module) -> Score:
    """Return a network as a function of numpy arrays, in evaluation mode, on the device where it is."""
    network.eval()
    first = next(network.parameters(), None)
    device = first.device if first is not None else torch.device("cpu")

    def score(items: Codes) -> Logits:
        with torch.inference_mode():
            logits: Logits = network(torch.from_numpy(items).to(device)).float().cpu().numpy()
        return logits

    return score
