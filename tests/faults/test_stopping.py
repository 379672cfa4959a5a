"""A worker that is told to stop does so within five seconds, whatever the broker does, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import random
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from pandian import topics
from pandian.errors import PandianError
from pandian.events import Request, encode
from pandian.settings import load_settings
from streams.worker import Worker, WorkerOptions
from tests.support.brokers import EmbeddedBroker, embedded_broker
from tests.support.topics import create_topic, produce, read_all
from tests.support.worker import WorkerProcess

pytestmark = pytest.mark.slow
SECONDS = 5.0
RECORDS = 1_500
#: With longer sessions there is more time for a last checkpoint when partitions go to others; not when all ends.
LONG = {"PANDIAN_SESSION_SECONDS": "9"}


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with embedded_broker() as started:
        yield started


def clicks(address: str, topic: str) -> None:
    draw = random.Random(5)
    create_topic(address, topic, 2)
    values = [
        orjson.dumps(
            {"user_id": f"u{draw.randrange(50)}", "item_id": f"i{draw.randrange(99)}", "timestamp": at}
        )
        for at in range(1_700_000_000_000, 1_700_000_000_000 + RECORDS)
    ]
    produce(address, topic, values)


def stopped_after(worker: WorkerProcess) -> float:
    """Stop it; return after how many seconds it had ended well."""
    began = time.monotonic()
    assert worker.terminate(30) == 0, worker.said()
    return time.monotonic() - began


def knows(worker: WorkerProcess) -> bool:
    return bool((worker.get("/v1/status") or {}).get("users"))


@pytest.mark.parametrize("trouble", [signal.SIGKILL, signal.SIGSTOP], ids=["away", "silent"])
def test_a_broker_that_is_away_or_silent_does_not_hold_it_up(
    broker: EmbeddedBroker, trouble: signal.Signals
) -> None:
    clicks(broker.address, "clicks")
    with WorkerProcess(
        broker.address, "stopped", ["clicks"], options=["--max-rate", "600"], settings=LONG
    ) as worker:
        worker.wait(lambda: knows(worker), "interactions", 60)
        worker.get("/v1/recommend/u1")  # its impressions are still to be written
        broker.process.send_signal(trouble)
        time.sleep(0.3)
        assert stopped_after(worker) < SECONDS
        assert "could not write its last state: not in time" in worker.said()


def test_it_stops_in_time_while_it_starts(broker: EmbeddedBroker) -> None:
    clicks(broker.address, "clicks")
    for words in ("reading clicks", "the page:"):
        with WorkerProcess(broker.address, "starting", ["clicks"]) as worker:
            worker.wait_said(words)
            assert stopped_after(worker) < SECONDS


def test_requests_are_answered_before_it_stops_or_by_the_next_one(broker: EmbeddedBroker) -> None:
    clicks(broker.address, "clicks")
    asked = [Request(f"r{number}", f"u{number % 50}", 5) for number in range(1_000)]
    with WorkerProcess(broker.address, "asked", ["clicks"]) as worker:
        worker.wait(lambda: knows(worker), "interactions", 60)
        produce(broker.address, topics.REQUESTS, [encode(one) for one in asked])
        time.sleep(0.05)
        assert stopped_after(worker) < SECONDS
        worker.start()

        def answered() -> set[str]:
            found = read_all(broker.address, topics.RECOMMENDATIONS)
            return {str(orjson.loads(record.value or b"")["request_id"]) for record in found}

        worker.wait(lambda: answered() >= {one.request_id for one in asked}, "all answers", 40)


async def test_a_part_that_cannot_start_leaves_nothing_open(broker: EmbeddedBroker, tmp_path: Path) -> None:
    create_topic(broker.address, topics.IMPRESSIONS, 3)
    create_topic(broker.address, topics.INTERACTIONS, 8)
    settings = load_settings(
        broker=broker.address, port=0, datadir=tmp_path / "state", models=tmp_path / "models"
    )
    threads = set(threading.enumerate())
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(PandianError, match=r"pandian\.impressions with 3 partitions: must have as many"):
            async with Worker(settings, WorkerOptions(globs=("none",))):
                pass
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            await asyncio.wait(left, timeout=1)
        gc.collect()
    assert not {task for task in left if not task.done()}
    assert not [str(one.message) for one in told if "Unclosed" in str(one.message)]
    started = set(threading.enumerate()) - threads
    for thread in [one for one in started if not one.name.startswith("asyncio_")]:  # those are the loop's
        thread.join(2)
        assert not thread.is_alive(), thread.name
