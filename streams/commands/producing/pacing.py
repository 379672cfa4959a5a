"""When rows are due: at once, at a steady rate, or as they happened."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

_TICK_S = 0.05


class Pace(Protocol):
    """Cuts batches into slices that are due together, waiting before each."""

    def slices(self, rows: int, times: Sequence[float | None]) -> Iterator[slice]:
        """Yield slices that together cover ``rows`` rows in order, each when it is due.

        Args:
            rows: Number of rows of this batch.
            times: Event times of the rows in seconds, for :class:`AsItHappened`; else empty.
        """
        ...


class AtOnce:
    """No waiting."""

    def slices(self, rows: int, times: Sequence[float | None]) -> Iterator[slice]:  # noqa: ARG002 - the contract
        """Yield everything."""
        yield slice(0, rows)


class SteadyRate:
    """So many rows a second on average from the first row on, in small portions.

    Args:
        rate: Rows a second.
        clock: Seconds that only go forward.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        rate: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate = rate
        self._portion = max(1, int(rate * _TICK_S))
        self._clock = clock
        self._sleep = sleep
        self._start: float | None = None
        self._sent = 0

    def slices(self, rows: int, times: Sequence[float | None]) -> Iterator[slice]:  # noqa: ARG002 - the contract
        """Yield portions of a twentieth of a second."""
        if self._start is None:
            self._start = self._clock()
        for first in range(0, rows, self._portion):
            due = self._start + self._sent / self._rate
            wait = due - self._clock()
            if wait > 0:
                self._sleep(wait)
            part = slice(first, min(first + self._portion, rows))
            self._sent += part.stop - part.start
            yield part


class AsItHappened:
    """Replay by event time: the gaps between events, divided by ``speed``.

    The first event with a time is due at once. An event that is earlier than one before it, or has no time, is due
    together with the event before it.

    Args:
        speed: How many seconds of events pass in one second.
        clock: Seconds that only go forward.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        speed: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._start: float | None = None
        self._first_event = 0.0

    def slices(self, rows: int, times: Sequence[float | None]) -> Iterator[slice]:
        """Yield the rows that are due within the same twentieth of a second."""
        first = 0
        until = self._clock() + _TICK_S
        for index in range(rows):
            due = self._due(times[index])
            if due is None or due <= until:
                continue
            if index > first:
                yield slice(first, index)
                first = index
            wait = due - self._clock()
            if wait > 0:
                self._sleep(wait)
            until = max(due, self._clock()) + _TICK_S
        if rows > first:
            yield slice(first, rows)

    def _due(self, event: float | None) -> float | None:
        if event is None:
            return None
        if self._start is None:
            self._start, self._first_event = self._clock(), event
        return self._start + (event - self._first_event) / self._speed
