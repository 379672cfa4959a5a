"""Nothing that comes later reaches what is learned, or what is known of a target."""

from dataclasses import replace

import numpy as np
import pytest

from models.base import Run
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.data.split import split_by_time, targets_between
from models.exceptions import DataError
from models.item_to_item import ItemToItem
from models.popularity import Popularity
from models.sasrec.model import SASRec
from models.sasrec.settings import SasrecSettings
from tests.support.interactions import START, baskets, chains, log_of


@pytest.mark.parametrize("rows", [chains(), baskets()])
def test_the_periods_follow_each_other_and_hold_all(rows):
    log = log_of(rows)
    split = split_by_time(log, 0.8, 0.1)
    train, validation = split.train, split.past.times[len(split.train) :]
    test = log.times[len(split.past) :]
    assert (
        train.times[-1]
        < split.validation_from
        <= validation[0]
        <= validation[-1]
        < split.test_from
        <= test[0]
    )
    assert len(train) + len(validation) + len(test) == len(log)
    assert len(train) / len(log) == pytest.approx(0.8, abs=0.05)
    document = split.document()
    assert (document["train"], document["validation"], document["test"]) == (
        len(train),
        len(validation),
        len(test),
    )


def scrambled(log: InteractionLog, since: int) -> InteractionLog:
    """Return the log with other items and users in all rows of ``since`` and later."""
    random = np.random.default_rng(3)
    later = log.times >= since
    items, users = log.items.copy(), log.users.copy()
    items[later] = random.permutation(items[later])
    users[later] = random.permutation(users[later])
    return replace(log, items=items, users=users)


@pytest.mark.parametrize("order", ["time", "rows"])
@pytest.mark.parametrize("kind", [Popularity, ItemToItem, SASRec])
def test_what_is_learned_does_not_depend_on_what_comes_later(kind, order):
    log = log_of(baskets())
    split = split_by_time(log)
    other = replace(split, log=scrambled(log, split.validation_from))
    assert other.log.items.tolist() != log.items.tolist()
    config = TrainConfig(order=order, threads=1, sasrec=SasrecSettings(epochs=1, size=8))
    states = []
    for one in (split, other):
        model = kind(config)
        model.fit(one.train, Run(config))
        states.append(model.network().state_dict())
    assert states[0].keys() == states[1].keys()
    assert all((states[0][name] == states[1][name]).all() for name in states[0])


@pytest.mark.parametrize("order", ["time", "rows"])
def test_targets_of_the_validation_do_not_depend_on_the_test_period(order):
    log = log_of(baskets())
    split = split_by_time(log)
    other = replace(split, log=scrambled(log, split.test_from))
    for name, column in vars(split.validation(order)).items():
        assert np.array_equal(column, getattr(other.validation(order), name)), name


def test_by_time_a_history_holds_nothing_of_the_moment_of_its_target():
    log = log_of(baskets())
    targets = split_by_time(log).test("time")
    moments = {
        (user, item): time
        for user, item, time in zip(log.users.tolist(), log.items.tolist(), log.times, strict=True)
    }
    for number in range(len(targets)):
        user, item = int(targets.users[number]), int(targets.items[number])
        earlier = log.items[(log.users == user) & (log.times < moments[user, item])]
        history = targets.pool[targets.starts[number] : targets.ends[number]]
        assert history.tolist() == earlier[: len(history)].tolist()
        assert len(history) <= len(earlier)


def test_targets_without_history_are_left_out_unless_there_are_no_others():
    rows = [("u", "a", 1), ("u", "b", 2), ("v", "a", 3), ("u", "c", 4)]
    known = targets_between(log_of(rows), 2, "time")
    assert len(known) == 2
    strangers = targets_between(log_of([("u", "a", 1), ("v", "a", 3), ("w", "c", 4)]), 2, "time")
    assert len(strangers) == 2
    assert strangers.lengths.tolist() == [0, 0]


def test_too_few_times_are_said():
    with pytest.raises(DataError, match="no interactions"):
        split_by_time(log_of([]))
    instant = [(f"u{number}", "a", START) for number in range(50)]
    with pytest.raises(DataError, match="50 interactions at 1 time"):
        split_by_time(log_of(instant))
    with pytest.raises(DataError, match="three times or more"):
        split_by_time(log_of([*instant, ("u", "a", START + 1)]))


def test_three_times_are_enough():
    split = split_by_time(log_of([("u", "a", 1), ("u", "b", 2), ("u", "c", 3)]))
    assert (len(split.train), len(split.past), len(split.log)) == (1, 2, 3)


def test_many_rows_at_the_last_time_still_leave_three_periods():
    rows = [("u", "a", 1), ("u", "b", 2), *[(f"v{number}", "c", 3) for number in range(100)]]
    split = split_by_time(log_of(rows))
    assert (len(split.train), len(split.past)) == (1, 2)
