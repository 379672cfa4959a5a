"""Records that had to wait are counted later, without moving the end."""

from __future__ import annotations

import pytest

from streams.counting.sets import SetStore
from tests.streams.counting.test_protocol import (
    ID,
    LOG,
    Counter,
    begun,
    checkpoint,
    count,
    frozen_of,
    new_counter,
)


def test_what_waited_is_counted_without_moving_the_end():
    counter = begun()
    count(counter, 0, 10)
    checkpoint(counter)
    assert not counter.dirty
    assert counter.amend(lambda state: state.extend([3])) is None
    assert counter.dirty and counter.end == 10


def test_the_set_with_what_waited_ranks_above_the_one_without():
    for _ in range(50):  # names are drawn
        counter = begun()
        count(counter, 0, 10)
        before, _, _ = checkpoint(counter)
        counter.amend(lambda state: state.extend([3]))
        after, tombstones, _ = checkpoint(counter)
        assert tombstones == [key for key, _ in before]
        store = SetStore(1)
        for key, value in [*after, *before]:
            store.add(key, value)
        again = new_counter()
        again.begin(ID, store, LOG)
        assert sorted(again.state) == [0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9]


def test_two_that_count_what_waited_at_once_take_different_names():
    before, *_ = checkpoint_of(first := begun())
    store = SetStore(1)
    for key, value in before:
        store.add(key, value)
    names = set()
    for _ in range(20):
        other = new_counter()
        other.begin(ID, store, LOG)
        other.amend(lambda state: state.extend([3]))
        names.add(frozen_of(other).name)
    assert len(names) == 20 and first.counting


def checkpoint_of(counter: Counter) -> tuple[list[tuple[bytes, bytes]], list[bytes], int]:
    count(counter, 0, 10)
    return checkpoint(counter)


def test_half_counted_is_not_counted():
    counter = begun()
    count(counter, 0, 10)

    def fail(state):
        state.extend([3])
        raise ValueError

    with pytest.raises(ValueError):
        counter.amend(fail)
    assert not counter.counting
