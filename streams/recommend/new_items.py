"""New items: those that ``pandian.items`` names and the champion has never seen, placed by their names.

They are kept beside the model, never asked for: names are encoded on a thread of their own, and what answers sees only
what is ready.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, TypeVar, TypeVarTuple

import numpy as np
import numpy.typing as npt

from export.text import EntryText, SentenceEncoder, TextError, open_text
from pandian.errors import PandianError
from streams.features.catalogue import Catalogue
from streams.recommend.champion import Champion
from streams.recommend.model import ModelRanker
from streams.worklog import logger

log = logger("new-items")

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")
Vectors = npt.NDArray[np.float32]
#: Names encoded at once: some 40 ms of a processor, between which other threads have their turn.
_AT_ONCE: Final = 128
#: Items looked at before the event loop has its turn.
_LOOK: Final = 500
#: What is ready is shown after so many names at a time.
_SHOWN: Final = 16 * _AT_ONCE


class Encoder(Protocol):
    """Texts as vectors: see :class:`export.text.SentenceEncoder`."""

    name: str

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """Return a vector of length 1 for each text; of one that says nothing, zeros."""


class Placed(NamedTuple):
    """New items that can be recommended beside those of a model."""

    ranker: ModelRanker
    """Which does not have them, and among whose vectors they are placed."""
    least: float
    """The cosine to some item of the history from which on an item is proposed."""
    item_ids: Sequence[str]
    """In order."""
    places: dict[str, int]
    """Of each item in ``item_ids``."""
    columns: Vectors
    """Vectors of length 1, one a column, as they are multiplied [dimensions, items]."""


@dataclass(slots=True)
class _New:
    name: str
    time: int
    text: npt.NDArray[np.float16] | None = None
    """Of its name: kept, as the next champion maps it elsewhere."""
    vector: Vectors | None = None
    """None: not placed yet; zeros: its name says nothing."""


class NewItems:
    """Follows the catalogue and the champion.

    Args:
        catalogue: what is known of items. Nobody else may watch it.
        champion: the model that answers.
        most: new items kept, the newest by the time of what was said of them last; of equal ones by their id.
        encoder: makes one; a name costs a third of a millisecond.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        champion: Champion,
        most: int,
        encoder: Callable[[], Encoder] = SentenceEncoder,
    ) -> None:
        self._catalogue = catalogue
        self._champion = champion
        self._most = most
        self._make_encoder = encoder
        self._encoder: Encoder | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="names")
        self._ranker: ModelRanker | None = None
        self._text: EntryText | None = None
        self._items: dict[str, _New] = {}
        self._changes: dict[str, None] = {}
        self._ready: Placed | None = None
        self._said = ""

    @property
    def placed(self) -> Placed | None:
        """What can be recommended now; None when nothing can, or not yet since the champion was swapped."""
        ready = self._ready
        return ready if ready is not None and ready.ranker is self._champion.ranker else None

    @property
    def count(self) -> int:
        """How many that are."""
        placed = self.placed
        return len(placed.item_ids) if placed else 0

    async def run(self, every: float) -> None:
        """Follow until cancelled; whatever fails, answers go on without new items.

        Args:
            every: seconds between two looks.
        """
        while True:
            await asyncio.sleep(every)
            try:
                await self.refresh()
            except Exception as error:  # noqa: BLE001 - answers need none of this
                self._say(f"failed ({type(error).__name__})")

    async def refresh(self) -> None:
        """Take what has changed since the last time, and return when all of it is placed."""
        changed = False
        if self._champion.ranker is not self._ranker:
            await self._begin(self._champion.ranker)
            changed = True
        if self._text is None:
            return
        changes, self._changes = self._changes, {}
        changed |= await self._consider(list(changes))
        waiting = [one for one in self._items if self._items[one].vector is None]
        waiting.sort(key=lambda one: (-self._items[one].time, one))
        for start in range(0, len(waiting), _AT_ONCE):
            await self._run(self._place, [self._items[one] for one in waiting[start : start + _AT_ONCE]])
            if (start + _AT_ONCE) % _SHOWN == 0:
                await self._show()
        if changed or waiting:
            await self._show()

    async def _begin(self, ranker: ModelRanker | None) -> None:
        """Begin anew beside another champion."""
        self._ranker, self._ready = ranker, None
        self._text = await self._run(self._opened, ranker)
        self._changes = {}
        if self._text is None:
            self._catalogue.watch(None)
            self._items = {}
            return
        self._catalogue.watch(self._hear)
        for item in self._items.values():
            item.vector = None
        await self._consider(list({**dict.fromkeys(self._items), **dict.fromkeys(self._catalogue)}))

    def _hear(self, item_id: str) -> None:
        self._changes[item_id] = None

    def _opened(self, ranker: ModelRanker | None) -> EntryText | None:
        """Return what a model knows of names, when they can be encoded here."""
        if ranker is None:
            return None
        try:
            text = open_text(ranker.runtime.entry)
            if text is None or ranker.neighbours is None:
                return None
            if self._encoder is None:
                self._encoder = self._make_encoder()
            if self._encoder.name != text.encoder:
                raise TextError(
                    f"{ranker.runtime.entry.reference}: names by {text.encoder}",
                    f"cannot be encoded by {self._encoder.name}",
                    "train again, or install that version",
                )
        except PandianError as error:
            self._say(str(error))
            return None
        return text

    async def _consider(self, item_ids: Sequence[str]) -> bool:
        """Let items be new ones, or none any more; return whether that changed anything."""
        changed = False
        for place, item_id in enumerate(item_ids, start=1):
            changed |= self._consider_one(item_id)
            if place % _LOOK == 0:
                await asyncio.sleep(0)
                if len(self._items) > 2 * self._most:
                    await self._run(self._trim)
        if len(self._items) > self._most:
            await self._run(self._trim)
        return changed

    def _consider_one(self, item_id: str) -> bool:
        known, before = self._catalogue.get(item_id), self._items.get(item_id)
        assert self._ranker is not None  # noqa: S101 - followed only beside a model
        if not known.name or known.available is False or item_id in self._ranker.runtime.index:
            return self._items.pop(item_id, None) is not None
        if before is not None and before.name == known.name:
            before.time = known.time
            return False
        self._items[item_id] = _New(known.name, known.time)
        return True

    def _trim(self) -> None:
        items = self._items
        newest = heapq.nsmallest(self._most, items, key=lambda one: (-items[one].time, one))
        self._items = {one: items[one] for one in newest}

    def _place(self, items: Sequence[_New]) -> None:
        assert self._encoder is not None and self._text is not None  # noqa: S101 - as above
        unread = [item for item in items if item.text is None]
        # A name is read once: what an encoder says in its last digits depends on what it reads beside it.
        names = list(dict.fromkeys(item.name for item in unread))
        said = dict(zip(names, self._encoder.encode(names).astype(np.float16), strict=True))
        for item in unread:
            item.text = said[item.name]
        texts = np.stack([item.text for item in items if item.text is not None]).astype(np.float32)
        for item, vector in zip(items, self._text.mapping(texts), strict=True):
            item.vector = vector

    async def _show(self) -> None:
        before = self._ready
        self._ready = await self._run(self._snapshot)
        count = len(self._ready.item_ids) if self._ready else 0
        if self._ready and not before:
            log.info("%d new items can be recommended by their names", count)

    def _snapshot(self) -> Placed | None:
        found = {one: item.vector for one, item in self._items.items() if item.vector is not None}
        item_ids = sorted(one for one, vector in found.items() if vector.any())
        if not item_ids or self._ranker is None or self._text is None:
            return None
        columns = np.ascontiguousarray(np.stack([found[one] for one in item_ids]).T)
        places = {one: place for place, one in enumerate(item_ids)}
        return Placed(self._ranker, self._text.least, item_ids, places, columns)

    async def _run(self, work: Callable[[*Arguments], T], *args: *Arguments) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    def _say(self, trouble: str) -> None:
        """Say what is wrong once, not at every look."""
        if trouble != self._said:
            self._said = trouble
            log.warning("no new items are recommended by their names: %s", trouble)
