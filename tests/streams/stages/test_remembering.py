"""What is remembered of the data outlives whoever remembers it: written as it comes, bounded, masked."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from monitoring.causes import Mapped
from streams.stages.remembering import Remembered
from tests.monitoring.causes.observations import document


class Log:
    """Keeps the latest value of each key, as a compacted topic does."""

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.writes = 0
        self.fails: Callable[[bytes], bool] = lambda _: False

    async def write(self, key: bytes, value: bytes | None) -> None:
        if self.fails(key):
            raise ConnectionError(key)
        self.writes += 1
        if value is None:
            self.values.pop(key)
        else:
            self.values[key] = value


def at(records: int, **more: Any) -> dict[str, Any]:
    return document(records=records, **more)


def restored(log: Log, now: int = 10**9) -> Remembered:
    found = Remembered()
    found.restore({b"state": b"of somebody else", **log.values}, now)
    return found


async def test_whoever_comes_next_remembers_the_same_and_writes_what_is_new() -> None:
    log, one = Log(), Remembered()
    for time in range(100):
        one.memory.add_one(at(100 * time), time)
        one.mappings.add({"orders": Mapped("interactions", {"item": str(time // 50)})}, time)
        await one.write(log.write)
    kept = one.memory.observations()
    assert len(log.values) == len(kept) + 2 < 60
    next_ = restored(log)
    assert next_.memory.observations() == kept
    assert next_.mappings.before(60) == {"orders": Mapped("interactions", {"item": "1"})}
    assert next_.mappings.before(49) == {"orders": Mapped("interactions", {"item": "0"})}
    before = log.writes
    await next_.write(log.write)
    assert log.writes == before, "all of it stands already"
    next_.memory.add_one(at(20_000), 200)
    await next_.write(log.write)
    assert log.writes - before <= 2, "one comes, and one may go"
    next_.memory.keep_only(())
    await next_.write(log.write)
    assert [*log.values] == [b"mapping/0", b"mapping/50"]


async def test_a_field_that_turns_out_to_be_personal_is_hidden_in_what_was_written() -> None:
    log, one = Log(), Remembered()
    one.memory.add_one(at(100), 1)
    await one.write(log.write)
    assert restored(log).memory.observations()[0].fields["code"].top == {"a": 60}
    masked = copy.deepcopy(at(200))
    masked["fields"][0]["masked"] = True
    one.memory.add_one(masked, 2)
    await one.write(log.write)
    found = restored(log).memory.observations()
    assert [seen.fields["code"].top for seen in found] == [{}, {}]
    assert [seen.fields["code"].lengths for seen in found] == [None, None]


async def test_what_was_not_acknowledged_is_written_again() -> None:
    log, one = Log(), Remembered()
    one.memory.add_one(at(100), 1)
    log.fails = lambda _: True
    with pytest.raises(ConnectionError):
        await one.write(log.write)
    log.fails = lambda _: False
    await one.write(log.write)
    assert restored(log).memory.observations() == one.memory.observations()


async def test_what_cannot_be_read_or_is_not_yet_is_left_out_and_removed() -> None:
    log, one = Log(), Remembered()
    one.memory.add_one(at(100), 1)
    one.memory.add_one(at(200), 500)
    await one.write(log.write)
    log.values[b"data/2/orders"] = b"of another version"
    found = restored(log, now=100)
    assert [seen.time for seen in found.memory.observations()] == [1]
    await found.write(log.write)
    assert [*log.values] == [b"data/1/orders"]
