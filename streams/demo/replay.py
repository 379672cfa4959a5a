"""The shop as a process of its own: ``python -m streams.demo.replay --broker HOST:PORT``.

Sends the shop's events in order of time, at a steady rate, to topics that are there, or that ``--make`` makes; says how
far it is in JSON lines (:mod:`streams.demo.progress`). With ``--pages`` it shows a page before each invoice of a known
customer, and sends the invoice when the worker has answered; with ``--inject`` it changes orders
(:mod:`streams.demo.injected`), and says so before it does. It ends when its standard input does, so that it cannot
outlive who started it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError

from pandian.errors import PandianError
from pandian.kafka_client import client_options, unreachable
from pandian.settings import Settings, load_settings
from streams.demo.asking import KafkaAnswers
from streams.demo.dataset import OrderLine, count, order_lines
from streams.demo.injected import INJECTIONS, Injection, inject
from streams.demo.lifeline import end_with_parent
from streams.demo.maturing import Due
from streams.demo.opening import make_topics
from streams.demo.pages import Pages, portions
from streams.demo.progress import Progress, error_line
from streams.demo.shop import ORDERS, Event, Shop
from streams.demo.window import Window
from streams.demo.wrong_import import wrong
from streams.transport.partitioning import partition_of

#: Records a second, so that all of the file takes half a minute.
RATE = 12_000.0
_TICK_S = 0.05
#: At most so many records wait for their acknowledgement together.
_PORTION = 2_000
#: Order lines whose pages are shown together: a day of the shop.
_PAGES_LINES = 2_000
_PROGRESS_S = 0.2
_OPTIONS: dict[str, Any] = {
    "acks": "all",
    "batch_size": 256 << 10,
    "linger_ms": 5,
    "request_timeout_ms": 10_000,
    "delivery_timeout_ms": 30_000,
    "max_block_ms": 10_000,
    "metrics_enabled": False,
}


class Sender(Protocol):
    """Sends events."""

    def send(self, events: Iterable[Event]) -> None:
        """Send events in order; return when all are acknowledged.

        Raises:
            BrokerError: when the broker does not take one.
        """
        ...


class KafkaSender:
    """Sends events with kafka-python, acknowledged by all replicas; a key's records go to one partition.

    Raises:
        BrokerError: when the broker cannot be reached.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        try:
            self._producer = KafkaProducer(**client_options(settings), **_OPTIONS)
        except (KafkaError, OSError) as error:
            raise unreachable(settings, error) from error

    def send(self, events: Iterable[Event]) -> None:
        """Send events in order; return when all are acknowledged."""
        try:
            sent = [self._send(*event) for event in events]
            self._producer.flush()
            for future in sent:
                if future.exception is not None:
                    raise future.exception
        except (KafkaError, OSError) as error:
            raise unreachable(self._settings, error) from error

    def _send(self, topic: Any, key: bytes, value: bytes) -> Any:
        place = partition_of(key, topic.partitions)
        return self._producer.send(topic.name, value, key=key, headers=list(topic.headers), partition=place)

    def close(self) -> None:
        """Close the connection."""
        self._producer.close(timeout=1.0)


