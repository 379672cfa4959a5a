"""What may be behind an alarm: the inventory as it was from time to time, and which fields the models read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from monitoring.causes import (
    Ages,
    Alarm,
    Explanation,
    Fall,
    Features,
    Mapped,
    Scores,
    explain,
    lineage_of,
)
from monitoring.causes.base import Document, What
from monitoring.watching import VersionWatch
from monitoring.watching.version import Standing
from pandian.events import CALIBRATION, LABEL_FAMINE
from streams.stages.context import StageContext
from streams.stages.dating import ages as ages_of
from streams.stages.follower import InventoryFollower
from streams.stages.remembering import Remembered, Write

#: How often it is asked whether the inventory is another one, and how much of the time looking at it may take. A look
#: that comes later joins what came before something moved with what came after.
_LOOK_SECONDS, _SHARE = 1.0, 0.01
#: What kinds of alerts are about; the others are about an AUC.
_WHAT: Mapping[str, What] = {CALIBRATION: "calibration", LABEL_FAMINE: "famine"}
#: Fields that are looked at for an alarm, but for those of assets that interactions and items are made of.
_MOST_FIELDS = 1_500
#: Fields of these that are remembered before there is a label. Where none ever comes, memory is not to be spent on it.
_EARLY_FIELDS = 300


class Causes:
    """Remembers what the inventory said, and explains alarms by it.

    Args:
        inventory: the assets.
        mapped: what ``GET /v1/interactions`` answers: which field plays which role.
        context: the worker, whose broker knows when records came; None: clocks are not looked at.
    """

    def __init__(
        self,
        inventory: InventoryFollower,
        mapped: Callable[[], Mapping[str, Any]],
        context: StageContext | None = None,
    ) -> None:
        self._context = context
        self._inventory = inventory
        self._mapped = mapped
        self._remembered = Remembered()
        self._seen: dict[str, int] = {}
        """The version of each asset that was looked at last."""

    async def run(self, wanted: Callable[[], bool]) -> None:
        """Look whenever the inventory has changed, until cancelled.

        Args:
            wanted: tells whether there is anything that may have to be explained. Until then the assets are remembered
                that interactions and items are made of: when a model's first labels come, what was before is known.
        """
        while True:
            took = await self.look(early=not wanted()) if self._inventory.caught_up else 0.0
            await asyncio.sleep(max(_LOOK_SECONDS, took / _SHARE))

    async def restore(self, stored: Mapping[bytes, bytes]) -> None:
        """Go on from what was written: values by key, among others."""
        self._seen = {}
        await asyncio.to_thread(self._remembered.restore, stored, _now())

    async def write(self, write: Write) -> None:
        """Write what is remembered.

        Raises:
            KafkaError: a record was not acknowledged; it is written again by the next call.
        """
        await self._remembered.write(write)

    async def look(self, *, early: bool) -> float:
        """Remember what is new in the inventory; return the seconds of processor time that it took.

        Args:
            early: there is nothing yet that may have to be explained.
        """
        documents, now, took = self._inventory.document()["assets"], _now(), 0.0
        mapped = _mapped(self._mapped())
        self._remembered.mappings.add(mapped, now)
        for one in _early(documents, mapped) if early else documents:
            version = self._inventory.version_of(one["asset"])
            if self._seen.get(one["asset"]) != version:
                self._seen[one["asset"]] = version
                began = time.thread_time()
                self._remembered.memory.add_one(one, now)
                took += time.thread_time() - began
                await asyncio.sleep(0)
        names = {one["asset"] for one in documents}
        self._remembered.memory.keep_only(names)
        self._seen = {name: version for name, version in self._seen.items() if name in names}
        return took

    async def explain(self, standing: Standing, watched: VersionWatch | None) -> Explanation:
        """Return why an alarm began, as far as the data tells: on a thread, as each field takes a millisecond.

        Args:
            standing: the alarm.
            watched: its version; None: it is of no one alone.
        """
        mapped = _mapped(self._mapped())
        documents = _weightiest(self._inventory.document()["assets"], mapped)
        told = _alarm(standing, watched)
        features = (
            Features(told.subject) if watched is None else Features(watched.name, watched.first or None)
        )
        before = self._remembered.mappings.before(told.settled)
        lineage = lineage_of(mapped, features, {one["asset"]: one for one in documents}, before)
        ages = await self._ages(told, {**mapped, **before})
        return await asyncio.to_thread(
            explain, told, documents, lineage, self._remembered.memory.observations(), ages
        )

    async def _ages(self, told: Alarm, mapped: Mapping[str, Mapped]) -> list[Ages]:
        """Return how old the records were that labels are made of: where clocks are off, no action follows."""
        if self._context is None:
            return []
        fields = {
            asset: one.roles["time"]
            for asset, one in mapped.items()
            if one.target == "interactions" and "time" in one.roles
        }
        return await ages_of(self._context, told.settled, fields)


def _alarm(standing: Standing, watched: VersionWatch | None) -> Alarm:
    alarm, what = standing.alarm, _WHAT.get(standing.kind, "fall")
    falls = watched.falls() if watched is not None and what == "fall" else ()
    told = Alarm(
        standing.subject,
        alarm.since_time,
        _now(),
        alarm.fall or 0.0,
        falls=[Fall(*segment, size, low, labels) for segment, size, low, labels in falls],
        scores=None if watched is None else Scores(*watched.scores()),
        what=what,
    )
    return replace(told, uncertainty_ms=round(max(alarm.lag, told.error_ms))) if alarm.lag else told


def _weightiest(documents: Iterable[Document], mapped: Container[str]) -> list[Document]:
    """Return the assets that become something, and as many of the others as may be looked at in time."""
    found: list[Document] = []
    fields = 0
    for one in sorted(documents, key=lambda one: one["asset"] not in mapped):
        fields += len(one["fields"])
        if fields > _MOST_FIELDS and one["asset"] not in mapped:
            break
        found.append(one)
    return found


def _early(documents: Iterable[Document], mapped: Container[str]) -> list[Document]:
    """Return assets that become something, of as many fields as are remembered before there is a label."""
    found, fields = [], 0
    for one in documents:
        if one["asset"] in mapped and fields + len(one["fields"]) <= _EARLY_FIELDS:
            fields += len(one["fields"])
            found.append(one)
    return found


def _mapped(document: Mapping[str, Any]) -> dict[str, Mapped]:
    """Return how the rows of each asset are read; a topic's interactions are made of the asset of its name."""
    found = {}
    for one in document["topics"]:
        roles = {role: part["field"] for role, part in one["mapping"].items() if "field" in part}
        if one["target"] and roles:
            target = cast("Literal['interactions', 'items']", one["target"])
            found[str(one["topic"])] = Mapped(target, roles)
    return found


def _now() -> int:
    return time.time_ns() // 1_000_000
