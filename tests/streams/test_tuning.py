"""While a thread computes beside the event loop, the loop waits little to go on."""

from __future__ import annotations

import asyncio
import subprocess
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


_HOLES = """
import resource, sys
from streams.tuning import map_large_blocks

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() >> 20

if sys.argv[1] == "mapped":
    map_large_blocks()
block = b"x" * (20 << 20)
del block  # from now on glibc takes blocks of up to this size from its heap
before = resident()
held = [b"x" * (2 << 20) for _ in range(30)]
del held[:-1]
print(resident() - before)
"""


@pytest.mark.parametrize(("how", "least", "most"), [("usual", 50, 70), ("mapped", 0, 10)])
def test_large_blocks_that_are_freed_below_others_go_back_to_the_system(how: str, least: int, most: int):
    ran = subprocess.run([sys.executable, "-c", _HOLES, how], capture_output=True, text=True, check=True)
    assert least <= int(ran.stdout) <= most
