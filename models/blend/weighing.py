"""How much each source of a blend counts: what makes the targets of the validation likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.blend.mean import powered, shares
from models.blend.settings import BlendSettings
from models.data.histories import Targets
from models.data.log import Codes

#: Logits of a batch.
_BATCH_LOGITS = 2_000_000
#: Where fewer of the targets are items of their history, those are no candidates.
_REPEATS = 0.02
#: Steps of L-BFGS at most.
_STEPS = 50
_LEAST = 1e-12


@dataclass(frozen=True)
class Asked:
    """What sources expect of some candidates after each history."""

    shares: Tensor
    """[targets, candidates, sources]"""
    right: Tensor
    """Which candidate is right [targets]."""


@dataclass(frozen=True)
class Weighed:
    """A blend, and how well it does."""

    sources: tuple[int, ...]
    """Which sources are in it."""
    weights: tuple[float, ...]
    """Of each, 1 together."""
    power: float
    sharpness: float
    loss: float
    """Mean of the negative log-likelihood of the targets among their candidates."""


def ask(
    networks: Sequence[nn.Module], targets: Targets, n_items: int, max_length: int, candidates: int
) -> Asked:
    """Return what networks expect of the items that they together expect most.

    Targets that are not among these are left out: no weights would bring them to the top.
    """
    rows = np.flatnonzero(targets.items >= 0)
    drop = drops_seen(targets, rows)
    size = max(1, min(256, _BATCH_LOGITS // n_items))
    count = min(candidates, n_items)
    found: list[Tensor] = []
    right: list[Tensor] = []
    for start in range(0, len(rows), size):
        chosen = rows[start : start + size]
        inputs = torch.from_numpy(targets.inputs(chosen, max_length))
        with torch.no_grad():
            expected = torch.stack([shares(network.eval(), inputs) for network in networks], -1)
        if drop:
            which, items = targets.seen(chosen)
            expected[which, items] = 0
        best = expected.sum(-1).topk(count, -1)[1]
        is_right = best == torch.from_numpy(targets.items[chosen]).unsqueeze(1)
        kept = is_right.any(1)
        found.append(expected.gather(1, best.unsqueeze(-1).expand(-1, -1, len(networks)))[kept])
        right.append(is_right[kept].to(torch.int64).argmax(1))
    if not found:
        return Asked(torch.zeros(0, count, len(networks)), torch.zeros(0, dtype=torch.int64))
    return Asked(torch.cat(found), torch.cat(right))


def drops_seen(targets: Targets, rows: Codes) -> bool:
    """Tell whether next to none of some targets is an item of its history: then those are no candidates."""
    which, items = targets.seen(rows)
    repeated = np.isin(np.arange(len(rows)), which[items == targets.items[rows][which]])
    return bool(len(rows)) and bool(repeated.mean() < _REPEATS)


def weigh(asked: Asked, settings: BlendSettings) -> Weighed:
    """Return the likeliest blend: sources that add next to nothing are left out, one after the other."""
    everything = tuple(range(asked.shares.shape[-1]))
    if not len(asked.right):
        equal = (1 / len(everything),) * len(everything)
        return Weighed(everything, equal, settings.powers[0], 1.0, float("inf"))
    best = min((_fitted(asked, everything, power) for power in settings.powers), key=_loss)
    while len(best.sources) > 1:
        least = best.sources[int(np.argmin(best.weights))]
        without = _fitted(asked, tuple(one for one in best.sources if one != least), best.power)
        if len(best.sources) <= settings.most and without.loss > best.loss * (1 + settings.worse):
            break
        best = without
    return best


def _loss(weighed: Weighed) -> float:
    return weighed.loss


def _fitted(asked: Asked, sources: tuple[int, ...], power: float) -> Weighed:
    """Return the likeliest weights of some sources: smooth, and with few of them, so L-BFGS finds them at once."""
    expected = powered(asked.shares[..., list(sources)], power)
    free = torch.zeros(len(sources) + 1, requires_grad=True)
    optimizer = torch.optim.LBFGS([free], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        mean = torch.log(expected @ torch.softmax(free[:-1], 0) + _LEAST)
        return functional.cross_entropy(mean * (torch.exp(free[-1]) / power), asked.right)

    def step() -> Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return value

    optimizer.step(step)  # type: ignore[no-untyped-call]  # as above
    with torch.no_grad():
        weights = torch.softmax(free[:-1], 0).tolist()
        return Weighed(sources, tuple(weights), power, float(torch.exp(free[-1])), float(loss()))
