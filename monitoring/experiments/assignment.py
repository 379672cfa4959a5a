"""Which users a challenger answers: decided by a hash, so that nothing has to be kept or agreed on."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

#: Bytes of the hash: a point between 0 and 1 is one of 2**53, which a float holds exactly.
_BYTES = 8
_POINTS = 1 << 53


class Split:
    """Gives a share of users to a challenger.

    A user's point between 0 and 1 is a hash (BLAKE2b, RFC 7693, keyed) of the user under the challenger's name, and
    users below the share are its. So

    - every worker says the same, now and after a restart, whatever Python's own hash is seeded with;
    - a user stays where they are, and stays when the share grows;
    - who is the champion has no say in it: a rollback in the midst moves nobody;
    - the next challenger gets other users: none is always the one who tries things out.

    Args:
        challenger: name of the model and its version, such as ``sasrec@20260301-101500-3fa9c1``.
        share: of users, from 0 to 1.
    """

    def __init__(self, challenger: str, share: float) -> None:
        self.share = share
        self._key = blake2b(challenger.encode("utf-8", "surrogatepass"), digest_size=32).digest()

    def point(self, user_id: str) -> float:
        """Return the point of a user: at least 0, below 1, evenly spread over users."""
        data = user_id.encode("utf-8", "surrogatepass")
        found = blake2b(data, digest_size=_BYTES, key=self._key).digest()
        return (int.from_bytes(found, "big") >> 11) / _POINTS

    def has(self, user_id: str) -> bool:
        """Tell whether a user is one of the challenger's."""
        return self.share > 0 and self.point(user_id) < self.share


def bits(seed: str) -> Iterator[int]:
    """Yield fair coins, 0 or 1, without end; equal seeds give equal coins."""
    data = seed.encode("utf-8", "surrogatepass")
    block = 0
    while True:
        drawn = int.from_bytes(blake2b(data, digest_size=32, salt=block.to_bytes(8, "big")).digest(), "big")
        for at in range(256):
            yield drawn >> at & 1
        block += 1
