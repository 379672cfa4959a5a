"""The protocol under every order of events that hypothesis can think of, against an exact reference.

The reference is :class:`counting_sim.oracle.Oracle`: it judges every set the moment its last piece lands.
"""

from __future__ import annotations

from counting_sim.kafka import Outcome
from counting_sim.runner import Fault
from counting_sim.states import NEW, OLD
from counting_sim.world import Kit, World
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

few = st.integers(0, 3)
some = st.integers(0, 11)


class Counting(RuleBasedStateMachine):
    """Kafka and its workers; each rule is one thing that can happen."""

    world: World

    @initialize(
        piece_bytes=st.sampled_from((8, 8, 40, 1_000)), latest=st.booleans(), records=st.integers(0, 20)
    )
    def make(self, piece_bytes: int, latest: bool, records: int) -> None:
        self.world = World(Kit(), partitions=1, piece_bytes=piece_bytes, latest=latest)
        self.world.append(0, records, 0)
        self.world.hire(0, NEW)

    @rule(partition=few, records=st.integers(1, 6), gap=few)
    def append(self, partition: int, records: int, gap: int) -> None:
        self.world.append(partition, records, gap)

    @rule(partition=few, offsets=st.integers(1, 12))
    def expire(self, partition: int, offsets: int) -> None:
        self.world.expire(partition, offsets)

    @rule(partition=few, offset=some)
    def clean(self, partition: int, offset: int) -> None:
        self.world.clean(partition, offset)

    @rule()
    def delete_topic(self) -> None:
        self.world.delete()

    @rule(partitions=st.integers(1, 4))
    def remake_topic(self, partitions: int) -> None:
        self.world.remake(partitions)

    @rule()
    def add_partition(self) -> None:
        self.world.add_partition()

    @rule(active=some, drop_tombstones=st.booleans())
    def compact(self, active: int, drop_tombstones: bool) -> None:
        self.world.compact(active, drop_tombstones=drop_tombstones)

    @rule(partition=few, version=st.sampled_from((NEW, NEW, OLD)))
    def hire(self, partition: int, version: int) -> None:
        self.world.hire(partition, version)

    @rule(version=st.sampled_from((NEW, NEW, OLD)))
    def hire_rival(self, version: int) -> None:
        self.world.hire(0, version)

    @rule(runner=some)
    def crash(self, runner: int) -> None:
        self.world.crash(runner)

    @rule(runner=some)
    def pause(self, runner: int) -> None:
        self.world.pause(runner)

    @rule(sender=some)
    def stall(self, sender: int) -> None:
        self.world.stall(sender)

    @rule(
        runner=some,
        choices=st.lists(few, min_size=1, max_size=8),
        limit=st.integers(1, 8),
        fault=st.sampled_from(Fault),
    )
    def advance(self, runner: int, choices: list[int], limit: int, fault: Fault) -> None:
        for choice in choices:
            self.world.advance(runner, choice, limit, fault)

    @rule(runner=some, steps=st.integers(1, 30))
    def work(self, runner: int, steps: int) -> None:
        self.world.work(runner, steps)

    @rule(steps=st.integers(10, 30))
    def first_works(self, steps: int) -> None:
        self.world.work(0, steps)

    @rule(sender=some, acked=some, outcome=st.sampled_from(Outcome))
    def deliver(self, sender: int, acked: int, outcome: Outcome) -> None:
        self.world.deliver(sender, acked, outcome)

    @rule(limit=st.integers(1, 12))
    def merge(self, limit: int) -> None:
        self.world.merger.step(limit)

    @rule()
    def collector_reads(self) -> None:
        self.world.collector.read()

    @rule()
    def collector_collects(self) -> None:
        self.world.collector.collect()

    @invariant()
    def figures_are_exact(self) -> None:
        for source in self.world.topic.sources() if hasattr(self, "world") else ():
            self.world.judge_merge(self.world.follower, source)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.settle(zombies=True)


TestCounting = Counting.TestCase
TestCounting.settings = settings(
    max_examples=400,
    stateful_step_count=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
