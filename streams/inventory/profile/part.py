"""The contract of what is counted of an asset beside its fields: duplicates, rules, windows and the like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self, runtime_checkable

from streams.decode.base import RowGroup
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile


class AssetPart(Protocol):
    """Counts something of an asset in one source partition. Mergeable, bounded, and restored exactly from its state.

    What it makes of the records depends on them and their order in the partition, never on how they were cut into
    batches: a worker that starts again from the last checkpoint reaches the same state.
    """

    def add(self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta) -> None:
        """Count the records of one format in one batch; ``fields`` have counted them already, by the same paths.

        On the hot path: per batch or per distinct value, never a Python step per record and field.
        """
        ...

    def hide(self, path: str, semantic_type: str) -> None:
        """Let go of all values of a field that was found to be personal; later ones are not kept either."""
        ...

    def merge(self, other: Self) -> None:
        """Add what another one counted in other records; it is left as it was."""
        ...

    def state(self, blobs: BlobWriter) -> Any:
        """Return the state as JSON values; long byte strings go to ``blobs``."""
        ...

    def restore(self, state: Any, blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        ...


@runtime_checkable
class LooksBack(Protocol):
    """A part that needs earlier records which are not in its state: after a restart it is shown them again."""

    def rewind(self, end: int) -> int:
        """Return from which offset on records are to be given to :meth:`warm` when counting goes on at ``end``."""
        ...

    def warm(self, group: RowGroup, meta: BatchMeta) -> None:
        """Take in records that were counted before, and count nothing."""
        ...
