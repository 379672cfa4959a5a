"""A partition's labels as a record: all of it comes back, and what is no such record is refused in one line."""

from __future__ import annotations

import random
import zlib
from array import array

import orjson
import pytest

from monitoring.edges import default_edges
from monitoring.measures import Measures, Quota
from streams.feedback.base import JoinPolicy
from streams.feedback.join import PartitionJoin, Resume
from streams.feedback.state import PartitionState, StateError, decode_state, encode_state
from tests.streams.feedback.logs import Reader, drawn, logged

QUOTA = Quota(625, 625)


def test_it_comes_back_whole() -> None:
    measures = Measures(QUOTA)
    measures.add(("m", "1"), default_edges(), 0.3, 1, 77)
    waiting = array("q", sorted(random.Random(1).sample(range(500, 9_000), 300)))
    resume = Resume(500, 9_000, waiting, 7, 70, -5, 3, {"late": 2}, {"taken": 9}, 4, 5)
    found = decode_state(encode_state(PartitionState("a", "b", measures, resume, 300)), QUOTA)
    assert found.resume == resume
    assert (found.impressions_id, found.interactions_id, found.waiting) == ("a", "b", 300)
    assert found.measures.encode() == measures.encode()


def test_a_beginning_is_a_state_too() -> None:
    found = decode_state(encode_state(PartitionState("a", "b", Measures(QUOTA))), QUOTA)
    assert found.resume == Resume(waiting=array("q"))


def test_a_join_goes_on_from_the_record() -> None:
    policy = JoinPolicy(60, 20, 1_000)
    shown, acted = drawn(3, 300, 20)
    through_bytes, plain = (Reader(policy, logged(shown), logged(acted)) for _ in range(2))
    for reader in (through_bytes, plain):
        for _ in range(20):
            reader.show(9)
            reader.act(8)
            reader.keep()
            if reader is through_bytes:
                data = encode_state(PartitionState("a", "b", Measures(QUOTA), reader.join.resume()))
                reader.join = PartitionJoin(policy, decode_state(data, QUOTA).resume)
    assert through_bytes.finish() == plain.finish()


def test_far_apart_offsets_take_little_room() -> None:
    resume = Resume(10, 5_000_000, [10, 4_999_999])
    data = encode_state(PartitionState("a", "b", Measures(QUOTA), resume, 2))
    assert len(data) < 10_000
    assert list(decode_state(data, QUOTA).resume.waiting) == [10, 4_999_999]


@pytest.mark.parametrize("data", [b"", b"rubbish", zlib.compress(b"[]"), zlib.compress(b'{"format": 1}')])
def test_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(StateError, match="no labels of a partition"):
        decode_state(data, QUOTA)


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(StateError, match="newer Pandian"):
        decode_state(zlib.compress(orjson.dumps({"format": 2})), QUOTA)
