"""Runs a command's coroutine, and does not wait for what libraries leave behind."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

#: Tasks that are still there when the work is done may take so long to end.
_LEFT_SECONDS = 0.5


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a loop of its own; return what it returns, or raise what it raises.

    As :func:`asyncio.run`, which would then wait for every task that is left: a Kafka client whose broker is away takes
    half a minute to give up. Here such tasks are left alone after half a second; the process is to end.
    """
    runner = asyncio.Runner()
    try:
        return runner.run(work)
    finally:
        if runner.run(_all_ended()):
            runner.close()


async def _all_ended() -> bool:
    """Cancel all other tasks; tell whether they have ended."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    return not others or not (await asyncio.wait(others, timeout=_LEFT_SECONDS))[1]
