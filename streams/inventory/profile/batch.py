"""What is known of a batch of records besides its decoded values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class BatchMeta:
    """What is known of a batch besides its decoded values."""

    bytes: int
    """Bytes of all record values of the batch, unreadable ones included."""
    now_ms: int
    """The time of reading, epoch milliseconds."""
    timestamps: npt.NDArray[np.int64] | None = None
    """The broker's time of each record, epoch milliseconds; None when the broker gave none."""
    offsets: npt.NDArray[np.int64] | None = None
    """The offset of each record of the batch (of a file: its row's number), to say where something was seen."""
    sizes: npt.NDArray[np.int64] | None = None
    """Bytes of each record's value, where they are known one by one."""
    partition: int = 0
    """The source partition, to say where something was seen; 0 of a file."""

    repeated: npt.NDArray[np.bool_] | None = None
    """Of each record of the batch, whether its content was there before in the partition; None: not looked for."""

    def of(self, indexes: Sequence[int]) -> BatchMeta:
        """Return what is known of some of the records, each counted once; no bytes where sizes are not known."""
        chosen = np.unique(np.asarray(indexes, dtype=np.int64))
        times = None if self.timestamps is None else self.timestamps[chosen]
        size = 0 if self.sizes is None else int(self.sizes[chosen].sum())
        return BatchMeta(size, self.now_ms, times)
