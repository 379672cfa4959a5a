"""Counts in bounded memory: exact while they fit, bounded errors beyond, however they were merged."""

from __future__ import annotations

import random
from collections import Counter
from unittest.mock import patch

import pytest

from streams.inventory.profile import frequent
from streams.inventory.profile.frequent import FrequentItems


def counted(values: list[str], batch: int = 50) -> FrequentItems[str]:
    items: FrequentItems[str] = FrequentItems()
    for start in range(0, len(values), batch):
        items.admit(items.count(values[start : start + batch]), {})
        if items.full:
            items.evict()
    return items


def zipf(seed: int, size: int) -> list[str]:
    chance = random.Random(seed)
    return [f"v{int(chance.paretovariate(0.7))}" for _ in range(size)]


def check(items: FrequentItems[str], true: Counter[str]) -> None:
    for value, count in true.items():
        kept = items.counts.get(value, 0)
        assert kept <= count <= kept + items.slack_of(value), value


def test_exact_while_it_fits() -> None:
    values = [f"{i % 2048}" for i in range(10_000)]
    items = counted(values)
    assert items.exact
    assert items.counts == Counter(values)


def test_one_value_more_than_fits_is_no_longer_exact_whatever_the_order() -> None:
    values = [f"{i}" for i in range(2049)]
    for order in (values, values[::-1]):
        assert not counted(order).exact
        half = counted(order[:1024])
        half.merge(counted(order[1024:]))
        assert half.full


def test_long_texts_count_by_their_characters() -> None:
    fits = counted([f"{i:0128d}" for i in range(512)])
    assert fits.exact
    assert fits.characters == 65_536
    over = counted([f"{i:0128d}" for i in range(513)])
    assert not over.exact
    assert over.characters == sum(map(len, over.counts)) <= 32_768


@pytest.mark.parametrize("room", [8, 100])
def test_bounds_hold_and_are_narrow(room: int) -> None:
    values = zipf(1, 20_000)
    with patch.object(frequent, "MAX_VALUES", room):
        items = counted(values)
    check(items, Counter(values))
    assert len(items.counts) <= room
    assert items.offset * (room // 2 + 1) <= len(values)


def test_a_value_that_was_frequent_from_the_first_stays_exact() -> None:
    values = [value for i in range(20_000) for value in ("always", f"once {i}")]
    items = counted(values)
    assert items.counts["always"] == 20_000
    assert items.slack_of("always") == 0


@pytest.mark.parametrize("seed", range(5))
def test_merged_summaries_keep_the_bounds(seed: int) -> None:
    chance = random.Random(seed)
    parts = [zipf(seed * 10 + i, chance.randint(1, 3000)) for i in range(6)]
    with patch.object(frequent, "MAX_VALUES", 30):
        whole: FrequentItems[str] = FrequentItems()
        for part in parts:
            twin: FrequentItems[str] = FrequentItems()
            twin.restore(counted(part).state())
            whole.merge(twin)
            if whole.full:
                whole.evict()
    everything = [value for part in parts for value in part]
    check(whole, Counter(everything))
    assert whole.offset * 16 <= len(everything)


def test_merging_counts_the_characters() -> None:
    one, other = counted(["ab", "c"]), counted(["c", "def", "g"])
    one.merge(other)
    assert one.characters == 7
    assert one.counts == {"ab": 1, "c": 2, "def": 1, "g": 1}


def test_renamed_values_are_counted_together() -> None:
    items: FrequentItems[str] = FrequentItems()
    items.admit(items.count(["a", "x", "b", "b"]), {"a": "x", "b": "c"})
    assert items.counts == {"x": 2, "c": 2}
    assert items.characters == 2
    items.admit(items.count(["d", "e"]), {"d": "e", "e": "f"})
    assert items.counts == {"x": 2, "c": 2, "e": 1, "f": 1}


def test_state_keeps_integers_of_any_size() -> None:
    items: FrequentItems[int | float] = FrequentItems()
    items.admit(items.count([10**30, -(2**70), 1.5, 3]), {})
    twin: FrequentItems[int | float] = FrequentItems()
    twin.restore(items.state(), numbers=True)
    assert twin.counts == items.counts
