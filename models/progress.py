"""How far a long command has come, on standard error: a bar where a person looks, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.progress import ProgressColumn, Task
from rich.text import Text

from pandian.output import say
from pandian.progress import Bar

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


class Reporter(Bar):
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
        super().__init__(
            _Column(self.times),
            description="starting",
            total=1.0,
            every=_LINE_EVERY_S,
            began=self._started,
        )

    def __call__(self, step: str, share: float) -> None:
        """Show that ``step`` is under way and its share done."""
        now = time.monotonic()
        if step != self._step:
            self._step, self._step_began = step, now
        if self._max_seconds is not None:
            share = min(1.0, (now - self._started) / self._max_seconds)
        left = self._left(share, now)
        self._ends = None if left is None else now + left
        self.update(total=1.0, completed=share, description=step)
        if self.is_time():
            say(f"{step}: {share:.0%}" + (f", {left:,.0f} s left" if left is not None else ""))

    def rows(self, name: str, rows: int) -> None:
        """Show how many rows of ``name`` were read."""
        self.update(description=f"{name}: {rows:,} rows", total=None)
        if self.is_time():
            say(f"{name}: {rows:,} rows so far")

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
