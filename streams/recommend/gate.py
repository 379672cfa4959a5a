"""How many requests for recommendations may wait at once.

Past what a worker can answer in a second, a queue only grows: everybody waits longer, memory with it, and in the end
all are answered too late. So the queue is bounded, and the others are refused at once.
"""

from __future__ import annotations

from collections.abc import Callable


class Gate:
    """Counts the connections whose request is waiting for its answer.

    Args:
        most: so many may.
        refused: is told of each that may not.
    """

    def __init__(self, most: int, refused: Callable[[], None] = lambda: None) -> None:
        self._most = most
        self._refused = refused
        self._inside: set[object] = set()

    @property
    def waiting(self) -> int:
        """Return how many wait now."""
        return len(self._inside)

    def enter(self, connection: object) -> bool:
        """Let a connection's request in; False when it is refused. Asked again for one that is in, it stays in."""
        if connection in self._inside:
            return True
        if len(self._inside) >= self._most:
            self._refused()
            return False
        self._inside.add(connection)
        return True

    def leave(self, connection: object) -> None:
        """Be told that a connection's request was answered, or that the connection is gone."""
        self._inside.discard(connection)
