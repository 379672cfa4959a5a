"""Which kind of model, and whether items of the history stay candidates: decided in validation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from torch import nn

from models.base import Recommender, Run, scorer
from models.blend import Blend
from models.budget import Budget
from models.config import TrainConfig
from models.data.histories import Histories, Targets
from models.data.log import InteractionLog
from models.evaluation import Ranks, Seen, metrics, ndcg, rank
from models.item_to_item import ItemToItem
from models.popularity import Popularity
from models.sasrec.model import SASRec

#: What every model is compared with.
BASELINES = (Popularity.kind, ItemToItem.kind)
#: A sequential model is not begun with less than so many seconds to learn.
_LEAST_S = 1.0

Said = Callable[[str], None]
Progress = Callable[[str, float], None]


@dataclass
class Candidate:
    """A model that has learned from the training period, and how it did in the validation."""

    model: Recommender
    seen: Seen = "keep"
    metrics: dict[str, float] = field(default_factory=dict)
    speed: float = float("inf")
    """Targets that it ranks in a second."""
    targets: int = 0
    """How many the metrics are of, the same for all candidates."""


class Ranker:
    """Ranks targets with networks, and knows how fast that goes."""

    def __init__(self, n_items: int, max_length: int) -> None:
        self._n_items, self._max_length = n_items, max_length
        self.speed = float("inf")
        """Targets a second, of the network that was asked last."""

    def rank(self, network: nn.Module, targets: Targets) -> Ranks:
        """Return the place of each target."""
        began = time.monotonic()
        ranks = rank(scorer(network), targets, self._n_items, self._max_length)
        if len(targets):
            self.speed = len(targets) / max(1e-6, time.monotonic() - began)
        return ranks

    def value(self, network: nn.Module, targets: Targets) -> float:
        """Return the NDCG@10, with items of the history as candidates or without: whichever is better."""
        ranks = self.rank(network, targets)
        return float(ndcg(ranks.of(ranks.best())).mean())


def fit_candidates(
    log: InteractionLog,
    validation: Targets,
    config: TrainConfig,
    budget: Budget,
    ranker: Ranker,
    *,
    said: Said,
    progress: Progress,
) -> dict[str, Candidate]:
    """Let the kinds that are wanted, and the baselines, learn from a log; return them by kind.

    Args:
        log: the training period.
        validation: targets to choose by.
        config: says which kinds.
        budget: until when.
        ranker: ranks the validation.
        said: is told of what was left out, and why.
        progress: is told what is under way.
    """
    few, others = validation.parted(budget.validation_targets, config.seed)
    deadline = budget.first()
    run = Run(config, lambda network: ranker.value(network, few), deadline, progress, said)
    popularity, neighbours = Popularity(config), ItemToItem(config)
    models: list[Recommender] = []
    speeds: list[float] = []

    def fit(model: Recommender) -> None:
        model.fit(log, run)
        models.append(model)
        speeds.append(ranker.speed)

    fit(popularity)
    fit(neighbours)
    if config.model in ("auto", SASRec.kind, Blend.kind) and _can_learn(log, config, run, said):
        sasrec = SASRec(config)
        fit(sasrec)
        if config.model != SASRec.kind:
            fit(Blend(config, sasrec, neighbours))
    # Each kind has chosen what is best on the few, so the few would flatter the kind that had most to choose from.
    unused = others if len(others) >= len(few) else validation
    more = unused.sample(budget.comparing(together(speeds)), config.seed)
    candidates = {}
    for number, model in enumerate(models):
        progress("comparing", number / len(models))
        ranks = ranker.rank(model.network(), more)
        seen = ranks.best()
        found = metrics(ranks.of(seen), config.ks)
        candidates[model.kind] = Candidate(model, seen, found, ranker.speed, len(more))
    return candidates


def together(speeds: Iterable[float]) -> float:
    """Return how many targets a second all models rank, one after the other."""
    return 1 / max(1e-9, sum(1 / speed for speed in speeds))


def choose(candidates: dict[str, Candidate], config: TrainConfig) -> Candidate:
    """Return the kind that is wanted, or with ``auto`` the one with the highest NDCG@10; of equals, the simplest."""
    if config.model in candidates:
        return candidates[config.model]
    return max(candidates.values(), key=lambda candidate: candidate.metrics["ndcg@10"])


def _can_learn(log: InteractionLog, config: TrainConfig, run: Run, said: Said) -> bool:
    """Tell whether a sequential model is worth while; asked for by name it always is."""
    histories = Histories(log)
    if not (histories.lasts - histories.firsts > 1).any():
        said("nobody has two interactions in the training period: there are no sequences to learn from")
        return False
    if run.seconds_left < _LEAST_S and config.model == "auto":
        said("no time is left for the sequential model; give more --max-seconds")
        return False
    return True
