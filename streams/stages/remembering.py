"""What the causes remember as records of a log, so that whoever watches next goes on from there.

Each observation of an asset is a record of its own, and goes when it is remembered no more: what is written is what
came since, and what stands is what is remembered, which is bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from itertools import islice

from monitoring.causes import Mappings, Memory
from monitoring.causes.kept import MAPPED, OBSERVATION, KeptError
from monitoring.causes.observation import Observation

_DATA, _MAPPING = b"data/", b"mapping/"
#: Records that are under way together.
_TOGETHER = 64

Write = Callable[[bytes, bytes | None], Awaitable[None]]


class Remembered:
    """Observations and mappings, and how far they are written.

    It has one owner; of two who write, either's records may be what stands, and each is valid.
    """

    def __init__(self) -> None:
        self.memory = Memory()
        self.mappings = Mappings()
        self._written: dict[bytes, object] = {}

    def restore(self, stored: Mapping[bytes, bytes], now: int) -> None:
        """Remember what was written, and nothing else. What another version wrote is left out, and removed later.

        Args:
            stored: values by key; those of others are left alone.
            now: epoch milliseconds. What bears a later time was written by a clock that is ahead, and is left out.
        """
        self._written = {}
        observations, mapped = [], []
        for key, value in stored.items():
            if not key.startswith((_DATA, _MAPPING)):
                continue
            self._written[key] = None
            try:
                if key.startswith(_DATA):
                    observations.append(OBSERVATION.decode(value))
                else:
                    mapped.append(MAPPED.decode(value))
            except KeptError:
                continue
        self.memory.restore(one for one in observations if one.time <= now)
        self.mappings.restore(one for one in mapped if one[0] <= now)
        for key, one in self._wanted():
            if key in self._written:
                self._written[key] = one

    async def write(self, write: Write) -> None:
        """Write what came since, and remove what is remembered no more.

        Raises:
            KafkaError: a record was not acknowledged; it is written again by the next call.
        """
        wanted = dict(self._wanted())
        new = {key: one for key, one in wanted.items() if self._written.get(key) is not one}
        for keys in _portions(new):
            parts = {key: new[key] for key in keys}
            values = await asyncio.to_thread(_encoded, parts)
            await asyncio.gather(*(write(key, value) for key, value in values.items()))
            self._written |= parts
        for keys in _portions(self._written.keys() - wanted.keys()):
            await asyncio.gather(*(write(key, None) for key in keys))
            for key in keys:
                self._written.pop(key, None)

    def _wanted(self) -> Iterator[tuple[bytes, object]]:
        for one in self.memory.observations():
            yield _DATA + f"{one.time}/{one.asset}".encode(), one
        for change in self.mappings.changes():
            yield _MAPPING + str(change[0]).encode(), change


def _portions(keys: Iterable[bytes]) -> Iterator[list[bytes]]:
    left = iter(keys)
    while portion := list(islice(left, _TOGETHER)):
        yield portion


def _encoded(parts: Mapping[bytes, object]) -> dict[bytes, bytes]:
    return {
        key: OBSERVATION.encode(one) if isinstance(one, Observation) else MAPPED.encode(one)  # type: ignore[arg-type]
        for key, one in parts.items()
    }
