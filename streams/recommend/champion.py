"""The model that the registry names: taken without a restart, and only when it is what was exported."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from export.registry import (
    EntryError,
    ModelRegistry,
    NewerEntryError,
    ParityError,
    Pointer,
    Reference,
    RegistryError,
    UnknownModelError,
)
from export.runtime import OnnxModel
from pandian.errors import PandianError
from streams.recommend.model import ModelRanker
from streams.tuning import give_back_memory
from streams.worklog import logger

log = logger("champion")

#: What was refused is tried again after this time: it may have been a copy that was not complete yet.
_AGAIN_SECONDS = 30.0
_REASONS: Sequence[tuple[type[Exception], str]] = (
    (ParityError, "parity"),
    (NewerEntryError, "newer"),
    (EntryError, "entry"),
    (UnknownModelError, "missing"),
    (RegistryError, "registry"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A model that was not taken."""

    reference: Reference | None
    """None: the pointer itself cannot be read."""
    reason: str
    text: str
    time: int
    """Epoch milliseconds of the first time."""


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
        self._thread = thread
        self._told = refused
        self._clock = clock
        self._again: dict[Reference | None, float] = {}
        self.refusals: dict[Reference | None, Refusal] = {}
        """What is refused now."""
        self.ranker: ModelRanker | None = None
        """The model that answers; None before there is one."""
        self.pointer: Pointer | None = None
        """What the registry said last."""
        self._before: ModelRanker | None = None

    async def run(self, every: float) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(every)
            await self.look()

    async def look(self) -> None:
        """Take the model that the registry names now, if it is another one than answers."""
        try:
            self.pointer = await asyncio.to_thread(self._registry.champion)
        except PandianError as error:
            self._refuse(None, error)
            return
        if self.pointer is None:
            return  # before the first promotion; a pointer that was removed stops nothing
        named = (self.pointer.reference, self.pointer.previous, *self.pointer.earlier)
        self.refusals = {one: said for one, said in self.refusals.items() if one and one in named}
        if await self._take(self.pointer.reference) or self.ranker is not None:
            return
        # Nothing answers yet and the champion cannot: those before it did.
        for reference in filter(None, (self.pointer.previous, *self.pointer.earlier)):
            if await self._take(reference):
                return

    async def _take(self, reference: Reference) -> bool:
        for held in (self.ranker, self._before):
            if held is not None and held.runtime.entry.reference == reference:
                self._swap(held)
                return True
        if self._again.get(reference, 0.0) > self._clock():
            return False
        try:
            ranker = await asyncio.to_thread(self._load, reference)
            await asyncio.to_thread(give_back_memory)
        except Exception as error:  # noqa: BLE001 - whatever a model does, the one before it goes on
            self._refuse(reference, error)
            return False
        self.refusals.pop(reference, None)
        self._swap(ranker)
        return True

    def _load(self, reference: Reference) -> ModelRanker:
        return ModelRanker(OnnxModel(self._registry.entry(reference.model, reference.version)), self._thread)

    def _swap(self, ranker: ModelRanker) -> None:
        if ranker is not self.ranker:
            self._before, self.ranker = self.ranker, ranker
            log.info("%s answers now", ranker.runtime.entry.reference)

    def _refuse(self, reference: Reference | None, error: Exception) -> None:
        reason = next((name for kind, name in _REASONS if isinstance(error, kind)), "failed")
        known = self.refusals.get(reference)
        self._again[reference] = self._clock() + _AGAIN_SECONDS
        if known is not None and known.reason == reason:
            return
        text = str(error) if isinstance(error, PandianError) else type(error).__name__
        self.refusals[reference] = Refusal(reference, reason, text, time.time_ns() // 1_000_000)
        self._told(reason)
        answering = self.ranker.runtime.entry.reference if self.ranker else "what is known live"
        log.warning("refused %s: %s; %s goes on", reference or "the registry's pointer", text, answering)

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
            "refused": [
                {
                    "model": one.reference and one.reference.model,
                    "version": one.reference and one.reference.version,
                    "reason": one.reason,
                    "text": one.text,
                    "time": one.time,
                }
                for one in self.refusals.values()
            ],
        }
