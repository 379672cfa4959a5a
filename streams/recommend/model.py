"""An exported model as a ranker."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from export.head import open_head
from export.index import open_index
from export.runtime import Items, OnnxModel
from pandian.events import Contribution
from streams.features.table import Fixed
from streams.recommend.base import Allowed, RankingError, Scored
from streams.recommend.batching import Batcher
from streams.recommend.explaining import Explaining
from streams.recommend.ranking import All, Columns, Logits

#: Histories that the model may see at once. The weights of a large catalogue are read once for all of them: of 100,000
#: items one alone takes 1.3 ms, each of eight 0.26 ms, and each of sixteen 0.21 ms.
_SIZES = (4, 8, 16, 32)
#: A batch takes no longer, as the first of it waits for the others, and on the event loop everything else does too.
_BATCH_SECONDS, _BATCH_SECONDS_ON_LOOP = 0.03, 0.015
#: A model that is done sooner runs on the event loop: handed to a thread and back, a SASRec of 20,000 items took 1.8 ms
#: for 0.8 on two busy cores, and one request in a hundred 58 ms for 5.
_QUICK_SECONDS = 0.003
_TRIES = 3
#: Columns ordered beyond those asked for, as some may not be allowed.
_SPARE = 32
_WARM_UP = ((1, 1), (1, 10))


class _Job(NamedTuple):
    history: Sequence[str]
    width: int
    """Columns to order; 0: none."""


class _Done(NamedTuple):
    logits: Logits
    columns: Columns
    found: npt.NDArray[np.float32]
    """The logits of the columns."""


class ModelRanker:
    """Ranks the catalogue of a model.

    Args:
        model: the loaded entry.
        thread: where it runs when it is slow; one thread, which other models may share.
        on_loop: whether it may run on the event loop when it is quick.
    """

    def __init__(self, model: OnnxModel, thread: Executor, *, on_loop: bool = True) -> None:
        self.model = model.entry.model
        self.version = model.entry.version
        self.source = model.entry.model
        self.runtime = model
        self.neighbours = open_index(model.entry)
        """Which items are near each other; None where the model has no vectors of items."""
        self._explaining = Explaining(model)
        self.items = Fixed(model.catalogue, model.index)
        """Its items, by their columns."""
        self._head = open_head(model)
        # Nobody waits for what is done only once.
        for batch, length in _WARM_UP:
            self._logits(np.ones((batch, min(length, self.runtime.max_length)), np.int64))
        quick = on_loop and self._seconds(1) < _QUICK_SECONDS
        most = self._at_once(_BATCH_SECONDS_ON_LOOP if quick else _BATCH_SECONDS)
        self._batcher: Batcher[_Job, _Done | None] = Batcher(self._run, most, None if quick else thread)

    @property
    def has_head(self) -> bool:
        """Whether it makes only those logits that matter: see :mod:`export.head`."""
        return self._head is not None

    def _at_once(self, seconds: float) -> int:
        """Return how many long histories it may be given at once, so that all are done in ``seconds``."""
        most, *larger = _SIZES
        for size in larger:
            if self._seconds(size) > seconds:
                break
            most = size
        return most

    def _seconds(self, batch: int) -> float:
        """Return what so many histories take, as long as any is.

        On a processor its own time counts: what else a machine does while it starts says nothing of the model.
        """
        clock = time.thread_time if self.runtime.providers == ["CPUExecutionProvider"] else time.perf_counter
        items = np.ones((batch, self.runtime.max_length), np.int64)
        seconds = []
        for _ in range(_TRIES):
            began = clock()
            self._logits(items)
            seconds.append(clock() - began)
        return min(seconds)

    def known(self, history: Sequence[str]) -> int:
        """Return how many items of a history are in the catalogue."""
        index = self.runtime.index
        return sum(item in index for item in history)

    async def best(self, history: Sequence[str], k: int, allowed: Allowed) -> list[Scored]:
        """Return at most ``k`` items of the catalogue, the best first; items of the history as the card says."""
        width = k + _SPARE
        done = await self._ask(_Job(history, width))
        columns, logits = done.columns, done.found
        found = self._passing(columns, k, allowed)
        if len(found) < k and len(columns) >= width:
            # Few may be allowed, and those may be far down: the others make way, all at once.
            done.logits.drop(np.flatnonzero(~await allowed.mask(self.items)))
        while len(found) < k and len(columns) >= width:
            width *= 4
            columns, logits = done.logits.best(width)
            found = self._passing(columns, k, allowed)
        return self._scored(columns[found].tolist(), logits[found])

    def _passing(self, columns: Columns, k: int, allowed: Allowed) -> list[int]:
        """Return the places of the first ``k`` columns whose items are allowed."""
        catalogue = self.runtime.catalogue
        found: list[int] = []
        for place, column in enumerate(columns.tolist()):
            if allowed(catalogue[column]):
                found.append(place)
                if len(found) == k:
                    break
        return found

    async def score(self, history: Sequence[str], items: Sequence[str]) -> list[Scored]:
        """Return exactly these items; one that is not in the catalogue has the score of the model's last."""
        logits = (await self._ask(_Job(history, 0))).logits
        index = self.runtime.index
        known = [index[item] for item in items if item in index]
        columns = np.array(known, np.int64)
        found = logits.at(columns)
        order = np.lexsort((columns, -found))
        scored = self._scored(columns[order].tolist(), found[order])
        unknown = sorted(set(items) - index.keys())
        last = float(self.runtime.scores(np.array(logits.lowest()))) if unknown else 0.0
        return scored + [Scored(item, last) for item in unknown]

    def vectors(self, items: Sequence[str]) -> npt.NDArray[np.float32] | None:
        """Return vectors of items, zeros of those that are not in the catalogue; None: the model has none."""
        if self.neighbours is None:
            return None
        index = self.runtime.index
        columns = np.array([index.get(item, -1) for item in items], np.int64)
        known = self.neighbours.vectors(columns[columns >= 0])
        found = np.zeros((len(items), known.shape[1]), np.float32)
        found[columns >= 0] = known
        return found

    async def explain(
        self, history: Sequence[str], items: Sequence[str]
    ) -> Sequence[list[Contribution] | None]:
        """Return what moved the logit of each item, the largest first; None where its entry has no features of it."""
        return await self._explaining.of(history, items)

    async def _ask(self, job: _Job) -> _Done:
        try:
            done = await self._batcher.ask(job)
        except Exception as error:
            raise RankingError(f"{self.model} {self.version} failed: {type(error).__name__}") from error
        if done is None:
            raise RankingError(f"{self.model} {self.version} gave logits that are no numbers")
        return done

    def _run(self, jobs: Sequence[_Job]) -> list[_Done | None]:
        logits = self._logits(self.runtime.encode([job.history for job in jobs]))
        return [None if one is None else self._order(job, one) for job, one in zip(jobs, logits, strict=True)]

    def _logits(self, items: Items) -> Sequence[Logits | None]:
        """Return the logits after each history; None where they are no numbers."""
        if self._head is not None:
            return self._head.run(self.runtime.checked(items))
        return [All(row) if np.isfinite(row).all() else None for row in self.runtime.logits(items)]

    def _order(self, job: _Job, logits: Logits) -> _Done:
        if not job.width:
            return _Done(logits, np.zeros(0, np.int64), np.zeros(0, np.float32))
        if not self.runtime.keeps_seen:
            index = self.runtime.index
            logits.drop([index[item] for item in job.history if item in index])
        return _Done(logits, *logits.best(job.width))

    def _scored(self, columns: list[int], logits: npt.NDArray[np.float32]) -> list[Scored]:
        scores = self.runtime.scores(logits).tolist()
        catalogue = self.runtime.catalogue
        return [Scored(catalogue[column], score) for column, score in zip(columns, scores, strict=True)]
