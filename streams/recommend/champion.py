"""The model that the registry names: taken without a restart, and only when it is what was exported."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

from export.registry import ModelRegistry, Pointer, Reference
from pandian.errors import PandianError
from streams.recommend.loading import Loader, Refusal
from streams.recommend.model import ModelRanker
from streams.worklog import logger

log = logger("champion")

#: At the start the registry is waited for so long: stores that cannot be reached may take minutes to say so.
_PATIENCE_SECONDS = 5.0


class Champion:
    """Follows the registry's pointer.

    The next model is loaded beside the one that answers, checked against its probes and warmed up; then they are
    swapped. The one before stays in memory, so that a rollback takes effect at once. A model that cannot be trusted is
    refused, and the one that answers goes on.

    Args:
        registry: where the pointer and the entries are.
        thread: where models run.
        refused: is told the reason of each refusal.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        thread: Executor,
        refused: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._loader = Loader(registry, thread, refused, clock)
        self.ranker: ModelRanker | None = None
        """The model that answers; None before there is one."""
        self.pointer: Pointer | None = None
        """What the registry said last."""
        self._before: ModelRanker | None = None
        self._looks = asyncio.Lock()
        self._first: asyncio.Task[None] | None = None

    @property
    def refusals(self) -> dict[Reference | None, Refusal]:
        """What is refused now."""
        return self._loader.refusals

    @property
    def refused(self) -> str | None:
        """Why the model that the registry names now, or its pointer, is not taken; None: nothing is wrong."""
        named = None if self.pointer is None else self.pointer.reference
        found = self.refusals.get(None) or self.refusals.get(named)
        return None if found is None else found.reason

    async def start(self) -> None:
        """Look for the first time. A registry that does not answer keeps no worker from starting."""
        self._first = asyncio.create_task(self.look())
        done, _ = await asyncio.wait([self._first], timeout=_PATIENCE_SECONDS)
        if done:
            await self._first
        else:
            log.warning("the registry has not answered for %g s: starting without it", _PATIENCE_SECONDS)
            await self._remember()

    async def run(self, every: float) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(every)
            await self.look()

    async def look(self) -> None:
        """Take the model that the registry names now, if it is another one than answers."""
        async with self._looks:
            await self._look()

    async def _look(self) -> None:
        try:
            self.pointer = await asyncio.to_thread(self._registry.champion)
        except PandianError as error:
            self._loader.refuse(None, error, self._answering())
            await self._remember()
            return
        if self.pointer is None:
            self._loader.forget_others(())
            return  # before the first promotion
        self._loader.forget_others((self.pointer.reference, self.pointer.previous, *self.pointer.earlier))
        if await self._take(self.pointer.reference) or self.ranker is not None:
            return
        # Nothing answers yet and the champion cannot: those before it did.
        for reference in filter(None, (self.pointer.previous, *self.pointer.earlier)):
            if await self._take(reference):
                return

    async def _remember(self) -> None:
        """Answer by what answered last on this machine, when the registry has been away since the start."""
        if self.ranker is not None or self.pointer is not None:
            return
        with suppress(PandianError):
            last = await asyncio.to_thread(self._registry.remembered)
            if last is None:
                return
            ranker = await self._loader.load(last.reference, self._answering(), last)
            if ranker is not None and self.ranker is None:
                log.warning("%s was the champion when the registry could be reached last", last.reference)
                self._swap(ranker)

    async def _take(self, reference: Reference) -> bool:
        for held in (self.ranker, self._before):
            if held is not None and held.runtime.entry.reference == reference:
                self._swap(held)
                return True
        ranker = await self._loader.load(reference, self._answering())
        if ranker is None:
            return False
        self._swap(ranker)
        return True

    def _swap(self, ranker: ModelRanker) -> None:
        if ranker is not self.ranker:
            self._before, self.ranker = self.ranker, ranker
            log.info("%s answers now", ranker.runtime.entry.reference)

    def _answering(self) -> str:
        return str(self.ranker.runtime.entry.reference) if self.ranker else "what is known live"

    def describe(self) -> dict[str, Any]:
        """Return what ``/v1/models`` says of it: the champion, what answers here, and what was refused."""
        entry = self.ranker.runtime.entry if self.ranker else None
        pointer = self.pointer
        return {
            "champion": pointer
            and {
                "model": pointer.model,
                "version": pointer.version,
                "time": pointer.time,
                "by": pointer.by,
                "why": pointer.why,
            },
            "answers": {"model": entry.model, "version": entry.version} if entry else None,
            "refused": [one.document() for one in self.refusals.values()],
        }
