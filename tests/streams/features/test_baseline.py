"""Popularity by event time, what goes together, and both as one model."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from streams.features.base import ACTION_BITS, BEFORE, CODES, EVENT, EVENTS, Rows
from streams.features.baseline import Baseline
from streams.features.covisits import NEIGHBOURS, Covisits
from streams.features.popularity import HALF_LIFE_MS, Popularity
from tests.support.clock import FakeClock
from tests.support.live import DAY, START


def numbers(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def rows(*events: tuple[int, list[int]], time: int = START, weight: float = 1.0) -> Rows:
    """Return items, each with those before it, oldest first, as rows."""
    before = np.full((len(events), BEFORE), -1, EVENTS)
    for row, (_, earlier) in enumerate(events):
        for place, item in enumerate(earlier[-BEFORE:], BEFORE - len(earlier[-BEFORE:])):
            before[row, place] = (item, time << ACTION_BITS)
    count = len(events)
    return Rows(numbers(*(item for item, _ in events)), np.full(count, time), np.full(count, weight), before)


def test_popularity_halves_by_event_time() -> None:
    popularity = Popularity()
    popularity.add(numbers(0, 1), numbers(START, START + HALF_LIFE_MS), np.ones(2))
    assert popularity.shares(numbers(0, 1, 5, 9999)) == pytest.approx([1 / 3, 2 / 3, 0, 0])
    assert popularity.most(5).tolist() == [1, 0]
    assert popularity.items == 2


def test_popularity_equals_the_plain_sum_whatever_the_order_and_however_long_it_takes() -> None:
    draw = random.Random(4)
    events = [(draw.randrange(3000), START + draw.randrange(6000) * DAY, draw.random()) for _ in range(500)]
    newest = max(time for _, time, _ in events)
    mass: Counter[int] = Counter()
    for item, time, weight in events:
        mass[item] += weight * 2 ** ((time - newest) / HALF_LIFE_MS)
    popularity = Popularity()
    for item, time, weight in events:
        popularity.add(numbers(item), numbers(time), np.array([weight]))
    expected = [mass[item] / sum(mass.values()) for item in range(3000)]
    assert popularity.shares(np.arange(3000)) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert popularity.most(10).tolist() == [item for item, _ in mass.most_common(10)]


def test_equally_popular_items_have_one_order() -> None:
    popularity = Popularity()
    popularity.add(numbers(7, 3, 5), np.full(3, START), np.ones(3))
    assert popularity.most(3).tolist() == [3, 5, 7]
    assert len(Popularity().most(3)) == 0
    assert Popularity().shares(numbers(1)).tolist() == [0.0]


def neighbours(covisits: Covisits, item: int) -> dict[int, float]:
    near, count = covisits.near(numbers(item))
    return {
        other: much for other, much in zip(near[0].tolist(), count[0].tolist(), strict=True) if other >= 0
    }


def test_what_goes_together_counts_more_the_nearer_it_is() -> None:
    covisits = Covisits()
    covisits.add(rows((4, [1, 2, 3])))
    assert neighbours(covisits, 4) == pytest.approx({3: 1.0, 2: 0.5, 1: 1 / 3})
    assert neighbours(covisits, 1) == pytest.approx({4: 1 / 3})
    assert neighbours(covisits, 99_999) == {}


def test_the_same_item_and_things_far_apart_do_not_go_together() -> None:
    covisits = Covisits()
    late = rows((2, [1]))
    covisits.add(late._replace(times=late.times + 8 * DAY))
    covisits.add(rows((3, [3, 3])))
    assert [neighbours(covisits, item) for item in (1, 2, 3)] == [{}, {}, {}]


def test_covisits_are_exact_while_there_is_room() -> None:
    draw = random.Random(2)
    pairs = [(draw.randrange(20), draw.randrange(20, 40)) for _ in range(900)]
    at_once, one_by_one, plain = Covisits(), Covisits(), Counter()
    at_once.pair(numbers(*(a for a, _ in pairs)), numbers(*(b for _, b in pairs)), np.ones(len(pairs)))
    for left, right in pairs:
        one_by_one.pair(numbers(left), numbers(right), np.ones(1))
        plain[left, right] += 1
        plain[right, left] += 1
    for item in range(40):
        expected = {other: count for (mine, other), count in plain.items() if mine == item}
        assert neighbours(at_once, item) == neighbours(one_by_one, item) == expected


def test_what_comes_often_enough_is_always_among_a_bounded_number_of_neighbours() -> None:
    draw, covisits = random.Random(3), Covisits()
    often = 200
    for _ in range(often):
        covisits.pair(numbers(0), numbers(1), np.ones(1))
        covisits.pair(np.zeros(5, np.int64), numbers(*draw.sample(range(10, 2000), 5)), np.ones(5))
    found = neighbours(covisits, 0)
    assert len(found) == NEIGHBOURS
    # Space-Saving overestimates, by no more than everything over the number of places.
    assert often <= found[1] <= often + 6 * often / NEIGHBOURS


def test_counts_stay_where_float32_is_exact() -> None:
    covisits = Covisits()
    for _ in range(3):
        covisits.pair(np.zeros(3000, np.int64), np.full(3000, 5), np.ones(3000))
    assert 2000 < neighbours(covisits, 0)[5] < 4096


def baseline(clock: FakeClock | None = None) -> Baseline:
    """Return one that has seen 2 follow 1 often, and 7 most often of all, with nothing."""
    found = Baseline(clock or FakeClock())
    found.add(rows(*[(2, [1])] * 5, *[(3, [1])] * 2, *[(7, [])] * 9))
    return found


def test_what_goes_with_the_history_comes_before_what_is_popular() -> None:
    found = baseline()
    items = numbers(2, 3, 7, 1, -1, 500)
    after = dict(zip(items.tolist(), found.scores([1], items), strict=True))
    assert after[2] > after[3] > after[7] > after[500] == after[-1] > 0
    alone = dict(zip(items.tolist(), found.scores([], items), strict=True))
    assert alone[7] > alone[2] > alone[3] > alone[1] == alone[-1]
    assert all(0 < score < 1 for score in [*after.values(), *alone.values()])


def test_nearest_says_which_item_of_the_history_it_goes_with() -> None:
    found = baseline()
    assert found.nearest(numbers(2, 7, -1), [1, 7]) == [1, None, None]
    assert found.nearest(numbers(2, 7), []) == [None, None]
    assert found.nearest(numbers(), [1]) == []


def test_candidates_are_neighbours_and_popular_ones() -> None:
    found = baseline()
    assert found.candidates([1], 1).tolist() == [2, 3, 7]
    assert found.candidates([], 2).tolist() == [2, 7]


def test_the_popular_list_is_made_anew_twice_a_second_at_most() -> None:
    clock = FakeClock()
    found = baseline(clock)
    assert found.popular(1).tolist() == [7]
    found.add(rows(*[(9, [])] * 50))
    assert found.popular(1).tolist() == [7]
    clock.advance(0.6)
    assert found.popular(1).tolist() == [9]


def test_more_popular_items_than_are_kept_can_be_asked_for() -> None:
    found = Baseline(FakeClock())
    found.add(rows(*[(item, []) for item in range(3000)]))
    assert len(found.popular(10)) == 10
    assert len(found.popular(2500)) == 2500
    assert len(found.popular(9999)) == 3000


def test_restored_from_sequences_it_knows_what_they_hold() -> None:
    code = CODES["purchase"]
    packed = [
        b"".join(EVENT.pack(item, (START + place * DAY) << ACTION_BITS | code) for place, item in enumerate(one))
        for one in ([1, 2, 3, 4], [5], [1, 2])
    ]  # fmt: skip
    found = Baseline(FakeClock())
    found.restore(packed, START + 100 * DAY)
    assert neighbours(found.covisits, 4) == pytest.approx({3: 1.0, 2: 0.5, 1: 1 / 3})
    assert neighbours(found.covisits, 2)[1] == pytest.approx(2.0)
    assert neighbours(found.covisits, 5) == {}
    assert sorted(found.popular(9).tolist()) == [1, 2, 3, 4, 5]
    # Users after each other are not one user.
    assert 5 not in neighbours(found.covisits, 1)


def test_restored_times_that_are_ahead_count_as_now() -> None:
    code = CODES["purchase"]
    ahead = EVENT.pack(1, (START + 9000 * DAY) << ACTION_BITS | code)
    found = Baseline(FakeClock())
    found.restore([ahead, EVENT.pack(2, START << ACTION_BITS | code)], START)
    assert found.popularity.shares(numbers(1, 2)) == pytest.approx([0.5, 0.5])
