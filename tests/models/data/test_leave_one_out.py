"""Leave-one-out and the k-core: nothing of a user's future is learned from."""

from dataclasses import replace

import numpy as np
import pytest

from models.base import Run, scorer
from models.config import TrainConfig
from models.data.core import k_core
from models.data.leave_one_out import leave_one_out
from models.data.split import split_by_time
from models.evaluation import rank
from models.exceptions import DataError
from models.item_to_item import ItemToItem
from models.popularity import Popularity
from models.sasrec.model import SASRec
from models.sasrec.settings import SasrecSettings
from tests.support.interactions import START, baskets, chains, log_of

CONFIG = TrainConfig(max_length=12, threads=1, sasrec=SasrecSettings(size=16, epochs=2, batch_rows=256))


def test_the_last_two_of_each_are_asked_for_and_not_learned_from():
    rows = [("u", "a", 1), ("u", "b", 2), ("u", "c", 3), ("u", "d", 4), ("v", "a", 1), ("v", "b", 9)]
    log = log_of(rows)
    split = leave_one_out(log)
    named = [
        (log.user_ids[user], log.item_ids[item])
        for user, item in zip(split.train.users, split.train.items, strict=True)
    ]
    assert sorted(named) == [("u", "a"), ("u", "b"), ("v", "a"), ("v", "b")]
    for targets, item, history in ((split.validation, "c", "ab"), (split.test, "d", "abc")):
        assert [log.item_ids[code] for code in targets.items] == [item]
        found = targets.pool[targets.starts[0] : targets.ends[0]]
        assert "".join(log.item_ids[code] for code in found) == history


@pytest.mark.parametrize("rows", [chains(), baskets()])
def test_what_is_learned_does_not_depend_on_the_last_rows(rows):
    log = log_of(rows)
    order = np.argsort(log.users, kind="stable")
    lasts = np.flatnonzero(np.diff(log.users[order], append=-1))
    held = np.concatenate([order[lasts], order[lasts - 1]])
    items = log.items.copy()
    items[held] = np.random.default_rng(0).permutation(items[held])
    assert items.tolist() != log.items.tolist()
    split, other = leave_one_out(log), leave_one_out(replace(log, items=items))
    assert len(split.train) + len(split.validation) + len(split.test) == len(log)
    for name in ("users", "items", "times"):
        assert np.array_equal(getattr(split.train, name), getattr(other.train, name))


def planted(rows):
    """Let every user end with the same two items, which nobody has before: whoever saw them can tell the last."""
    ends = START * 2
    users = sorted({user for user, *_ in rows})
    return [
        *rows,
        *((user, "sign", ends + number) for number, user in enumerate(users)),
        *((user, "after", ends + 10_000 + number) for number, user in enumerate(users)),
    ]


@pytest.mark.parametrize("kind", [Popularity, ItemToItem, SASRec])
def test_a_signal_that_is_only_in_the_future_is_not_found(kind):
    """Had any target been learned from, its item would be first: everybody's last item is the same."""
    log = log_of(planted(chains()))
    held = leave_one_out(log)
    by_time = split_by_time(log, 0.8, 0.05)
    for train, targets in ((held.train, held.test), (by_time.past, by_time.test("time"))):
        assert log.item_ids.index("after") not in train.items
        model = kind(CONFIG)
        model.fit(train, Run(CONFIG))
        asked = targets.take(np.flatnonzero(targets.items == log.item_ids.index("after")))
        assert len(asked)
        assert (rank(scorer(model.network()), asked, log.n_items, 12).keep >= 10).all()
    cheating = kind(CONFIG)
    cheating.fit(log, Run(CONFIG))
    found = rank(scorer(cheating.network()), held.test, log.n_items, 12).keep
    assert (found < 10).mean() > 0.9


def test_too_little_is_said():
    with pytest.raises(DataError, match="some user must have 3 or more"):
        leave_one_out(log_of([("u", "a", 1), ("u", "b", 2), ("v", "a", 1)]))


def test_the_core_is_the_largest_part_in_which_all_are_often_enough():
    random = np.random.default_rng(0)
    drawn = np.minimum(random.zipf(1.3, (2, 1_500)), 200).T.tolist()
    log = log_of([(f"u{user}", f"i{item}", number) for number, (user, item) in enumerate(drawn)])
    core = k_core(log, 9, 6)
    assert 0 < len(core) < len(log)
    assert np.bincount(core.users)[np.unique(core.users)].min() >= 9
    assert np.bincount(core.items)[np.unique(core.items)].min() >= 6
    kept = set(zip(core.users.tolist(), core.items.tolist(), core.times.tolist(), strict=True))
    rows = list(zip(log.users.tolist(), log.items.tolist(), log.times.tolist(), strict=True))
    left = rows
    while True:  # the plain way
        users, items = ([row[place] for row in left] for place in (0, 1))
        fewer = [row for row in left if users.count(row[0]) >= 9 and items.count(row[1]) >= 6]
        if len(fewer) == len(left):
            break
        left = fewer
    assert set(left) == kept


@pytest.mark.parametrize(("users", "items", "rows"), [(0, 0, 3), (1, 1, 3), (2, 1, 2), (2, 2, 0), (9, 0, 0)])
def test_the_core_of_few(users, items, rows):
    assert len(k_core(log_of([("u", "a", 1), ("u", "b", 2), ("v", "a", 1)]), users, items)) == rows


def test_a_core_below_nothing_is_no_core():
    with pytest.raises(ValueError, match="must be 0 or more"):
        k_core(log_of([]), -1)
