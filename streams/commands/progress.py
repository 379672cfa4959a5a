"""How far a command has come: a bar where a person looks, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from rich.progress import ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

from pandian.progress import Bar
from streams.commands.output import say

_LINE_EVERY_S = 10.0


def total_size(paths: Sequence[str]) -> int | None:
    """Return the bytes of all files together; None when standard input is among them."""
    return None if "-" in paths else sum(Path(path).stat().st_size for path in paths)


class Reporter(Bar):
    """Shows rows, rows a second, and, where sizes are known, the share of bytes and the time left.

    On a terminal a bar on standard error; elsewhere nothing in the first two seconds, then a line every ten.

    Args:
        what: What is counted, such as ``acknowledged``.
        size: Bytes of all files together; None when not known.
    """

    def __init__(self, what: str, size: int | None) -> None:
        self._what = what
        self._size = size
        self._rows = self._position = 0
        self._start = time.monotonic()
        super().__init__(_Rows(), TimeRemainingColumn(), description=what, total=size, every=_LINE_EVERY_S)

    def report(self, rows: int, position: int, name: str) -> None:
        """Show how many rows and bytes of the file ``name`` are done."""
        rows, position = self._rows + rows, self._position + position
        done = position if self._size else None
        self.update(completed=done, description=name, rows=rows, rate=self._rate(rows))
        if self.is_time():
            share = f", {position / self._size:.0%} of the bytes" if self._size else ""
            say(f"{name}: {rows:,} rows {self._what}, {self._rate(rows):,.0f}/s{share}")

    def finish_file(self, rows: int, size: int) -> None:
        """Take note that a file is done: what follows is counted on top."""
        self._rows += rows
        self._position += size

    def _rate(self, rows: int) -> float:
        return rows / max(time.monotonic() - self._start, 1e-3)


class _Rows(ProgressColumn):
    """Rows and rows a second."""

    def render(self, task: Task) -> Text:
        """Return the column's text."""
        return Text(f"{task.fields.get('rows', 0):,} rows, {task.fields.get('rate', 0):,.0f}/s")
