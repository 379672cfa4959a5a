"""The window against a plain dictionary of last offsets, however records are cut into batches."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.inventory.duplicates.hashset import HashSet
from streams.inventory.duplicates.window import Window


def expected(hashes: list[int], offsets: list[int], block: int) -> list[bool]:
    last: dict[int, int] = {}
    seen = []
    for one, offset in zip(hashes, offsets, strict=True):
        seen.append(one in last and last[one] // block >= offset // block - 1)
        last[one] = offset
    return seen


@given(
    # Few different hashes, some of which share their first and last bits: probes collide, also with the empty slot's 0.
    st.lists(
        st.sampled_from([0, 2, 3, 1 << 63, (1 << 63) + 1, (1 << 63) + (1 << 15), 2**64 - 1]), max_size=60
    ),
    st.lists(st.integers(0, 5), min_size=60, max_size=60),
    st.lists(st.integers(1, 60), max_size=10),
    st.integers(2, 20),
)
def test_batches_do_not_matter(hashes: list[int], steps: list[int], cuts: list[int], size: int) -> None:
    offsets = np.cumsum(np.array(steps[: len(hashes)], dtype=np.int64))
    window, found = Window(size), []
    bounds = sorted({0, len(hashes), *(cut for cut in cuts if cut < len(hashes))})
    for start, end in pairwise(bounds):
        found += window.add(np.array(hashes[start:end], dtype=np.uint64), offsets[start:end]).tolist()
    # 0 and 1 are one to the set; 1 is not among the hashes.
    assert found == expected(hashes, offsets.tolist(), max(size // 2, 1))


def test_a_set_that_grows_forgets_nothing() -> None:
    chance = np.random.default_rng(3)
    hashes = chance.integers(0, 2**64, 50_000, dtype=np.uint64)
    hashes[::1000] &= np.uint64((1 << 40) - 1)  # many homes at the very beginning
    hashes = np.unique(hashes)
    chance.shuffle(hashes)
    kept = HashSet()
    for start in range(0, 40_000, 777):
        assert not kept.add(hashes[start : min(start + 777, 40_000)]).any()
    assert kept.size == 40_000
    assert kept.has(hashes[:40_000]).all()
    assert not kept.has(hashes[40_000:]).any()
    assert kept.add(hashes[39_990:40_010]).tolist() == [True] * 10 + [False] * 10
    assert kept.nbytes <= 32 * 2 * 40_010


def test_homes_at_the_end_go_on_at_the_beginning() -> None:
    hashes = np.arange(2**64 - 600, 2**64, dtype=np.uint64)
    kept = HashSet()
    kept.add(hashes)
    assert kept.has(hashes).all()


def test_memory_is_bounded_by_the_window() -> None:
    window, chance = Window(20_000), np.random.default_rng(5)
    for start in range(0, 200_000, 5_000):
        offsets = np.arange(start, start + 5_000)
        assert not window.add(chance.integers(0, 2**64, 5_000, dtype=np.uint64), offsets).any()
        assert window.nbytes <= 2 * 8 * 32_768
    assert 0 < window.false_positive_rate < 1e-14


def test_rewinding_gives_the_same_window() -> None:
    chance = np.random.default_rng(7)
    hashes = chance.integers(0, 3_000, 10_000, dtype=np.uint64)
    offsets = np.arange(10_000)
    one = Window(1_000)
    whole = one.add(hashes, offsets)
    for end in (0, 1, 499, 500, 501, 7_777):
        other = Window(1_000)
        start = other.rewind(end)
        assert end - start <= 1_000
        other.add(hashes[start:end], offsets[start:end])
        assert (other.add(hashes[end:], offsets[end:]) == whole[end:]).all()
