"""Follows ``pandian.inventory``, so that every worker can show the whole inventory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pandian import topics
from pandian.settings import Settings
from streams.transport.follower import TopicFollower

_LARGEST = 8 << 20
INVENTORY_CONFIG = {
    "cleanup.policy": "compact",
    "segment.bytes": str(16 << 20),
    "max.message.bytes": str(_LARGEST),
    **topics.COMPACT_SOON,
}


class InventoryFollower:
    """The latest document of each asset, from the compacted topic. Reads all partitions, without a group."""

    def __init__(self, settings: Settings) -> None:
        self._topic = TopicFollower(settings, topics.INVENTORY, self._take, max_bytes=_LARGEST)
        self._assets: dict[str, Mapping[str, Any]] = {}
        self._versions: dict[str, int] = {}
        self._version = 0
        self._whole: tuple[int, Mapping[str, Any]] = (0, {"assets": []})

    @property
    def caught_up(self) -> bool:
        """Whether everything that stood in the topic was read."""
        return self._topic.caught_up

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

    def version_of(self, name: str) -> int:
        """Return the version with which an asset became what it is; 0 when there is none."""
        return self._versions.get(name, 0)

    async def run(self) -> None:
        """Follow the topic until cancelled; connect again when the broker went away."""
        await self._topic.run()

    def _take(self, _partition: int, records: Sequence[Any]) -> None:
        self._version += 1
        for record in records:
            name = record.key.decode()
            if record.value is None:
                self._assets.pop(name, None)
                self._versions.pop(name, None)
            else:
                self._assets[name] = orjson.loads(record.value)
                self._versions[name] = self._version
