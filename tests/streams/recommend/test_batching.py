"""Jobs are run together when they wait together, and each gets its own result or error."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from streams.recommend.batching import Batcher


@pytest.mark.parametrize("on_loop", [True, False])
async def test_everybody_gets_their_own_result(thread, on_loop) -> None:
    sizes = []

    def run(jobs):
        sizes.append(len(jobs))
        return [job * 10 for job in jobs]

    batcher = Batcher(run, 4, None if on_loop else thread)
    assert await asyncio.gather(*map(batcher.ask, range(10))) == [number * 10 for number in range(10)]
    assert sizes == [4, 4, 2]
    assert await batcher.ask(7) == 70


async def test_those_who_come_while_it_runs_are_next(thread: ThreadPoolExecutor) -> None:
    go, began, sizes = threading.Event(), threading.Event(), []

    def run(jobs):
        sizes.append(list(jobs))
        began.set()
        assert go.wait(10)
        return jobs

    batcher = Batcher(run, 8, thread)
    first = asyncio.ensure_future(batcher.ask("first"))
    await asyncio.to_thread(began.wait, 10)
    others = [asyncio.ensure_future(batcher.ask(number)) for number in range(3)]
    await asyncio.sleep(0.01)
    assert not first.done()
    go.set()
    assert await first == "first"
    assert await asyncio.gather(*others) == [0, 1, 2]
    assert sizes == [["first"], [0, 1, 2]]


@pytest.mark.parametrize("on_loop", [True, False])
async def test_an_error_is_for_those_of_its_batch(thread, on_loop) -> None:
    def run(jobs):
        if "bad" in jobs:
            raise ZeroDivisionError
        return jobs

    batcher = Batcher(run, 2, None if on_loop else thread)
    asked = [batcher.ask(job) for job in ("bad", "with it", "after")]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in found] == [ZeroDivisionError, ZeroDivisionError, str]
    assert await batcher.ask("again") == "again"


async def test_who_went_away_costs_the_others_nothing(thread: ThreadPoolExecutor) -> None:
    go = threading.Event()

    def run(jobs):
        assert go.wait(10)
        return jobs

    batcher = Batcher(run, 8, thread)
    gone, waiting = asyncio.ensure_future(batcher.ask(1)), asyncio.ensure_future(batcher.ask(2))
    await asyncio.sleep(0.01)
    gone.cancel()
    go.set()
    assert await waiting == 2
    assert gone.cancelled()
    assert await batcher.ask(3) == 3


async def test_between_batches_on_the_loop_others_have_their_turn() -> None:
    turns = []
    batcher = Batcher(lambda jobs: turns.append(len(jobs)) or jobs, 1, None)

    async def other() -> None:
        for _ in range(3):
            turns.append("other")
            await asyncio.sleep(0)

    await asyncio.gather(batcher.ask(1), batcher.ask(2), batcher.ask(3), other())
    assert turns.index("other", turns.index(1)) < len(turns) - 1 - turns[::-1].index(1)


async def test_a_job_that_nobody_waits_for_any_more_is_not_run(thread: ThreadPoolExecutor) -> None:
    go, ran = threading.Event(), []

    def run(jobs):
        ran.extend(jobs)
        assert go.wait(10)
        return jobs

    batcher = Batcher(run, 8, thread)
    first = asyncio.ensure_future(batcher.ask("first"))
    await asyncio.sleep(0.01)
    late = [asyncio.ensure_future(batcher.ask(name)) for name in ("given up", "kept")]
    await asyncio.sleep(0.01)
    late[0].cancel()
    go.set()
    assert (await first, await late[1]) == ("first", "kept")
    assert ran == ["first", "kept"]
