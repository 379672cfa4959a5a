"""Items like another one: what people took together with it, and what the model finds near it.

The two say how sure they are in numbers that cannot be compared, so their orders are joined and not their numbers: an
item has 1 / (60 + its place) of each (reciprocal rank fusion: Cormack, Clarke, Büttcher, SIGIR 2009). Where both know
little, popular items of the same category follow.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np

from streams.features.catalogue import Catalogue
from streams.features.live import LiveState
from streams.recommend.base import Allowed
from streams.recommend.baseline import MODEL, VERSION
from streams.recommend.champion import Champion
from streams.recommend.filters import allowed_by
from streams.recommend.model import ModelRanker

_SOFTENS: Final = 60
#: Popular items that are looked at for those of the same category.
_POPULAR: Final = 1_000
#: Neighbours asked for beyond those wanted, as some may not be allowed.
_SPARE: Final = 32
TOGETHER, SAME_CATEGORY = "live", "category"

_NO_MODEL = "no model was trained yet: what people take together"
_NO_VECTORS = "the model has no vectors of items: what people take together"
_UNKNOWN = "the model does not know this item: what people take together with it"
_LATE = "the model gave no answer in time: what people take together"


class UnknownItemError(LookupError):
    """An item of which neither the stream nor the model knows anything."""


@dataclass(frozen=True, slots=True)
class SimilarItem:
    """One item of the answer."""

    item_id: str
    score: float
    """Between 0 and 1, in the right order; no probability."""
    sources: tuple[str, ...]
    """What proposed it: ``live``, the model's name, ``category``."""
    reason: str
    """One sentence for people."""


@dataclass(frozen=True, slots=True)
class Similar:
    """The answer of ``GET /v1/similar/{item}``."""

    item_id: str
    model: str
    version: str
    time: int
    """When it was asked, epoch milliseconds."""
    items: tuple[SimilarItem, ...]
    fallback: str | None
    """Why no model had a say; None when it had."""
    knows_until: int | None
    """Event time of the newest interaction that it could know of."""
    latency_ms: float


class SimilarItems:
    """Finds items like another one.

    Args:
        live: what goes together, and what is popular.
        catalogue: names, categories and availability.
        champion: the model, if there is one.
        thread: where its index is asked.
        deadline: how long that may take, seconds.
        clock: epoch milliseconds.
    """

    def __init__(
        self,
        live: LiveState,
        catalogue: Catalogue,
        champion: Champion,
        thread: Executor,
        deadline: float | None = None,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._live = live
        self._catalogue = catalogue
        self._champion = champion
        self._thread = thread
        self._deadline = deadline
        self._clock = clock

    async def of(self, item_id: str, k: int, filters: Mapping[str, Any]) -> Similar:
        """Return at most ``k`` items like one, the most alike first, equal ones by their id.

        Raises:
            UnknownItemError: when nothing is known of it.
        """
        began = time.perf_counter()
        ranker = self._champion.ranker
        if not self._is_known(item_id, ranker):
            raise UnknownItemError(item_id)
        allowed = allowed_by(filters, self._catalogue)
        orders = {TOGETHER: self._together(item_id, allowed)}
        near, fallback = await self._near(ranker, item_id, k, allowed)
        if ranker is not None and fallback is None:
            orders[ranker.source] = near
        model, version = (ranker.model, ranker.version) if ranker and not fallback else (MODEL, VERSION)
        return Similar(
            item_id,
            model,
            version,
            self._clock(),
            tuple(self._joined(item_id, k, orders, allowed)),
            fallback,
            self._live.knows_until,
            round((time.perf_counter() - began) * 1000, 3),
        )

    def _is_known(self, item_id: str, ranker: ModelRanker | None) -> bool:
        if item_id in self._live.vocabulary.numbers or item_id in self._catalogue:
            return True
        return ranker is not None and item_id in ranker.runtime.index

    def _together(self, item_id: str, allowed: Allowed) -> list[str]:
        number = self._live.vocabulary.numbers.get(item_id)
        if number is None:
            return []
        near, count = (row[0].tolist() for row in self._live.baseline.covisits.near(np.array([number])))
        items = self._live.vocabulary.items
        found = [(-much, items[one]) for one, much in zip(near, count, strict=True) if one >= 0 and much > 0]
        return [name for _, name in sorted(found) if allowed(name)]

    async def _near(
        self, ranker: ModelRanker | None, item_id: str, k: int, allowed: Allowed
    ) -> tuple[list[str], str | None]:
        """Return what the model finds near an item, or why it does not say."""
        if ranker is None:
            return [], _NO_MODEL
        if ranker.neighbours is None:
            return [], _NO_VECTORS
        if item_id not in ranker.runtime.index:
            return [], _UNKNOWN
        try:
            async with asyncio.timeout(self._deadline):
                return await self._asked(ranker, item_id, k, allowed), None
        except TimeoutError:
            return [], _LATE

    async def _asked(self, ranker: ModelRanker, item_id: str, k: int, allowed: Allowed) -> list[str]:
        index, catalogue = ranker.neighbours, ranker.runtime.catalogue
        assert index is not None  # noqa: S101 - asked only where there is one
        column = np.array([ranker.runtime.index[item_id]], np.int64)
        ask = asyncio.get_running_loop().run_in_executor
        width, mask = k + _SPARE, None
        while True:
            columns, cosines = (one[0] for one in await ask(self._thread, index.neighbours, column, width))
            near = columns[cosines > 0] if mask is None else columns[(cosines > 0) & mask[columns]]
            passing = (catalogue[one] for one in near.tolist() if allowed(catalogue[one]))
            found = list(islice(passing, k))
            if len(found) >= k or width >= len(catalogue) or len(columns) < width:
                return found
            mask = await allowed.mask(ranker.items)
            width *= 4

    def _joined(
        self, item_id: str, k: int, orders: Mapping[str, Sequence[str]], allowed: Allowed
    ) -> list[SimilarItem]:
        scores: defaultdict[str, float] = defaultdict(float)
        sources: defaultdict[str, list[str]] = defaultdict(list)
        for source, order in orders.items():
            for place, name in enumerate(order, start=1):
                scores[name] += 1 / (_SOFTENS + place)
                sources[name].append(source)
        best = sorted(scores, key=lambda name: (-scores[name], name))[:k]
        # The most that an item can have: the first place of both orders.
        most = 2 / (_SOFTENS + 1)
        name = self._catalogue.name(item_id)
        found = [
            SimilarItem(one, scores[one] / most, tuple(sources[one]), _reason(sources[one], name))
            for one in best
        ]
        if len(found) < k:
            found += self._of_category(item_id, k - len(found), {item_id, *best}, allowed)
        return found

    def _of_category(self, item_id: str, count: int, known: set[str], allowed: Allowed) -> list[SimilarItem]:
        """Return popular items of the same category; their scores lie below all others."""
        category = self._catalogue.get(item_id).category
        if category is None:
            return []
        items = self._live.vocabulary.items
        popular = (items[number] for number in self._live.baseline.popular(_POPULAR).tolist())
        found = [
            one
            for one in popular
            if one not in known and self._catalogue.get(one).category == category and allowed(one)
        ]
        reason = f"popular in {category}, as {self._catalogue.name(item_id)} is"
        return [
            SimilarItem(one, 0.1 / (_SOFTENS + place), (SAME_CATEGORY,), reason)
            for place, one in enumerate(found[:count], start=1)
        ]


def _reason(sources: Sequence[str], name: str) -> str:
    return f"people take it together with {name}" if TOGETHER in sources else f"it is like {name}"
