"""The different values of a masked field, by keyed hashes: enough to find what refers to what, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streams.inventory.base import JoinHasher, Masker
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.relations.sketch import Hashes, ValueSet, keyable


class MaskedKeys:
    """A set of keyed hashes; there is none without a secret, nor where values were lost or the secret has changed.

    Args:
        masker: hashes if it has a secret, see :class:`streams.inventory.base.JoinHasher`.
    """

    __slots__ = ("_hasher", "_values")

    def __init__(self, masker: Masker) -> None:
        self._hasher = masker if isinstance(masker, JoinHasher) else None
        self._values: ValueSet | None = None if self._hasher is None else ValueSet()

    def add(self, texts: Sequence[str]) -> None:
        """Add values."""
        if self._hasher is not None and self._values is not None:
            self._values.add(self._hasher.join_hashes(keyable(texts)))

    def lose(self) -> None:
        """Say that there were values which were not added."""
        self._values = None

    def merge(self, other: MaskedKeys) -> None:
        """Add those of another one, which is left as it was."""
        if self._values is None or other._values is None:
            self._values = None
        else:
            self._values.merge(other._values)

    def compact(self) -> Hashes | None:
        """Return the set; None where there is none."""
        return None if self._values is None else self._values.compact()

    def state(self, blobs: BlobWriter) -> list[Any] | None:
        """Return the state as JSON values."""
        if self._hasher is None or self._values is None:
            return None
        return [self._hasher.key_id, blobs.put(self._values.to_bytes())]

    def restore(self, state: Sequence[Any] | None, blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave, if it was hashed with the same secret."""
        if state is None or self._hasher is None or state[0] != self._hasher.key_id:
            self._values = None
        else:
            self._values = ValueSet()
            self._values.restore(blobs.get(state[1]))
