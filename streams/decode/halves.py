"""Many records at once, and one bad record costs only itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from streams.decode.base import Reject

Item = TypeVar("Item", bytes, str)

#: Batches of this size or smaller are read one by one when reading them together fails.
_SMALLEST = 8


class Failure(NamedTuple):
    """Why a record could not be read. Takes the place of the record's result."""

    reason: str
    """A code of :mod:`streams.decode.reasons`."""
    detail: str
    """In words, without the record's content."""

    def reject(self, index: int) -> Reject:
        """Return the reject of the record at ``index`` of the batch."""
        return Reject(index, self.reason, self.detail)


def read_by_halves(
    items: Sequence[Item],
    together: Callable[[Sequence[Item]], list[Any] | None],
    alone: Callable[[Item], Any],
) -> list[Any]:
    """Read all items, together where that works, so that the result is what ``alone`` gives for each.

    Args:
        items: the records.
        together: reads all of them, or returns None when it cannot vouch that each is what ``alone`` would give.
        alone: reads one; a :class:`Failure` when that cannot be done.

    Returns:
        One result per item. A bad item among n good ones costs about two more readings of the batch.
    """
    if not items:
        return []
    results = together(items)
    if results is not None:
        return results
    if len(items) <= _SMALLEST:
        return [alone(item) for item in items]
    middle: int = len(items) // 2
    return [
        *read_by_halves(items[:middle], together, alone),
        *read_by_halves(items[middle:], together, alone),
    ]
