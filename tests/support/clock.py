"""A clock that only moves when a test turns it."""

from __future__ import annotations


class FakeClock:
    """Stands in for ``time.time``, ``time.monotonic`` and ``asyncio.sleep``; call it or name its methods.

    Args:
        now: Where it starts, in seconds; default: 2011-08-31T17:00:00Z.
    """

    def __init__(self, now: float = 1_314_810_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def time(self) -> float:
        """Return the time in seconds."""
        return self.now

    def time_ms(self) -> int:
        """Return the time in whole milliseconds."""
        return round(self.now * 1000)

    def monotonic(self) -> float:
        """Return the same time: nothing sets this clock back but :meth:`set`."""
        return self.now

    def advance(self, seconds: float) -> float:
        """Turn the clock forward and return the new time."""
        if seconds < 0:
            raise ValueError(f"advance by {seconds}: a clock goes forward; use set")
        self.now += seconds
        return self.now

    def set(self, now: float) -> None:
        """Set the clock, also backwards, as an operator or NTP may."""
        self.now = now

    async def sleep(self, seconds: float) -> None:
        """Return at once, as if ``seconds`` had passed."""
        self.advance(max(0.0, seconds))
