"""A real worker that only serves: the topic pair, impressions, and a champion that changes while it runs."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from export.registry import Registry
from pandian import topics
from pandian.events import Interaction, Item, Request, encode
from streams.transport.partitioning import partition_of
from tests.support import brokers, entries
from tests.support.live import START
from tests.support.processes import wait_until
from tests.support.topics import Record, create_topic, produce, read_all
from tests.support.worker import WorkerProcess

USERS = 40


class Shop:
    """A broker with interactions of some users, and a worker that serves them."""

    def __init__(self, folder: Path, roles: str = "serve", **settings: str) -> None:
        self.registry = Registry(folder / "models")
        self._stack = brokers.embedded_broker()
        self.address = self._stack.__enter__().address
        create_topic(self.address, topics.INTERACTIONS, topics.USER_PARTITIONS)
        create_topic(self.address, topics.ITEMS, 1)
        rows = [Interaction(f"u{n % USERS}", f"item-{n % 11}", "view", START + n * 1000) for n in range(200)]
        keys = [row.user_id.encode() for row in rows]
        produce(self.address, topics.INTERACTIONS, map(encode, rows), keys=keys)
        items = [Item("item-0", "Red hat"), Item("item-10", available=False)]
        produce(self.address, topics.ITEMS, map(encode, items), keys=[one.item_id.encode() for one in items])
        self.worker = WorkerProcess(
            self.address,
            "shop",
            [],
            options=["--roles", roles],
            settings={"PANDIAN_MODELS": str(self.registry.root), "PANDIAN_MODELS_SECONDS": "0.2", **settings},
        ).start()
        self.worker.wait(lambda: self.worker.get("/readyz"), "readiness", 30)

    def close(self) -> None:
        self.worker.kill()
        self._stack.__exit__(None, None, None)

    def ask(self, *values: bytes | Request | None) -> None:
        """Write requests, or what is none."""
        keys = [one.user_id.encode() if isinstance(one, Request) else b"k" for one in values]
        made = [encode(one) if isinstance(one, Request) else one for one in values]
        produce(self.address, topics.REQUESTS, made, keys=keys)

    def read(self, topic: str, prefix: str) -> dict[str, list[tuple[Record, dict[str, Any]]]]:
        """Return the records of requests whose id begins with something, by request id."""
        found = defaultdict(list)
        for record in read_all(self.address, topic):
            one = orjson.loads(record.value or b"{}")
            if one["request_id"].startswith(prefix):
                found[one["request_id"]].append((record, one))
        return found

    def answers(self, prefix: str, count: int) -> dict[str, list[tuple[Record, dict[str, Any]]]]:
        """Wait for the answers to so many requests."""
        wait_until(
            lambda: len(self.read(topics.RECOMMENDATIONS, prefix)) >= count,
            20,
            f"{count} answers",
            0.1,
            self.worker.log,
        )
        return self.read(topics.RECOMMENDATIONS, prefix)

    def metric(self, name: str, **labels: str) -> float:
        for family in text_string_to_metric_families(self.worker.text("/metrics")):
            for sample in family.samples:
                if sample.name == name and sample.labels == labels:
                    return sample.value
        return 0.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Shop]:
    opened = Shop(tmp_path_factory.mktemp("shop"))
    yield opened
    opened.close()


def items(answer: dict[str, Any]) -> list[tuple[str, float, str]]:
    return [(item["item_id"], item["score"], item["reason"]) for item in answer["items"]]


def test_an_answer_on_the_topic_is_that_over_http(shop) -> None:
    shop.ask(Request("pair-1", "u3", 5, time=START + 5), Request("pair-2", "stranger", 2))
    found = shop.answers("pair-", 2)
    (record, answer), *_ = found["pair-1"]
    assert record.key == b"u3"
    assert record.partition == partition_of(b"u3", topics.USER_PARTITIONS)
    assert (answer["user_id"], answer["time"], len(answer["items"])) == ("u3", START + 5, 5)
    over_http = shop.worker.get("/v1/recommend/u3?k=5&impressions=false")
    assert items(answer) == items(over_http)
    assert answer.keys() == over_http.keys()
    assert "item-10" not in [item["item_id"] for item in answer["items"]]
    ((_, stranger), *_) = found["pair-2"]
    assert stranger["fallback"].startswith("nothing is known of this user")
    assert len(stranger["items"]) == 2


def test_impressions_of_the_topic_are_written_with_the_answer(shop) -> None:
    shop.ask(Request("shown-1", "u4", 3, time=START + 9))
    ((_, answer),) = shop.answers("shown-", 1)["shown-1"]
    wait_until(lambda: shop.read(topics.IMPRESSIONS, "shown-"), 10, "impressions", 0.1)
    shown = shop.read(topics.IMPRESSIONS, "shown-")["shown-1"]
    assert {record.key for record, _ in shown} == {b"u4"}
    assert {record.partition for record, _ in shown} == {partition_of(b"u4", topics.USER_PARTITIONS)}
    assert [one["impression_id"] for _, one in shown] == ["shown-1:0", "shown-1:1", "shown-1:2"]
    assert [(one["item_id"], one["score"]) for _, one in shown] == [one[:2] for one in items(answer)]
    assert {(one["model"], one["version"], one["time"]) for _, one in shown} == {("live", "1", START + 9)}


def test_impressions_over_http_are_written_unless_nobody_sees_them(shop) -> None:
    seen = shop.worker.get("/v1/recommend/u5?k=2")
    unseen = shop.worker.get("/v1/recommend/u5?k=2&impressions=false")
    later = shop.worker.get("/v1/recommend/u5?k=1")
    wait_until(lambda: shop.read(topics.IMPRESSIONS, later["request_id"]), 10, "impressions", 0.1)
    shown = shop.read(topics.IMPRESSIONS, seen["request_id"])[seen["request_id"]]
    assert [one["item_id"] for _, one in shown] == [item["item_id"] for item in seen["items"]]
    assert not shop.read(topics.IMPRESSIONS, unseen["request_id"])


def test_what_is_no_request_costs_only_itself(shop) -> None:
    bad = [None, b"", b"{", b'{"user_id":"u1"}', b'{"request_id":"bad-x","user_id":"u1","k":0}', b"\xff" * 9]
    mixed = [one for n, value in enumerate(bad) for one in (value, Request(f"good-{n}", f"u{n}", 1))]
    shop.ask(*mixed)
    assert len(shop.answers("good-", len(bad))) == len(bad)
    wait_until(
        lambda: shop.metric("pandian_requests_rejected_total", reason="bad-k") == 1, 10, "the count", 0.1
    )
    assert shop.metric("pandian_requests_rejected_total", reason="bad-json") == 4
    assert shop.metric("pandian_requests_rejected_total", reason="bad-request-id") == 1
    assert not shop.read(topics.RECOMMENDATIONS, "bad-")
    assert "cannot be answered" in shop.worker.said()
    assert shop.worker.get("/readyz")


def test_many_requests_are_each_answered_once(shop) -> None:
    asked = [Request(f"many-{n}", f"u{n % 97}", 3) for n in range(3_000)]
    shop.ask(*asked)
    found = shop.answers("many-", 3_000)
    assert {len(answers) for answers in found.values()} == {1}
    assert all(found[one.request_id][0][1]["user_id"] == one.user_id for one in asked)
    # In the order of the partition, as they were asked.
    order = defaultdict(list)
    pairs = [pair for answers in found.values() for pair in answers]
    for record, one in sorted(pairs, key=lambda pair: pair[0].offset):
        order[record.partition].append(int(one["request_id"].removeprefix("many-")))
    assert all(numbers[0] < 200 for numbers in order.values())


def test_a_thousand_items_of_the_longest_ids(shop) -> None:
    names = [f"{n:04}" + "订" * 84 for n in range(1000)]
    shop.ask(Request("large-1", "u1", items=tuple(names)), Request("large-2", "u1", 1))
    found = shop.answers("large-", 2)
    assert len(found["large-1"][0][1]["items"]) == 1000


def test_a_champion_takes_over_without_a_restart(shop, tmp_path) -> None:
    entry = entries.make_entry(tmp_path / "entry", created="2026-02-01T00:00:00Z")
    before = shop.worker.get("/v1/recommend/u1?impressions=false")
    assert (before["model"], before["version"]) == ("live", "1")
    shop.registry.add(entry.path)
    shop.registry.promote(entry.model, entry.version, by="test", why="test")
    shop.worker.wait(lambda: shop.worker.get("/v1/models")["answers"], "the champion", 20)
    shop.ask(Request("champion-1", "u1", 3))
    ((_, answer),) = shop.answers("champion-", 1)["champion-1"]
    assert (answer["model"], answer["version"], answer["fallback"]) == ("popularity", entry.version, None)
    assert [name for name, _, _ in items(answer)] == ["item-2", "item-3", "item-5"]
    assert shop.metric("pandian_model_info", model="popularity", version=entry.version, role="champion") == 1
    assert shop.metric("pandian_model_info", model="live", version="1", role="champion") == 0


def test_what_the_worker_says_of_itself(shop) -> None:
    status = shop.worker.get("/v1/status")
    assert (status["users"], status["items"], status["interactions"]) == (USERS, 11, 200)
    assert status["interactions_lag"] == 0
    assert status["knows_until"] == START + 199_000
    assert shop.metric("pandian_users") == USERS
    assert shop.metric("pandian_knows_until_timestamp_seconds") == (START + 199_000) / 1000
    assert shop.metric("pandian_sequence_records_total", outcome="taken") == 200


@pytest.fixture
def quiet_shop(tmp_path) -> Iterator[Shop]:
    """One whose own pages write what they showed."""
    opened = Shop(tmp_path, PANDIAN_IMPRESSIONS="0")
    yield opened
    opened.close()


def test_stopped_in_order_it_answers_nothing_twice(quiet_shop) -> None:
    shop = quiet_shop
    shop.ask(*[Request(f"first-{n}", f"u{n}", 1) for n in range(50)])
    shop.answers("first-", 50)
    shop.worker.get("/v1/recommend/u1")
    assert shop.worker.terminate() == 0
    shop.worker.start()
    shop.ask(*[Request(f"second-{n}", f"u{n}", 1) for n in range(50)])
    shop.answers("second-", 50)
    counted = Counter(len(one) for one in shop.read(topics.RECOMMENDATIONS, "first-").values())
    assert counted == {1: 50}
    assert read_all(shop.address, topics.IMPRESSIONS) == []
    too_large_is_said_once(shop)


def too_large_is_said_once(shop: Shop) -> None:
    """An answer that no broker takes must not be asked for again and again, and hold up those behind it."""
    long = [f"{n:04}" + "订" * 84 for n in range(1000)]
    rows = [
        Interaction(f"pair-{n}", item, "view", START) for n, name in enumerate(long) for item in ("hat", name)
    ]
    keys = [row.user_id.encode() for row in rows]
    produce(shop.address, topics.INTERACTIONS, map(encode, rows), keys=keys)
    hat = Item("hat", "订" * 200)
    produce(shop.address, topics.ITEMS, [encode(hat)], keys=[b"hat"])
    shop.worker.wait(lambda: shop.worker.get("/v1/users/pair-999"), "the interactions", 20)
    time.sleep(1)  # the baselines hear of them a little later
    asked = [
        Request("huge-1", "pair-1", session=("hat",), items=tuple(long)),
        Request("huge-2", "pair-1", 1),
    ]
    shop.ask(*asked)
    assert shop.answers("huge-", 1).keys() == {"huge-2"}
    wait_until(lambda: shop.metric("pandian_requests_rejected_total", reason="too-large"), 10, "count", 0.1)
    time.sleep(1.5)
    assert shop.metric("pandian_requests_rejected_total", reason="too-large") == 1
    assert "ask for fewer items" in shop.worker.said()
