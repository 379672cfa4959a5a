"""The network of the ranker: the blend's logits, and for its best items what is added to them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.blend.mean import Mean, shares
from models.ranker.features import features

#: What is added grows from nothing to all of it within so much above the last candidate: whichever of two items that
#: the blend finds the same is the last candidate, their logits are the same.
RAMP = 1.0


class Scorer(nn.Module):
    """Two layers, from the features of a candidate to what is added to its logit: nothing, before it learns."""

    centre: Tensor
    spread: Tensor

    def __init__(self, n_features: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(n_features))
        self.register_buffer("spread", torch.ones(n_features))
        self.layers = nn.Sequential(
            nn.Linear(n_features, hidden),
            nn.SiLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.SiLU(),
            nn.Dropout(dropout),
        )
        self.last = nn.Linear(hidden, 1, bias=False)
        nn.init.zeros_(self.last.weight)

    def forward(self, known: Tensor) -> Tensor:
        """Return it [batch, candidates], of features [batch, candidates, features]."""
        found: Tensor = self.last(self.layers((known - self.centre) / self.spread)).squeeze(-1)
        return found


class Network(nn.Module):
    """Orders the blend's best items anew; all others stay as the blend has them.

    Args:
        blend: what its parts expect are features.
        columns: of the items [n_items, columns].
        scorer: what is added.
        candidates: items of each history that something is added to.
    """

    columns: Tensor

    def __init__(self, blend: Mean, columns: Tensor, scorer: Scorer, candidates: int) -> None:
        super().__init__()
        self.blend, self.scorer = blend, scorer
        self.candidates = min(candidates, columns.shape[0])
        self.register_buffer("columns", columns)

    def look(self, items: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the blend's logits [batch, n_items], the candidates [batch, candidates], and their features."""
        return self._look(items, [shares(network, items) for network in self.blend.networks])

    def _look(self, items: Tensor, expected: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        base = self.blend.of(expected)
        candidates = base.topk(self.candidates, 1)[1]
        return base, candidates, features(items, expected, self.columns, candidates)

    def forward(self, items: Tensor) -> Tensor:
        """Return the logits [batch, n_items]."""
        return self.inner(items)[0]

    def inner(self, items: Tensor) -> tuple[Tensor, ...]:
        """Return the logits, what each part of the blend expects, the candidates, and their features."""
        expected = [shares(network, items) for network in self.blend.networks]
        base, candidates, known = self._look(items, expected)
        added = ramp(base.gather(1, candidates)) * self.scorer(known)
        logits = base + torch.zeros_like(base).scatter(1, candidates, added)
        return logits, *expected, candidates, known


def ramp(best: Tensor) -> Tensor:
    """Return what counts of that which is added to candidates, of their logits in falling order [batch, candidates]."""
    return ((best - best[:, -1:]) / RAMP).clamp(0, 1)
