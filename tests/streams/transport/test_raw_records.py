"""Raw records against aiokafka's own reading of the same bytes."""

from __future__ import annotations

import gc
import weakref

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import READ_UNCOMMITTED, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given
from hypothesis import strategies as st

from streams.transport.raw_records import RawRecords

TP0 = TopicPartition("orders", 0)
CONTROL_BIT, ATTRIBUTES = 0x20, 21
CODECS = {"none": 0, "gzip": 1, "lz4": 3, "zstd": 4}


def log_batch(base: int, deltas: list[int], codec: int = 0) -> bytes:
    """Return a batch of the log whose records stand at ``base`` plus each of ``deltas``."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 1 << 20)
    for delta in deltas:
        builder.append(delta, 1_000 + delta, b"k", b"v%d" % (base + delta), [("h", b"x")])
    data = bytearray(builder.build())
    data[:8] = base.to_bytes(8, "big")
    return bytes(data)


def legacy_batch(base: int, count: int) -> bytes:
    builder = LegacyRecordBatchBuilder(1, 0, 1 << 20)
    for number in range(count):
        builder.append(base + number, 1_000 + number, b"k", b"v%d" % (base + number))
    return bytes(builder.build())


def fetched(data: bytes, offset: int) -> PartitionRecords:
    return PartitionRecords(TP0, MemoryRecords(data), [], offset, None, None, True, READ_UNCOMMITTED)


def same(data: bytes, offset: int) -> int:
    """Check what is handed out against aiokafka reading everything; return how many records that is."""
    theirs, ours = fetched(data, 0), RawRecords(fetched(data, offset))
    expected = [record for record in theirs if record.offset >= offset]
    found = list(ours)
    assert [(r.offset, r.timestamp, r.key, r.value, tuple(r.headers)) for r in found] == [
        (r.offset, r.timestamp, r.key, r.value, r.headers) for r in expected
    ]
    assert ours.next_fetch_offset == max(offset, theirs.next_fetch_offset)
    return len(found)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 9), min_size=1)), min_size=1, max_size=4),
    st.integers(0, 30),
)
def test_gaps_and_an_offset_within_a_batch(batches: list[tuple[int, set[int]]], offset: int) -> None:
    data, base = b"", 0
    for gap, deltas in batches:
        base += gap
        data += log_batch(base, sorted(deltas))
        base += max(deltas) + 1
    same(data, offset)


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_compressed(codec: int) -> None:
    assert same(log_batch(0, list(range(100)), codec) + log_batch(100, list(range(50)), codec), 90) == 60


def test_records_of_the_old_format() -> None:
    assert same(legacy_batch(0, 5), 2) == 3


def test_control_batches_hold_no_records_and_are_passed() -> None:
    control = bytearray(log_batch(3, [0]))
    control[ATTRIBUTES + 1] |= CONTROL_BIT
    raw = fetched(bytes(control) + log_batch(4, [0, 1]), 3)
    raw._check_crcs = False  # the bit was set after the checksum was made
    ours = RawRecords(raw)
    assert [record.offset for record in ours] == [4, 5]
    assert ours.next_fetch_offset == 6


def test_a_fetch_of_control_records_only_moves_on() -> None:
    control = bytearray(log_batch(3, [0]))
    control[ATTRIBUTES + 1] |= CONTROL_BIT
    raw = fetched(bytes(control), 3)
    raw._check_crcs = False
    ours = RawRecords(raw)
    assert list(ours) == []
    assert ours.next_fetch_offset == 4


def test_a_damaged_batch_is_an_error_and_the_position_stays_in_front_of_it() -> None:
    damaged = bytearray(log_batch(2, [0, 1]))
    damaged[-1] ^= 1
    ours = RawRecords(fetched(log_batch(0, [0, 1]) + bytes(damaged) + log_batch(4, [0]), 0))
    found = []
    with pytest.raises(CorruptRecordException):
        for record in ours:
            found.append(record.offset)
    assert found == [0, 1]
    assert ours.next_fetch_offset == 2
    assert list(ours) == []


@pytest.mark.parametrize("read", [True, False])
def test_the_bytes_of_a_fetch_go_with_it_and_wait_for_no_collector(read: bool) -> None:
    gc.disable()
    try:
        raw = fetched(log_batch(0, [0, 1]), 0)
        gone = weakref.ref(raw)
        ours = RawRecords(raw)
        if read:
            assert len(list(ours)) == 2
        del raw, ours
        assert gone() is None
    finally:
        gc.enable()
