"""What a model shows, against the plain way; lists of one length at a time, user by user."""

from __future__ import annotations

import math
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from models.assessment.assess import assess
from models.assessment.facts import ITEM_GROUPS, Facts, gini
from models.assessment.lists import best_columns
from models.entries import last_targets
from models.evaluation import metrics
from tests.support.interactions import START, log_of

N_ITEMS, LENGTH = 25, 6
CATALOGUE = [f"i{number}" for number in range(N_ITEMS)]


class Model:
    """An exported model, as far as it is asked: logits of few values by the newest item, so that many are equal."""

    def __init__(self, seed=1):
        self.catalogue = tuple(CATALOGUE)
        self.index = {item: column for column, item in enumerate(CATALOGUE)}
        self.max_length = LENGTH
        self.entry = SimpleNamespace(model="follows", version="1")
        self.table = np.random.default_rng(seed).integers(0, 9, (N_ITEMS + 1, N_ITEMS)).astype(np.float32)

    def logits(self, items):
        return self.table[items[:, -1]]


def rows(users=80, seed=3):
    """Return rows of popular items more than of others, a few of which the model does not know."""
    random = np.random.default_rng(seed)
    popular = 1 / (1 + np.arange(N_ITEMS + 3)) ** 1.2
    popular /= popular.sum()
    return [
        (f"u{user}", f"i{random.choice(N_ITEMS + 3, p=popular)}", START + 1000 * step + user)
        for user in range(users)
        for step in range(random.integers(1, 30))
    ]


def plain(made, model, k, seen):
    """Return coverage, novelty, popularity, lift, Gini and shares of the groups."""
    histories = {}
    for user, item, _ in sorted(made, key=lambda row: row[2]):
        histories.setdefault(user, []).append(item)
    known = [items[:-1] if len(items) > 1 else items for items in histories.values()]
    counts = Counter(item for items in known for item in items)
    total, groups = sum(counts.values()), {}
    before = 0
    names = {item for items in histories.values() for item in items}
    first = {item: at for at, (_, item, _) in reversed(list(enumerate(sorted(made, key=lambda r: r[2]))))}
    for item in sorted(names, key=lambda item: (-counts[item], first[item])):
        share = before / total
        groups[item] = "new" if not counts[item] else ITEM_GROUPS[(share >= 0.2) + (share >= 0.8)]
        before += counts[item]
    shown, novelty, popularity, taste, of_groups = Counter(), [], [], [], []
    for items in histories.values():
        if len(items) < 2:
            continue
        *history, _ = items
        inside = [item for item in history if item in model.index]
        logits = model.table[model.index[inside[-1]] + 1 if inside else 0]
        left = [item for item in CATALOGUE if seen == "keep" or item not in inside]
        best = sorted(left, key=lambda item: (-logits[model.index[item]], model.index[item]))[:k]
        shown.update(best)
        novelty.append(np.mean([-math.log2((counts[item] + 1) / (total + N_ITEMS)) for item in best]))
        popularity.append(np.mean([counts[item] for item in best]))
        taste.append(np.mean([counts[item] for item in history]))
        of_groups.append(
            [np.mean([groups.get(item, "new") == name for item in best]) for name in ITEM_GROUPS]
        )
    figures = {
        "coverage": len(shown) / N_ITEMS,
        "novelty": np.mean(novelty),
        "popularity": np.mean(popularity),
        "popularity_lift": np.mean(popularity) / np.mean(taste) - 1,
        "gini": plain_gini([shown[item] for item in CATALOGUE]),
        **dict(zip(ITEM_GROUPS, np.mean(of_groups, 0), strict=True)),
    }
    return {f"{name}@{k}": value for name, value in figures.items()}


def plain_gini(counts):
    n = len(counts)
    return sum(abs(one - other) for one in counts for other in counts) / (2 * n * sum(counts))


@pytest.mark.parametrize("seen", ["keep", "drop"])
def test_what_is_shown_is_that_of_the_plain_way(seen):
    made, model = rows(), Model()
    log = log_of(made)
    targets = last_targets(log)
    found = assess(model, log, targets, Facts.of(log, targets), (3, 8), seen)
    expected = {**plain(made, model, 3, seen), **plain(made, model, 8, seen)}
    assert {name: figure.value for name, figure in found.beyond.items()} == pytest.approx(expected)
    for name, figure in found.beyond.items():
        assert figure.low <= figure.value + 1e-12, name
        assert figure.value <= figure.high + 1e-12, name
    assert found.beyond["novelty@3"].low < found.beyond["novelty@3"].value < found.beyond["novelty@3"].high


def test_groups_are_the_targets_in_parts():
    log = log_of(rows())
    targets = last_targets(log)
    facts = Facts.of(log, targets)
    found = assess(Model(), log, targets, facts, (5,), "keep")
    assert found.metrics["ndcg@5"].value == pytest.approx(metrics(found.ranks, (5,))["ndcg@5"])
    for groups in (found.by_history, found.by_item):
        assert sum(group.targets for group in groups) == len(targets)
        total = sum(group.targets * group.metrics["hr@5"].value for group in groups if group.targets)
        assert total / len(targets) == pytest.approx(found.metrics["hr@5"].value)
    lengths = targets.lengths
    assert [group.targets for group in found.by_history] == [
        int((lengths <= 3).sum()),
        int(((lengths > 3) & (lengths <= 20)).sum()),
        int((lengths > 20).sum()),
    ]
    assert [group.name for group in found.by_item] == list(ITEM_GROUPS)


def test_one_user_says_nothing_of_how_sure_a_figure_is():
    log = log_of([("u", "i1", 1), ("u", "i2", 2)])
    targets = last_targets(log)
    found = assess(Model(), log, targets, Facts.of(log, targets), (5,), "keep")
    figures = [*found.metrics.values(), *found.beyond.values()]
    assert {(figure.low, figure.high) for figure in figures} == {(None, None)}
    new = {group.name: group for group in found.by_item}["new"]
    assert (new.targets, new.users) == (1, 1)


def test_a_history_of_everything_leaves_an_empty_list():
    made = [("u", item, number) for number, item in enumerate(CATALOGUE)]
    made += [("u", "i0", 100), ("v", "i1", 1), ("v", "i2", 2)]
    log = log_of(made)
    targets = last_targets(log)
    found = assess(Model(), log, targets, Facts.of(log, targets), (4,), "drop")
    assert found.shown[4].sum() == 4
    assert found.beyond["coverage@4"].value == 4 / N_ITEMS


def test_lists_are_longer_than_the_catalogue_only_in_name():
    log = log_of(rows())
    targets = last_targets(log)
    found = assess(Model(), log, targets, Facts.of(log, targets), (1_000,), "keep")
    assert found.beyond["coverage@1000"].value == 1
    assert found.beyond["gini@1000"].value == pytest.approx(0)


def test_of_equal_logits_the_first_columns_are_best():
    logits = np.random.default_rng(5).integers(0, 4, (50, 40)).astype(np.float32)
    best = best_columns(logits, 7)
    expected = np.argsort(-logits, axis=1, kind="stable")[:, :7]
    assert (best == expected).all()


def test_gini_of_one_and_of_none():
    assert gini(np.array([0, 0, 0, 8])) == pytest.approx(3 / 4)
    assert gini(np.zeros(4)) == 0
