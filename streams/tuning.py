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
from collections.abc import Callable, Collection
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
#: Blocks of so many bytes are mapped by themselves; ``mallopt`` names the limit by this number.
_MAPPED_BYTES, _M_MMAP_THRESHOLD = 1 << 20, -3
#: Roles that read source topics, and the one that answers requests.
_COUNTING, _SERVING = frozenset({"profile", "interact"}), "serve"

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


def tune_process(roles: Collection[str]) -> None:
    """Tune this process; call once, when everything is imported.

    Args:
        roles: of the worker.
    """
    counts = not _COUNTING.isdisjoint(roles)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, _YOUNG_COLLECTIONS, _MIDDLE_COLLECTIONS)
    sys.setswitchinterval(_SWITCH_SECONDS if counts else _SERVING_SWITCH_SECONDS)
    if not counts and _SERVING not in roles:
        map_large_blocks()


def map_large_blocks() -> None:
    """Let each large block of memory go back to the system when it is freed, also in the middle of others.

    glibc does so from 128 KB on, but raises that up to 32 MB as such blocks are freed; then columns that grow leave
    holes. With two million impressions that wait for their label, 800 MB at most in place of 890. Where arrays of
    megabytes come and go with each batch or answer, mapping them again and again would cost more than it gives.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").mallopt(_M_MMAP_THRESHOLD, _MAPPED_BYTES)


def give_back_memory() -> None:
    """Return what was freed to the system. Call it after something large: glibc keeps it for later, which may not come.

    After 100,000 users were read in, 100 MB of 590.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)
