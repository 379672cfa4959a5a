"""A command ends when its work is done, also where a library's tasks would go on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import pytest

from streams.commands.running import run


async def gives(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def fails() -> None:
    raise LookupError("nothing there")


def test_it_returns_what_the_work_returns() -> None:
    assert run(gives(7)) == 7


def test_it_raises_what_the_work_raises() -> None:
    with pytest.raises(LookupError, match="nothing there"):
        run(fails())


def test_what_is_left_is_cancelled_and_may_end() -> None:
    ended = []

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
            ended.append(True)

    async def work() -> None:
        task = asyncio.ensure_future(slow())
        await asyncio.sleep(0)
        assert not task.done()

    run(work())
    assert ended == [True]


@pytest.mark.parametrize("ends", ["pass", "raise LookupError('nothing there')"])
def test_what_cannot_be_cancelled_holds_nothing_up(ends: str) -> None:
    code = f"""
import asyncio
from streams.commands.running import run

async def stubborn():
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

async def work():
    global task
    task = asyncio.ensure_future(stubborn())
    await asyncio.sleep(0)
    {ends}

run(work())
"""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert time.monotonic() - began < 5
    assert done.returncode == (ends != "pass")


def test_an_interruption_ends_the_work_and_is_told() -> None:
    code = """
import asyncio, os, signal
from streams.commands.running import run

async def work():
    os.kill(os.getpid(), signal.SIGINT)
    try:
        await asyncio.sleep(60)
    finally:
        print("ended", flush=True)

try:
    run(work())
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.split() == ["ended", "interrupted"]
