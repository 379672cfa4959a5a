"""A worker that only serves: sequences equal the reference and every request is answered, whatever happens."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from pandian import topics
from pandian.events import Request, encode
from tests.support import brokers
from tests.support.brokers import Broker
from tests.support.live import START, interaction, source
from tests.support.processes import wait_until
from tests.support.topics import create_topic, delete_topic, produce, read_all
from tests.support.topics import topics as topics_of
from tests.support.worker import WorkerProcess

LENGTH = 20
IN_PORTION = 250
KILLS = 3
SERVE = ["--roles", "serve"]
SETTINGS = {"PANDIAN_SEQUENCE_LENGTH": str(LENGTH), "PANDIAN_CHECKPOINT_SECONDS": "0.2"}


class Writer:
    """Writes interactions as extraction does: in the order of their source, and again what was under way at a crash."""

    def __init__(self, address: str, who: str, seed: int = 3) -> None:
        self._address, self.who = address, who
        self._draw = random.Random(seed)
        self._offset = 0
        self._last: list[tuple[bytes, bytes]] = []
        self.expected: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)

    def portion(self) -> None:
        """Write some, after a repeat of the portion before now and then."""
        draw = self._draw
        made = []
        for _ in range(IN_PORTION):
            user, item = f"{self.who}-{draw.randrange(60)}", f"i{draw.randrange(500)}"
            # Out of order, by up to some days.
            at = START + self._offset * 60_000 - draw.randrange(10_000) * 60_000
            refund = draw.random() < 0.05
            place = source(self._offset, topic_id=self.who)
            made.append(
                (user.encode(), interaction(user, item, at, "refund" if refund else "view", source=place))
            )
            self._offset += 1
            if not refund:
                self.expected[user].append((at, item))
        again = self._last if draw.random() < 0.4 else []
        keys, values = zip(*again, *made, strict=True)
        produce(self._address, topics.INTERACTIONS, values, keys=keys)
        self._last = made

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write ten portions a second beside what the block does."""
        stop = threading.Event()

        def write() -> None:
            while not stop.wait(0.1):
                self.portion()

        thread = threading.Thread(target=write)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def check(self, worker: WorkerProcess) -> None:
        """Compare what a worker knows of every user with what sorting everything gives."""
        assert len(self.expected) == 60
        for user, rows in self.expected.items():
            found = worker.get(f"/v1/users/{user}")
            known = [(one["time"], one["item_id"]) for one in found["interactions"]]
            # Of equal times the order is that of arrival, which repeats do not change.
            assert known == sorted(rows, key=lambda row: row[0])[-LENGTH:], user


def wait_read(worker: WorkerProcess) -> None:
    """Wait until it has read all that there is."""
    worker.wait(lambda: worker.get("/readyz"), "readiness", 40)
    worker.wait(lambda: (worker.get("/v1/status") or {}).get("interactions_lag") == 0, "the sequences", 40)
    time.sleep(0.5)


def ready(address: str) -> None:
    if topics.INTERACTIONS not in topics_of(address):
        create_topic(address, topics.INTERACTIONS, topics.USER_PARTITIONS)


@pytest.mark.slow
def test_killed_again_and_again_while_sequences_are_written(
    broker: Broker, unique: Callable[[str], str]
) -> None:
    ready(broker.address)
    writer, draw = Writer(broker.address, unique("u")), random.Random(1)
    with WorkerProcess(broker.address, unique("group"), [], options=SERVE, settings=SETTINGS) as worker:
        with writer.writing():
            for _ in range(KILLS):
                worker.wait(lambda: (worker.get("/v1/status") or {}).get("interactions"), "interactions", 40)
                time.sleep(draw.uniform(0.0, 0.7))
                worker.kill()
                worker.start()
        wait_read(worker)
        writer.check(worker)
        # It went on from its disk: what it read after the last start is less than all there is.
        assert "users on disk" in worker.said()
        before = {user: worker.get(f"/v1/users/{user}") for user in writer.expected}
        assert worker.terminate() == 0
        worker.start()
        wait_read(worker)
        assert {user: worker.get(f"/v1/users/{user}") for user in writer.expected} == before
        assert worker.get("/v1/status")["interactions"] == 0


