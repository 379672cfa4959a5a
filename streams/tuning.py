"""Settings of the Python process that suit a worker: few and long garbage collections, few hand-overs between threads.

Measured in pairs on the demo's order lines, one worker and the broker on two cores: 86,000 records/s with Python's
defaults, 136,000 with the collector tuned, 163,000 with the switch interval as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import sys
from collections.abc import Callable
from typing import TypeVar

#: A batch is tens of thousands of dicts that live for one batch and form no cycles. With Python's threshold of 700
#: the collector walks through them again and again, and finds nothing.
_YOUNG_OBJECTS = 200_000
_YOUNG_COLLECTIONS = 50
_MIDDLE_COLLECTIONS = 1_000
#: Seconds a thread computes before it lets another. The thread that reads from the broker and the one that counts
#: both have work of tens of milliseconds at a time; Python's 5 ms makes them interrupt each other.
_SWITCH_SECONDS = 0.02
#: The same where requests are answered and nothing is counted: the thread that runs the model must not wait.
_SERVING_SWITCH_SECONDS = 0.0005
#: The same while a thread computes beside the event loop. What the loop does gives the interpreter away in every call
#: that releases it, some with each array of numbers, and would wait so long to have it back. Measured in pairs with 500
#: assets on an overloaded machine: the median of the answers fell in four of five pairs, from 45 to 86 ms to 38 to 48,
#: and the longest in four of five, by 5 to 34 %.
_BESIDE_SWITCH_SECONDS = 0.002

R = TypeVar("R")


class _Beside:
    """How many compute beside the event loop, and the switch interval of before; used by the loop's thread alone."""

    def __init__(self) -> None:
        self._running = 0
        self._usual = 0.0

    def __enter__(self) -> None:
        if self._running == 0:
            self._usual = sys.getswitchinterval()
            sys.setswitchinterval(min(self._usual, _BESIDE_SWITCH_SECONDS))
        self._running += 1

    def __exit__(self, *_: object) -> None:
        self._running -= 1
        if self._running == 0:
            sys.setswitchinterval(self._usual)


_beside = _Beside()


async def beside(work: Callable[..., R], *arguments: object) -> R:
    """Compute on a thread, for longer than a few milliseconds, while the event loop goes on with little delay."""
    with _beside:
        return await asyncio.to_thread(work, *arguments)


def tune_process(*, counting: bool) -> None:
    """Tune this process; call once, when everything is imported.

    Args:
        counting: whether it reads source topics.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, _YOUNG_COLLECTIONS, _MIDDLE_COLLECTIONS)
    sys.setswitchinterval(_SWITCH_SECONDS if counting else _SERVING_SWITCH_SECONDS)


def give_back_memory() -> None:
    """Return what was freed to the system. Call it after something large: glibc keeps it for later, which may not come.

    After 100,000 users were read in, 100 MB of 590.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)
