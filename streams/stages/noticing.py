"""Alerts about data: a topic fell silent, values changed, an asset got worse. Told by the worker that merges it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from monitoring.finding import Finding
from pandian import topics
from pandian.events import DRIFT, EVENTS_OLD, QUALITY_FELL, SILENCE
from streams.inventory.pace import PacePart
from streams.inventory.pace.arrivals import Arrivals
from streams.inventory.pace.silence import alert, silence
from streams.inventory.profile import AssetProfile
from streams.inventory.sections import part_of
from streams.stages.alerting import Alerting
from streams.stages.context import StageContext
from streams.stages.drifted import drifted
from streams.stages.drifted import over as drift_over
from streams.stages.worsened import over, worsened
from streams.transport.own_topics import ensure_own

_LOOK_SECONDS = 5.0
#: A drift is an event: its alert ends by itself after this time.
_DRIFT_MS = 3_600_000
#: What got worse is told when it has stood for so long.
_STANDS_MS = 60_000

Owned = Callable[[], Mapping[str, Mapping[str, Any]]]


class NoticingPart:
    """Looks now and then at what is merged here.

    Args:
        context: the worker.
        owned: the documents of the assets that are merged here, by name.
    """

    def __init__(self, context: StageContext, owned: Owned) -> None:
        self._admin = context.admin
        self._owned = owned
        self._alerting = Alerting(context)
        self._arrivals: dict[str, Arrivals] = {}
        self._worse: dict[tuple[str, str], int] = {}
        """Since when an asset is worse, by its name and the kind of alert."""

    def see(self, name: str, asset: AssetProfile) -> None:
        """Take note of how an asset's records came until now."""
        pace = part_of(asset, PacePart)
        if pace is not None:
            self._arrivals[name] = pace.arrivals

    async def start(self) -> None:
        """Make the topic."""
        await ensure_own(self._admin, [topics.ALERTS])

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._alerting.run())
            group.create_task(self._look())

    async def close(self) -> None:
        """Nothing is left to be written: what was not told is found again."""

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now_ms = time.time_ns() // 1_000_000
            owned = self._owned()
            self._arrivals = {name: one for name, one in self._arrivals.items() if name in owned}
            for name, arrivals in list(self._arrivals.items()):
                await self._judge_silence(name, arrivals, now_ms)
            for name, document in list(owned.items()):
                await self._judge_drift(name, document, now_ms)
                await self._judge_worse(name, document, now_ms)
            self._worse = {one: since for one, since in self._worse.items() if one[0] in owned}

    async def _judge_silence(self, name: str, arrivals: Arrivals, now_ms: int) -> None:
        found = silence(arrivals, now_ms)
        said = None if found is None else alert(name, found, now_ms)
        if said is not None:
            finding = Finding(
                SILENCE, name, said["evidence"], said["size"], said["text"], said["runbook"], said["since"]
            )
            await self._alerting.tell(finding, firing=True)
        elif self._alerting.is_firing(name, SILENCE):
            text = f"{name} is silent no longer."
            await self._alerting.tell(Finding(SILENCE, name, text, 0.0, text, ""), firing=False)

    async def _judge_drift(self, name: str, document: Mapping[str, Any], now_ms: int) -> None:
        # Also where the inventory knows of the drift no more, as when it was counted anew.
        for subject in self._alerting.subjects(DRIFT):
            begun = self._alerting.begun(subject, DRIFT)
            if subject.startswith(f"{name}.") and (begun is None or now_ms - begun.time >= _DRIFT_MS):
                await self._alerting.tell(drift_over(subject), firing=False)
        for finding in drifted(name, document):
            begun = self._alerting.begun(finding.subject, DRIFT)
            # Another partition that changed earlier makes a drift begin earlier, and no other one of it.
            if begun is None or (finding.since or 0) > begun.since:
                await self._alerting.tell(finding, firing=True)

    async def _judge_worse(self, name: str, document: Mapping[str, Any], now_ms: int) -> None:
        found = {finding.kind: finding for finding in worsened(document)}
        for kind in (QUALITY_FELL, EVENTS_OLD):
            finding = found.get(kind)
            if finding is not None:
                since = self._worse.setdefault((name, kind), now_ms)
                if now_ms - since >= _STANDS_MS:
                    await self._alerting.tell(replace(finding, since=since), firing=True)
                continue
            self._worse.pop((name, kind), None)
            if self._alerting.is_firing(name, kind):
                await self._alerting.tell(over(kind, document), firing=False)