@pytest.fixture
def own_broker() -> Iterator[Broker]:
    """A broker of which one test may delete Pandian's own topics."""
    with brokers.embedded_broker() as found:
        create_topic(found.address, topics.INTERACTIONS, topics.USER_PARTITIONS)
        yield found


def tables(worker: WorkerProcess) -> list[Path]:
    """Return the files in which the sequences lie."""
    return [path for path in worker.folder.glob("data/*/sequences/*/*") if path.suffix in (".sst", ".log")]


def test_a_disk_that_is_damaged_is_made_anew(own_broker: Broker, unique: Callable[[str], str]) -> None:
    writer = Writer(own_broker.address, "u")
    for _ in range(4):
        writer.portion()
    with WorkerProcess(own_broker.address, "group", [], options=SERVE, settings=SETTINGS) as worker:
        wait_read(worker)
        worker.kill()
        written = [path for path in tables(worker) if path.stat().st_size]
        assert written
        for path in written:
            path.write_bytes(random.Random(2).randbytes(path.stat().st_size))
        for manifest in worker.folder.glob("data/*/sequences/*/MANIFEST-*"):
            manifest.write_bytes(b"\x00" * manifest.stat().st_size)
        writer.portion()
        worker.start()
        wait_read(worker)
        assert "cannot be read, building them anew" in worker.said()
        writer.check(worker)


def test_the_topic_of_interactions_made_again_while_it_runs_and_while_it_does_not(own_broker: Broker) -> None:
    def made_again(who: str, seed: int) -> Writer:
        delete_topic(own_broker.address, topics.INTERACTIONS)
        create_topic(own_broker.address, topics.INTERACTIONS, topics.USER_PARTITIONS)
        writer = Writer(own_broker.address, who, seed)
        for _ in range(4):
            writer.portion()
        return writer

    def check(writer: Writer) -> None:
        worker.wait(lambda: worker.get(f"/v1/users/{writer.who}-1"), "the new interactions", 40)
        wait_read(worker)
        writer.check(worker)
        assert worker.get("/v1/status")["users"] == 60

    Writer(own_broker.address, "old").portion()
    with WorkerProcess(own_broker.address, "group", [], options=SERVE, settings=SETTINGS) as worker:
        wait_read(worker)
        assert worker.get("/v1/users/old-1")
        check(made_again("new", 8))
        worker.kill()
        newest = made_again("newest", 9)
        worker.start()
        check(newest)
        assert worker.get("/v1/users/new-1") is None


def answered(address: str) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for record in read_all(address, topics.RECOMMENDATIONS):
        one = orjson.loads(record.value or b"{}")
        found[one["request_id"]].append(one)
    return found


def test_every_request_is_answered_though_workers_are_killed(own_broker: Broker) -> None:
    Writer(own_broker.address, "u").portion()
    create_topic(own_broker.address, topics.REQUESTS, topics.USER_PARTITIONS)
    create_topic(own_broker.address, topics.RECOMMENDATIONS, topics.USER_PARTITIONS)
    with WorkerProcess(own_broker.address, "group", [], options=SERVE, settings=SETTINGS) as worker:
        for turn in range(2):
            asked = [Request(f"r{turn}-{n}", f"u-{n % 60}", 5, time=START) for n in range(4_000)]
            keys = [one.user_id.encode() for one in asked]
            produce(own_broker.address, topics.REQUESTS, map(encode, asked), keys=keys)
            wait_until(
                lambda turn=turn: len(answered(own_broker.address)) > turn * 4_000,
                30,
                "answers",
                0.02,
                worker.log,
            )
            worker.kill()
            worker.start()
        wait_until(lambda: len(answered(own_broker.address)) == 8_000, 60, "all answers", 0.2, worker.log)
    found = answered(own_broker.address)
    assert any(len(answers) > 1 for answers in found.values()), "nobody was killed while answering"
    shown = defaultdict(set)
    for record in read_all(own_broker.address, topics.IMPRESSIONS):
        one = orjson.loads(record.value or b"{}")
        shown[one["request_id"]].add(one["impression_id"])
    # Whoever answered again wrote impressions of the same ids.
    assert shown == {request: {f"{request}:{place}" for place in range(5)} for request in found}
