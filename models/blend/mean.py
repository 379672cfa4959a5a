"""The network of the blend: a weighted power mean of shares."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.base import Shares

#: Added to shares, so that their logarithm is finite: below :data:`models.base.UNSEEN_SHARE`.
_LEAST = 1e-12


class Mean(nn.Module):
    """A weighted power mean of what several networks expect.

    With power 1 it is the mixture of their probabilities, as language models are interpolated (Jelinek and Mercer,
    1980); towards 0 it becomes their product (Hinton, Products of Experts, 1999), where one that expects nothing of an
    item vetoes it.
    """

    def __init__(
        self, networks: Sequence[nn.Module], weights: Sequence[float], power: float, sharpness: float = 1.0
    ) -> None:
        """Make it.

        Args:
            networks: sources.
            weights: of each, 1 together.
            power: of the mean, above 0 and at most 1.
            sharpness: what the logarithm of the mean is multiplied by to be a logit.
        """
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.weights, self.power, self.sharpness = tuple(map(float, weights)), power, sharpness

    def forward(self, items: Tensor) -> Tensor:
        """Return the logarithm of the mean [batch, n_items]."""
        return self.of([shares(network, items) for network in self.networks])

    def inner(self, items: Tensor) -> tuple[Tensor, ...]:
        """Return the logits, and what each network expects, each 1 together [batch, n_items]."""
        expected = [shares(network, items) for network in self.networks]
        return self.of(expected), *expected

    def of(self, expected: Sequence[Tensor]) -> Tensor:
        """Return it of what the networks expect, each 1 together for each history [batch, n_items]."""
        mean = torch.zeros(1)
        for each, weight in zip(expected, self.weights, strict=True):
            mean = mean + weight * powered(each, self.power)
        return torch.log(mean + _LEAST) * (self.sharpness / self.power)


def shares(network: nn.Module, items: Tensor) -> Tensor:
    """Return what a network expects, 1 together for each history [batch, n_items]."""
    if isinstance(network, Shares):
        found = network.shares(items)
        return found / found.sum(-1, keepdim=True)
    return torch.softmax(network(items), -1)


def powered(values: Tensor, power: float) -> Tensor:
    """Return a power of shares; roots of 2 and 4, which cost little, as such."""
    if power == 1:
        return values
    if power == 0.5:
        return torch.sqrt(values)
    if power == 0.25:
        return torch.sqrt(torch.sqrt(values))
    return torch.pow(values, power)
