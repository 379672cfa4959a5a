"""Checkpointed tables: what was checkpointed is there after any restart, what was not is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pandian.errors import FormatVersionError
from pandian.settings import load_settings
from streams.app import create_app
from streams.state import CheckpointedTable, Upgrade, changelog_topic
from streams.transport.batches import BatchTopic
from tests.support.brokers import EmbeddedBroker
from tests.support.processes import free_port
from tests.support.topics import create_topic, read_all

PARTITIONS = 2


@asynccontextmanager
async def running_table(
    broker: EmbeddedBroker, group: str, datadir: Path, *, version: int = 1, upgrade: Upgrade | None = None
) -> AsyncIterator[CheckpointedTable]:
    """Run a Faust app with one table, recovered, in RocksDB."""
    settings = load_settings(
        broker=broker.address, group=group, datadir=datadir, port=free_port(), session_seconds=1.0
    )
    app = create_app(settings, durable=True)
    table = CheckpointedTable(app, "things", partitions=PARTITIONS, version=version, upgrade=upgrade)
    source = BatchTopic(app, [f"{group}.source"])

    @app.agent(source, name="reads")
    async def reads(stream: object) -> None:
        async for _ in stream:  # type: ignore[attr-defined]  # Faust's stream
            pass

    await app.start()
    try:
        async with asyncio.timeout(30):
            while len(app.assignor.assigned_actives()) < PARTITIONS or not app.tables.actives_ready:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        yield table
    finally:
        await asyncio.wait_for(app.stop(), 10)


@pytest.fixture
def group(embedded_broker: EmbeddedBroker, unique: Callable[[str], str]) -> str:
    name = unique("pandian-table")
    create_topic(embedded_broker.address, f"{name}.source", PARTITIONS)
    return name


async def test_a_checkpoint_outlives_the_process_and_the_local_store(
    embedded_broker: EmbeddedBroker, group: str, tmp_path: Path
) -> None:
    async with running_table(embedded_broker, group, tmp_path / "one") as table:
        table.put(0, b"kept", b"1")
        table.put(1, b"other", b"2")
        table.put(1, b"removed", b"3")
        assert await table.checkpoint() == 3
        table.put(1, b"removed", None)
        table.put(0, b"kept", b"1 again")
        assert await table.checkpoint() == 2
        table.put(0, b"kept", b"never checkpointed")
        table.put(0, b"new", b"never checkpointed")

    for folder in ("one", "two"):  # the same local store, and a machine that never saw it
        async with running_table(embedded_broker, group, tmp_path / folder) as table:
            assert table.get(0, b"kept") == b"1 again"
            assert table.get(1, b"other") == b"2"
            assert table.get(1, b"removed") is None
            assert table.get(0, b"new") is None
            assert (list(table.keys(0)), list(table.keys(1))) == ([b"kept"], [b"other"])


async def test_one_changelog_record_for_each_key_that_changed(
    embedded_broker: EmbeddedBroker, group: str, tmp_path: Path
) -> None:
    async with running_table(embedded_broker, group, tmp_path) as table:
        for number in range(1000):
            table.put(0, b"counter", str(number).encode())
        await table.checkpoint()
        assert await table.checkpoint() == 0
        table.put(0, b"lost", b"x")
        table.forget(0)
        assert table.get(0, b"lost") is None
        assert table.get(0, b"counter") == b"999"

    records = await asyncio.to_thread(read_all, embedded_broker.address, changelog_topic(group, "things"))
    assert [(record.partition, record.key, record.value) for record in records] == [
        (0, b"counter", b"\0\x01999")
    ]


async def test_a_newer_format_is_refused_and_an_older_one_upgraded(
    embedded_broker: EmbeddedBroker, group: str, tmp_path: Path
) -> None:
    async with running_table(embedded_broker, group, tmp_path) as table:
        table.put(0, b"key", b"old")
        await table.checkpoint()

    def upgrade(version: int, value: bytes) -> bytes:
        return f"{value.decode()} from {version}".encode()

    async with running_table(embedded_broker, group, tmp_path, version=2, upgrade=upgrade) as table:
        assert table.get(0, b"key") == b"old from 1"
        table.put(0, b"key", b"new")
        await table.checkpoint()

    async with running_table(embedded_broker, group, tmp_path) as table:
        with pytest.raises(FormatVersionError, match="format 2"):
            table.get(0, b"key")


async def test_recovery_reads_a_changelog_that_ends_with_a_large_batch(
    embedded_broker: EmbeddedBroker, group: str, tmp_path: Path
) -> None:
    """The embedded broker calls the beginning of that batch the end: less than the local store has."""
    many = [f"{number:02}".encode() for number in range(50)]
    async with running_table(embedded_broker, group, tmp_path / "one") as table:
        for key in many:
            table.put(0, key, b"value")
        assert await table.checkpoint() == len(many)

    for folder in ("one", "two"):
        async with running_table(embedded_broker, group, tmp_path / folder) as table:
            assert sorted(table.keys(0)) == many
