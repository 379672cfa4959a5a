"""Figures of all labels of a version or a segment, and of its newest whole window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitoring.watching.base import Seen, Whole
from monitoring.watching.coverage import Coverage
from monitoring.watching.figures import Figures
from monitoring.watching.pages import Listed, Tops


class _Counted:
    """What is counted of some labels. Labels are counted once and added to what else they belong to."""

    def __init__(self, buckets: int) -> None:
        self.figures, self.tops = Figures(buckets), Tops()

    def merge(self, other: _Counted) -> None:
        self.figures.merge(other.figures)
        self.tops.merge(other.tops)

    def document(self, *, curve: bool) -> dict[str, Any]:
        return {**self.figures.document(curve=curve), "pages": self.tops.document()}

    def encode(self) -> list[Any]:
        return [self.figures.encode(), self.tops.encode()]

    @classmethod
    def decode(cls, stored: Sequence[Any], buckets: int) -> _Counted:
        found = cls(buckets)
        figures, tops = stored
        found.figures, found.tops = Figures.decode(figures, buckets), Tops.decode(tops)
        return found


class Windows:
    """All labels, the last whole window and the one that is being filled.

    Args:
        buckets: of the scores.
    """

    def __init__(self, buckets: int) -> None:
        self._buckets = buckets
        self._before, self._current = _Counted(buckets), _Counted(buckets)
        self._last: _Counted | None = None
        self._items = Coverage()
        self._shown: int | None = None

    def add(self, codes: Whole, seen: Seen, places: Whole | slice = slice(None)) -> None:
        """Count labels; arguments as for :meth:`Figures.add`."""
        self._current.figures.add(codes, seen, places)
        self._items.add(seen.items[places].tolist())

    def add_pages(self, listed: Listed) -> None:
        """Count pages; one counts to the window in which it became known that it is over."""
        self._current.tops.add(listed)

    def roll(self) -> None:
        """Begin the next window."""
        self._before.merge(self._current)
        self._last, self._current = self._current, _Counted(self._buckets)
        self._shown = self._items.roll()

    @property
    def filled(self) -> int:
        """Labels of the window that is being filled."""
        return self._current.figures.histogram.labels

    @property
    def last(self) -> Figures | None:
        """Figures of the last whole window; None: there is none yet."""
        return self._last.figures if self._last else None

    @property
    def newest(self) -> Figures:
        """Figures of the last whole window; of what there is as long as there is none."""
        return (self._last or self._current).figures

    @property
    def total(self) -> Figures:
        """Figures of all labels, made for this call."""
        return self._all().figures

    def _all(self) -> _Counted:
        found = _Counted(self._buckets)
        found.merge(self._before)
        found.merge(self._current)
        return found

    def document(self, *, curve: bool = True) -> dict[str, Any]:
        """Return the figures as JSON values.

        Args:
            curve: whether the reliability curve of all labels is wanted; the window's always is there.
        """
        newest, shown = self._last or self._current, self._shown
        return {
            "total": {**self._all().document(curve=curve), "items_shown": self._items.total()},
            "window": {
                **newest.document(curve=True),
                "items_shown": self._items.window if shown is None else shown,
            },
        }

    def state(self) -> list[Any]:
        """Return JSON values."""
        last = self._last and self._last.encode()
        return [self._before.encode(), self._current.encode(), last, self._shown, self._items.state()]

    def restore(self, stored: Any) -> None:
        """Take over what :meth:`state` gave.

        Raises:
            ValueError, IndexError, TypeError: it is something else.
        """
        before, current, last, self._shown, items = stored
        self._before, self._current = (_Counted.decode(one, self._buckets) for one in (before, current))
        self._last = _Counted.decode(last, self._buckets) if last else None
        self._items.restore(items)
