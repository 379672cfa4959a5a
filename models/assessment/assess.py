"""How well a model finds what comes next, and what it shows: everything, with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from export.runtime import OnnxModel
from models.assessment.base import Assessment, Figure, Group
from models.assessment.facts import HISTORY_GROUPS, ITEM_GROUPS, Facts, gini
from models.assessment.lists import NOVELTY, POPULARITY, Lists
from models.data.histories import Targets
from models.data.log import InteractionLog
from models.entries import columns
from models.evaluation import Floats, Seen, gains, rank
from models.resampling import Resampling, ends, groups_of, left_out

#: Below this number of users nothing is said of how sure a figure is.
_FEWEST = 2


def assess(
    model: OnnxModel,
    log: InteractionLog,
    targets: Targets,
    facts: Facts,
    ks: Sequence[int],
    seen: Seen,
    progress: Callable[[float], None] = lambda _: None,
) -> Assessment:
    """Ask a model for all targets, and find everything that is to be said of it.

    The whole catalogue is ranked, some histories at a time; what is kept is a few numbers a target, and some counts an
    item.

    Args:
        model: with any catalogue. A target that it does not know is a miss; such items of a history are left out.
        log: where the targets are from.
        targets: at least one, in columns of the log.
        facts: of the same log and targets.
        ks: lengths of lists.
        seen: whether items of the history stay candidates.
        progress: is told the share that is done.
    """
    places = columns(model, log.item_ids)
    known = targets.translate(places)
    n_items = len(model.catalogue)
    counts, groups = facts.columns(places, n_items)
    lists = Lists(known, counts, groups, facts.interactions, ks, seen, groups_of(targets.users))
    ranks = rank(model.logits, known, n_items, model.max_length, progress, lists).of(seen)
    found = gains(ranks, ks)
    resampling = Resampling(targets.users)
    return Assessment(
        model.entry.model,
        model.entry.version,
        seen,
        n_items,
        _means(found, resampling),
        _beyond(lists, facts, resampling),
        tuple(
            _group(name, facts.history == number, found, targets, resampling)
            for number, (name, _) in enumerate(HISTORY_GROUPS)
        ),
        tuple(
            _group(name, facts.groups[targets.items] == number, found, targets, resampling)
            for number, name in enumerate(ITEM_GROUPS)
        ),
        found,
        ranks,
        {k: shown.sum(0, dtype=np.int64) for k, shown in lists.shown.items()},
    )


def _means(
    found: dict[str, Floats], resampling: Resampling, among: npt.NDArray[np.bool_] | None = None
) -> dict[str, Figure]:
    # Recall is the hit rate: there is no need to draw for it.
    names = [name for name in found if not name.startswith("recall@")]
    values = np.column_stack([found[name] for name in names])
    low, high = ends(resampling.means(values, among))
    means = (values if among is None else values[among]).mean(0)
    sure = resampling.users >= _FEWEST
    made = {
        name: Figure(float(means[at]), float(low[at]), float(high[at])) if sure else Figure(float(means[at]))
        for at, name in enumerate(names)
    }
    return {name: made[name.replace("recall@", "hr@")] for name in found}


def _group(
    name: str,
    among: npt.NDArray[np.bool_],
    found: dict[str, Floats],
    targets: Targets,
    resampling: Resampling,
) -> Group:
    users = len(np.unique(targets.users[among]))
    if not users:
        return Group(name, 0, 0, {})
    if users < _FEWEST:
        values = {each: Figure(float(column[among].mean())) for each, column in found.items()}
        return Group(name, int(among.sum()), users, values)
    return Group(name, int(among.sum()), users, _means(found, resampling, among))


def _beyond(lists: Lists, facts: Facts, resampling: Resampling) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for k, shown in lists.shown.items():
        found[f"coverage@{k}"] = _of_all(lambda counts: float((counts > 0).mean()), shown)
        means = lists.means[k]
        with_taste = np.column_stack([means, facts.taste])
        resampled = resampling.means(with_taste)
        popularity, taste = means[:, POPULARITY].mean(), facts.taste.mean()
        lift = resampled[:, POPULARITY] / resampled[:, -1] - 1
        low, high = ends(np.column_stack([resampled[:, :-1], lift]))
        values = [*means.mean(0).tolist(), float(popularity / taste - 1)]
        names = ["novelty", "popularity", *ITEM_GROUPS, "popularity_lift"]
        assert (NOVELTY, POPULARITY) == (0, 1)  # noqa: S101 - the names above are in this order
        sure = resampling.users >= _FEWEST
        found |= {
            f"{name}@{k}": Figure(value, float(low[at]), float(high[at])) if sure else Figure(value)
            for at, (name, value) in enumerate(zip(names, values, strict=True))
        }
        found[f"gini@{k}"] = _of_all(gini, shown)
    return found


def _of_all(figure: Callable[[Floats], float], shown: npt.NDArray[np.int32]) -> Figure:
    value = figure(shown.sum(0, dtype=np.float64))
    sure = left_out(figure, shown)
    return Figure(value) if sure is None else Figure(value, max(0.0, sure[0]), min(1.0, sure[1]))
