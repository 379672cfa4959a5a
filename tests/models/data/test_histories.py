import numpy as np
import pytest

from models.data.histories import Histories, make_targets
from tests.support.interactions import baskets, chains, log_of

ROWS = [("u", "a", 1), ("v", "b", 1), ("u", "b", 2), ("u", "c", 2), ("v", "a", 3), ("u", "a", 4)]


def by_hand(rows, order):
    """Return (user, item, history) of each row, the plain way."""
    ordered = sorted(enumerate(rows), key=lambda row: row[1][2])
    found = []
    for place, (_, (user, item, time)) in enumerate(ordered):
        before = [
            other
            for other in (row for _, row in ordered[:place])
            if other[0] == user and (order == "rows" or other[2] < time)
        ]
        found.append((user, item, tuple(other[1] for other in before)))
    return sorted(found)


def all_targets(log, order):
    histories = Histories(log)
    rows = np.arange(len(histories))
    return make_targets(histories, rows, histories.ends(order))


@pytest.mark.parametrize("order", ["time", "rows"])
@pytest.mark.parametrize("rows", [ROWS, chains(5, 4, 6), baskets(5, 3)])
def test_histories_are_those_of_the_plain_way(rows, order):
    log = log_of(rows)
    targets = all_targets(log, order)
    found = []
    for number in range(len(targets)):
        inputs = targets.inputs(np.array([number]), 1000)[0]
        history = tuple(log.item_ids[item - 1] for item in inputs if item)
        found.append((log.user_ids[targets.users[number]], log.item_ids[targets.items[number]], history))
    assert sorted(found) == by_hand(rows, order)


def test_inputs_have_the_newest_last_and_padding_on_the_left():
    targets = all_targets(log_of(ROWS), "rows")
    longest = int(np.argmax(targets.lengths))
    assert targets.inputs(np.array([0, longest]), 100).shape == (2, 3)
    assert targets.inputs(np.array([0, longest]), 100)[0].tolist() == [0, 0, 0]
    assert targets.inputs(np.array([longest]), 2).tolist() == [[2, 3]]
    assert targets.inputs(np.array([0]), 100).tolist() == [[0]]


def test_seen_is_the_whole_history_each_item_once():
    log = log_of([("u", "a", 1), ("u", "b", 2), ("u", "a", 3), ("u", "c", 4), ("v", "c", 5)])
    targets = all_targets(log, "rows")
    which, items = targets.seen(np.array([3, 4, 2]))
    assert list(zip(which.tolist(), items.tolist(), strict=True)) == [(0, 0), (0, 1), (2, 0), (2, 1)]
    nothing = targets.seen(np.array([4]))
    assert [column.size for column in nothing] == [0, 0]


def test_translating_leaves_out_what_the_other_catalogue_has_not():
    targets = all_targets(log_of(ROWS), "rows")
    other = targets.translate(np.array([5, -1, 7]))  # a, b, c
    assert set(other.items.tolist()) == {5, -1, 7}
    last = int(np.argmax(targets.lengths))
    assert other.inputs(np.array([last]), 10).tolist() == [[6, 8]]
    assert other.lengths.sum() < targets.lengths.sum()


def test_samples_are_drawn_by_seed():
    targets = all_targets(log_of(chains()), "rows")
    assert targets.sample(10**6, 0) is targets
    few = targets.sample(50, 1)
    assert len(few) == 50
    assert few.starts.tolist() == targets.sample(50, 1).starts.tolist()
    assert few.starts.tolist() != targets.sample(50, 2).starts.tolist()


def test_parts_are_drawn_by_seed_and_hold_each_target_once():
    targets = all_targets(log_of(chains(20, 6)), "rows")
    few, others = targets.parted(30, 1)
    assert (len(few), len(others)) == (30, len(targets) - 30)
    ends = sorted([*few.ends.tolist(), *others.ends.tolist()])
    assert ends == sorted(targets.ends.tolist())
    assert few.ends.tolist() == targets.parted(30, 1)[0].ends.tolist()
    assert few.ends.tolist() != targets.parted(30, 2)[0].ends.tolist()
    whole, none = targets.parted(10**6, 0)
    assert whole.ends.tolist() == targets.ends.tolist()
    assert len(none) == 0


def test_nothing_at_all():
    histories = Histories(log_of([]))
    targets = make_targets(histories, np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert targets.inputs(slice(0, 0), 5).shape == (0, 1)
    assert len(targets.order) == 0
