"""A masker with a secret: personal values can be compared across fields without being known."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from pandian.errors import PandianError
from streams.inventory.masking.masker import ShapeMasker

#: Bytes of a secret: fewer could be guessed, and BLAKE2b takes no more.
_LEAST, _MOST = 16, 64


class KeyedMasker(ShapeMasker):
    """Masks as :class:`ShapeMasker` does, and hashes with BLAKE2b under a key (RFC 7693).

    Implements :class:`streams.inventory.base.JoinHasher` too. All workers need the same key.

    Args:
        key: the secret, 16 to 64 bytes; kept in memory only, and never shown.

    Raises:
        PandianError: when it is too short or too long.
    """

    def __init__(self, key: bytes) -> None:
        if not _LEAST <= len(key) <= _MOST:
            raise PandianError(
                f"a key of {len(key)} bytes", f"must have {_LEAST} to {_MOST} bytes", "take 32 random ones"
            )
        self._key = key
        self.key_id = blake2b(b"id", key=key, digest_size=8, person=b"pandian-id").hexdigest()
        """See :class:`streams.inventory.base.JoinHasher`."""

    def join_hashes(self, texts: Sequence[str]) -> list[str]:
        """Return a keyed hash of each text, 128 bits, about 1 µs each."""
        key = self._key
        return [
            blake2b(text.encode("utf-8", "replace"), key=key, digest_size=16).hexdigest() for text in texts
        ]
