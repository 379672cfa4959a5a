"""Takes entries of the registry only when they are what was exported, and remembers what was refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from export.registry import (
    Entry,
    EntryError,
    ModelRegistry,
    NewerEntryError,
    ParityError,
    Reference,
    RegistryError,
    UnknownModelError,
)
from export.runtime import OnnxModel
from pandian.errors import PandianError
from streams.recommend.model import ModelRanker
from streams.tuning import give_back_memory
from streams.worklog import logger

log = logger("models")

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

    def document(self) -> dict[str, Any]:
        """Return it for ``/v1/models``."""
        return {
            "model": self.reference and self.reference.model,
            "version": self.reference and self.reference.version,
            "reason": self.reason,
            "text": self.text,
            "time": self.time,
        }


class Loader:
    """Loads entries, checked against their probes and warmed up.

    Args:
        registry: has the entries.
        thread: where the models run.
        refused: is told the reason of each refusal.
        clock: monotonic seconds.
        on_loop: whether a quick model may run on the event loop.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        thread: Executor,
        refused: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        *,
        on_loop: bool = True,
    ) -> None:
        self._registry = registry
        self._thread = thread
        self._told = refused
        self._clock = clock
        self._on_loop = on_loop
        self._again: dict[Reference | None, float] = {}
        self.refusals: dict[Reference | None, Refusal] = {}
        """What is refused now."""

    async def load(
        self, reference: Reference, instead: str, entry: Entry | None = None
    ) -> ModelRanker | None:
        """Return a model; None when it is refused, or was a short while ago.

        Args:
            reference: which one.
            instead: what goes on without it, for the log.
            entry: its files; None: the registry is asked for them.
        """
        if self._again.get(reference, 0.0) > self._clock():
            return None
        try:
            ranker = await asyncio.to_thread(self._load, reference, entry)
            await asyncio.to_thread(give_back_memory)
        except Exception as error:  # noqa: BLE001 - whatever a model does, the one before it goes on
            self.refuse(reference, error, instead)
            return None
        self.refusals.pop(reference, None)
        return ranker

    def refuse(self, reference: Reference | None, error: Exception, instead: str) -> None:
        """Take note that a model, or the pointer itself (None), cannot be taken."""
        reason = next((name for kind, name in _REASONS if isinstance(error, kind)), "failed")
        known = self.refusals.get(reference)
        self._again[reference] = self._clock() + _AGAIN_SECONDS
        if known is not None and known.reason == reason:
            return
        text = str(error) if isinstance(error, PandianError) else type(error).__name__
        self.refusals[reference] = Refusal(reference, reason, text, time.time_ns() // 1_000_000)
        self._told(reason)
        log.warning("refused %s: %s; %s goes on", reference or "the registry's pointer", text, instead)

    def forget_others(self, named: Sequence[Reference | None]) -> None:
        """Forget what was refused and is not named any more, and that the pointer could not be read."""
        if None in self.refusals:
            log.info("the registry can be read again")
        self.refusals = {one: said for one, said in self.refusals.items() if one and one in named}

    def _load(self, reference: Reference, entry: Entry | None) -> ModelRanker:
        entry = entry or self._registry.entry(reference.model, reference.version)
        return ModelRanker(OnnxModel(entry), self._thread, on_loop=self._on_loop)
