"""How a stage that computes lets the others have their turn."""

from __future__ import annotations

import asyncio
import time

#: Work that took so long holds everybody up who needs the loop several times.
_LONG_SECONDS = 0.01
#: Turns of the loop from a connection to the end of the answer.
_TURNS_OF_AN_ANSWER = 6


async def give_way(began: float) -> None:
    """Let others run: one turn, or after long work as many as an answer over HTTP takes.

    With one turn each, an answer would wait for as many pieces of long work as it needs turns.

    Args:
        began: when the work began, by ``time.perf_counter``.
    """
    long = time.perf_counter() - began > _LONG_SECONDS
    for _ in range(_TURNS_OF_AN_ANSWER if long else 1):
        await asyncio.sleep(0)
