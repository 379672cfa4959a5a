"""How well a model finds what comes next: the place of each target among the whole catalogue.

Ties count against the model, and a target that it does not know is a miss. Ranking the whole catalogue, as sampled
metrics can order models otherwise than it does (Krichene and Rendle, On Sampled Metrics for Item Recommendation, KDD
2020).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from models.data.histories import Targets
from models.data.log import Codes

Logits = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
#: Logits [batch, n_items] after each history [batch, length]: the columns of the catalogue plus 1, 0 before the first.
Score = Callable[[Codes], Logits]
#: Is given which targets were asked for, and the logits of each, once they are ranked; it may write over them.
Look = Callable[[Codes, Logits], None]
Seen = Literal["keep", "drop"]

#: Place of a target that can never be found.
MISS = np.iinfo(np.int64).max
#: Logits of a batch: some 16 MB, so that they are still in the processor's cache, partly, when they are compared.
_BATCH_LOGITS = 4_000_000
_BATCH = 512


@dataclass(frozen=True)
class Ranks:
    """Place of each target among all candidates, from 0 [targets]; :data:`MISS` when it is none of them."""

    keep: Codes
    """When items of the history stay candidates."""
    drop: Codes
    """When they do not."""

    def of(self, seen: Seen) -> Codes:
        """Return one of the two."""
        return self.keep if seen == "keep" else self.drop

    def best(self) -> Seen:
        """Return which of the two has the higher NDCG@10."""
        return "keep" if ndcg(self.keep).mean() >= ndcg(self.drop).mean() else "drop"


def rank(
    score: Score,
    targets: Targets,
    n_items: int,
    max_length: int,
    progress: Callable[[float], None] = lambda _: None,
    look: Look = lambda *_: None,
) -> Ranks:
    """Return the place of each target.

    Args:
        score: the model.
        targets: in columns of its catalogue.
        n_items: size of the catalogue.
        max_length: items of a history that the model is given, the newest.
        progress: is told the share that is done.
        look: is shown the logits, some targets at a time.
    """
    keep = np.full(len(targets), MISS)
    drop = np.full(len(targets), MISS)
    done = 0
    for chosen in _batches(targets, n_items):
        logits = score(targets.inputs(chosen, max_length))
        keep[chosen], drop[chosen] = _places(logits, targets, chosen)
        look(chosen, logits)
        done += len(chosen)
        progress(done / len(targets))
    return Ranks(keep, drop)


def _batches(targets: Targets, n_items: int) -> Iterator[Codes]:
    size = max(1, min(_BATCH, _BATCH_LOGITS // n_items))
    for start in range(0, len(targets), size):
        yield targets.order[start : start + size]


def _places(logits: Logits, targets: Targets, chosen: Codes) -> tuple[Codes, Codes]:
    rows = np.arange(len(chosen))
    wanted = targets.items[chosen]
    own = logits[rows, np.maximum(wanted, 0)]
    # What is not lower stands before the target, so ties and what is no number count against the model.
    before = logits.shape[1] - (logits < own[:, None]).sum(1)
    keep = np.where((wanted >= 0) & np.isfinite(own), before - 1, MISS)
    which, items = targets.seen(chosen)
    seen_before = ~(logits[which, items] < own[which])
    gone = np.bincount(which[seen_before], minlength=len(chosen))
    drop = np.where(keep == MISS, MISS, keep - gone)
    drop[which[items == wanted[which]]] = MISS
    return keep, drop


def ndcg(ranks: Codes, k: int = 10) -> Floats:
    """Return the NDCG at ``k`` of each target, which is the only one that is right."""
    found = ranks < k
    gain = np.zeros(len(ranks))
    gain[found] = 1 / np.log2(ranks[found] + 2)
    return gain


def gains(ranks: Codes, ks: Sequence[int] = (10, 20)) -> dict[str, Floats]:
    """Return NDCG, hit, recall and reciprocal rank at each ``k``, of each target [targets].

    Each target is asked for alone, so recall is the hit.
    """
    found: dict[str, Floats] = {}
    for k in ks:
        hits = ranks < k
        hit = hits.astype(np.float64)
        reciprocal = hit / (np.where(hits, ranks, 0) + 1)
        found |= {f"ndcg@{k}": ndcg(ranks, k), f"hr@{k}": hit, f"recall@{k}": hit, f"mrr@{k}": reciprocal}
    return found


def metrics(ranks: Codes, ks: Sequence[int] = (10, 20)) -> dict[str, float]:
    """Return the means of :func:`gains` over the targets. Without any target all are 0."""
    return {name: float(values.mean()) if len(values) else 0.0 for name, values in gains(ranks, ks).items()}
