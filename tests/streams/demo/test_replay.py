"""The replay: its pace, what it says, what it sends, and that it ends with whoever started it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import Any

import orjson
import pytest

from pandian.errors import BrokerError, PandianError
from streams.demo.dataset import order_lines
from streams.demo.injected import INJECTIONS, inject
from streams.demo.maturing import Due
from streams.demo.pages import Page, Pages, time_ms, user_id
from streams.demo.progress import Progress, error_line, read_line
from streams.demo.replay import Replay
from streams.demo.shop import ORDERS, TOPICS, Event, Shop
from streams.demo.window import Window
from streams.transport.partitioning import partition_of
from tests.support import topics
from tests.support.brokers import EmbeddedBroker
from tests.support.clock import FakeClock

LIMIT = 1_000


class Recorder:
    """Takes what a replay sends."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def send(self, events: Iterable[Event]) -> None:
        self.events.extend(events)


def expected(limit: int = LIMIT) -> list[Event]:
    shop = Shop()
    return [event for line in order_lines(limit) for event in shop.events(line)]


def start(broker: str, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "streams.demo.replay", "--broker", broker, *options]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes], seconds: float = 30.0) -> tuple[int, list[bytes]]:
    """Wait until a replay has ended; return its exit code and what it said. Its input stays open meanwhile."""
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        code = process.wait(seconds)
        return code, process.stdout.read().splitlines()


def test_sends_everything_in_order_at_the_rate(clock: FakeClock) -> None:
    recorder, told = Recorder(), list[Progress]()
    times: list[float] = []

    def sleep(seconds: float) -> None:
        clock.advance(seconds)
        times.append(clock.now)

    began = clock.now
    Replay(recorder, 100.0, LIMIT, told.append, clock=clock, sleep=sleep).run(order_lines(LIMIT))
    assert recorder.events == expected()
    assert clock.now - began == pytest.approx(len(recorder.events) / 100.0, abs=0.06)
    assert max(after - before for before, after in pairwise(times)) < 0.06
    assert [progress.sent for progress in told] == sorted(progress.sent for progress in told)
    last = told[-1]
    assert (last.rows, last.of, last.sent, last.done) == (LIMIT, LIMIT, len(recorder.events), True)
    assert last.date == list(order_lines(LIMIT))[-1].InvoiceDate
    assert not any(progress.done for progress in told[:-1])


def test_a_rate_that_cannot_be_kept_is_made_up_for(clock: FakeClock) -> None:
    class Slow(Recorder):
        def send(self, events: Iterable[Event]) -> None:
            clock.advance(1.0 if not self.events else 0.001)
            super().send(events)

    began = clock.now
    recorder = Slow()
    Replay(recorder, 1_000.0, LIMIT, lambda _: None, clock=clock, sleep=clock.advance).run(order_lines(LIMIT))
    assert clock.now - began == pytest.approx(len(recorder.events) / 1_000.0, abs=0.06)


