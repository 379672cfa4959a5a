"""Checkpointed tables: state in memory, written now and then to a Faust table and its changelog.

A stock Faust table writes RocksDB and sends a changelog record at every assignment. Here an assignment changes
memory only; :meth:`CheckpointedTable.checkpoint` sends one changelog record for each key that changed, waits until
they are acknowledged, and then writes RocksDB in one batch together with the changelog offset it reaches. Only
after that may the input be acknowledged. So a crash at any moment leaves a changelog that is at most *ahead* of the
local store, which Faust's recovery mends, and never an acknowledged input whose effect is lost.
"""

from __future__ import annotations

import asyncio
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import rocksdict

from pandian.errors import FormatVersionError
from pandian.topics import COMPACT_SOON, OWN_PREFIX
from streams.app import PandianApp

_VERSION = struct.Struct(">H")
#: Faust's defaults are a 2 GB cache and 64 MB x 3 buffers for each partition.
_ROCKSDB_OPTIONS = {
    "block_cache_size": 8 << 20,
    "write_buffer_size": 4 << 20,
    "max_write_buffer_number": 2,
    "max_open_files": 256,
}

#: Reads what an older version of the state wrote: (version, bytes) -> bytes as of now.
Upgrade = Callable[[int, bytes], bytes]


class _LocalStore(Protocol):
    """Where a table's values lie on this machine, between checkpoints and after a restart."""

    def get(self, partition: int, key: bytes) -> bytes | None: ...

    def keys(self, partition: int) -> list[bytes]: ...

    def write(self, partition: int, values: dict[bytes, bytes | None], offset: int) -> None: ...


class _RocksStore:
    """Faust's RocksDB store, written in one batch with the changelog offset that it reaches."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def get(self, partition: int, key: bytes) -> bytes | None:
        value: bytes | None = self._store._db_for_partition(partition).get(key)
        return value

    def keys(self, partition: int) -> list[bytes]:
        return [
            key
            for key in self._store._db_for_partition(partition).keys()  # noqa: SIM118 - iterating a store gives items
            if key != self._store.offset_key
        ]

    def write(self, partition: int, values: dict[bytes, bytes | None], offset: int) -> None:
        batch = rocksdict.WriteBatch(raw_mode=True)
        for key, value in values.items():
            batch.delete(key) if value is None else batch.put(key, value)
        batch.put(self._store.offset_key, str(offset).encode())
        self._store._db_for_partition(partition).write(batch)


class _MemoryStore:
    """Faust's store in memory: for the embedded broker, which forgets as well. Keys are of one partition each."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def get(self, partition: int, key: bytes) -> bytes | None:
        value: bytes | None = (
            self._store.data.get(key) if self._store._key_partition.get(key) == partition else None
        )
        return value

    def keys(self, partition: int) -> list[bytes]:
        return [key for key, home in self._store._key_partition.items() if home == partition]

    def write(self, partition: int, values: dict[bytes, bytes | None], offset: int) -> None:  # noqa: ARG002
        for key, value in values.items():
            if value is None:
                self._store.data.pop(key, None)
                self._store._key_partition.pop(key, None)
            else:
                self._store.data[key] = value
                self._store._key_partition[key] = partition


#: Kafka settings of a changelog.
CHANGELOG_CONFIG = {"cleanup.policy": "compact", "segment.bytes": str(16 << 20), **COMPACT_SOON}


def changelog_topic(group: str, name: str) -> str:
    """Return the name of a table's changelog."""
    return f"{OWN_PREFIX}.{group}.{name}"


