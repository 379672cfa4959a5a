"""While a thread computes beside the event loop, the loop waits little to go on."""

from __future__ import annotations

import asyncio
import sys
from threading import Event

import pytest

from streams.tuning import beside


@pytest.fixture(autouse=True)
def _usual():
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.02)
    yield
    sys.setswitchinterval(before)


async def test_threads_change_over_sooner_while_any_computes_and_as_before_when_none_does():
    first, second = Event(), Event()
    both = [asyncio.create_task(beside(end.wait, 5)) for end in (first, second)]
    await asyncio.sleep(0)
    assert sys.getswitchinterval() == pytest.approx(0.002)
    first.set()
    assert await both[0]
    assert sys.getswitchinterval() == pytest.approx(0.002)
    second.set()
    await both[1]
    assert sys.getswitchinterval() == pytest.approx(0.02)


async def test_a_shorter_interval_stays_and_so_does_the_usual_one_after_an_error():
    with pytest.raises(ZeroDivisionError):
        await beside(lambda: 1 // 0)
    assert sys.getswitchinterval() == pytest.approx(0.02)
    sys.setswitchinterval(0.0005)
    assert await beside(sys.getswitchinterval) == pytest.approx(0.0005)
