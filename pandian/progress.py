"""A bar on standard error where a person looks; elsewhere, when it is time for a line."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TaskID, TextColumn

#: Nothing is said of what takes less.
_FIRST_LINE_S = 2.0


class Bar:
    """What long commands show. Use as a context manager.

    On a terminal a bar that goes away at the end; elsewhere :meth:`is_time` says when a line is due: after two seconds,
    and then every ``every`` seconds.

    Args:
        columns: what stands behind the bar.
        description: what is going on.
        total: of what is to be done; None when not known.
        every: seconds between lines.
        began: when the command did, on the monotonic clock; None: now.
    """

    def __init__(
        self,
        *columns: ProgressColumn,
        description: str,
        total: float | None,
        every: float,
        began: float | None = None,
    ) -> None:
        self._every = every
        self._next_line = (time.monotonic() if began is None else began) + _FIRST_LINE_S
        self._progress: Progress | None = None
        self._task = TaskID(0)
        if sys.stderr.isatty():
            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                *columns,
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._progress.add_task(description, total=total)

    @property
    def is_drawn(self) -> bool:
        """Whether there is a bar, and so no lines."""
        return self._progress is not None

    def update(self, **fields: Any) -> None:
        """Draw the bar anew; fields as for :meth:`rich.progress.Progress.update`."""
        if self._progress is not None:
            self._progress.update(self._task, **fields)

    def is_time(self) -> bool:
        """Tell whether a line is due instead of a bar; then none is for a while."""
        now = time.monotonic()
        if self.is_drawn or now < self._next_line:
            return False
        self._next_line = now + self._every
        return True

    def __enter__(self) -> Self:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
