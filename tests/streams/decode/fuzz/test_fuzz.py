"""Broken records of every registered format: 200,000 a run, read or rejected, each in bounded time and memory."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Iterator, Sequence

import psutil
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode.base import Decoded
from streams.decode.kinds import Kinds
from streams.decode.reasons import EXPLANATIONS
from streams.decode.registry import BatchDecoder
from tests.streams.decode.checks import check, one_by_one, summary
from tests.streams.decode.fuzz.mutators import mutated
from tests.streams.decode.fuzz.seeds import ALL_SEEDS, COMPRESS, COMPRESSIONS, FORMATS, SEEDS

#: Mutated records of a run, over all formats.
RECORDS = 200_000
#: Processor time of one record.
SLOWEST_S = 0.05
#: What a process may grow by while all records of one format go through it.
GROWTH = 48 << 20

BATCH = 250
DECODER = BatchDecoder()

NAMES = (*FORMATS, *COMPRESSIONS)
COUNT = RECORDS // len(NAMES) + 1


def broken(name: str, count: int, chance: random.Random) -> Iterator[bytes]:
    """Yield mutated records of a format; of a compression, broken outside or inside."""
    if name in SEEDS:
        for _ in range(count):
            yield mutated(chance, chance.choice(SEEDS[name]), ALL_SEEDS)
        return
    compress = COMPRESS[name]
    whole = list(map(compress, ALL_SEEDS))
    for _ in range(count):
        if chance.random() < 0.5:
            yield mutated(chance, chance.choice(whole), whole)
        else:
            yield compress(mutated(chance, chance.choice(ALL_SEEDS), ALL_SEEDS))


def decode(values: Sequence[bytes]) -> tuple[Decoded, float]:
    began = time.process_time()
    try:
        decoded = DECODER.decode(values)
    except Exception as error:
        for value in values if len(values) > 1 else ():
            decode([value])
        raise AssertionError(f"{error!r} for {[value[:2000].hex() for value in values[:1]]}") from error
    return decoded, time.process_time() - began


def find_slow(values: Sequence[bytes], seconds: float) -> None:
    """Fail if any record alone takes too long; ``seconds`` is what all took together."""
    if seconds <= SLOWEST_S:
        return
    if len(values) == 1:
        # The first time may have met a collection of garbage.
        seconds = min(seconds, *(decode(values)[1] for _ in range(3)))
        assert seconds <= SLOWEST_S, f"{seconds:.3f} s for {len(values[0])} bytes: {values[0][:2000].hex()}"
        return
    middle = len(values) // 2
    for half in (values[:middle], values[middle:]):
        find_slow(half, decode(half)[1])


def test_every_format_and_compression_has_seeds() -> None:
    assert set(FORMATS) <= SEEDS.keys()
    assert set(COMPRESSIONS) == COMPRESS.keys()


@pytest.mark.parametrize("name", NAMES)
def test_broken_records(name: str) -> None:
    chance = random.Random(f"broken {name}")
    process = psutil.Process()
    values: list[bytes] = []
    warm = grown = rejects = 0
    for number, value in enumerate(broken(name, COUNT, chance), start=1):
        values.append(value)
        if len(values) < BATCH and number < COUNT:
            continue
        decoded, seconds = decode(values)
        read = {index for group in decoded.groups for index in group.indexes}
        rejected = [reject.index for reject in decoded.rejects]
        assert sorted([*read, *rejected]) == list(range(len(values)))
        assert {reject.reason for reject in decoded.rejects} <= EXPLANATIONS.keys()
        find_slow(values, seconds)
        rejects += len(rejected)
        if number % (20 * BATCH) == 0:
            check(decoded, values)
        del decoded
        values = []
        if number >= COUNT // 4:
            grown = process.memory_info().rss - warm
            warm = warm or grown
    assert 0.1 * COUNT < rejects < 0.999 * COUNT, "broken, and not beyond recognition"
    gc.collect()
    grown = process.memory_info().rss - warm
    assert grown < GROWTH, f"{grown >> 20} MB more after all records than after a quarter of them"
    assert pa.total_allocated_bytes() < 1 << 20


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(NAMES), st.integers(1, 25))
def test_a_batch_of_broken_records_is_the_sum_of_them(seed: int, name: str, count: int) -> None:
    chance = random.Random(seed)
    values = list(broken(name, count, chance))
    values += [chance.choice(ALL_SEEDS) for _ in range(chance.randrange(4))]
    chance.shuffle(values)
    decoded = DECODER.decode(values)
    check(decoded, values)
    assert summary(decoded) == one_by_one(DECODER, values, None)
    check(DECODER.decode(values, kinds=Kinds()), values)
