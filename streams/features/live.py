"""All that is known of users, fed from the stream: sequences, vocabulary, baselines, and how far all of it reaches.

Nothing here reads a clock or a broker: the same records in the same order of each partition give the same sequences,
however they are cut into batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pandian.actions import ACTIONS
from pandian.forgetting import Erasures
from streams.features.base import (
    ACTION_BITS,
    ACTION_MASK,
    CODE_WEIGHTS,
    EVENT,
    EVENTS,
    Event,
    Rows,
)
from streams.features.baseline import Baseline
from streams.features.incoming import read
from streams.features.places import Places
from streams.features.sequences import Sequences
from streams.features.vocabulary import MAX_ITEMS, Vocabulary

#: What can become of a record beside what :mod:`streams.features.incoming` says.
TAKEN, OLD, NO_ROOM, FORGOTTEN = "taken", "old", "no-room", "forgotten"


#: Interactions that wait for the baselines at most.
_LEARNED_AT_ONCE = 2_000


class _Unlearned:
    """Interactions that are in the sequences and not yet in the baselines, as columns."""

    def __init__(self) -> None:
        self.items: list[int] = []
        self.keys: list[int] = []
        self.broker: list[int] = []
        self.before: list[bytes] = []


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the last snapshot, and the position that it reaches: written together or not at all."""

    users: dict[str, bytes | None]
    items: list[tuple[int, str]]
    partitions: dict[int, tuple[int, list[tuple[str, int, int, int]]]]
    """Of each partition of ``pandian.interactions`` the next offset, and the place of each source."""
    knows_until: int | None
    forgotten: tuple[str, int] = ("", 0)
    """Id of ``pandian.forgotten``, and the offset behind the last of its records that was obeyed."""


class LiveState:
    """What one serving worker knows of everybody.

    Args:
        length: interactions kept of each user.
        users: users kept.
        items: different items kept.
        erasures: of those who asked to be forgotten.
    """

    def __init__(
        self, length: int, users: int, items: int = MAX_ITEMS, erasures: Erasures | None = None
    ) -> None:
        self.erasures = erasures or Erasures()
        self.forgotten: tuple[str, int] = ("", 0)
        """How far ``pandian.forgotten`` was obeyed: its id and an offset."""
        self.vocabulary = Vocabulary(items)
        self.sequences = Sequences(length, users)
        self.baseline = Baseline()
        self.outcomes: Counter[str] = Counter()
        """What became of the records."""
        self.clear()

    def clear(self) -> None:
        """Forget everything, and where it came from."""
        self.vocabulary.clear()
        self.sequences.clear()
        self.baseline.clear()
        self.offsets: dict[int, int] = {}
        """Offset behind the last record taken, by partition."""
        self.places: dict[int, Places] = {}
        self.knows_until: int | None = None
        """Event time of the newest interaction, never later than the broker's time of it."""
        self._moved: set[int] = set()
        self._unlearned = _Unlearned()

    def take(self, partition: int, records: Sequence[Any]) -> None:
        """Take what came from one partition, in offset order."""
        places = self.places.setdefault(partition, Places())
        outcomes: list[str] = []
        waiting = self._unlearned
        items, keys, broker, before = waiting.items, waiting.keys, waiting.broker, waiting.before
        known = len(items)
        # Records that nobody's erasure reaches, nearly all of them, are not looked up.
        covers = self.erasures.covers if self.erasures.reaches(partition, records[0].offset) else None
        number, add = self.vocabulary.number, self.sequences.add
        for record in records:
            row = read(record.value, places)
            if isinstance(row, str):
                outcomes.append(row)
                continue
            user_id, item_id, key = row
            if covers is not None and covers(user_id, partition, record.offset):
                outcomes.append(FORGOTTEN)
                continue
            item = number(item_id)
            if item is None:
                outcomes.append(NO_ROOM)
                continue
            preceding = add(user_id, item, key)
            if preceding is None:
                outcomes.append(OLD)
                continue
            items.append(item)
            keys.append(key)
            broker.append(record.timestamp)
            before.append(preceding)
        self.outcomes.update(outcomes)
        self.outcomes[TAKEN] += len(items) - known
        self.offsets[partition] = records[-1].offset + 1
        self._moved.add(partition)
        if len(items) > known:
            newest = max(map(min, [key >> ACTION_BITS for key in keys[known:]], broker[known:]))
            self.knows_until = max(self.knows_until or 0, newest)
        if len(items) >= _LEARNED_AT_ONCE:
            self.learn()

    def learn(self) -> None:
        """Let the baselines know of what was taken: call it several times a second.

        Many interactions at once cost them little more than a few.
        """
        waiting, self._unlearned = self._unlearned, _Unlearned()
        if not waiting.items:
            return
        key = np.array(waiting.keys, np.int64)
        times = np.minimum(key >> ACTION_BITS, np.array(waiting.broker, np.int64))
        weights = CODE_WEIGHTS[key & ACTION_MASK]
        preceding = np.frombuffer(b"".join(waiting.before), EVENTS).reshape(len(key), -1)
        self.baseline.add(Rows(np.array(waiting.items, np.int64), times, weights, preceding))

    def forget(self, users: Iterable[str]) -> int:
        """Forget all interactions of some users; return how many of them were known.

        What many did together stays in the baselines, which do not know who it was.
        """
        return sum(map(self.sequences.remove, users))

    def history(self, user_id: str) -> list[Event]:
        """Return the interactions of a user, oldest first; empty for one who is not known."""
        items = self.vocabulary.items
        return [
            Event(items[item], ACTIONS[key & ACTION_MASK], key >> ACTION_BITS)
            for item, key in EVENT.iter_unpack(self.sequences.get(user_id))
        ]

    def changes(self) -> Changes:
        """Return what changed since the last call."""
        moved, self._moved = self._moved, set()
        users, items = self.sequences.changed(), self.vocabulary.changed()
        return Changes(users, items, self._positions(moved), self.knows_until, self.forgotten)

    def everything(self) -> Changes:
        """Return all of it, as changes to nothing."""
        self.changes()
        users: dict[str, bytes | None] = {**self.sequences.all()}
        positions = self._positions(self.offsets)
        return Changes(users, self.vocabulary.all(), positions, self.knows_until, self.forgotten)

    def _positions(self, partitions: Iterable[int]) -> dict[int, tuple[int, list[tuple[str, int, int, int]]]]:
        return {one: (self.offsets[one], self.places[one].encode()) for one in partitions}

    def restore(self, stored: Changes, now: int) -> None:
        """Take what was stored.

        Args:
            stored: all that was ever written.
            now: epoch milliseconds; later event times count as this one in the baselines.
        """
        self.clear()
        self.sequences.restore((user, events) for user, events in stored.users.items() if events)
        self.vocabulary.restore(stored.items, self._used())
        self.knows_until = stored.knows_until
        self.forgotten = stored.forgotten
        for partition, (offset, places) in stored.partitions.items():
            self.offsets[partition] = offset
            self.places[partition] = Places.decode(places)
        self.baseline.restore(self.sequences.all().values(), now)

    def _used(self) -> list[bool]:
        found = np.zeros(0, bool)
        for events in self.sequences.all().values():
            items = np.frombuffer(events, EVENTS)["item"]
            highest = int(items.max(initial=-1))
            if highest >= len(found):
                found = np.concatenate([found, np.zeros(highest + 1, bool)])
            found[items] = True
        used: list[bool] = found[: int(np.flatnonzero(found).max(initial=-1)) + 1].tolist()
        return used
