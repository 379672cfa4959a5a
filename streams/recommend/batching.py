"""One thread runs a model on whatever waits: many at once when many ask, one at once when one does."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class Batcher(Generic[Job, Result]):
    """Hands jobs to ``run`` in a thread, in the order in which they came.

    Args:
        run: gets at least one job, returns as many results.
        thread: where it runs.
        most: jobs at once, so that none waits for too many others.
    """

    def __init__(self, run: Callable[[Sequence[Job]], Sequence[Result]], thread: Executor, most: int) -> None:
        self._run = run
        self._thread = thread
        self._most = most
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
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            try:
                results = await loop.run_in_executor(self._thread, self._run, [job for job, _ in batch])
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who asked
                _fail([future for _, future in batch], error)
            else:
                for (_, future), result in zip(batch, results, strict=True):
                    if not future.done():
                        future.set_result(result)


def _fail(futures: Sequence[asyncio.Future[Result]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
