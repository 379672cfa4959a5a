"""Drives a simulation from a seed. Each run draws how often each thing happens, so that extremes are met too."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from counting_sim.kafka import Outcome
from counting_sim.runner import Fault
from counting_sim.states import NEW, OLD
from counting_sim.world import MAX_PARTITIONS, Kit, Tally, World

#: How often each thing is done, before a run's own factor.
WEIGHTS = {
    "append": 8.0,
    "expire": 2.0,
    "clean": 0.5,
    "delete": 0.15,
    "remake": 0.4,
    "add_partition": 0.3,
    "compact": 2.0,
    "hire": 2.5,
    "crash": 1.2,
    "pause": 1.0,
    "stall": 1.0,
    "advance": 45.0,
    "deliver": 30.0,
    "merger": 2.0,
    "collector": 1.5,
}
_FACTORS = (0.0, 0.3, 1.0, 1.0, 3.0)
#: Without these a run would do nothing worth looking at.
_ALWAYS = ("append", "hire", "advance", "deliver")
_SENDS = tuple(Outcome)
_FAULTS = tuple(Fault)


class SeededRun:
    """One run: what happens depends on the seed and the kit alone."""

    def __init__(self, seed: int, kit: Kit) -> None:
        self.rng = rng = Random(seed)
        self.world = World(
            kit,
            partitions=rng.choice((1, 1, 2)),
            piece_bytes=rng.choice((8, 16, 40, 1_000)),
            latest=rng.random() < 0.15,
        )
        self.actions: dict[str, Callable[[], None]] = {
            "append": lambda: self.world.append(self.below(4), 1 + self.below(6), rng.choice((0, 0, 1, 3))),
            "expire": lambda: self.world.expire(self.below(4), 1 + self.below(12)),
            "clean": lambda: self.world.clean(self.below(4), self.below(100)),
            "delete": self.world.delete,
            "remake": lambda: self.world.remake(1 + self.below(MAX_PARTITIONS)),
            "add_partition": self.world.add_partition,
            "compact": lambda: self.world.compact(self.below(8), drop_tombstones=rng.random() < 0.5),
            "hire": lambda: self.world.hire(self.partition(), self.version()),
            "crash": lambda: self.world.crash(self.below(8)),
            "pause": lambda: self.world.pause(self.below(8)),
            "stall": lambda: self.world.stall(self.below(16)),
            "advance": self.advance,
            "deliver": lambda: self.world.deliver(self.below(16), self.below(self.burst), self.outcome()),
            "merger": lambda: self.world.merger.step(1 + self.below(12)),
            "collector": self.collect,
        }
        factors = {name: 1.0 if name in _ALWAYS else rng.choice(_FACTORS) for name in WEIGHTS}
        self.weights = [WEIGHTS[name] * factors[name] for name in self.actions]
        self.reliability = rng.choice((1.0, 0.95, 0.85, 0.6))
        self.burst = rng.choice((1, 4, 12))
        self.pace = rng.choice((1, 4, 12))
        self.faults = rng.choice((0.0, 0.02, 0.1))
        self.old_share = rng.choice((0.0, 0.0, 0.5))
        self.spread = rng.choice((1, 1, 1, 2, MAX_PARTITIONS))

    def below(self, limit: int) -> int:
        return int(self.rng.random() * limit)

    def partition(self) -> int:
        return self.below(self.spread)

    def version(self) -> int:
        return OLD if self.rng.random() < self.old_share else NEW

    def fault(self) -> Fault:
        return self.rng.choice(_FAULTS) if self.rng.random() < self.faults else Fault.NONE

    def outcome(self) -> Outcome:
        return Outcome.ACKED if self.rng.random() < self.reliability else self.rng.choice(_SENDS)

    def advance(self) -> None:
        runner = self.below(8)
        for _ in range(1 + self.below(self.pace)):
            self.world.advance(runner, self.below(4), 1 + self.below(8), self.fault())

    def collect(self) -> None:
        if self.rng.random() < 0.4:
            self.world.collector.read()
        else:
            self.world.collector.collect()

    def run(self, steps: int) -> Tally:
        """Take this many steps, then the quiet phase.

        Raises:
            ViolationError: when a promise is broken.
        """
        names = list(self.actions)
        self.world.hire(0, self.version())
        for name in self.rng.choices(names, self.weights, k=steps):
            self.actions[name]()
        self.world.settle(zombies=self.rng.random() < 0.5)
        return self.world.tally


def run(seed: int, kit: Kit | None = None, *, steps: int = 250) -> Tally:
    """Run one simulation to its end."""
    return SeededRun(seed, kit or Kit()).run(steps)
