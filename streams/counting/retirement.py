"""Finds the sets of topics that are no more, so that ``pandian.profiles`` does not keep them for ever."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from streams.counting.exceptions import ProtocolError
from streams.counting.sets import SetStore


class Retirement:
    """Tells which sets may be tombstoned because their topic was deleted, or deleted and made again.

    A mistake here throws counts away, and an answer of a broker can mislead in two ways. It can be older than what
    the store holds: a topic made just now would look like one that is no more. So the topics to judge are taken
    *before* the broker is asked. And a broker that has just started, or lags, can leave topics out or tell old ids.
    So a topic is retired only after several answers in a row without it, which should be a minute apart.

    Args:
        store: reads ``pandian.profiles``.
        patience: how many answers in a row must be without the topic.
    """

    def __init__(self, store: SetStore, patience: int = 3) -> None:
        self._store = store
        self._patience = patience
        self._missed: dict[UUID, int] = {}
        self._looked: dict[UUID, str] | None = None

    def look(self) -> set[str]:
        """Take the topics to judge, and return their names: ask the broker for the ids of these."""
        self._looked = self._store.topics()
        return set(self._looked.values())

    def judge(self, ids: Mapping[str, UUID]) -> list[bytes]:
        """Take the broker's answer, asked after :meth:`look`; return the keys to tombstone.

        Args:
            ids: id by name, of those topics that exist. Call this only when the broker did answer.

        Raises:
            ProtocolError: when nothing was looked at since the last answer.
        """
        if self._looked is None:
            raise ProtocolError("the broker was asked before the topics to judge were taken")
        looked, self._looked = self._looked, None
        self._missed = {
            topic_id: self._missed.get(topic_id, 0) + 1
            for topic_id, name in looked.items()
            if ids.get(name) != topic_id
        }
        dead = [topic_id for topic_id, missed in self._missed.items() if missed >= self._patience]
        return [key for topic_id in dead for key in self._store.retire(topic_id)]
