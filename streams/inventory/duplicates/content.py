"""Records whose bytes are equal to those of an earlier one in the window.

Two equal records need not be an error: somebody can put the same article on an order twice. So they are called what
they are, equal records, and it is for the reader to say what that means for the asset.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.duplicates.counts import DuplicateCounts
from streams.inventory.duplicates.hashing import content_hashes
from streams.inventory.duplicates.hashset import Mask
from streams.inventory.duplicates.window import WINDOW, Window
from streams.inventory.profile.policy import BatchMeta


class ContentDuplicates:
    """Counts the records of one source partition that were there before, byte for byte.

    The counts are kept, the window is not: after a restart, records from :meth:`rewind` on are read again and given
    to :meth:`warm`.

    Args:
        window: how many offsets back an equal record is looked for.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self._window = Window(window)
        self.counts = DuplicateCounts()

    @property
    def false_positive_rate(self) -> float:
        """See :attr:`Window.false_positive_rate`."""
        return self._window.false_positive_rate

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the window takes."""
        return self._window.nbytes

    def rewind(self, end: int) -> int:
        """Return from which offset on records are to be given to :meth:`warm` when counting goes on at ``end``."""
        return self._window.rewind(end)

    def warm(self, values: Sequence[bytes], offsets: npt.NDArray[np.int64]) -> None:
        """Fill the window with records that were counted in an earlier life."""
        self._window.add(content_hashes(values), offsets)

    def add(self, values: Sequence[bytes], meta: BatchMeta) -> Mask:
        """Count the records of a batch; tell of each whether it was there before.

        Args:
            values: the records' bytes, all of the batch.
            meta: with ``offsets``; without them the records are numbered as they come.
        """
        offsets = meta.offsets
        if offsets is None:
            offsets = self.counts.records + np.arange(len(values), dtype=np.int64)
        duplicate = self._window.add(content_hashes(values), offsets)
        self.counts.add(duplicate, range(len(values)), meta, self.false_positive_rate)
        return duplicate

    def merge(self, other: ContentDuplicates) -> None:
        """Add what another one counted in other records."""
        self.counts.merge(other.counts)

    def state(self) -> list[Any]:
        """Return the state as JSON values: the counts."""
        return self.counts.state()

    def restore(self, state: list[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.counts.restore(state)
