"""How the ranker learns: of each history's candidates, the one that was right is to be the likeliest.

The softmax over candidates is the loss of ListNet for one right item (Cao et al., ICML 2007). Smooth layers take the
place of boosted trees (LambdaMART; Burges, 2010), which order these candidates as well: at a branch of a tree, numbers
that torch and onnxruntime round differently would give other logits.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.base import Run
from models.blend.weighing import drops_seen
from models.data.histories import Targets
from models.ranker.network import Network, Scorer, ramp
from models.ranker.settings import RankerSettings

#: Logits of a batch when networks are asked.
_BATCH_LOGITS = 2_000_000
#: Logit of what is no candidate.
_NO = -1e9


@dataclass(frozen=True)
class Lists:
    """Candidates of targets, of those of which the right one is among them."""

    known: Tensor
    """Their features [targets, candidates, features]."""
    base: Tensor
    """The blend's logits [targets, candidates], falling; far below all where they are no candidates."""
    ramp: Tensor
    """What counts of that which is added [targets, candidates]."""
    right: Tensor
    """Which candidate is right [targets]."""


def lists(network: Network, targets: Targets, max_length: int) -> Lists:
    """Return the candidates of targets."""
    n_items = network.columns.shape[0]
    rows = np.flatnonzero(targets.items >= 0)
    drop = drops_seen(targets, rows)
    size = max(1, min(256, _BATCH_LOGITS // n_items))
    found: list[tuple[Tensor, ...]] = []
    network.eval()
    for start in range(0, len(rows), size):
        chosen = rows[start : start + size]
        with torch.no_grad():
            base, candidates, known = network.look(torch.from_numpy(targets.inputs(chosen, max_length)))
        best = base.gather(1, candidates)
        counts = ramp(best)
        if drop:
            which, items = targets.seen(chosen)
            base[which, items] = _NO
            best = base.gather(1, candidates)
        is_right = candidates == torch.from_numpy(targets.items[chosen]).unsqueeze(1)
        kept = is_right.any(1)
        right = is_right[kept].to(torch.int64).argmax(1)
        found.append((known[kept], best[kept], counts[kept], right))
    if not found:
        nothing = torch.zeros(0, network.candidates)
        features = torch.zeros(0, network.candidates, len(network.scorer.centre))
        return Lists(features, nothing, nothing, torch.zeros(0, dtype=torch.int64))
    return Lists(*(torch.cat(column) for column in zip(*found, strict=True)))


def learn(scorer: Scorer, given: Lists, settings: RankerSettings, seed: int, run: Run) -> None:
    """Let a scorer learn; without targets it adds nothing.

    Args:
        scorer: that has learned nothing.
        given: the targets.
        settings: how.
        seed: of the order of targets, and of what is dropped.
        run: says until when; what was learned by then stays.
    """
    if not len(given.right):
        return
    flat = given.known.flatten(0, 1)
    scorer.centre.copy_(flat.mean(0))
    scorer.spread.copy_(torch.where(flat.std(0) > 1e-4, flat.std(0), 1.0))
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW(
        scorer.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    steps = settings.epochs * -(-len(given.right) // settings.batch)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps)
    scorer.train()
    for epoch in range(settings.epochs):
        run.progress("ranker", epoch / settings.epochs)
        order = torch.randperm(len(given.right))
        for start in range(0, len(order), settings.batch):
            chosen = order[start : start + settings.batch]
            if time.monotonic() > run.deadline:
                break
            logits = given.base[chosen] + given.ramp[chosen] * scorer(given.known[chosen])
            optimizer.zero_grad()
            functional.cross_entropy(logits, given.right[chosen]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    scorer.eval()