class CheckpointedTable:
    """Keys and values as bytes, by partition. Values carry a format version.

    Args:
        app: the Faust app.
        name: of the table; its changelog is :func:`changelog_topic`.
        partitions: as many as the topic that feeds it has.
        version: format of the values, from 1 on. Values of an older format go through ``upgrade`` when read;
            those of a newer one are refused.
        upgrade: needed from version 2 on.
    """

    def __init__(
        self, app: PandianApp, name: str, *, partitions: int, version: int = 1, upgrade: Upgrade | None = None
    ) -> None:
        self._app = app
        self._version = version
        self._upgrade = upgrade
        self._prefix = _VERSION.pack(version)
        self._changelog = changelog_topic(app.conf.id, name)
        self._memory: dict[int, dict[bytes, bytes | None]] = defaultdict(dict)
        self._dirty: dict[int, set[bytes]] = defaultdict(set)
        self._table = app.Table(
            name,
            partitions=partitions,
            key_type=bytes,
            value_type=bytes,
            changelog_topic=app.topic(
                self._changelog,
                key_type=bytes,
                value_type=bytes,
                key_serializer="raw",
                value_serializer="raw",
                partitions=partitions,
                compacting=True,
                internal=True,
                acks=False,
            ),
            options=_ROCKSDB_OPTIONS,
        )

    def get(self, partition: int, key: bytes) -> bytes | None:
        """Return the value of a key as last put, or as recovered; None when there is none.

        Raises:
            FormatVersionError: when a newer Pandian wrote it.
        """
        memory = self._memory[partition]
        if key not in memory:
            stored = self._local.get(partition, key)
            memory[key] = self._read(stored) if stored is not None else None
        return memory[key]

    def put(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Set a value in memory (None removes the key). Nothing is written before the next checkpoint."""
        self._memory[partition][key] = value
        self._dirty[partition].add(key)

    def keys(self, partition: int) -> Iterator[bytes]:
        """Iterate over the keys of a partition that have a value."""
        memory = self._memory[partition]
        yield from (key for key, value in list(memory.items()) if value is not None)
        for key in self._local.keys(partition):
            if key not in memory:
                yield key

    def forget(self, partition: int) -> None:
        """Drop a partition's memory, written or not: it went to another worker, or its input starts again."""
        self._memory.pop(partition, None)
        self._dirty.pop(partition, None)

    async def checkpoint(self) -> int:
        """Write what changed; return how many keys. After this the input may be acknowledged.

        When it raises, nothing was written locally and every change is still pending.

        Raises:
            KafkaError: when the changelog did not take a record.
        """
        changed = {
            partition: {key: self._memory[partition][key] for key in keys}
            for partition, keys in self._dirty.items()
            if keys
        }
        reached = dict(
            zip(changed, await asyncio.gather(*map(self._log, changed, changed.values())), strict=True)
        )
        for partition, values in changed.items():
            self._local.write(
                partition, {key: self._pack(value) for key, value in values.items()}, reached[partition]
            )
            memory = self._memory[partition]
            self._dirty[partition] -= {key for key, value in values.items() if memory.get(key) is value}
        return sum(map(len, changed.values()))

    async def _log(self, partition: int, values: dict[bytes, bytes | None]) -> int:
        """Send a partition's changes to the changelog; return the offset of the last one."""
        sends = []
        for key, value in values.items():
            record = self._pack(value)
            sends.append(await self._app.producer.send(self._changelog, key, record, partition, None, None))
        reached: int = max(done.offset for done in await asyncio.gather(*sends))
        return reached

    @property
    def _local(self) -> _LocalStore:
        store = self._table.data
        return _RocksStore(store) if hasattr(store, "offset_key") else _MemoryStore(store)

    def _pack(self, value: bytes | None) -> bytes | None:
        return None if value is None else self._prefix + value

    def _read(self, stored: bytes) -> bytes:
        (version,) = _VERSION.unpack_from(stored)
        value = stored[_VERSION.size :]
        if version == self._version:
            return value
        if version > self._version or self._upgrade is None:
            raise FormatVersionError(
                f"{self._changelog} has a value of format {version}",
                f"this Pandian reads formats up to {self._version}",
                "run a Pandian at least as new as the one that wrote it",
            )
        return self._upgrade(version, value)
