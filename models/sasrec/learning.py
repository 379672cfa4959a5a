"""Steps, epochs, and when to end."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.base import Run
from models.sasrec.batches import Batch, Batches
from models.sasrec.items import ItemNetwork
from models.sasrec.losses import make_loss
from models.sasrec.peers import Peers
from models.sasrec.settings import SasrecSettings

#: The mean over weights follows fast at first: at the n-th step it forgets as if it had seen (n + 10) / 9.
_EARLY = 10


class DivergedError(Exception):
    """The loss is no number any more."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the step size goes: up in the warm-up, then level, or down to nothing when all is learned."""

    rate: float
    warmup: int
    falls: str = "level"
    """``level``, ``linear`` or ``cosine``."""
    targets: int = 0
    """How many targets will be learned from."""

    def at(self, step: int, seen: int) -> float:
        """Return the step size of the step of this number, from 0, when so many targets have been learned from."""
        rising = min(1.0, (step + 1) / (self.warmup + 1))
        share = min(1.0, seen / self.targets) if self.targets else 0.0
        falling = {"level": 1.0, "linear": 1 - share, "cosine": (1 + math.cos(math.pi * share)) / 2}
        return self.rate * min(rising, falling[self.falls])


class Learner:
    """Lets a network learn.

    All that is drawn comes of the seed, the number of the epoch and the number of the step, so a learner that is given
    the :meth:`state` of another one goes on exactly as that one would have.
    """

    def __init__(
        self,
        network: ItemNetwork,
        batches: Batches,
        run: Run,
        schedule: Schedule,
        seed: int,
        settings: SasrecSettings,
        peers: Peers | None = None,
    ) -> None:
        self._network = network
        self._mean = copy.deepcopy(network) if settings.ema else network
        self._batches = batches
        self._run = run
        self._schedule = schedule
        self._seed = seed
        self._settings = settings
        self._peers = peers or Peers()
        self._loss = make_loss(settings, network)
        self._low = _multiplies_low(settings, network.device)
        self._parameters = list(network.parameters())
        decayed = [weight for weight in self._parameters if weight.dim() > 1]
        others = [weight for weight in self._parameters if weight.dim() <= 1]
        groups: list[dict[str, Any]] = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
        self._optimizer = torch.optim.AdamW(
            groups,
            lr=schedule.rate,
            betas=(settings.beta1, settings.beta2),
            weight_decay=settings.weight_decay,
            fused=True,
        )
        self.step = 0
        """Steps made."""
        self.number = 0
        """Epochs seen."""
        self.done = 0
        """Steps of the epoch that is not seen whole."""
        self.seen = 0
        """Targets learned from."""
        self.loss = math.nan
        """Mean over the targets of the last step."""

    @property
    def mean(self) -> ItemNetwork:
        """The network whose weights are the mean over steps; the one that learns, if there is no mean."""
        return self._mean

    @property
    def rate(self) -> float:
        """Size of the next step."""
        return self._schedule.at(self.step, self.seen)

    def state(self) -> dict[str, Any]:
        """Return all that the next steps depend on; it changes with them."""
        return {
            "network": self._network.state_dict(),
            "mean": self._mean.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            **{name: getattr(self, name) for name in _NUMBERS},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where another learner of the same batches, settings and seed was."""
        self._network.load_state_dict(state["network"])
        self._mean.load_state_dict(state["mean"])
        self._optimizer.load_state_dict(state["optimizer"])
        for name in _NUMBERS:
            setattr(self, name, state[name])

    def epoch(self, progress: Callable[[float], None] = lambda _: None) -> bool:
        """See all of the data once, or what is left of an epoch; return False when time ran out before.

        Args:
            progress: is told after each step the share of the epoch that is done.

        Raises:
            DivergedError: when the loss is no number.
        """
        self._network.train()
        start = self.number * len(self._batches)
        batches = self._batches.epoch(np.random.default_rng((self._seed, self.number)))
        for group in islice(_grouped(batches, self._settings.accumulate), self.done, None):
            if self._is_late():
                return False
            self._learn(group)
            self.done += 1
            progress(min(1.0, (self.seen - start) / len(self._batches)))
        self.number, self.done = self.number + 1, 0
        return True

    def _is_late(self) -> bool:
        return math.isfinite(self._run.deadline) and self._peers.any(self._run.seconds_left <= 0)

    def _learn(self, group: list[Batch]) -> None:
        total = sum(int((batch.targets >= 0).sum()) for batch in group)
        if not total:
            return
        torch.manual_seed(_drawn_seed(self._seed, self.step, self._peers.rank))
        self._optimizer.zero_grad(set_to_none=True)
        loss = 0.0
        for number, batch in enumerate(group):
            random = np.random.default_rng((self._seed, self.step, number, 1))
            loss += self._gradients(batch, total, random)
        self.loss = self._peers.add(self._parameters, loss)
        if not math.isfinite(self.loss):
            raise DivergedError
        for each in self._optimizer.param_groups:
            each["lr"] = self.rate
        torch.nn.utils.clip_grad_norm_(self._parameters, self._settings.clip)
        self._optimizer.step()
        self.step += 1
        self.seen += total
        self._average()

    def _gradients(self, batch: Batch, total: int, random: np.random.Generator) -> float:
        """Add the gradients of a batch, of the rows that are this process's; return its part of the mean loss."""
        drawn = self._loss.draw(batch.targets.shape, random)
        items, targets = (
            self._peers.own_rows(part).to(self._network.device) for part in (batch.items, batch.targets)
        )
        asked = targets >= 0
        if not asked.any():
            return 0.0
        if drawn is not None:
            each = drawn.dim() == targets.dim()
            drawn = drawn.to(self._network.device) if not each else self._peers.own_rows(drawn)
            drawn = drawn.to(self._network.device)[asked] if each else drawn
        with self._network.without(batch.users.to(self._network.device)):
            with self._multiplying():
                hidden = self._network.hidden(items)
            loss = self._loss(self._network, hidden.float()[asked], targets[asked], drawn) / total
        value = float(loss.item())
        if math.isfinite(value):
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return value

    def _multiplying(self) -> AbstractContextManager[Any]:
        return torch.autocast(self._network.device.type, torch.bfloat16, enabled=self._low)

    @torch.no_grad()
    def _average(self) -> None:
        if not self._settings.ema:
            return
        kept = min(self._settings.ema, (1 + self.step) / (_EARLY + self.step))
        for mean, weight in zip(self._mean.parameters(), self._parameters, strict=True):
            mean.lerp_(weight, 1 - kept)


_NUMBERS = ("step", "number", "done", "seen", "loss")


def _grouped(batches: Iterator[Batch], size: int) -> Iterator[list[Batch]]:
    while group := list(islice(batches, size)):
        yield group


def _drawn_seed(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _multiplies_low(settings: SasrecSettings, device: torch.device) -> bool:
    if settings.precision != "auto":
        return settings.precision == "bfloat16"
    # torch has no public name for it.
    return device.type == "cuda" or bool(torch.cpu._is_amx_tile_supported())


class Best:
    """Remembers the best weights."""

    def __init__(self, network: ItemNetwork) -> None:
        self._network = network
        self._weights: dict[str, Tensor] = {}
        self.value = -math.inf
        self.seen = 0
        self.latest = -math.inf
        """Of the last look."""
        self.worse = 0
        """How many times in a row it was no better."""

    def look(self, value: float, seen: int) -> None:
        """Keep the weights if they are better than all before."""
        self.latest = value
        if value > self.value:
            self.value, self.seen, self.worse = value, seen, 0
            self._weights = copy.deepcopy(self._network.state_dict())
        else:
            self.worse += 1

    def restore(self) -> None:
        """Put the best weights back."""
        if self._weights:
            self._network.load_state_dict(self._weights)

    def state(self) -> dict[str, Any]:
        """Return all that is remembered."""
        return {"weights": self._weights, "value": self.value, "seen": self.seen, "worse": self.worse}

    def recall(self, state: dict[str, Any]) -> None:
        """Remember what another one did."""
        self._weights, self.value = state["weights"], state["value"]
        self.seen, self.worse = state["seen"], state["worse"]
