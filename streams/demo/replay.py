"""The shop as a process of its own: ``python -m streams.demo.replay --broker HOST:PORT``.

Sends the shop's events in order of time, at a steady rate, to topics that are there; says how far it is in JSON lines
(:mod:`streams.demo.progress`). It ends when its standard input does, so that it cannot outlive who started it.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.partitioner.default import murmur2

from pandian.errors import PandianError
from pandian.kafka_client import client_options, unreachable
from pandian.settings import Settings, load_settings
from streams.demo.dataset import OrderLine, count, order_lines
from streams.demo.progress import Progress, error_line
from streams.demo.shop import ORDERS, Event, Shop

#: Records a second, so that all of the file takes half a minute.
RATE = 12_000.0
_TICK_S = 0.05
#: At most so many records wait for their acknowledgement together.
_PORTION = 2_000
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
        place = partition(key, topic.partitions)
        return self._producer.send(topic.name, value, key=key, headers=list(topic.headers), partition=place)

    def close(self) -> None:
        """Close the connection."""
        self._producer.close(timeout=1.0)


@lru_cache(maxsize=1 << 14)
def partition(key: bytes, partitions: int) -> int:
    """Return the partition that Kafka's own clients choose for a key."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


class Replay:
    """Sends the events of order lines, so many a second on average, in portions of at most a twentieth of one.

    Args:
        sender: Where they go.
        rate: Records a second, of all topics together.
        of: How many order lines there are.
        tell: Is told how far it is, a few times a second and at the end.
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
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sender = sender
        self._rate = rate
        self._of = of
        self._tell = tell
        self._clock = clock
        self._sleep = sleep
        self._date = ""
        self._records: Counter[str] = Counter()

    def run(self, lines: Iterable[OrderLine]) -> None:
        """Send the events of all lines; return when all are acknowledged."""
        began = told = self._clock()
        events = self._events(lines)
        portion = min(_PORTION, max(1, int(self._rate * _TICK_S)))
        while chunk := list(islice(events, portion)):
            early = began + self._records.total() / self._rate - self._clock()
            if early > 0:
                self._sleep(early)
            self._sender.send(chunk)
            self._records.update(event.topic.name for event in chunk)
            if self._clock() - told >= _PROGRESS_S:
                told = self._clock()
                self._tell(self._progress(told - began))
        self._tell(self._progress(self._clock() - began, done=True))

    def _events(self, lines: Iterable[OrderLine]) -> Iterator[Event]:
        shop = Shop()
        for line in lines:
            self._date = line.InvoiceDate
            yield from shop.events(line)

    def _progress(self, seconds: float, *, done: bool = False) -> Progress:
        rows = self._records[ORDERS.name]
        return Progress(rows, self._of, dict(self._records), self._date, round(seconds, 3), done)


def main() -> int:
    """Replay what the command line says; return the exit code."""
    arguments = _arguments()
    _end_with_parent()
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what goes wrong is told in our own words
    try:
        sender = KafkaSender(load_settings(broker=arguments.broker))
        lines, of = order_lines(arguments.limit), count(arguments.limit)
        Replay(sender, arguments.rate, of, lambda progress: _write(progress.line())).run(lines)
    except PandianError as error:
        _write(error_line(error))
        return error.exit_code
    sender.close()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m streams.demo.replay", description=__doc__)
    parser.add_argument("--broker", metavar="HOST:PORT", help="Kafka broker; default: PANDIAN_BROKER")
    parser.add_argument(
        "--rate", type=float, default=RATE, metavar="N", help="records a second, default: %(default)g"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N order lines")
    return parser.parse_args()


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _end_with_parent() -> None:
    def wait() -> None:
        while os.read(0, 1024):  # not sys.stdin: its lock, held at exit, would be a fatal error
            pass
        os._exit(1)

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
