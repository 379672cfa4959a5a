"""The whole of a simulation: Kafka, workers, readers, and the steps that a driver may take."""

from __future__ import annotations

from dataclasses import dataclass

from counting_sim.kafka import CompactedLog, Outcome, Sender, SourceTopic
from counting_sim.oracle import Oracle, require
from counting_sim.readers import Collector, LaggingMerger
from counting_sim.runner import Fault, Phase, Runner
from counting_sim.states import NEW
from streams.counting.base import Source
from streams.counting.codec import decode_key
from streams.counting.dedupe import Watermarks
from streams.counting.protocol import PartitionCounter
from streams.counting.sets import SetStore

MAX_PARTITIONS = 4
MAX_RUNNERS = 6
MAX_LOG = 400
USERS = 3
_ALL = 1_000_000


@dataclass(frozen=True)
class Kit:
    """The parts a simulation is made of; mutants replace some."""

    counter: type[PartitionCounter[list[int]]] = PartitionCounter
    store: type[SetStore] = SetStore
    runner: type[Runner] = Runner
    collector: type[Collector] = Collector
    watermarks: type[Watermarks] = Watermarks


@dataclass(slots=True)
class Tally:
    """How much a run put the protocol through."""

    crashes: int = 0
    compactions: int = 0
    retentions: int = 0
    recreations: int = 0
    partitions_added: int = 0
    starts: int = 0
    failed_sends: int = 0
    sets: int = 0


