"""What the archive holds equals what was produced, whatever happens to workers."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from models.data.archive import read_archive
from models.exceptions import DataError
from pandian.archive import ArchiveStore, open_archive
from pandian.archive.reading import ArchiveReader
from pandian.settings import Settings
from tests.support.brokers import Broker
from tests.support.topics import create_topic, delete_topic, produce
from tests.support.worker import WorkerProcess

PARTITIONS = 3
START_MS = 1_700_000_000_000
PLANTED = ("planted.person", "13812345678", "Ann Planted")


def clicks(count: int, seed: int) -> list[dict[str, Any]]:
    """Return clicks over ten days, with persons and dirt in them."""
    draw = random.Random(seed)
    return [
        {
            "user_id": f"u-{draw.randrange(400)}",
            "item_id": f"sku-{draw.randrange(900)}",
            "event_type": draw.choice(["view", "add_to_cart", "purchase"]),
            "timestamp": START_MS + number * 36_000,
            "price": round(draw.random() * 50, 2) if draw.random() < 0.95 else "N/A",
            "email": f"planted.person{draw.randrange(99)}@example.org",
            "customer_name": "Ann Planted",
            "note": "call 13812345678 or planted.person@example.org" if draw.random() < 0.01 else "ok",
        }
        for number in range(count)
    ]


def spread(rows: list[dict[str, Any]], address: str, topic: str) -> dict[int, list[dict[str, Any]]]:
    parts = {part: rows[part::PARTITIONS] for part in range(PARTITIONS)}
    for part, mine in parts.items():
        produce(address, topic, [orjson.dumps(one) for one in mine], partition=part)
    return parts


def rows_of(store: ArchiveStore, asset: str) -> int:
    return sum(file.rows for file in store.files(asset))


def held(store: ArchiveStore, asset: str) -> list[dict[str, Any]]:
    """Return the rows of an asset, read without our reader: what any other tool would see."""
    import pyarrow.dataset as ds

    files = [f"{store.address}/{file.path}" for file in store.files(asset)]
    found: list[dict[str, Any]] = ds.dataset(files, format="parquet").to_table().to_pylist() if files else []
    return sorted(found, key=lambda row: (row["_partition"], row["_offset"]))


def learned(address: str) -> int:
    """Return how many interactions a training would learn from."""
    try:
        return len(read_archive(Settings(archive=address)))
    except DataError:
        return 0


@pytest.mark.slow
@pytest.mark.timeout(250)
def test_killed_again_and_again_while_archiving(
    embedded_broker: Broker, unique: Callable[[str], str], tmp_path: Path
) -> None:
    topic, draw = unique("archived"), random.Random(5)
    create_topic(embedded_broker.address, topic, PARTITIONS)
    rows = clicks(24_000, 7)
    parts = spread(rows[:12_000], embedded_broker.address, topic)
    address = str(tmp_path / "archive")
    store = open_archive(address)
    settings = {"PANDIAN_ARCHIVE": address, "PANDIAN_ARCHIVE_SECONDS": "1"}
    with WorkerProcess(embedded_broker.address, unique("group"), [topic], settings=settings) as worker:
        for number in range(3):
            before = rows_of(store, topic)
            worker.wait(
                lambda before=before, number=number: (
                    rows_of(store, topic) > (before if number else 0) or number > 2
                ),
                "rows in the archive",
                60,
            )
            time.sleep(draw.uniform(0.0, 0.6))
            worker.kill()
            more = spread(
                rows[12_000 + number * 4_000 : 16_000 + number * 4_000], embedded_broker.address, topic
            )
            for part, mine in more.items():
                parts[part] += mine
            worker.start()
        worker.wait(lambda: rows_of(store, topic) >= len(rows), "all rows in the archive", 90)
        worker.wait(lambda: learned(address) >= len(rows), "all interactions", 60)
        time.sleep(1.5)
    found = held(store, topic)
    assert len(found) == len(rows)
    wanted = [one for part in range(PARTITIONS) for one in parts[part]]
    assert [(row["user_id"], row["item_id"], row["event_type"]) for row in found] == [
        (one["user_id"], one["item_id"], one["event_type"]) for one in wanted
    ]
    assert [row["price"] for row in found] == [
        one["price"] if one["price"] != "N/A" else None for one in wanted
    ]
    assert [int(row["timestamp"].timestamp() * 1000) for row in found] == [one["timestamp"] for one in wanted]
    days = {datetime.fromtimestamp(one["timestamp"] / 1000, UTC).date() for one in wanted}
    assert {file.day for file in store.files(topic)} == days
    assert len(days) > 8
    assert ArchiveReader(store, topic).table().num_rows == len(rows)
    assert learned(address) == len(rows)
    everything = b"".join(path.read_bytes() for path in Path(address).rglob("*") if path.is_file())
    table = ArchiveReader(store, topic).table().to_pylist()
    said = orjson.dumps(table, default=str).decode()
    for planted in PLANTED:
        assert planted.encode() not in everything
        assert planted not in said


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_a_topic_made_again_and_a_worker_that_joins(
    broker: Broker, unique: Callable[[str], str], tmp_path: Path
) -> None:
    """Each topic id is archived by itself; partitions that move go on where they are; a key makes hashes."""
    topic, group = unique("moved"), unique("group")
    create_topic(broker.address, topic, PARTITIONS)
    address = str(tmp_path / "archive")
    store = open_archive(address)
    settings = {
        "PANDIAN_ARCHIVE": address,
        "PANDIAN_ARCHIVE_SECONDS": "1",
        "PANDIAN_HASH_KEY": "a key of sixteen or more",
    }
    first = WorkerProcess(broker.address, group, [topic], settings=settings)
    second = WorkerProcess(
        broker.address, group, [topic], settings=settings, options=["--roles", "profile,archive"]
    )
    spread(clicks(3_000, 1), broker.address, topic)
    with first:
        first.wait(lambda: rows_of(store, topic) >= 3_000, "the first rows", 60)
        with second:
            second.wait(lambda: "reading from offset" in second.said(), "partitions to move", 60)
            spread(clicks(3_000, 2), broker.address, topic)
            first.wait(lambda: rows_of(store, topic) >= 6_000, "rows of both workers", 60)
            assert second.terminate() == 0
        spread(clicks(1_500, 3), broker.address, topic)
        first.wait(lambda: rows_of(store, topic) >= 7_500, "rows after one left", 60)
        delete_topic(broker.address, topic)
        create_topic(broker.address, topic, PARTITIONS)
        spread(clicks(1_800, 4), broker.address, topic)
        first.wait(lambda: rows_of(store, topic) >= 9_300, "rows of the topic made again", 90)
        time.sleep(1.5)
    found = held(store, topic)
    places = {(row["_topic_id"], row["_partition"], row["_offset"]) for row in found}
    assert len(found) == len(places) == 9_300
    assert sorted(Counter(row["_topic_id"] for row in found).values()) == [1_800, 7_500]
    assert all(row["email"].startswith("h_") for row in found)
    assert len({row["email"] for row in found}) <= 99
    assert "customer_name" not in found[0]
