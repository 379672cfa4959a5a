"""Schemas are asked for in the background and kept; a registry that is down is left alone, and comes back."""

from __future__ import annotations

import asyncio
import threading
import time
from itertools import pairwise

from streams.decode import reasons
from streams.decode.halves import Failure
from streams.decode.schemas.base import Schema, SchemaKind
from streams.decode.schemas.client import RegistryAddress, RegistryClient
from streams.decode.schemas.exceptions import RegistryDownError, UnknownSchemaError
from streams.decode.schemas.registry import MAX_ASKED, UNKNOWN_SECONDS, RegistrySchemas
from tests.streams.decode.schemas.server import Registry

TEXT = '{"type": "string"}'


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def schemas(registry: Registry) -> tuple[RegistrySchemas, Time]:
    clock = Time()
    return RegistrySchemas(RegistryClient(RegistryAddress(registry.url)), clock), clock


def reason(found: Schema | Failure) -> str | None:
    return found.reason if isinstance(found, Failure) else None


def test_a_schema_is_asked_for_once(registry: Registry) -> None:
    registry.schemas[7] = {"schema": TEXT}
    known, _ = schemas(registry)
    assert reason(known.find(7)) == reasons.SCHEMA_REGISTRY_DOWN  # nothing was asked yet
    assert registry.asked == []
    for _ in range(3):
        known.fetch([7], 5)
    assert known.find(7) == Schema(SchemaKind.AVRO, TEXT)
    assert registry.asked == ["/schemas/ids/7"]


def test_many_at_once_ask_once(registry: Registry) -> None:
    registry.schemas[7], registry.delay = {"schema": TEXT}, 0.1
    known, _ = schemas(registry)
    threads = [threading.Thread(target=known.fetch, args=([7], 5)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registry.asked) == 1
    assert isinstance(known.find(7), Schema)


def test_waiting_is_bounded_and_the_answer_still_comes(registry: Registry) -> None:
    registry.schemas[7], registry.delay = {"schema": TEXT}, 0.4
    known, _ = schemas(registry)
    started = time.monotonic()
    known.fetch([7], 0.05)
    assert time.monotonic() - started < 0.3
    assert reason(known.find(7)) == reasons.SCHEMA_REGISTRY_DOWN
    known.fetch([7], 5)
    assert isinstance(known.find(7), Schema)
    assert len(registry.asked) == 1


async def test_an_event_loop_goes_on_meanwhile(registry: Registry) -> None:
    registry.schemas[7], registry.delay = {"schema": TEXT}, 0.3
    known, _ = schemas(registry)
    fetching = asyncio.create_task(asyncio.to_thread(known.fetch, [7], 5))
    turns = 0
    while not fetching.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 5
    assert isinstance(known.find(7), Schema)


def test_what_is_unknown_is_believed_for_a_while(registry: Registry) -> None:
    known, clock = schemas(registry)
    known.fetch([7], 5)
    registry.schemas[7] = {"schema": TEXT}
    known.fetch([7], 5)
    assert reason(known.find(7)) == reasons.SCHEMA_UNKNOWN
    clock.now = UNKNOWN_SECONDS + 1
    known.fetch([7], 5)
    assert isinstance(known.find(7), Schema)


def test_a_registry_that_is_down_is_left_alone_for_longer_and_longer(registry: Registry) -> None:
    registry.schemas |= {1: {"schema": TEXT}, 2: {"schema": TEXT}}
    known, clock = schemas(registry)
    known.fetch([1], 5)
    registry.status = 503
    asked = []
    for step in range(600):
        clock.now = step / 10
        before = len(registry.asked)
        known.fetch([2], 5)
        if len(registry.asked) > before:
            asked.append(clock.now)
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert asked[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[0] < 1 < 14 < pauses[-1] < 16
    assert reason(known.find(2)) == reasons.SCHEMA_REGISTRY_DOWN
    assert isinstance(known.find(1), Schema)  # what was known goes on being known
    registry.status = None
    clock.now += 20
    known.fetch([2], 5)
    assert isinstance(known.find(2), Schema)


def test_when_it_is_down_the_other_ids_do_not_wait_for_it_in_turn() -> None:
    class Down:
        asked = 0

        def schema(self, key: int) -> Schema:
            self.asked += 1
            raise RegistryDownError("down")

    client = Down()
    known = RegistrySchemas(client, Time())
    known.fetch(range(50), 5)
    assert client.asked == 1
    assert {reason(known.find(key)) for key in range(50)} == {reasons.SCHEMA_REGISTRY_DOWN}


def test_ids_that_nobody_knows_do_not_fill_the_memory_or_the_queue() -> None:
    class Unknown:
        asked = 0

        def schema(self, key: int) -> Schema:
            self.asked += 1
            raise UnknownSchemaError("no")

    client = Unknown()
    known = RegistrySchemas(client)
    for first in range(0, 20_000, 1_000):
        known.fetch(range(first, first + 1_000), 5)
    assert client.asked <= 20 * MAX_ASKED
    assert len(known._failures) <= 10_000


def test_an_error_of_the_client_does_not_end_the_thread() -> None:
    class Broken:
        def schema(self, key: int) -> Schema:
            if key == 1:
                raise ZeroDivisionError
            return Schema(SchemaKind.JSON, "{}")

    clock = Time()
    known = RegistrySchemas(Broken(), clock)
    known.fetch([1], 5)
    assert reason(known.find(1)) == reasons.SCHEMA_REGISTRY_DOWN
    clock.now = 60
    known.fetch([2], 5)
    assert isinstance(known.find(2), Schema)
