"""Alerts reach a webhook that listens: one that hangs, that fails, that is away; at least once, in their order."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from monitoring.metrics import WorkerMetrics
from pandian import metrics, topics
from pandian.events import Alert, encode
from pandian.settings import Settings, load_settings
from streams.stages.posting import PostingPart
from streams.transport.admin import ClusterAdmin
from streams.webhook import Webhook
from tests.support.brokers import Broker
from tests.support.processes import free_port
from tests.support.topics import produce
from tests.support.webhooks import Listening

TOKEN = "T0ps3cret"
PATH = f"/hook/{TOKEN}"


class Posting:
    """Parts of workers of one group, and the alerts that are told meanwhile."""

    def __init__(self, address: str, url: str) -> None:
        self.settings = load_settings(broker=address, group=f"g{uuid.uuid4().hex}", alert_webhook=url)
        self.address = address
        self.metrics = WorkerMetrics()
        self.owned = True

    def tell(self, count: int = 1) -> list[str]:
        """Write alerts to the topic; return their ids."""
        ids = [uuid.uuid4().hex for _ in range(count)]
        alerts = (
            Alert(one, "silence", "firing", "shop.orders", "none", 2.0, 1, 2, "It is silent.") for one in ids
        )
        produce(self.address, topics.ALERTS, map(encode, alerts), partition=0)
        return ids

    def count(self, outcome: str) -> float:
        """Return how often something became of an alert."""
        return self._sample(metrics.ALERT_WEBHOOK.name, {"outcome": outcome})

    def waiting(self) -> float:
        """Return how many alerts wait."""
        return self._sample(metrics.ALERT_WEBHOOK_WAITING.name, {})

    def _sample(self, name: str, labels: dict[str, str]) -> float:
        found = self.metrics.registry.get_sample_value(name, labels)
        assert found is not None
        return found

    @asynccontextmanager
    async def running(self, *, most: int = 1_000, timeout: float = 0.4) -> AsyncIterator[PostingPart]:
        """Run a part, as a worker that was just started does."""
        self.metrics = WorkerMetrics()
        admin = ClusterAdmin(self.settings)
        context: Any = SimpleNamespace(settings=self.settings, admin=admin, metrics=self.metrics)
        assert self.settings.alert_webhook is not None
        webhook = Webhook(self.settings.alert_webhook, timeout)
        part = PostingPart(context, lambda: self.owned, most=most, webhook=webhook)
        await part.start()
        task = asyncio.create_task(part.run())
        try:
            yield part
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await admin.close()


async def until(condition: Callable[[], bool], seconds: float = 8.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is in another thread
            await asyncio.sleep(0.01)


@pytest.fixture
def hook() -> Any:
    with Listening() as listening:
        yield listening


async def test_an_alert_comes_within_five_seconds_and_once(embedded_broker: Broker, hook: Listening) -> None:
    posting = Posting(embedded_broker.address, hook.url(PATH))
    async with posting.running():
        ids = await asyncio.to_thread(posting.tell, 3)
        told = time.time()
        await until(lambda: len(hook.received) >= 3)
        assert hook.alert_ids() == ids
        assert hook.received[-1].time - told < 5
        assert hook.received[0].path == PATH
        await until(lambda: posting.count("delivered") == 3)
    # Whoever comes next goes on behind them.
    async with posting.running():
        ids += await asyncio.to_thread(posting.tell)
        await until(lambda: len(hook.received) >= 4)
        assert hook.alert_ids() == ids


@pytest.mark.parametrize("bad", [[500, 302], [30.0]], ids=["fails", "hangs"])
async def test_what_is_not_taken_is_posted_again(
    embedded_broker: Broker, bad: list[int | float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pandian.webhook")
    with Listening(bad) as hook:
        posting = Posting(embedded_broker.address, hook.url(PATH))
        async with posting.running():
            ids = await asyncio.to_thread(posting.tell, 2)
            await until(lambda: posting.count("delivered") == 2)
        assert hook.alert_ids() == [ids[0]] * len(bad) + ids
        assert posting.count("failed") == len(bad)
        assert posting.count("dropped") == 0
    assert caplog.messages[0] == "alerts are posted to the webhook at http://127.0.0.1"
    assert "alerts are kept and posted again" in caplog.text
    assert TOKEN not in caplog.text


async def test_alerts_are_kept_while_the_webhook_is_away_also_over_a_restart(
    embedded_broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    posting = Posting(embedded_broker.address, f"http://u:{TOKEN}@127.0.0.1:{port}{PATH}")
    async with posting.running():
        ids = await asyncio.to_thread(posting.tell, 2)
        await until(lambda: posting.count("failed") >= 1 and posting.waiting() == 2)
    ids += await asyncio.to_thread(posting.tell)
    async with posting.running():
        await until(lambda: posting.count("failed") >= 1 and posting.waiting() == 3)
        with Listening(port=port) as hook:
            await until(lambda: posting.count("delivered") == 3)
            assert hook.alert_ids() == ids
        assert posting.waiting() == 0
    assert TOKEN not in caplog.text


async def test_what_was_under_way_in_a_crash_is_posted_again_as_the_same_alert(
    embedded_broker: Broker,
) -> None:
    with Listening([30.0]) as hook:
        posting = Posting(embedded_broker.address, hook.url())
        async with posting.running(timeout=30):
            (told,) = await asyncio.to_thread(posting.tell)
            await until(lambda: len(hook.received) == 1)  # taken, and not yet answered
        async with posting.running():
            await until(lambda: posting.count("delivered") == 1)
        assert hook.alert_ids() == [told, told]


async def test_an_alert_that_is_refused_does_not_stand_in_the_way(embedded_broker: Broker) -> None:
    with Listening([400]) as hook:
        posting = Posting(embedded_broker.address, hook.url())
        async with posting.running():
            ids = await asyncio.to_thread(posting.tell, 2)
            await until(lambda: posting.count("delivered") == 1)
        assert hook.alert_ids() == ids
        assert posting.count("dropped") == 1


async def test_of_too_many_the_oldest_are_dropped(embedded_broker: Broker) -> None:
    port = free_port()
    posting = Posting(embedded_broker.address, f"http://127.0.0.1:{port}/")
    async with posting.running(most=2):
        ids = await asyncio.to_thread(posting.tell, 5)
        await until(lambda: posting.count("dropped") == 3 and posting.count("failed") >= 1)
        with Listening(port=port) as hook:
            await until(lambda: posting.count("delivered") == 2)
            assert hook.alert_ids() == ids[-2:]


async def test_who_is_not_the_one_posts_nothing_and_goes_on_when_it_is(
    embedded_broker: Broker, hook: Listening
) -> None:
    posting = Posting(embedded_broker.address, hook.url())
    async with posting.running():
        ids = await asyncio.to_thread(posting.tell)
        await until(lambda: len(hook.received) == 1)
        posting.owned = False
        await asyncio.sleep(0.5)
        ids += await asyncio.to_thread(posting.tell)
        await asyncio.sleep(0.5)
        assert hook.alert_ids() == ids[:1]
        posting.owned = True
        await until(lambda: len(hook.received) == 2)
        assert hook.alert_ids() == ids


def test_settings_keep_it_to_themselves() -> None:
    settings = Settings(alert_webhook=SecretStr(f"https://host/{TOKEN}"))
    assert TOKEN not in f"{settings!r}{settings.model_dump_json()}"
