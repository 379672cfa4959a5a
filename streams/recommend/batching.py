"""Runs a model on whatever waits: many at once when many ask, one at once when one does."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class Batcher(Generic[Job, Result]):
    """Hands jobs to ``run`` in the order in which they came.

    Args:
        run: gets at least one job, returns as many results.
        most: jobs at once, so that none waits for too many others.
        thread: where it runs; None: on the event loop, others having their turn between two batches.
    """

    def __init__(
        self, run: Callable[[Sequence[Job]], Sequence[Result]], most: int, thread: Executor | None
    ) -> None:
        self._run = run
        self._most = most
        self._thread = thread
        self._waiting: deque[tuple[Job, asyncio.Future[Result]]] = deque()
        self._busy: asyncio.Task[None] | None = None

    async def ask(self, job: Job) -> Result:
        """Return the result of one job.

        Raises:
            Exception: whatever ``run`` raised for the batch that it was in.
        """
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((job, result))
        if self._busy is None or self._busy.done():
            self._busy = loop.create_task(self._work())
        return await result

    async def _work(self) -> None:
        while self._waiting:
            batch = self._next()
            if not batch:
                continue
            futures = [future for _, future in batch]
            try:
                results = await self._results([job for job, _ in batch])
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who asked
                for future in futures:
                    if not future.done():
                        future.set_exception(error)
            else:
                for future, result in zip(futures, results, strict=True):
                    if not future.done():
                        future.set_result(result)

    def _next(self) -> list[tuple[Job, asyncio.Future[Result]]]:
        """Take the next jobs; those that nobody waits for any more are left out."""
        taken: list[tuple[Job, asyncio.Future[Result]]] = []
        while self._waiting and len(taken) < self._most:
            job, future = self._waiting.popleft()
            if not future.done():
                taken.append((job, future))
        return taken

    async def _results(self, jobs: Sequence[Job]) -> Sequence[Result]:
        if self._thread is not None:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, jobs)
        await asyncio.sleep(0)
        return self._run(jobs)