class Answering(Recorder):
    """Answers each page with all its items, and remembers what had been sent when it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, Page]] = []

    def ask(self, pages: Sequence[Page]) -> dict[str, Any]:
        orders = sum(event.topic is ORDERS for event in self.events)
        self.asked += [(orders, page) for page in pages]
        return {
            page.request_id: {"items": list(page.items), "fallback": "new" if i else None}
            for i, page in enumerate(pages)
        }


def test_pages_are_answered_before_their_invoices_are_sent_and_after_all_that_came_before(
    clock: FakeClock,
) -> None:
    skip, limit = 3_000, 9_000
    lines = list(order_lines(limit))
    shop, pages = Shop(), Pages("run")
    for line in lines[:skip]:
        shop.events(line)
    pages.sell(lines[:skip])
    recorder, told = Answering(), list[Progress]()
    window = Window(pages, recorder, Due(8, window_ms=1_860_000))
    Replay(
        recorder,
        *(1_000.0, limit, told.append),
        window=window,
        shop=shop,
        clock=clock,
        sleep=clock.advance,
    ).run(iter(lines[skip:]))
    assert recorder.events == expected(limit)[len(expected(skip)) :]
    for orders, page in recorder.asked:
        invoice = next(
            i
            for i, line in enumerate(lines[skip:])
            if (user_id(line.CustomerID), time_ms(line.InvoiceDate) - 60_000) == (page.user_id, page.time)
        )
        assert orders <= invoice, "a page was shown after its invoice was sent"
        assert invoice - orders < 2_000, "what was sent long before was not there yet"
    last = told[-1]
    assert (last.pages, last.shown) == (
        len(recorder.asked), sum(len(page.items) for _, page in recorder.asked)
    )  # fmt: skip
    assert 0 < last.due < last.shown
    assert 0 < last.fallbacks < last.pages
    assert last.customer


def test_what_is_injected_is_told_before_the_first_such_record_is_sent(clock: FakeClock) -> None:
    first, last = 190_500, 191_500
    lines = list(islice(order_lines(), first, last))
    sent_when_told: dict[str, int] = {}
    recorder = Recorder()

    def tell(progress: Progress) -> None:
        for name in progress.injected:
            sent_when_told.setdefault(name, sum("GiftWrap" in orjson.loads(e.value) for e in orders()))

    def orders() -> list[Event]:
        return [event for event in recorder.events if event.topic is ORDERS]

    Replay(
        *(recorder, 1_000.0, last, tell),
        shop=Shop(inject),
        injections=INJECTIONS,
        clock=clock,
        sleep=clock.advance,
    ).run(lines)
    assert sent_when_told == {"gift-wrap": 0}
    wrapped = ["GiftWrap" in orjson.loads(event.value) for event in orders()]
    assert wrapped == [line.InvoiceDate >= "2011-05-16" for line in lines]
    assert any(wrapped)
    assert not all(wrapped)


def test_keys_go_where_kafka_sends_them() -> None:
    # Of Kafka's own UtilsTest: murmur2("foobar") is -790332482, murmur2("21") is -973932308.
    assert partition_of(b"foobar", 2) == (-790332482 & 0x7FFFFFFF) % 2
    assert partition_of(b"21", 100) == (-973932308 & 0x7FFFFFFF) % 100


@pytest.mark.parametrize(
    "progress", [Progress(), Progress(2, 3, {"shop.orders": 2}, "2010-12-01 08:26:00", 1.5, True)]
)
def test_progress_is_read_as_it_was_written(progress: Progress) -> None:
    line = progress.line()
    assert line.count(b"\n") == 1
    assert read_line(line) == progress


def test_an_error_is_read_as_one() -> None:
    with pytest.raises(PandianError, match=r"^a: b; c$"):
        read_line(error_line(BrokerError("a", "b", "c")))


def records_of(events: Sequence[Event]) -> list[tuple[bytes, bytes]]:
    return [(event.key, event.value) for event in events]


def test_process_makes_its_topics_sends_and_counts(embedded_broker: EmbeddedBroker) -> None:
    # One is there before: the others are made.
    topics.create_topic(embedded_broker.address, TOPICS[0].name, TOPICS[0].partitions)
    try:
        code, said = finish(
            start(embedded_broker.address, "--make", "--limit", str(LIMIT), "--rate", "100000")
        )
        assert code == 0
        last = read_line(said[-1])
        for topic in TOPICS:
            found = topics.read_all(embedded_broker.address, topic.name)
            wanted = [event for event in expected() if event.topic is topic]
            assert last.records[topic.name] == len(wanted)
            assert {record.headers for record in found} == {topic.headers}
            for place in range(topic.partitions):
                assert [(r.key, r.value) for r in found if r.partition == place] == records_of(
                    [event for event in wanted if partition_of(event.key, topic.partitions) == place]
                )
        assert {r.partition for r in topics.read_all(embedded_broker.address, ORDERS.name)} == {0, 1}
    finally:
        for topic in TOPICS:
            topics.delete_topic(embedded_broker.address, topic.name)


def test_process_says_that_no_broker_answers() -> None:
    code, said = finish(start("127.0.0.1:1", "--limit", "10"))
    assert (code, len(said)) == (1, 1)
    with pytest.raises(PandianError, match=r"127\.0\.0\.1:1"):
        read_line(said[0])


def test_process_ends_when_its_input_does() -> None:
    process = start("127.0.0.1:1")
    assert process.stdin
    process.stdin.close()
    assert process.wait(6) == 1
    assert process.stdout
    assert process.stdout.read() == b""  # it did not wait to find that no broker answers
