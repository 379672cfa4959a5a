"""One run of the demo: everything is started, the story is told, and everything ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from pandian.errors import UsageError
from pandian.settings import Settings
from streams.demo.acts import history_lines
from streams.demo.api import WorkerApi
from streams.demo.dataset import count
from streams.demo.outcome import DemoOptions, Outcome
from streams.demo.registry import demo_registry
from streams.demo.screen import Scene, View
from streams.demo.shop import TOPICS
from streams.demo.story import Story
from streams.demo.watching import check, process_age, refuse_existing
from streams.worker import Worker, WorkerOptions

GLOB = "shop.*"
#: The shop has but some thousand positive labels until its import goes wrong, and it moves on from what the model has
#: learnt: that alone is to be no alarm here.
WATCHED: Mapping[str, Any] = {"watch_reference": 500, "watch_tolerance": 0.08, "watch_window": 2_000}


class Demo:
    """One run of the demo.

    Args:
        settings: The broker (None: an embedded one), the registry, and the page's address. A taken port is replaced by
            a free one.
        options: How much and how fast.
        view: Shows what is going on.
    """

    def __init__(self, settings: Settings, options: DemoOptions, view: View) -> None:
        self._settings = settings
        self._options = options
        self._view = view
        self._started = time.monotonic() - process_age()

    async def run(self, finished: Callable[[Outcome], None]) -> None:
        """Run until the story is told, tell ``finished``, and end (or go on, when it is to be kept).

        However it ends, also by being cancelled: worker, replay, training and an embedded broker have ended when it
        returns.

        Raises:
            PandianError: when something does not work; UsageError before anything was sent.
        """
        self._view.show(Scene("starting a worker", time.monotonic() - self._started))
        lines = await asyncio.to_thread(history_lines, self._options.limit), count(self._options.limit)
        with demo_registry(self._settings) as models:
            worker = self._worker(models)
            if not worker.embedded:
                await refuse_existing(self._settings)
            async with worker, WorkerApi(worker.url) as api:
                story = Story(worker, api, self._options, lines, models, self._view, self._started)
                finished(await story.tell())
                if self._options.keep:
                    await asyncio.wait([worker.failed])
                    check(worker)

    def _worker(self, models: str) -> Worker:
        options = WorkerOptions(globs=(GLOB,), make={topic.name: topic.partitions for topic in TOPICS})
        changes: dict[str, Any] = {"models": models}
        if self._options.wrong:
            changes |= WATCHED
        settings = self._settings.model_copy(update=changes)
        try:
            return Worker(settings, options)
        except UsageError:
            if not settings.port:
                raise
            worker = Worker(settings.model_copy(update={"port": 0}), options)
            self._view.say(f"port {settings.port} is taken: the page is at {worker.url}")
            return worker
