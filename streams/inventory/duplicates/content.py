"""Records whose bytes are equal to those of an earlier one in the window.

Two equal records need not be an error: somebody can put the same article on an order twice. So they are called what
they are, equal records, and it is for the reader to say what that means for the asset.

Equal records are looked for in the whole partition, whatever kind each is, by a :class:`~.window.Window` that whoever
reads the partition keeps; each asset counts its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from streams.decode.base import RowGroup
from streams.inventory.duplicates.counts import DuplicateCounts
from streams.inventory.duplicates.window import CONTENT_WINDOW, false_positive_rate
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile

_RATE = false_positive_rate(CONTENT_WINDOW)


class ContentDuplicates:
    """Counts an asset's records that were there before, byte for byte: an AssetPart."""

    def __init__(self) -> None:
        self.counts = DuplicateCounts()

    def add(self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta) -> None:  # noqa: ARG002 - the protocol's
        """Count the records of a group; those of several rows once."""
        if meta.repeated is None:
            return
        indexes = group.indexes if group.numbers is None else np.unique(group.indexes)
        whole = len(indexes) == len(meta.repeated)
        repeated = meta.repeated if whole else meta.repeated[np.asarray(indexes, dtype=np.intp)]
        self.counts.add(repeated, indexes, meta, _RATE)

    def hide(self, path: str, semantic_type: str) -> None:
        """Keep no values, so that none need be let go of."""

    def merge(self, other: ContentDuplicates) -> None:
        """Add what another one counted in other records."""
        self.counts.merge(other.counts)

    def state(self, blobs: BlobWriter) -> list[Any]:  # noqa: ARG002 - the protocol's
        """Return the state as JSON values: the counts."""
        return self.counts.state()

    def restore(self, state: list[Any], blobs: BlobReader) -> None:  # noqa: ARG002 - the protocol's
        """Take over what :meth:`state` gave."""
        self.counts.restore(state)
