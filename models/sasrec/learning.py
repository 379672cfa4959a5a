"""Steps, epochs, and when to end."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.base import Run
from models.sasrec.batches import Batches
from models.sasrec.network import Network

_LONGEST_GRADIENT = 1.0


class DivergedError(Exception):
    """The loss is no number any more."""


@dataclass(slots=True)
class Schedule:
    """How the step size goes: up in the warm-up, then level, or down to nothing after ``steps``."""

    rate: float
    warmup: int
    steps: int | None = None

    def at(self, step: int) -> float:
        """Return the step size of the step of this number, from 0."""
        rising = min(1.0, (step + 1) / (self.warmup + 1))
        falling = 1.0 if self.steps is None else max(0.0, 1 - step / self.steps)
        return self.rate * min(rising, falling)


class Learner:
    """Lets a network learn. What is drawn comes from its own generators, and from torch's, which it seeds."""

    def __init__(self, network: Network, batches: Batches, run: Run, schedule: Schedule, seed: int) -> None:
        self._network = network
        self._batches = batches
        self._run = run
        self._schedule = schedule
        self._random = np.random.default_rng(seed)
        torch.manual_seed(seed)
        decayed = [weight for weight in network.parameters() if weight.dim() > 1]
        others = [weight for weight in network.parameters() if weight.dim() <= 1]
        groups: list[dict[str, Any]] = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
        self._optimizer = torch.optim.AdamW(
            groups,
            lr=schedule.rate,
            weight_decay=run.config.weight_decay,
            fused=True,
        )
        self._step = 0
        self.seen = 0
        """Targets learned from."""

    def epoch(self, progress: Callable[[float], None] = lambda _: None) -> bool:
        """See all of the data once; return False when time ran out before.

        Raises:
            DivergedError: when the loss is no number.
        """
        self._network.train()
        start = self.seen
        for items, targets in self._batches.epoch(self._random):
            if self._run.seconds_left <= 0:
                return False
            self._learn(items, targets)
            progress((self.seen - start) / len(self._batches))
        return True

    def _learn(self, items: Tensor, targets: Tensor) -> None:
        asked = targets >= 0
        if not asked.any():
            return
        hidden = self._network.hidden(items)[asked]
        loss = self._loss(hidden, targets[asked])
        if not math.isfinite(loss.item()):
            raise DivergedError
        rate = self._schedule.at(self._step)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), _LONGEST_GRADIENT)
        self._optimizer.step()
        self._step += 1
        self.seen += len(hidden)

    def _loss(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy of the targets among all items, or among some that are drawn."""
        network = self._network
        n_items, drawn = len(network.prior), self._run.config.negatives
        if n_items <= 2 * drawn:
            return functional.cross_entropy(network.scores(hidden), targets)
        # The drawn stand for all others: each for n_items / drawn of them (sampled softmax, Bengio and Senecal, 2008).
        others = torch.from_numpy(self._random.integers(0, n_items, drawn))
        weight = functional.embedding(others + 1, network.items.weight)
        known = network.bias + network.prior
        negative = hidden @ weight.T + known[others] + math.log(n_items / drawn)
        negative = negative.masked_fill(targets.unsqueeze(1) == others, -math.inf)
        own = (hidden * functional.embedding(targets + 1, network.items.weight)).sum(1) + known[targets]
        first = torch.zeros(len(targets), dtype=torch.long)
        return functional.cross_entropy(torch.cat([own.unsqueeze(1), negative], 1), first)


class Best:
    """Remembers the best weights."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._weights: dict[str, Any] = {}
        self.value = -math.inf
        self.seen = 0
        self.worse = 0
        """How many times in a row it was no better."""

    def look(self, value: float, seen: int) -> None:
        """Keep the weights if they are better than all before."""
        if value > self.value:
            self.value, self.seen, self.worse = value, seen, 0
            self._weights = copy.deepcopy(self._network.state_dict())
        else:
            self.worse += 1

    def restore(self) -> None:
        """Put the best weights back."""
        if self._weights:
            self._network.load_state_dict(self._weights)
