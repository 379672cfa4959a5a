"""Those who only read ``pandian.profiles``: a merging agent that lags behind, and a collector of dead topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counting_sim.kafka import Sender
from counting_sim.oracle import require
from counting_sim.states import NEW
from streams.counting.base import Rank, Source

if TYPE_CHECKING:
    from counting_sim.world import World


class LaggingMerger:
    """Reads at its own pace while the log is compacted under it. Its figure must never go back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = world.kit.store(NEW, keep_bodies=False)
        self.position = 0
        self._shown: dict[Source, Rank] = {}

    def step(self, limit: int) -> None:
        for entry in self.world.profiles.read(self.position, limit):
            self.position = entry.offset + 1
            complete = self.store.add(entry.key, entry.value)
            if complete:
                before = self._shown.get(complete.source)
                require(before is None or complete.rank > before, "the figure went back")
                self._shown[complete.source] = complete.rank


class Collector:
    """Tombstones the sets of topics that are no more, in two steps: first reads, then asks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sender = Sender()
        self.restart()

    def restart(self) -> None:
        self.store = self.world.kit.store(NEW)
        self.position = 0

    def read(self) -> None:
        for entry in self.world.profiles.read(self.position, 1_000_000):
            self.position = entry.offset + 1
            self.store.add(entry.key, entry.value)

    def collect(self) -> None:
        current = self.world.topic.topic_id
        for topic_id in {source.topic_id for source in self.store.sources()} - {current}:
            for key in self.store.retire(topic_id):
                self.sender.send(lambda key=key: self.world.profile(key, None))
