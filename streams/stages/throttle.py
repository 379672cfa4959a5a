"""A speed limit in records a second."""

from __future__ import annotations

import asyncio
import time


class Throttle:
    """Lets at most ``rate`` records a second through on average; None lets everything through."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._free_at = 0.0

    @property
    def at_once(self) -> int | None:
        """Most records to handle before paying for them, so that the rate holds within a second too."""
        return None if self._rate is None else max(1, int(self._rate / 4))

    async def spend(self, records: int) -> None:
        """Wait until these records were paid for."""
        if self._rate is None:
            return
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + records / self._rate
        await asyncio.sleep(self._free_at - now)
