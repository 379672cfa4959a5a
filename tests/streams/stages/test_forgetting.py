"""What a person does after they were forgotten stays, also when the worker reads of it what it wrote itself."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from pandian import topics
from pandian.forgetting import Erasures, Names
from pandian.hashing import KeyedHash
from pandian.settings import Settings
from streams.features.live import LiveState
from streams.stages.forgetting import Forgetting
from streams.transport.admin import ClusterAdmin
from streams.transport.own_topics import ensure_own
from tests.support.brokers import Broker
from tests.support.live import START, interaction


async def test_what_is_done_since_outlives_the_workers_own_record(embedded_broker: Broker) -> None:
    settings = Settings(broker=embedded_broker.address)
    admin = ClusterAdmin(settings)
    live = LiveState(10, 100, erasures=Erasures(Names.of(settings)))
    forgetting = Forgetting(settings, admin, live)
    interactions = (await ensure_own(admin, [topics.INTERACTIONS]))[topics.INTERACTIONS]
    following = await forgetting.start(interactions)
    await forgetting.forget("since")
    later = interaction("since", "later", START)
    live.take(0, [SimpleNamespace(offset=1 << 40, value=later, timestamp=START)])
    tasks = [asyncio.create_task(following.run()), asyncio.create_task(forgetting.run())]
    try:
        behind = live.forgotten[1]
        async with asyncio.timeout(20):
            while live.forgotten[1] == behind:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.02)
        assert len(live.history("since")) == 1
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await forgetting.close()
        await admin.close()


async def test_somebody_known_by_an_address_is_found_by_it(embedded_broker: Broker) -> None:
    settings = Settings(broker=embedded_broker.address, hash_key="a secret of the shop")
    admin = ClusterAdmin(settings)
    live = LiveState(10, 100, erasures=Erasures(Names.of(settings)))
    forgetting = Forgetting(settings, admin, live)
    interactions = (await ensure_own(admin, [topics.INTERACTIONS]))[topics.INTERACTIONS]
    await forgetting.start(interactions)
    pseudonym = KeyedHash("a secret of the shop")("ann@example.com")
    live.take(0, [SimpleNamespace(offset=0, value=interaction(pseudonym, "hat", START), timestamp=START)])
    assert (await forgetting.forget("Ann@Example.com "))["known"]
    assert not live.history(pseudonym)
    await forgetting.close()
    await admin.close()
