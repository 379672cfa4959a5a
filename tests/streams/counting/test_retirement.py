from __future__ import annotations

from uuid import UUID

import pytest

from streams.counting.base import SetHeader, Source
from streams.counting.codec import encode_pieces
from streams.counting.exceptions import ProtocolError
from streams.counting.retirement import Retirement
from streams.counting.sets import SetStore

OLD, NEW = UUID(int=1), UUID(int=2)


def add(store: SetStore, topic_id: UUID, topic: str = "shop", partition: int = 0) -> list[bytes]:
    records = encode_pieces(Source(topic_id, partition), b"the-name", SetHeader(topic, end=5), b"state")
    for key, value in records:
        store.add(key, value)
    return [key for key, _ in records]


def test_a_topic_made_again_is_retired_with_all_its_partitions_after_some_answers():
    store = SetStore(1)
    keys = add(store, OLD) + add(store, OLD, partition=1)
    retirement = Retirement(store, patience=2)
    assert retirement.look() == {"shop"}
    assert retirement.judge({"shop": NEW}) == []
    retirement.look()
    assert sorted(retirement.judge({"shop": NEW})) == sorted(keys)
    assert retirement.look() == set()
    assert retirement.judge({}) == []


def test_one_answer_with_the_topic_begins_the_count_anew():
    store = SetStore(1)
    add(store, OLD)
    retirement = Retirement(store, patience=2)
    for answer in ({}, {"shop": OLD}, {}, {"shop": OLD}):
        retirement.look()
        assert retirement.judge(answer) == []
    assert Source(OLD, 0) in set(store.sources())


def test_what_was_added_after_the_look_is_not_judged_by_an_older_answer():
    store = SetStore(1)
    add(store, OLD)
    retirement = Retirement(store, patience=1)
    retirement.look()
    add(store, NEW)
    retirement.judge({"shop": OLD})
    assert store.best(Source(NEW, 0)) is not None


def test_other_topics_stay():
    store = SetStore(1)
    keys, _ = add(store, OLD), add(store, NEW, topic="items")
    retirement = Retirement(store, patience=1)
    assert retirement.look() == {"shop", "items"}
    assert retirement.judge({"items": NEW}) == keys
    assert list(store.sources()) == [Source(NEW, 0)]


def test_asking_before_looking_is_refused():
    with pytest.raises(ProtocolError):
        Retirement(SetStore(1)).judge({})
