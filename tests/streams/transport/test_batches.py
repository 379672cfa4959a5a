"""Batches: what one fetch brought, in order, and cut into parts that follow each other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from streams.transport.batches import Batch, rest_after

TP0 = TP("orders", 0)


def batch(offsets: list[int], follows: int) -> Batch:
    records = [
        SimpleNamespace(offset=offset, timestamp=1000 + offset, timestamp_type=0) for offset in offsets
    ]
    return Batch(tp=TP0, epoch=1, follows=follows, records=records, highwater=10_000)


@given(st.sets(st.integers(5, 200), min_size=1), st.one_of(st.none(), st.integers(1, 50)))
def test_parts_hold_every_record_once_and_follow_each_other(offsets: set[int], size: int | None) -> None:
    whole = batch(sorted(offsets), follows=5)

    parts = list(whole.parts(size))

    assert [record.offset for part in parts for record in part.records] == sorted(offsets)
    assert parts[0].follows == 5
    assert [part.follows for part in parts[1:]] == [part.next_offset for part in parts[:-1]]
    assert all(size is None or len(part.records) <= size for part in parts)


def test_a_batch_looks_like_one_record_to_faust() -> None:
    whole = batch([7, 9], follows=7)

    assert (whole.topic, whole.partition, whole.offset, whole.next_offset) == ("orders", 0, 7, 10)
    assert (whole.timestamp, whole.value) == (1007, whole)
    with pytest.raises(AttributeError):
        whole.epoch = 2  # type: ignore[misc]  # frozen


def test_what_the_records_hold() -> None:
    header = ("h", b"x")
    records = [
        SimpleNamespace(offset=1, timestamp=10, value=b"ab", headers=()),
        SimpleNamespace(offset=2, timestamp=20, value=None, headers=()),
        SimpleNamespace(offset=3, timestamp=30, value=b"", headers=(header,)),
    ]
    whole = Batch(tp=TP0, epoch=1, follows=1, records=records, highwater=4)

    assert (whole.values, whole.size, list(whole.timestamps)) == ([b"ab", None, b""], 2, [10, 20, 30])
    assert whole.headers_of_records == [(), (), (header,)]
    assert next(whole.parts(2)).headers_of_records is None


@pytest.mark.parametrize(
    ("sizes", "seconds"),
    [
        ([], 0.0),
        ([5_000] * 500, 0.0),
        ([1] * 4, 0.1),
        ([5_000, 3, 0], 0.1),
        ([2] * 100, 0.2),
        ([2] * 10_000, 1.0),
    ],
)
def test_many_small_batches_gather_and_large_ones_do_not_wait(sizes: list[int], seconds: float) -> None:
    assert rest_after(sizes) == pytest.approx(seconds)
