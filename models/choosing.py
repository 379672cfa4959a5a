"""Which kind of model, and whether items of the history stay candidates: decided in validation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from torch import nn

from models.base import Recommender, Run, scorer
from models.beginning import Chosen
from models.blend.model import Blend
from models.budget import Budget
from models.comparison import compare
from models.config import TrainConfig
from models.data.histories import Histories, Targets
from models.data.log import Codes, InteractionLog
from models.evaluation import Ranks, Seen, metrics, ndcg, rank
from models.kinds import BASELINES, KINDS, Kind
from models.ranker.model import CandidateRanker
from models.search import Searched

Said = Callable[[str], None]
Progress = Callable[[str, float], None]

#: Kinds that learn also where there are no sequences; a blend of nothing else is no better than its best.
_ALONE = sum(kind.alone for kind in KINDS)
#: Made of other kinds, from what is the most work.
_MADE_OF_OTHERS = (CandidateRanker.kind, Blend.kind)
#: With these all kinds learn.
_ALL = ("auto", *_MADE_OF_OTHERS)
#: Beside others a ranker is not begun with less than so many seconds.
_RANKER_S = 5.0


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
    gains: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """NDCG@10 of each of them [targets]."""
    users: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    """Whose each of them is [targets]."""


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
    before: Chosen | None = None,
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
        before: what kinds that choose settings by themselves begin with.
    """
    few, others = validation.parted(budget.validation_targets, config.seed)
    run = Run(config, lambda network: ranker.value(network, few), budget.first(), progress, said, targets=few)
    models: list[Recommender] = []
    speeds: list[float] = []

    def fit(model: Recommender, share: float = 1.0) -> None:
        if isinstance(model, Searched) and before and model.kind in before:
            model.begin_with(before[model.kind])
        model.fit(log, replace(run, deadline=time.monotonic() + share * max(0.0, run.seconds_left)))
        models.append(model)
        speeds.append(ranker.speed)

    wanted = list(_wanted(log, config, said))
    late: list[str] = []
    for kind in wanted:
        if config.model in _ALL and max(0.0, run.seconds_left) < kind.least_s:
            late.append(kind.kind)
            continue
        fit(kind.make(config), kind.share if kind is not wanted[-1] else 1.0)
    if late:
        said(f"no time is left for {', '.join(late)}; give more --max-seconds")
    if config.model in _ALL and len(models) > _ALONE and run.seconds_left > 0:
        blend = Blend(config, models)
        fit(blend)
        if _may_rank(config, few, others, run):
            fit(CandidateRanker(config, blend))
    # Each kind has chosen what is best on the few, so the few would flatter the kind that had most to choose from.
    unused = others if len(others) >= len(few) else validation
    more = unused.sample(budget.comparing(together(speeds)), config.seed)
    candidates = {}
    for number, model in enumerate(models):
        progress("comparing", number / len(models))
        ranks = ranker.rank(model.network(), more)
        seen = ranks.best()
        found = metrics(ranks.of(seen), config.ks)
        gains = ndcg(ranks.of(seen))
        candidates[model.kind] = Candidate(model, seen, found, ranker.speed, len(more), gains, more.users)
    return candidates


def _may_rank(config: TrainConfig, few: Targets, others: Targets, run: Run) -> bool:
    """Tell whether a ranker is to learn.

    It learns from the few by thousands of weights, so it must not be compared on them.
    """
    if config.model == CandidateRanker.kind:
        return True
    return config.model == "auto" and len(others) >= len(few) and run.seconds_left >= _RANKER_S


def together(speeds: Iterable[float]) -> float:
    """Return how many targets a second all models rank, one after the other."""
    return 1 / max(1e-9, sum(1 / speed for speed in speeds))


def choose(candidates: dict[str, Candidate], config: TrainConfig) -> Candidate:
    """Return the kind that is wanted, or with ``auto`` the one with the highest NDCG@10; of equals, the simplest.

    A blend answers with the work of all its parts, and a ranker with that of the blend: so they are taken only where
    they are surely better than each kind alone. Of both the better one is taken, as they cost about the same.
    """
    if config.model in candidates:
        return candidates[config.model]
    alone = [candidate for kind, candidate in candidates.items() if kind not in _MADE_OF_OTHERS]
    best = max(alone, key=_value)
    made = [candidates[kind] for kind in _MADE_OF_OTHERS if kind in candidates]
    surely = [one for one in made if all(_beats(one, other, config) for other in (best, *_alone(one, alone)))]
    return max(surely, key=_value, default=best)


def _value(candidate: Candidate) -> float:
    return candidate.metrics["ndcg@10"]


def _alone(made: Candidate, alone: Sequence[Candidate]) -> list[Candidate]:
    """Return the kinds that one is made of."""
    parts = made.model.parts()
    return [one for one in alone if one.model in parts]


def _beats(one: Candidate, other: Candidate, config: TrainConfig) -> bool:
    """Tell whether one is surely better, by a paired test of NDCG@10 on the same targets."""
    if not len(one.gains):
        return False
    return compare(other.gains, one.gains, one.users, seed=config.seed).better


def _wanted(log: InteractionLog, config: TrainConfig, said: Said) -> Iterator[Kind]:
    """Yield the kinds that are to learn."""
    histories = Histories(log)
    sequences = bool((histories.lasts - histories.firsts > 1).any())
    if not sequences and config.model not in BASELINES:
        said("nobody has two interactions in the training period: there are no sequences to learn from")
    for kind in KINDS:
        asked = config.model == kind.kind or (config.model in _ALL and not kind.named)
        if kind.kind in BASELINES or (asked and (sequences or kind.alone)):
            yield kind
