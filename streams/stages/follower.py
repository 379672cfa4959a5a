"""Follows ``pandian.inventory``, so that every worker can show the whole inventory."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiokafka
import orjson

from pandian import topics
from pandian.settings import Settings
from streams.transport.connection import aiokafka_options
from streams.transport.errors import KAFKA_ERRORS
from streams.worklog import logger

log = logger("inventory")

_POLL_MS = 250
_RETRY_SECONDS = 1.0
INVENTORY_CONFIG = {
    "cleanup.policy": "compact",
    "segment.bytes": str(16 << 20),
    "max.message.bytes": str(8 << 20),
}


class InventoryFollower:
    """The latest document of each asset, from the compacted topic. Reads all partitions, without a group."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._assets: dict[str, Mapping[str, Any]] = {}
        self._version = 0
        self._whole: tuple[int, Mapping[str, Any]] = (0, {"assets": []})
        self.caught_up = False

    def document(self) -> Mapping[str, Any]:
        """Return the inventory document; the same object while nothing changed."""
        if self._whole[0] != self._version:
            assets = [self._assets[name] for name in sorted(self._assets)]
            self._whole = (self._version, {"assets": assets})
        return self._whole[1]

    def asset(self, name: str) -> Mapping[str, Any] | None:
        """Return one asset."""
        return self._assets.get(name)

    def version(self) -> int:
        """Return a number that grows with every change."""
        return self._version

    async def run(self) -> None:
        """Follow the topic until cancelled; connect again when the broker went away."""
        while True:
            try:
                await self._follow()
            except (*KAFKA_ERRORS, OSError) as error:
                log.debug("lost the inventory topic, trying again: %s", error)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _follow(self) -> None:
        consumer = aiokafka.AIOKafkaConsumer(
            topics.INVENTORY,
            **aiokafka_options(self._settings, self._settings.bootstrap_servers),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_POLL_MS,
            max_partition_fetch_bytes=8 << 20,
        )
        try:
            await consumer.start()
            tps = list(consumer.assignment())
            while True:
                for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
                    self._take(records)
                self.caught_up = self.caught_up or all([await _at_end(consumer, tp) for tp in tps])
        finally:
            await consumer.stop()

    def _take(self, records: list[Any]) -> None:
        for record in records:
            name = record.key.decode()
            if record.value is None:
                self._assets.pop(name, None)
            else:
                self._assets[name] = orjson.loads(record.value)
        self._version += 1


async def _at_end(consumer: Any, tp: Any) -> bool:
    end = consumer.highwater(tp)
    return end is not None and await consumer.position(tp) >= end
