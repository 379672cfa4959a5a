"""When a new model is better than the champion: on the newest period, which neither has seen, and surely."""

from __future__ import annotations

from typing import cast

import numpy as np

from export.registry import Entry, ModelRegistry, Reference
from export.runtime import OnnxModel
from models.comparison import compare
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.entries import columns, rank_entry
from models.evaluation import Seen, ndcg
from models.retraining.base import Progress, Verdict
from models.training import TrainedModel
from pandian.moments import moment

#: With fewer interactions a test says little of what changed.
_ENOUGH = 1_000


def has_news(log: InteractionLog, champion: Entry) -> bool:
    """Tell whether anything is later than all that the champion learned from; True when its card does not say."""
    return not len(log) or _fresh(log, champion) != 0


def nothing_new(log: InteractionLog, champion: Entry) -> str:
    """Say that there is nothing to learn."""
    return (
        f"nothing is newer than what {champion.reference} learned from: {len(log):,} interactions until"
        f" {moment(int(log.times[-1]))}"
    )


def newest(
    log: InteractionLog, config: TrainConfig, champion: Entry | None, since: int | None = None
) -> TrainConfig:
    """Let the test be of the newest period, which neither model has seen.

    That is the newest tenth, or less where the champion learned from some of it. Where an alarm says since when the
    champion is not what it was, and that is within the tenth, it is the second half of what came since, where that is
    enough: of the first half the challenger may learn what is new, and it is asked whether it has.

    Args:
        log: all interactions there are.
        config: how to train.
        champion: who answers.
        since: epoch milliseconds, as the alarm says; None: there is none.
    """
    share = config.train_share + config.validation_share
    known = first = int(len(log) * share)
    fresh = _fresh(log, champion) if champion else None
    if fresh is not None:
        known = max(known, len(log) - fresh)
    if since is not None:
        changed = int(np.searchsorted(log.times, since, "left"))
        middle = (max(changed, len(log) - (fresh or len(log))) + len(log)) // 2
        if len(log) - middle >= _ENOUGH:
            known = max(known, middle)
    if known == first:
        return config
    # Half a row more: whatever the rounding, the cut is at the first row that the champion has not seen.
    cut = (known + 0.5) / len(log)
    train_share = cut * config.train_share / share
    return config.model_copy(update={"train_share": train_share, "validation_share": cut - train_share})


def judge(trained: TrainedModel, champion: OnnxModel | None, progress: Progress) -> Verdict:
    """Return whether what was trained is better than the champion.

    Better is what is surely so: the 95 % interval of the difference in NDCG@10, over users, is above 0. Without a
    champion, what is trained becomes it.

    Args:
        trained: with the targets of its test, and the places that it gave them before it had seen any.
        champion: None: there is none.
        progress: is told the share that is done.
    """
    if champion is None:
        return Verdict(better=True, why="there is no champion yet")
    reference = champion.entry.reference
    ranks = rank_entry(
        champion, trained.test, trained.catalogue, lambda share: progress(f"asking {reference}", share)
    ).of(cast("Seen", champion.entry.card["seen"]))
    known = columns(champion, trained.catalogue)[trained.test.items] >= 0
    found = compare(ndcg(ranks), ndcg(trained.ranks), trained.test.users, seed=trained.card["seed"])
    said = "better" if found.better else "worse" if found.worse else "not surely better"
    since = int(trained.card["data"]["split"]["test_from"])
    why = (
        f"{said} than {reference}: NDCG@10 {found.challenger:.4f} against {found.champion:.4f}, difference"
        f" {found.difference:+z.4f} (95 %: {found.low:+z.4f} to {found.high:+z.4f}) on {found.targets:,} targets"
        f" since {moment(since)}"
    )
    unknown = float(1 - known.mean())
    if unknown:
        why += f"; {unknown:.1%} of them are items that it does not know"
    if _learned_until(champion.entry) is None:
        why += "; its card does not say until when it learned, so it may have seen them"
    return Verdict(found.better, why, found, unknown)


def unless_replaced(
    verdict: Verdict, before: str | None, challenger: Reference | None, registry: ModelRegistry
) -> Verdict:
    """Leave a champion alone that was promoted while we trained: it is not the one that was compared.

    Args:
        verdict: of the comparison.
        before: who was compared with.
        challenger: what was trained; that it is the champion already comes of ourselves, before a kill.
        registry: says who it is now.
    """
    now = registry.champion()
    reference = str(now.reference) if now else None
    if not verdict.better or reference in {before, challenger and str(challenger)}:
        return verdict
    why = f"{reference or 'nothing'} became the champion meanwhile: run it again; {verdict.why}"
    return Verdict(better=False, why=why, comparison=verdict.comparison, unknown=verdict.unknown)


def _learned_until(champion: Entry) -> int | None:
    """Return the time of the newest interaction that the champion learned from; None when its card does not say."""
    data = champion.card.get("data")
    last = data.get("last") if isinstance(data, dict) else None
    return last if type(last) is int else None


def _fresh(log: InteractionLog, champion: Entry) -> int | None:
    """Return how many interactions are later than all that the champion learned from; None when nobody knows."""
    until = _learned_until(champion)
    return None if until is None else len(log) - len(log.before(until + 1))
