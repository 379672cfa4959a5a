"""How the AUC of a version went: a point for each whole window of labels, or of each so many only the last one's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitoring.auc import auc
from monitoring.watching.base import Whole
from monitoring.watching.figures import Figures

#: When there are so many points every second one goes, and of twice as many windows from then on only the last counts.
MOST = 96


class Course:
    """Points, oldest first, bounded and evenly spaced in windows."""

    def __init__(self) -> None:
        self._points: list[list[float]] = []
        self._step, self._left = 1, 1
        self._labels = self._times = 0

    def count(self, times: Whole) -> None:
        """Take note of when the labels of the window that is being filled were shown, epoch milliseconds."""
        self._labels += len(times)
        self._times += int(times.sum())

    def roll(self, window: Figures) -> None:
        """Take note of a window that has just ended: of the labels that were counted since the last one."""
        time, self._labels, self._times = self._times // max(self._labels, 1), 0, 0
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
        return [self._step, self._left, self._labels, self._times, self._points]

    def restore(self, stored: Iterable[Any]) -> None:
        """Take over what :meth:`state` gave.

        Raises:
            TypeError, ValueError: it is something else.
        """
        step, left, labels, times, points = stored
        self._step, self._left, self._labels, self._times = int(step), int(left), int(labels), int(times)
        self._points = [[*one] for one in points]
