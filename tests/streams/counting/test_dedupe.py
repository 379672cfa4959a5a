from __future__ import annotations

import json
from random import Random
from uuid import UUID

import pytest

from streams.counting.base import Source
from streams.counting.dedupe import Watermarks

ONE, TWO = Source(UUID(int=1), 0), Source(UUID(int=1), 1)


def test_each_place_is_accepted_once_for_each_source():
    marks = Watermarks()
    assert marks.accept(ONE, 5)
    assert not marks.accept(ONE, 5)
    assert marks.accept(ONE, 5, index=1)
    assert marks.accept(TWO, 5)


def test_what_was_lost_before_a_later_place_is_accepted_when_sent_again():
    marks = Watermarks(keep=3)
    assert [marks.accept(ONE, offset) for offset in (1, 2, 5)] == [True] * 3
    assert [marks.accept(ONE, offset) for offset in (1, 2, 3, 4, 5)] == [False, False, True, True, False]


def test_what_is_not_beyond_a_place_that_was_let_go_counts_as_seen():
    marks = Watermarks(keep=1)
    assert [marks.accept(ONE, offset) for offset in (3, 9, 2, 4, 5, 9, 10)] == [
        True,
        True,
        False,
        True,
        True,
        False,
        True,
    ]


def test_nothing_is_accepted_twice_in_any_order():
    rng, marks, accepted = Random(1), Watermarks(keep=5), []
    for _ in range(3_000):
        place = (rng.randrange(200), rng.randrange(2))
        if marks.accept(ONE, *place):
            accepted.append(place)
    assert len(accepted) == len(set(accepted)) > 20


def test_memory_is_bounded():
    marks = Watermarks(keep=4, sources=3)
    for number in range(50):
        for offset in range(50):
            marks.accept(Source(UUID(int=number), 0), offset)
    dumped = marks.dump()
    assert len(dumped) == 3
    assert all(len(latest) == 4 for *_, latest in dumped)


@pytest.mark.parametrize("keep", [2, 64])
def test_survives_a_table(keep: int):
    marks = Watermarks()
    for offset in range(0, 20, 2):
        marks.accept(ONE, offset)
        marks.accept(TWO, offset, 1)
    again = Watermarks.load(json.loads(json.dumps(marks.dump())), keep=keep)
    assert not any(again.accept(ONE, offset) for offset in range(0, 20, 2))
    assert not any(again.accept(TWO, offset, 1) for offset in range(0, 20, 2))
    assert again.accept(ONE, 20)


def test_refuses_to_remember_nothing():
    with pytest.raises(ValueError, match="keep"):
        Watermarks(keep=0)