class World:
    """One run. Indexes that a driver gives are taken modulo what there is."""

    def __init__(self, kit: Kit, *, partitions: int = 1, piece_bytes: int = 40, latest: bool = False) -> None:
        self.kit = kit
        self.piece_bytes = piece_bytes
        self.latest = latest
        self.topic = SourceTopic()
        self.topic.make(partitions)
        self.profiles = CompactedLog()
        self.oracle = Oracle(self.topic)
        self.committed: dict[int, int] = {}
        self.runners: list[Runner] = []
        self.senders: list[Sender] = []
        self.follower = kit.store(NEW)
        self.merger = LaggingMerger(self)
        self.collector = kit.collector(self)
        self.senders.append(self.collector.sender)
        self.users = [kit.watermarks() for _ in range(USERS)]
        self.tally = Tally()
        self._names = 0

    def next_name(self) -> bytes:
        """A new name each time, in no order."""
        self._names += 1
        return (self._names * 0x9E3779B97F4A7C15 % (1 << 64)).to_bytes(8)

    # What lands

    def profile(self, key: bytes, value: bytes | None) -> None:
        self.profiles.append(key, value)
        self.oracle.landed(key, value)
        self.follower.add(key, value)
        self.judge_merge(self.follower, decode_key(key).source)

    def judge_merge(self, store: SetStore, source: Source) -> None:
        """The figure shown must be the best there ever was, of the topic as it is now."""
        if source.topic_id == self.topic.topic_id:
            best = store.best(source)
            require(
                (best.rank if best else None) == self.oracle.best(source), "the figure is not the best set"
            )

    def interaction(self, source: Source, offset: int, record_id: int) -> None:
        if self.users[record_id % USERS].accept(source, offset):
            accepted = self.oracle.accepted.setdefault(source, set())
            require(record_id not in accepted, "an interaction is taken twice")
            accepted.add(record_id)

    # What happens to topics

    def append(self, partition: int, records: int, gap: int) -> None:
        sources = self.topic.sources()
        if sources:
            log = self.topic.logs[sources[partition % len(sources)]]
            if log.end < MAX_LOG:
                log.append(records, gap)

    def expire(self, partition: int, offsets: int) -> None:
        sources = self.topic.sources()
        if sources:
            self.topic.logs[sources[partition % len(sources)]].expire(offsets)
            self.tally.retentions += 1

    def clean(self, partition: int, offset: int) -> None:
        sources = self.topic.sources()
        if sources:
            log = self.topic.logs[sources[partition % len(sources)]]
            log.clean(log.start + offset % max(1, log.end - log.start))

    def delete(self) -> None:
        self.topic.delete()

    def remake(self, partitions: int) -> None:
        self.topic.make(partitions)
        self.tally.recreations += 1

    def add_partition(self) -> None:
        if 0 < self.topic.partitions < MAX_PARTITIONS:
            self.topic.add_partition()
            self.tally.partitions_added += 1

    def compact(self, active: int, *, drop_tombstones: bool) -> None:
        self.profiles.compact(active, drop_tombstones=drop_tombstones)
        self.tally.compactions += 1
        self.judge_log()

    def judge_log(self) -> None:
        """A reader of the log as it is now must come to the best set there ever was."""
        store = self.kit.store(NEW)
        for entry in self.profiles.entries:
            store.add(entry.key, entry.value)
        for source in self.topic.sources():
            self.judge_merge(store, source)

    # What happens to workers

    def hire(self, partition: int, version: int) -> None:
        """A worker takes a partition, whoever else may believe to own it."""
        if len(self.runners) < MAX_RUNNERS:
            runner = self.kit.runner(self, partition % MAX_PARTITIONS, version, latest=self.latest)
            self.runners.append(runner)
            self.senders += [runner.profiles, runner.interactions]
            self.tally.starts += 1

    def crash(self, runner: int) -> None:
        """What it had sent may still land."""
        if self.runners:
            del self.runners[runner % len(self.runners)]
            self.tally.crashes += 1

    def pause(self, runner: int) -> None:
        """A worker stands still (or goes on), and believes that no time has passed."""
        if self.runners:
            chosen = self.runners[runner % len(self.runners)]
            chosen.paused = not chosen.paused

    def stall(self, sender: int) -> None:
        """The way from one worker to one topic is blocked (or free again)."""
        chosen = self.senders[sender % len(self.senders)]
        chosen.paused = not chosen.paused

    def advance(self, runner: int, choice: int, limit: int, fault: Fault) -> None:
        """One step of one worker."""
        awake = [one for one in self.runners if not one.paused]
        if awake:
            self.step(awake[runner % len(awake)], choice, limit, fault)

    def work(self, runner: int, steps: int) -> None:
        """One worker goes on for a while, and what it sends arrives."""
        awake = [one for one in self.runners if not one.paused]
        if awake:
            chosen = awake[runner % len(awake)]
            for step in range(steps):
                self.step(chosen, step % 3, 6, Fault.NONE)
                for sender in (chosen.profiles, chosen.interactions):
                    while sender.queue and not sender.paused:
                        sender.deliver(Outcome.ACKED)

    def step(self, runner: Runner, choice: int, limit: int, fault: Fault) -> None:
        if runner.poll():
            return
        if runner.phase is not Phase.RUN:
            runner.step_start(limit)
        elif choice % 4 == 0:
            runner.fetch(limit)
        elif choice % 4 == 1:
            runner.merge(fault)
        else:
            runner.checkpoint(fault)

    def deliver(self, sender: int, acked: int, outcome: Outcome) -> None:
        """Some sends of one queue arrive as they should, and the next has this outcome."""
        busy = [one for one in self.senders if one.queue and not one.paused]
        if busy:
            chosen = busy[sender % len(busy)]
            for _ in range(acked):
                chosen.deliver(Outcome.ACKED)
            chosen.deliver(outcome)
            self.tally.failed_sends += outcome not in (Outcome.ACKED, Outcome.TWICE)

    # The quiet phase

    def settle(self, *, zombies: bool) -> None:
        """Nothing hostile happens any more: every partition must be counted to its end, and rubbish removed."""
        if not zombies:
            self.runners.clear()
        if self.topic.topic_id is None:
            self.topic.make(1)
        self.run_to_end()
        self.runners.clear()
        for source in self.topic.sources():
            self.topic.logs[source].append(1, 0)
        self.run_to_end()
        self.judge_rubbish()
        self.tally.sets = self.oracle.judged

    def run_to_end(self) -> None:
        rivals = list(self.runners)
        own = [
            self.kit.runner(self, partition, NEW, latest=self.latest)
            for partition in range(self.topic.partitions)
        ]
        for runner in own:
            self.senders += [runner.profiles, runner.interactions]
        self.runners += own
        for turn in range(40):
            self.deliver_all()
            if self.is_counted() and (turn >= 12 or not rivals):
                break
            for runner in self.runners:
                for choice in (0, 1, 2):
                    self.step(runner, choice, _ALL, Fault.NONE)
        require(self.is_counted(), "left in peace, a partition was not counted to its end")

    def deliver_all(self) -> None:
        for sender in self.senders:
            while sender.queue:
                sender.deliver(Outcome.ACKED)
        self.senders = [
            self.collector.sender,
            *(s for r in self.runners for s in (r.profiles, r.interactions)),
        ]

    def is_counted(self) -> bool:
        return all(self.is_counted_to_end(source) for source in self.topic.sources())

    def is_counted_to_end(self, source: Source) -> bool:
        log = self.topic.logs[source]
        to_read = log.fetch(log.start, _ALL)
        target = max(log.start, to_read[-1] + 1 if to_read else 0)
        best = self.follower.best(source)
        return target == 0 or (best is not None and best.header.end >= target)

    def judge_rubbish(self) -> None:
        """After a last checkpoint of everyone and two cleanings, one set of each partition is all that stands."""
        for _ in range(6):
            self.deliver_all()
            for runner in self.runners:
                self.step(runner, 2, _ALL, Fault.NONE)
        self.collector.restart()
        self.collector.read()
        self.collector.collect()
        self.collector.collect()
        self.deliver_all()
        for _ in range(2):
            self.compact(0, drop_tombstones=True)
        self.merger.step(_ALL)
        sets = [(key.source, key.name) for key in {decode_key(entry.key) for entry in self.profiles.entries}]
        require(
            len(set(sets)) == len({source for source, _ in sets}), "sets that are superseded were not removed"
        )
        require({source for source, _ in sets} <= set(self.topic.sources()), "sets of dead topics are left")
        for source in self.topic.sources():
            self.judge_merge(self.merger.store, source)
