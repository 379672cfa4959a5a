"""How the AUC of a version went: a point for each whole window of labels, or of each so many only the last one's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitoring.auc import auc
from monitoring.watching.figures import Figures

#: When there are so many points every second one goes, and of twice as many windows from then on only the last counts.
MOST = 96


class Course:
    """Points, oldest first, bounded and evenly spaced in windows."""

    def __init__(self) -> None:
        self._points: list[list[float]] = []
        self._step, self._left = 1, 1

    def add(self, time: int, window: Figures) -> None:
        """Take note of a window that has just ended.

        Args:
            time: of its latest impression, epoch milliseconds.
            window: its labels.
        """
        self._left -= 1
        found = auc(window.histogram)
        if self._left > 0 or found.value is None or found.low is None or found.high is None:
            return
        self._left = self._step
        self._points.append([time, *(round(one, 4) for one in (found.value, found.low, found.high))])
        if len(self._points) == MOST:
            del self._points[::2]
            self._step = self._left = 2 * self._step

    def document(self) -> list[dict[str, Any]]:
        """Return the points as JSON values."""
        return [dict(zip(("time", "value", "low", "high"), one, strict=True)) for one in self._points]

    def state(self) -> list[Any]:
        """Return all there is to know as JSON values."""
        return [self._step, self._left, self._points]

    def restore(self, stored: Iterable[Any]) -> None:
        """Take over what :meth:`state` gave.

        Raises:
            TypeError, ValueError: it is something else.
        """
        step, left, points = stored
        self._step, self._left = int(step), int(left)
        self._points = [[*one] for one in points]
