"""Calls run one after the other in a thread that the process does not wait for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from streams.transport.background import BackgroundThread


async def test_calls_run_in_order_in_one_thread_beside_the_loop() -> None:
    thread, loop, ran = BackgroundThread("calls"), asyncio.get_running_loop(), []

    def call(number: int) -> int:
        ran.append((number, threading.get_ident()))
        return number * number

    found = await asyncio.gather(*(loop.run_in_executor(thread, call, number) for number in range(20)))
    assert found == [number * number for number in range(20)]
    assert [number for number, _ in ran] == list(range(20))
    assert {ident for _, ident in ran}.isdisjoint({threading.get_ident()})
    assert len({ident for _, ident in ran}) == 1
    thread.shutdown()


def test_what_a_call_raises_reaches_who_asked_and_the_next_one_runs() -> None:
    with BackgroundThread("failing") as thread:
        failed = thread.submit(lambda: 1 // 0)
        assert thread.submit(lambda: 5).result(5) == 5
        with pytest.raises(ZeroDivisionError):
            failed.result(5)


def test_after_a_shutdown_nothing_is_taken_and_what_waits_may_be_cancelled() -> None:
    thread, go = BackgroundThread("ending"), threading.Event()
    first = thread.submit(go.wait, 5)
    while not first.running():
        time.sleep(0.01)
    waiting = [thread.submit(int) for _ in range(3)]
    thread.shutdown(wait=False, cancel_futures=True)
    assert all(one.cancelled() for one in waiting)
    with pytest.raises(RuntimeError, match="ending takes no more calls"):
        thread.submit(int)
    go.set()
    assert first.result(5) is True
    thread.shutdown()
    assert "ending" not in {one.name for one in threading.enumerate()}


def test_a_call_under_way_holds_no_process_up() -> None:
    code = """
import time
from streams.transport.background import BackgroundThread
running = BackgroundThread("sleeping").submit(time.sleep, 60)
while not running.running():
    time.sleep(0.01)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)
