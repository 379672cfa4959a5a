"""How far a long command has come, on standard error: a bar where a person looks, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text

from pandian.output import say

_FIRST_LINE_S = 2.0
_LINE_EVERY_S = 3.0


class _Column(ProgressColumn):
    """Text that is asked for whenever the bar is drawn."""

    def __init__(self, text: Callable[[], str]) -> None:
        super().__init__()
        self._text = text

    def render(self, _: Task) -> Text:
        return Text(self._text())


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


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
        self._ends: float | None = None
        self._next_line = self._started + _FIRST_LINE_S
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                _Column(self.times),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("starting", total=1.0)

    def __call__(self, step: str, share: float) -> None:
        """Show that ``step`` is under way and its share done."""
        now = time.monotonic()
        if step != self._step:
            self._step, self._step_began = step, now
        if self._max_seconds is not None:
            share = min(1.0, (now - self._started) / self._max_seconds)
        left = self._left(share, now)
        self._ends = None if left is None else now + left
        if self._bar:
            self._bar.update(self._task, total=1.0, completed=share, description=step)
        elif now >= self._next_line:
            self._next_line = now + _LINE_EVERY_S
            say(f"{step}: {share:.0%}" + (f", {left:,.0f} s left" if left is not None else ""))

    def rows(self, name: str, rows: int) -> None:
        """Show how many rows of ``name`` were read."""
        if self._bar:
            self._bar.update(self._task, description=f"{name}: {rows:,} rows", total=None)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_EVERY_S
            say(f"{name}: {rows:,} rows read")

    def times(self) -> str:
        """Return how long the command has run, and how long it will take, as far as that is known."""
        now = time.monotonic()
        left = "" if self._ends is None else f", {_clock(max(0.0, self._ends - now))} left"
        return f"{_clock(now - self._started)} elapsed{left}"

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
