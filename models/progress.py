"""How far a long command has come, on standard error: a bar where a person looks, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pandian.output import say

_FIRST_LINE_S = 2.0
_LINE_EVERY_S = 3.0


class Reporter:
    """Shows what is under way, how far it is, and how long it will take.

    Args:
        max_seconds: When all shall be done; None: the time left is that of the step under way.
        started: Of ``time.monotonic``.
    """

    def __init__(self, max_seconds: float | None = None, started: float | None = None) -> None:
        self._max_seconds = max_seconds
        self._started = time.monotonic() if started is None else started
        self._step, self._step_began = "", self._started
        self._next_line = self._started + _FIRST_LINE_S
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                TimeElapsedColumn(),
                TextColumn("elapsed,"),
                TimeRemainingColumn(),
                TextColumn("left"),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("starting", total=1.0)

    def __call__(self, step: str, share: float) -> None:
        """Show that ``step`` is under way and its share done."""
        now = time.monotonic()
        if step != self._step:
            self._step, self._step_began = step, now
            if self._bar:
                self._bar.reset(self._task, total=1.0, description=step)
        if self._max_seconds is not None:
            share = min(1.0, (now - self._started) / self._max_seconds)
        if self._bar:
            self._bar.update(self._task, completed=share, description=step)
        elif now >= self._next_line:
            self._next_line = now + _LINE_EVERY_S
            left = self._left(share, now)
            say(f"{step}: {share:.0%}" + (f", {left:,.0f} s left" if left is not None else ""))

    def rows(self, name: str, rows: int) -> None:
        """Show how many rows of ``name`` were read."""
        if self._bar:
            self._bar.update(self._task, description=f"{name}: {rows:,} rows", total=None)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_EVERY_S
            say(f"{name}: {rows:,} rows read")

    def _left(self, share: float, now: float) -> float | None:
        if self._max_seconds is not None:
            return max(0.0, self._started + self._max_seconds - now)
        if share <= 0:
            return None
        return (now - self._step_began) * (1 - share) / share

    def __enter__(self) -> Reporter:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
