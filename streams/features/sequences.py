"""Of each user the newest interactions, in as few bytes as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from streams.features.base import ACTION_BITS, ACTION_MASK, BEFORE, EVENT, NOTHING, SIZE

#: Users that are let go at once when there are too many: a share of them, so that finding them costs little.
_LET_GO = 50


class Sequences:
    """The newest interactions of each user, by event time; of equal times in the order in which they came.

    Args:
        length: interactions kept of each user.
        most: users; beyond that, those for whom nothing came for longest are let go.
    """

    def __init__(self, length: int, most: int) -> None:
        self._bytes = length * SIZE
        self._most = most
        self.clear()

    def clear(self) -> None:
        """Forget all users."""
        self._users: dict[str, bytes] = {}
        self._changed: set[str] = set()

    def __len__(self) -> int:
        return len(self._users)

    def get(self, user_id: str) -> bytes:
        """Return a user's events, oldest first; empty for one who is not known."""
        return self._users.get(user_id, b"")

    def add(self, user_id: str, item: int, key: int) -> bytes | None:
        """Take an interaction; return the :data:`~streams.features.base.BEFORE` events before it.

        None when it is older than a full sequence.
        """
        users = self._users
        # Taken out and put in again: so the users are in the order in which something came for them.
        events = users.pop(user_id, b"")
        end = len(events)
        if end and key | ACTION_MASK < int.from_bytes(events[-8:], "little"):
            end = _place(events, key)
        if end == 0 and len(events) == self._bytes:
            users[user_id] = events
            return None
        before = events[max(0, end - BEFORE * SIZE) : end]
        users[user_id] = (events[:end] + EVENT.pack(item, key) + events[end:])[-self._bytes :]
        self._changed.add(user_id)
        if len(users) > self._most:
            self._let_go()
        return before if len(before) == len(NOTHING) else (NOTHING + before)[-len(NOTHING) :]

    def remove(self, user_id: str) -> bool:
        """Forget a user; tell whether there was anything."""
        if self._users.pop(user_id, None) is None:
            return False
        self._changed.add(user_id)
        return True

    def _let_go(self) -> None:
        surplus = len(self._users) - self._most
        for user_id in list(islice(self._users, max(surplus, self._most // _LET_GO))):
            del self._users[user_id]
            self._changed.add(user_id)

    def changed(self) -> dict[str, bytes | None]:
        """Return the users that changed since the last call, and their events; None for those who were let go."""
        changed, self._changed = self._changed, set()
        return {user_id: self._users.get(user_id) for user_id in changed}

    def restore(self, stored: Iterable[tuple[str, bytes]]) -> None:
        """Take what was stored, cut to the length that is kept now.

        What that takes away is a change: on disk its items would stand by numbers that may come to mean others.
        """
        kept = []
        for user_id, events in stored:
            if len(events) > self._bytes:
                self._changed.add(user_id)
            kept.append((user_id, events[-self._bytes :]))
        kept.sort(key=lambda user: int.from_bytes(user[1][-8:], "little"))
        self._users = dict(kept)
        if len(self._users) > self._most:
            self._let_go()

    def all(self) -> Mapping[str, bytes]:
        """Return the events of every user."""
        return self._users


def _place(events: bytes, key: int) -> int:
    """Return where an event belongs that is older than the newest: behind those of its time."""
    time, low, high = key >> ACTION_BITS, 0, len(events) // SIZE
    while low < high:
        middle = (low + high) // 2
        if EVENT.unpack_from(events, middle * SIZE)[1] >> ACTION_BITS <= time:
            low = middle + 1
        else:
            high = middle
    return low * SIZE
