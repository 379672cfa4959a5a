"""The speed limit."""

from __future__ import annotations

import pytest

from streams.stages import throttle
from tests.support.clock import FakeClock


async def test_the_rate_holds_on_average_and_idle_time_is_not_saved_up(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle.time, "monotonic", clock.monotonic)
    monkeypatch.setattr(throttle.asyncio, "sleep", clock.sleep)
    limit = throttle.Throttle(100)
    began = clock.monotonic()

    for _ in range(10):
        await limit.spend(50)
    assert clock.monotonic() - began == pytest.approx(5.0)

    clock.advance(60)
    began = clock.monotonic()
    await limit.spend(100)
    assert clock.monotonic() - began == pytest.approx(1.0)


async def test_no_limit_never_waits() -> None:
    limit = throttle.Throttle(None)

    await limit.spend(10**9)

    assert limit.at_once is None
