"""Which assets refer to which: signatures of all of them come together on every worker that merges.

An asset's worker publishes what the asset shows to others on the compacted topic ``pandian.signatures``, now and then
while it grows, and follows those of all others. Each works out all references and tells those of its own assets: the
same signatures give the same references, so nothing has to be agreed on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from pandian import topics
from pandian.errors import PandianError
from streams.inventory.base import Classification
from streams.inventory.profile import AssetProfile
from streams.inventory.relations.base import Reference, Signature
from streams.inventory.relations.finder import find
from streams.inventory.relations.graph import documents, key_documents
from streams.inventory.relations.signature import from_bytes, signature_of, to_bytes
from streams.stages.context import StageContext
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.follower import TopicFollower
from streams.transport.own_topics import ensure_own
from streams.tuning import beside
from streams.worklog import logger

log = logger("relations")

#: Signatures that came within this time are compared together.
_LOOK_SECONDS = 3.0
#: An asset's signature is made anew when it has grown by so much, or at all and the last one is so old.
_GROWTH = 1.25
_OLD_SECONDS = 15.0
_LARGEST = 8 << 20

#: Is told which assets' references have changed.
Changed = Callable[[frozenset[str]], None]


class Relations:
    """The references among all assets, as far as their signatures have come.

    Args:
        context: the worker.
        changed: is told of assets whose references are others now.
    """

    def __init__(self, context: StageContext, changed: Changed) -> None:
        self._app = context.app
        self._admin = context.admin
        self._changed = changed
        self._follower = TopicFollower(context.settings, topics.SIGNATURES, self._take, max_bytes=_LARGEST)
        self._signatures: dict[str, Signature] = {}
        self._published: dict[str, tuple[int, str, float]] = {}
        """Records, kind and time of each asset's last signature."""
        self._seen: dict[str, int] = {}
        """Records of each asset when it was seen last."""
        self._waiting: dict[str, bytes | None] = {}
        self._fresh: set[str] = set()
        self._told: dict[str, list[dict[str, Any]]] = {}

    def see(self, name: str, kind: str, asset: AssetProfile, meanings: Mapping[str, Classification]) -> None:
        """Take note of an asset as it is now; its signature is made anew when it has grown enough."""
        records, known, at = self._published.get(name, (0, "", 0.0))
        now, self._seen[name] = time.monotonic(), asset.records
        waits = asset.records == records or now - at < _OLD_SECONDS
        if known == kind and waits and records <= asset.records < _GROWTH * records:
            return
        self._published[name] = asset.records, kind, now
        self._waiting[name] = to_bytes(signature_of(name, kind, asset, meanings))

    def forget(self, names: Iterable[str]) -> None:
        """Take note that assets are no more."""
        for name in names:
            self._seen.pop(name, None)
            if self._published.pop(name, None) is not None:
                self._waiting[name] = None

    def document(self, name: str) -> dict[str, Any]:
        """Return ``relations`` and ``keys`` of an asset's document; None while nothing is known."""
        signature = self._signatures.get(name)
        return {
            "relations": self._told.get(name, [] if signature else None),
            "keys": key_documents(signature.keys) if signature else None,
        }

    async def start(self) -> None:
        """Make the topic."""
        await ensure_own(self._admin, [topics.SIGNATURES])

    async def run(self) -> None:
        """Publish, follow and compare until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follower.run())
            group.create_task(self._look())

    async def close(self) -> None:
        """Leave what is not published: whoever merges the assets next makes their signatures anew."""

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self._publish()
            except KAFKA_ERRORS as error:
                log.warning("signatures cannot be written, trying again: %s", error)
            if old := self._old():
                self._changed(old)
            if self._fresh and self._follower.caught_up:
                fresh, self._fresh = self._fresh, set()
                await self._compare(fresh)

    def _old(self) -> frozenset[str]:
        """Return the assets that have grown since a signature that is old by now: they are to be seen again."""
        before = time.monotonic() - _OLD_SECONDS
        return frozenset(
            name
            for name, (records, _, at) in self._published.items()
            if at < before and self._seen.get(name, records) != records
        )

    async def _publish(self) -> None:
        waiting, self._waiting = self._waiting, {}
        try:
            for name, value in waiting.items():
                await self._app.producer.send(topics.SIGNATURES, name.encode(), value, 0, None, None)
        except BaseException:
            self._waiting = {**waiting, **self._waiting}
            raise

    def _take(self, _partition: int, records: Sequence[Any]) -> None:
        for record in records:
            name = record.key.decode()
            try:
                if record.value is None:
                    self._signatures.pop(name, None)
                else:
                    self._signatures[name] = from_bytes(record.value)
            except PandianError as error:
                log.warning("%s has no references for now: %s", name, error)
            self._fresh.add(name)

    async def _compare(self, fresh: Collection[str]) -> None:
        signatures = [self._signatures[name] for name in sorted(self._signatures)]
        found: list[Reference] = await beside(find, signatures)
        ends = {end.asset for one in found for end in (one.source, one.target)}
        told = {name: documents(name, found) for name in ends}
        others = {name for name in told.keys() | self._told.keys() if told.get(name) != self._told.get(name)}
        self._told = told
        self._changed(frozenset(others | {*fresh}))
