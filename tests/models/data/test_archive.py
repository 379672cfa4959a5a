"""Training reads on in the archive where Kafka's retention ends, and counts nothing twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.data.archive import ArchivedInteractions, InteractionArchive, notices, read_archive
from models.data.stream import read_topic
from models.exceptions import DataError
from pandian.archive import ArchiveFile, Segment, open_archive
from pandian.errors import SettingError
from pandian.events import Interaction, Origin, encode
from pandian.forgetting import Erasure, Erasures
from pandian.settings import Settings
from tests.support import topics

SHOP = UUID(int=5).hex


def row(offset, user="u", item="a", action="view", place=None, partition=0, topic_id="t" * 32, index=0):
    source = {"topic_id": SHOP, "partition": 0, "offset": place, "index": index} if place is not None else {}
    return {
        "_topic_id": topic_id,
        "_partition": partition,
        "_offset": offset,
        "_index": 0,
        "user_id": user,
        "item_id": item,
        "action": action,
        "time": datetime.fromtimestamp(offset, UTC),
        **{f"source.{name}": source.get(name) for name in ("topic_id", "partition", "offset", "index")},
    }


SCHEMA = pa.schema(
    {
        "_topic_id": pa.string(),
        "_partition": pa.int32(),
        "_offset": pa.int64(),
        "_index": pa.int64(),
        "user_id": pa.string(),
        "item_id": pa.string(),
        "action": pa.string(),
        "time": pa.timestamp("ms", "UTC"),
        "source.topic_id": pa.string(),
        "source.partition": pa.int64(),
        "source.offset": pa.int64(),
        "source.index": pa.int64(),
    }
)


def put(address, rows, first=0, end=None, topic_id="a" * 32, partition=0, asset="pandian.interactions"):
    store = open_archive(str(address))
    rows = [{**one, "_topic_id": topic_id, "_partition": partition} for one in rows]
    file = ArchiveFile(
        asset, date(2026, 1, 1), Segment(topic_id, partition, first, end or first + len(rows)), len(rows)
    )
    with store.spool() as path:
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path)
        store.put(path, file)


def test_the_archive_alone(tmp_path):
    put(tmp_path, [row(n, user=f"u{n % 3}", item=f"i{n}", place=n) for n in range(10)])
    put(tmp_path, [row(10, action="refund", place=10), row(11, user=" "), row(12, item="i5", place=5)], 10)
    said = []
    log = read_archive(Settings(archive=str(tmp_path)), said.append)
    assert (len(log), log.read) == (10, 13)
    assert log.times.tolist() == [1000 * n for n in range(10)]
    assert said == [
        "archive: left out 1 repeated, 1 of an action that speaks for no item, 1 without user or item of 13 rows"
    ]


def test_an_empty_archive_and_none_are_said(tmp_path):
    with pytest.raises(DataError, match="0 interactions"):
        read_archive(Settings(archive=str(tmp_path)))
    with pytest.raises(SettingError, match="PANDIAN_ARCHIVE"):
        read_archive(Settings())


def test_only_what_the_topic_does_not_hold_is_taken(tmp_path):
    put(tmp_path, [row(n, item=f"i{n}", place=n) for n in range(10)])
    put(tmp_path, [row(n, item=f"j{n}", place=50 + n) for n in range(10)], partition=1)
    put(tmp_path, [row(n, item=f"old{n}", place=90 + n) for n in range(4)], topic_id="b" * 32)
    archive = InteractionArchive(Settings(archive=str(tmp_path)))
    assert len(archive) == 24
    found = archive.before("a" * 32, {0: 6, 1: 0})
    assert sorted(found.items.to_pylist()) == [f"i{n}" for n in range(6)] + [f"old{n}" for n in range(4)]
    assert found.seen == {(0, SHOP, 0): (93, 0)}
    assert found.missing == 0
    assert archive.before("a" * 32, {0: 25, 1: 0}).missing == 15


def test_places_within_one_record_are_all_taken(tmp_path):
    put(tmp_path, [row(n, item=f"i{n}", place=7, index=n) for n in range(5)])
    found = InteractionArchive(Settings(archive=str(tmp_path))).before("", {})
    assert len(found.users) == 5
    assert found.seen == {(0, SHOP, 0): (7, 4)}


def test_interactions_that_name_no_source_stand_for_themselves(tmp_path):
    put(tmp_path, [row(n, item="same") for n in range(5)])
    found = InteractionArchive(Settings(archive=str(tmp_path))).before("", {})
    assert len(found.users) == 5
    assert found.seen == {}


def published(number):
    return encode(
        Interaction(
            f"u{number % 9}", f"i{number}", "view", 1000 * number, source=Origin("shop", SHOP, 0, number, 0)
        )
    )


def test_kafka_goes_on_where_the_archive_ends(kafka_broker, unique, tmp_path):
    """Retention has removed the first half; half of what is archived is still in Kafka; some was sent twice."""
    name = unique("interactions")
    topics.create_topic(kafka_broker.address, name, 1)
    values = [published(n) for n in range(100)] + [published(n) for n in range(90, 110)]
    topics.produce(kafka_broker.address, name, values, partition=0)
    topic_id = topics.topic_id(kafka_broker.address, name).hex
    rows = [row(n, user=f"u{n % 9}", item=f"i{n}", place=n) for n in range(75)]
    put(tmp_path, rows, topic_id=topic_id, asset=name)
    settings = Settings(broker=kafka_broker.address, archive=str(tmp_path))
    assert len(read_topic(settings, topic=name)) == 110
    topics.expire(kafka_broker.address, name, {0: 50})
    log = read_topic(settings, topic=name)
    assert (len(log), log.read) == (110, 50 + 70)
    assert np.array_equal(log.times, np.arange(110) * 1000)
    assert len(read_topic(Settings(broker=kafka_broker.address), topic=name)) == 60
    topics.expire(kafka_broker.address, name, {0: 80})
    said = []
    assert len(read_topic(settings, said.append, topic=name)) == 105
    assert any("5 offsets were gone" in text for text in said)


def test_what_people_did_before_they_asked_to_be_forgotten_is_left_out():
    erasures = Erasures()
    names = erasures.names
    erasures.take(names("ann").encode(), Erasure("shop", {0: 9}, names.fingerprint, 50).encode())
    archived = ArchivedInteractions(
        pa.array(["ann", "bob", "ann", "ann"]),
        pa.array(["hat", "hat", "mug", "scarf"]),
        np.array([10, 20, 50, 51]),
        4,
        Counter(),
        {},
        0,
    )
    assert archived.without(Erasures()) is archived
    left = archived.without(erasures)
    assert list(zip(left.users.to_pylist(), left.items.to_pylist(), left.times.tolist(), strict=True)) == [
        ("bob", "hat", 20),
        ("ann", "scarf", 51),
    ]
    assert "left out 2 of people who asked to be forgotten of 4 rows" in notices(left)
