"""Those who only read ``pandian.profiles``: a merging agent that lags behind, and a collector of dead topics."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from counting_sim.kafka import TOPIC, Sender
from counting_sim.oracle import require
from counting_sim.states import NEW
from streams.counting.base import Rank, Source
from streams.counting.retirement import Retirement

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
    """Tombstones the sets of topics that are no more; goes on reading between looking and asking."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sender = Sender()
        self.restart()

    def restart(self) -> None:
        self.store = self.world.kit.store(NEW)
        self.retirement = Retirement(self.store, patience=1)
        self.looked = False
        self.position = 0

    def read(self) -> None:
        for entry in self.world.profiles.read(self.position, 1_000_000):
            self.position = entry.offset + 1
            self.store.add(entry.key, entry.value)

    def collect(self) -> None:
        """Look, or (at the next call) ask and tombstone."""
        if self.looked:
            self.tombstone(self.retirement.judge(self.ask()))
        else:
            self.retirement.look()
        self.looked = not self.looked

    def ask(self) -> dict[str, UUID]:
        current = self.world.topic.topic_id
        return {TOPIC: current} if current else {}

    def tombstone(self, keys: list[bytes]) -> None:
        for key in keys:
            self.sender.send(lambda key=key: self.world.profile(key, None))
