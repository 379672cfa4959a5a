"""Why one number a source is enough: extraction simulated with crashes, zombies, failed sends and late landings.

Workers send chunk by chunk, each to several target partitions; a reader that ignores whatever is not beyond the last
place of the source must see every interaction once. The readers' rule is the real one (:mod:`streams.features.places`).
"""

from __future__ import annotations

import random

import pytest

from streams.features.places import Places

RECORDS, TARGETS, STEPS = 60, 3, 120
Batch = list[tuple[int, int]]


class Cluster:
    """The logs of the target partitions, the log of states, and batches whose fate is not known yet."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.logs: list[list[Batch]] = [[] for _ in range(TARGETS)]
        self.ends = [0]
        self.limbo: list[tuple[int, Batch]] = []
        # What each record becomes: some interactions, each for a target partition.
        self.rows = [
            [draw.randrange(TARGETS) for _ in range(draw.choice([0, 1, 1, 2]))] for _ in range(RECORDS)
        ]

    def send(self, target: int, batch: Batch) -> bool:
        """Send a batch; return whether it was acknowledged. One that was not may have landed, or land later."""
        fate = self.draw.random()
        if fate < 0.75:
            self.logs[target].append(batch)
            return True
        if fate < 0.85:
            self.logs[target].append(batch)
        elif fate < 0.95:
            self.limbo.append((target, batch))
        return False

    def land(self) -> None:
        """Let something land late."""
        if self.limbo:
            target, batch = self.limbo.pop(self.draw.randrange(len(self.limbo)))
            self.logs[target].append(batch)

    def read(self) -> list[tuple[int, int, int]]:
        """Return what a reader accepts: target, offset, index."""
        found = []
        for target, log in enumerate(self.logs):
            places = Places()
            for offset, index in (place for batch in log for place in batch):
                if places.is_new({"topic_id": "t", "partition": 0, "offset": offset, "index": index}):
                    found.append((target, offset, index))
        return sorted(found)

    def expected(self) -> list[tuple[int, int, int]]:
        return sorted(
            (target, offset, index)
            for offset, targets in enumerate(self.rows)
            for index, target in enumerate(targets)
        )


class Worker:
    """Extracts from where the log of states says; may be dead, or only thought to be."""

    def __init__(self, cluster: Cluster, hasty: bool) -> None:
        self.cluster = cluster
        self.hasty = hasty
        self.end = cluster.ends[-1]

    def step(self) -> None:
        size = self.cluster.draw.randrange(1, 9)
        end = min(RECORDS, self.end + size)
        batches: dict[int, Batch] = {}
        for offset in range(self.end, end):
            for index, target in enumerate(self.cluster.rows[offset]):
                batches.setdefault(target, []).append((offset, index))
        sent = [self.cluster.send(target, batch) for target, batch in batches.items()]
        if all(sent) or self.hasty:
            self.end = end

    def save(self) -> None:
        self.cluster.ends.append(self.end)


def simulate(seed: int, *, hasty: bool = False) -> Cluster:
    draw = random.Random(seed)
    cluster = Cluster(draw)
    workers = [Worker(cluster, hasty)]
    for _ in range(STEPS):
        what = draw.random()
        if what < 0.6:
            draw.choice(workers).step()
        elif what < 0.75:
            draw.choice(workers).save()
        elif what < 0.85:
            cluster.land()
        elif what < 0.95 and len(workers) < 4:
            workers.append(Worker(cluster, hasty))  # its predecessor may go on: a zombie
        elif len(workers) > 1:
            workers.pop(draw.randrange(len(workers)))
    last = Worker(cluster, hasty)
    while last.end < RECORDS:
        last.step()
    while cluster.limbo:
        cluster.land()
    return cluster


@pytest.mark.parametrize("block", range(4))
def test_a_reader_sees_every_interaction_once(block: int) -> None:
    for seed in range(block * 500, block * 500 + 500):
        cluster = simulate(seed)
        assert cluster.read() == cluster.expected(), seed


def test_the_simulation_finds_a_worker_that_does_not_wait() -> None:
    wrong = sum((found := simulate(seed, hasty=True)).read() != found.expected() for seed in range(100))
    assert wrong > 50
