"""What the network gets better at: four ways to tell a target from other items.

Each gives the sum over targets, so that batches and processes add up whatever their sizes. What is drawn is drawn for a
whole batch from the generator that it is given: parts of a batch in several processes are told from the same items.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.sasrec.items import ItemNetwork
from models.sasrec.settings import SasrecSettings

Random = np.random.Generator

#: Logits that are there at one time: some 16 MB, so that they stay in the processor's cache, partly.
_CHUNK_LOGITS = 4_000_000
_LEAST_ROWS = 16
#: Items are drawn half from all alike, half by their popularity to this power.
_POWER = 0.75


class Loss(ABC):
    """Sum of the losses of targets."""

    def draw(self, shape: torch.Size, random: Random) -> Tensor | None:  # noqa: ARG002 - for those that draw
        """Return items that are drawn for a batch of targets of this shape [batch, length]; None: none.

        As many as targets [batch, length], or some for all of them [drawn].
        """
        return None

    @abstractmethod
    def __call__(self, network: ItemNetwork, hidden: Tensor, targets: Tensor, drawn: Tensor | None) -> Tensor:
        """Return the sum over targets.

        Args:
            network: has the items.
            hidden: what is known before each target [targets, size].
            targets: what came [targets].
            drawn: of :meth:`draw`; one for each target [targets], or some for all [drawn].
        """


def make_loss(settings: SasrecSettings, network: ItemNetwork) -> Loss:
    """Return the loss that settings ask for."""
    kind, n_items = settings.loss, len(network.prior)
    if kind == "auto":
        kind = "softmax" if n_items <= 2 * settings.negatives else "sampled"
    if kind == "softmax":
        return Softmax()
    if kind == "sampled":
        return Sampled(settings.negatives, network.prior)
    if kind == "gbce":
        return GeneralisedBce(min(settings.negatives, max(1, n_items - 1)), settings.calibration)
    return Bce()


class Softmax(Loss):
    """Cross-entropy among all items. Logits are made for some targets at a time, so that memory stays flat."""

    def __call__(self, network: ItemNetwork, hidden: Tensor, targets: Tensor, drawn: Tensor | None) -> Tensor:  # noqa: ARG002
        """Return the sum over targets."""
        weight, known = network.told(), network.bias + network.prior
        total: Tensor = _CrossEntropy.apply(hidden, weight, known, targets)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return total


class _CrossEntropy(torch.autograd.Function):
    """Gradients are made with the logits, which need not be kept or made again then."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, known: Tensor, targets: Tensor) -> Tensor:
        rows = max(_LEAST_ROWS, _CHUNK_LOGITS // len(weight))
        of_hidden, of_weight = torch.empty_like(hidden), torch.zeros_like(weight)
        of_known, total = torch.zeros_like(known), hidden.new_zeros(())
        for start in range(0, len(hidden), rows):
            part, wanted = hidden[start : start + rows], targets[start : start + rows].unsqueeze(1)
            logits = torch.addmm(known, part, weight.T)
            scale = logits.logsumexp(1, keepdim=True)
            total += (scale - logits.gather(1, wanted)).sum()
            share = logits.sub_(scale).exp_()
            share.scatter_add_(1, wanted, share.new_full(wanted.shape, -1.0))
            of_hidden[start : start + rows] = share @ weight
            of_weight.addmm_(share.T, part)
            of_known += share.sum(0)
        ctx.save_for_backward(of_hidden, of_weight, of_known)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        of_hidden, of_weight, of_known = ctx.saved_tensors
        return of_hidden * gradient, of_weight * gradient, of_known * gradient, None


class Sampled(Loss):
    """Cross-entropy among the target and items that are drawn, each of which stands for as many as it is rarely drawn.

    The logarithm of how often an item is drawn is taken from its logit (Bengio and Senecal, Adaptive Importance
    Sampling, 2008; Yi et al., RecSys 2019).
    """

    def __init__(self, drawn: int, prior: Tensor) -> None:
        self._drawn = drawn
        popular = torch.softmax(_POWER * prior.double().cpu(), 0).numpy()
        share = 0.5 / len(popular) + 0.5 * popular
        self._steps = np.cumsum(share)
        self._often = torch.from_numpy(np.log(share * drawn).astype(np.float32)).to(prior.device)

    def draw(self, shape: torch.Size, random: Random) -> Tensor | None:  # noqa: ARG002 - the same for all
        """Return items for all targets [drawn]."""
        places = np.searchsorted(self._steps, random.random(self._drawn) * self._steps[-1], "right")
        return torch.from_numpy(np.minimum(places, len(self._steps) - 1))

    def __call__(self, network: ItemNetwork, hidden: Tensor, targets: Tensor, drawn: Tensor | None) -> Tensor:
        """Return the sum over targets."""
        assert drawn is not None, "draw comes first"  # noqa: S101
        negative = _logits(network, hidden, drawn) - self._often[drawn]
        negative = negative.masked_fill(targets.unsqueeze(1) == drawn, -math.inf)
        own = _own_logits(network, hidden, targets).unsqueeze(1)
        first = torch.zeros_like(targets)
        return functional.cross_entropy(torch.cat([own, negative], 1), first, reduction="sum")


class GeneralisedBce(Loss):
    """Each item for itself, right or wrong, corrected for how few wrong ones are drawn (gSASRec).

    Petrov and Macdonald, gSASRec: Reducing Overconfidence in Sequential Recommendation Trained with Negative Sampling,
    RecSys 2023: the probability of the target to the power of beta.
    """

    def __init__(self, drawn: int, calibration: float) -> None:
        self._drawn, self._calibration = drawn, calibration

    def draw(self, shape: torch.Size, random: Random) -> Tensor | None:  # noqa: ARG002 - the same for all
        """Return numbers from which items for all targets are made [drawn]."""
        return torch.from_numpy(random.integers(0, 2**62, self._drawn))

    def __call__(self, network: ItemNetwork, hidden: Tensor, targets: Tensor, drawn: Tensor | None) -> Tensor:
        """Return the sum over targets."""
        assert drawn is not None, "draw comes first"  # noqa: S101
        n_items = len(network.prior)
        others = drawn % n_items
        share = self._drawn / max(1, n_items - 1)
        beta = share * (self._calibration * (1 - 1 / share) + 1 / share)
        own = _own_logits(network, hidden, targets)
        negative = _logits(network, hidden, others).masked_fill(targets.unsqueeze(1) == others, -math.inf)
        return functional.softplus(-own).sum() * beta + functional.softplus(negative).sum()


class Bce(Loss):
    """The target right, one drawn item wrong (Kang and McAuley, 2018)."""

    def draw(self, shape: torch.Size, random: Random) -> Tensor | None:
        """Return a number for each target from which an item is made [batch, length]."""
        return torch.from_numpy(random.integers(0, 2**62, tuple(shape)))

    def __call__(self, network: ItemNetwork, hidden: Tensor, targets: Tensor, drawn: Tensor | None) -> Tensor:
        """Return the sum over targets."""
        assert drawn is not None, "draw comes first"  # noqa: S101
        others = drawn % len(network.prior)
        own, negative = (_own_logits(network, hidden, items) for items in (targets, others))
        wrong = functional.softplus(negative) * (others != targets)
        return functional.softplus(-own).sum() + wrong.sum()


def _own_logits(network: ItemNetwork, hidden: Tensor, items: Tensor) -> Tensor:
    """Return the logit of one item for each of ``hidden`` [targets]."""
    return (hidden * network.told(items)).sum(1) + network.bias[items] + network.prior[items]


def _logits(network: ItemNetwork, hidden: Tensor, items: Tensor) -> Tensor:
    """Return the logits of some items [targets, items]."""
    return hidden @ network.told(items).T + network.bias[items] + network.prior[items]