class Replay:
    """Sends the events of order lines, so many a second on average, in portions of at most a twentieth of one.

    Args:
        sender: Where they go.
        rate: Records a second, of all topics together.
        of: How many order lines there are.
        tell: Is told how far it is, a few times a second and at the end.
        window: Shows pages before the invoices; None: no pages.
        shop: Has announced what came before.
        injections: What the shop changes, in the order in which it begins.
        clock: Seconds that only go forward.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        sender: Sender,
        rate: float,
        of: int,
        tell: Callable[[Progress], None],
        *,
        window: Window | None = None,
        shop: Shop | None = None,
        injections: Sequence[Injection] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sender = sender
        self._rate = rate
        self._of = of
        self._tell = tell
        self._window = window
        self._shop = shop or Shop()
        self._clock = clock
        self._sleep = sleep
        self._date = ""
        self._records: Counter[str] = Counter()
        self._began = 0.0
        self._coming = list(injections)
        self._injected: dict[str, int] = {}

    def run(self, lines: Iterable[OrderLine]) -> None:
        """Send the events of all lines; return when all are acknowledged."""
        began = told = self._began = self._clock()
        for chunk in self._chunks(lines):
            early = began + self._records.total() / self._rate - self._clock()
            if early > 0:
                self._sleep(early)
            self._sender.send(chunk)
            self._records.update(event.topic.name for event in chunk)
            if self._clock() - told >= _PROGRESS_S:
                told = self._clock()
                self._tell(self._progress(told - began))
        self._tell(self._progress(self._clock() - began, done=True))

    def _chunks(self, lines: Iterable[OrderLine]) -> Iterator[list[Event]]:
        """Yield the events to send together. Pages are shown once everything before their invoices was sent."""
        size = min(_PORTION, max(1, int(self._rate * _TICK_S)))
        for portion in self._shown(lines):
            events = self._events(portion)
            while chunk := list(islice(events, size)):
                yield chunk

    def _shown(self, lines: Iterable[OrderLine]) -> Iterator[Iterable[OrderLine]]:
        if self._window is None:
            yield lines
            return
        for invoices in portions(lines, _PAGES_LINES):
            self._window.show(invoices)
            yield chain.from_iterable(invoices)
            self._window.sold(invoices)

    def _events(self, lines: Iterable[OrderLine]) -> Iterator[Event]:
        for line in lines:
            self._date = line.InvoiceDate
            self._announce(line)
            yield from self._shop.events(line)

    def _announce(self, line: OrderLine) -> None:
        """Tell of what is injected from this line on, which is not sent yet."""
        while self._coming and self._coming[0].holds(line):
            self._injected[self._coming.pop(0).name] = self._records[ORDERS.name]
            self._tell(self._progress(self._clock() - self._began))

    def _progress(self, seconds: float, *, done: bool = False) -> Progress:
        rows = self._records[ORDERS.name]
        told = Progress(
            *(rows, self._of, dict(self._records), self._date, round(seconds, 3), done),
            injected=dict(self._injected),
        )
        if self._window is None:
            return told
        window = self._window
        return replace(
            told,
            pages=window.pages,
            shown=window.shown,
            fallbacks=window.fallbacks,
            due=window.due.count(),
            customer=window.customer,
        )


def main() -> int:
    """Replay what the command line says; return the exit code."""
    arguments = parser().parse_args()
    end_with_parent()
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what goes wrong is told in our own words
    try:
        _replay(load_settings(broker=arguments.broker), arguments)
    except PandianError as error:
        _write(error_line(error))
        return error.exit_code
    return 0


def _replay(settings: Settings, arguments: argparse.Namespace) -> None:
    if arguments.make:
        asyncio.run(make_topics(settings, pages=arguments.pages))
    sender = KafkaSender(settings)
    answers = KafkaAnswers(settings) if arguments.pages else None
    lines, of = order_lines(arguments.limit), count(arguments.limit)
    shop = Shop(inject if arguments.inject else None)
    made = Pages(f"demo-{secrets.token_hex(4)}")
    before = list(islice(lines, arguments.skip))
    for line in before:
        shop.events(line)
    if arguments.wrong:
        # The catalogue has no other codes now, so that all items are announced anew, and pages show these.
        before, lines = list(map(wrong, before)), map(wrong, lines)
    made.sell(before)
    window = None
    if answers:
        window_ms = round(1000 * settings.label_seconds)
        window = Window(made, answers, Due(answers.partitions, window_ms))
    Replay(
        *(sender, arguments.rate, of, lambda progress: _write(progress.line())),
        window=window,
        shop=shop,
        injections=INJECTIONS if arguments.inject else (),
    ).run(lines)
    sender.close()
    if answers:
        answers.close()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m streams.demo.replay", description=__doc__)
    made.add_argument("--broker", metavar="HOST:PORT", help="Kafka broker; default: PANDIAN_BROKER")
    made.add_argument(
        "--rate", type=float, default=RATE, metavar="N", help="records a second, default: %(default)g"
    )
    made.add_argument("--limit", type=int, metavar="N", help="only the first N order lines")
    made.add_argument("--skip", type=int, default=0, metavar="N", help="N of them were replayed before")
    made.add_argument("--make", action="store_true", help="make the topics that are not there")
    made.add_argument("--pages", action="store_true", help="show a page before each invoice")
    made.add_argument("--inject", action="store_true", help="change orders of the second act, and say so")
    made.add_argument("--wrong", action="store_true", help="a catalogue import went wrong before")
    return made


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
