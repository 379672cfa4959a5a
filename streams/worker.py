"""One worker: broker, app, stages and pages put together, started in order and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from aiohttp.typedefs import Handler

from monitoring.metrics import WorkerMetrics
from pandian import topics
from pandian.errors import PandianError, UsageError
from pandian.settings import Settings
from streams.app import create_app
from streams.folder import own_folder
from streams.interactions.override import read_overrides
from streams.inventory.quality.thresholds import read_thresholds
from streams.stages.archive import ArchivePart
from streams.stages.causing import Causes
from streams.stages.context import StageContext
from streams.stages.discovery import Discovery
from streams.stages.extraction import ExtractionPart
from streams.stages.extractions import ExtractionsPart
from streams.stages.feedback import FeedbackPart
from streams.stages.follower import INVENTORY_CONFIG, InventoryFollower
from streams.stages.loading import StartFrom
from streams.stages.measured import MeasuresPart
from streams.stages.merge import MergeStage
from streams.stages.part import Part
from streams.stages.posting import PostingPart
from streams.stages.profile import ProfileStage
from streams.stages.profiles_log import PROFILES_CONFIG, PROFILES_PARTITIONS, ProfilesLog
from streams.stages.sequences import SequencesPart
from streams.stages.serving import ServingPart
from streams.state import CHANGELOG_CONFIG, CheckpointedTable, changelog_topic
from streams.status import OwnedAssets, WorkerStatus
from streams.transport.admin import ClusterAdmin
from streams.transport.embedded import EmbeddedBroker
from streams.tuning import tune_process
from streams.web.alerts import alerts_paths
from streams.web.forget import forget_paths
from streams.web.gated import GatedRunner
from streams.web.guard import allowed_hosts
from streams.web.interactions import interactions_paths
from streams.web.recommend import recommend_paths
from streams.web.routes import routes
from streams.worklog import logger

log = logger("worker")

ROLES = ("profile", "merge", "interact", "archive", "serve", "watch")
#: Session of a worker on the embedded broker, seconds: nobody else is there, and a join waits for half of it.
_EMBEDDED_SESSION = 3.0
#: Faust stops within this, whatever the broker does, counted from the beginning of the stop; connections have half a
#: second more.
_STOP_SECONDS = 3.0
#: Writing the last state may take so long: the parts together, and before them the inventory.
_CLOSE_SECONDS = 1.25
_LEAVE_SECONDS = 0.5
#: What the merge stage remembers of each asset.
TABLE = "inventory"
_QUARANTINE_PARTITIONS = 4


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What a worker is told on its command line."""

    globs: Sequence[str] = ("*",)
    """Topics to read."""
    roles: frozenset[str] = frozenset(ROLES)
    """profile: count records; merge: keep the inventory; interact: turn the records that this worker profiles into
    interactions; archive: write them to the archive, if there is one; serve: page, API and recommendations; watch:
    labels, AUC and the inventory as metrics."""
    start: StartFrom = field(default_factory=StartFrom)
    """Where to begin a partition of which nothing is known."""
    max_rate: float | None = None
    """At most so many records a second."""
    make: Mapping[str, int] = field(default_factory=dict)
    """Topics to make before reading begins, with their partitions. Those that are there stay as they are."""


class Worker:
    """A running worker. ``async with Worker(...)`` starts it; leaving stops it in order.

    Raises:
        BrokerError: when the broker does not answer.
        SettingError: when a file that a setting names is not as it must be, before anything is started.
        UsageError: when the port is taken.
    """

    def __init__(self, settings: Settings, options: WorkerOptions) -> None:
        _check_files(settings)
        self.options = options
        self.embedded = EmbeddedBroker() if settings.broker is None else None
        changes: dict[str, Any] = {"port": _usable_port(settings.host, settings.port)}
        if self.embedded:
            changes |= {"broker": self.embedded.address, "session_seconds": _EMBEDDED_SESSION}
        self.settings = settings.model_copy(update=changes)
        self.follower = InventoryFollower(self.settings)
        self.profile: ProfileStage | None = None
        self.merge: MergeStage | None = None
        self.parts: list[Part] = []
        self.extraction: ExtractionPart | None = None
        self.extractions: ExtractionsPart | None = None
        self.feedback: FeedbackPart | None = None
        self.measures: MeasuresPart | None = None
        self.sequences: SequencesPart | None = None
        self.serving: ServingPart | None = None
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._stack = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{self.settings.host}:{self.settings.port}"

    async def __aenter__(self) -> Worker:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        asyncio.get_running_loop().set_exception_handler(_on_loop_trouble)
        if self.embedded:
            self._stack.callback(self.embedded.stop)
            self.embedded.start()
        self.admin = ClusterAdmin(self.settings)
        self._stack.push_async_callback(self.admin.close)
        await self.admin.ensure_topic(topics.INVENTORY, 1, INVENTORY_CONFIG)
        await self.admin.ensure_topic(topics.QUARANTINE, _QUARANTINE_PARTITIONS, {})
        made = await self.admin.ensure_topic(topics.PROFILES, PROFILES_PARTITIONS, PROFILES_CONFIG)
        if not self.embedded:
            self._stack.enter_context(own_folder(self.settings.datadir))
        changelog = await self.admin.ensure_topic(
            changelog_topic(self.settings.group, TABLE), made.partitions, CHANGELOG_CONFIG
        )
        # Local state belongs to one changelog: of another cluster, or made again, it would be wrong.
        self.settings = self.settings.model_copy(
            update={"datadir": self.settings.datadir / str(changelog.id)}
        )
        for name, partitions in self.options.make.items():
            await self.admin.ensure_topic(name, partitions, {})
        self.app = create_app(self.settings, durable=self.embedded is None)
        self.owned = OwnedAssets()
        self.metrics = WorkerMetrics(self.owned if "watch" in self.options.roles else None)
        self._stack.push_async_callback(self._close_parts)
        await self._add_stages(ProfilesLog(self.app, made.partitions))
        self.status = WorkerStatus(
            app=self.app,
            settings=self.settings,
            roles=self.options.roles,
            embedded=self.embedded is not None,
            profile=self.profile,
            follower=self.follower if "serve" in self.options.roles else None,
            sequences=self.sequences,
            extraction=self.extraction,
        )
        self.app.web.web_app.add_routes(
            routes(
                self.status,
                self.metrics,
                hosts=allowed_hosts(self.settings.host),
                more=self._more_paths(),
                deletes=forget_paths(self.serving, self.settings.admin_token) if self.serving else {},
            )
        )
        if self.serving:
            self.app.web._runner = GatedRunner(self.app.web.web_app, self.serving.gate, access_log=None)
        # Without a stage there is nothing to consume: Faust is the web server only.
        self.app.producer_only = not (self.profile or self.merge or self.serving or self.feedback)
        self._stack.push_async_callback(self._stop)
        await self.app.start()
        self._run_tasks()

    async def _add_stages(self, profiles: ProfilesLog) -> None:
        context = StageContext(
            self.app, self.admin, profiles, self.settings, self.metrics, self.embedded is None
        )
        if "profile" in self.options.roles:
            self.profile = ProfileStage(context, self.options.start, self.options.max_rate)
            self.discovery = Discovery(
                self.admin, self.profile.topic, self.options.globs, self.settings.discovery_seconds
            )
            self.metrics.broker_away(lambda: self.discovery.away)
            self.profile.known_at_start(await self.discovery.look())
        if "merge" in self.options.roles:
            table = CheckpointedTable(self.app, TABLE, partitions=profiles.partitions)
            self.merge = self.owned.merge = MergeStage(context, table)
        for part in self._parts(context):
            self.parts.append(part)
            await part.start()

    def _parts(self, context: StageContext) -> list[Part]:
        """Return what the roles ask for beside the stages of the inventory, in the order of the data."""
        parts: list[Part] = [self.merge.relations, self.merge.noticing] if self.merge else []
        if "interact" in self.options.roles and self.profile:
            self.extraction = ExtractionPart(context, self.profile, self.follower)
            parts.append(self.extraction)
        if "archive" in self.options.roles and self.profile and self.settings.archive:
            parts.append(ArchivePart(context, self.profile, self.follower))
        if self.options.roles & {"serve", "watch"}:
            self.extractions = ExtractionsPart(context, self.follower)
            parts.append(self.extractions)
        if "serve" in self.options.roles:
            self.sequences = SequencesPart(context)
            self.serving = ServingPart(context, self.sequences)
            parts += [self.sequences, self.serving]
        if "watch" in self.options.roles:
            self.feedback = FeedbackPart(context)
            parts.append(self.feedback)
            if self.settings.alert_webhook:
                parts.append(PostingPart(context, self._speaks))
        if self.extractions:
            self.measures = MeasuresPart(
                context, self._speaks, Causes(self.follower, self.extractions.document, context)
            )
            parts.append(self.measures)
        return parts

    def _speaks(self) -> bool:
        """Tell whether this worker speaks for all of what is merged: the one that has the first partition does."""
        return bool(self.feedback and self.feedback.owns(0))

    def _more_paths(self) -> dict[str, Handler]:
        """Return what the web server answers beside the inventory."""
        paths: dict[str, Handler] = (
            recommend_paths(self.serving, self.measures, self.serving.gate) if self.serving else {}
        )
        if self.extractions:
            paths |= interactions_paths(self.extractions)
        if self.measures:
            paths |= alerts_paths(self.measures)
        return paths

    def _run_tasks(self) -> None:
        if self.profile:
            self._spawn(self.profile.run())
            self._spawn(self.discovery.run())
        if self.merge:
            self._spawn(self.merge.run())
        for part in self.parts:
            self._spawn(part.run())
        if self.options.roles & {"serve", "watch", "interact", "archive"}:
            self._spawn(self.follower.run())
        self._spawn(self._watch_app())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(self._on_done)
        self._tasks.append(task)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) and not self.failed.done():
            self.failed.set_exception(error)

    async def _watch_app(self) -> None:
        """Fail when Faust gives up: its supervisor stops the app but tells nobody."""
        while not self.app.crashed:  # noqa: ASYNC110 - mode offers a flag, no awaitable, that several may use
            await asyncio.sleep(0.2)
        raise self.app.crash_reason or RuntimeError("Faust stopped without a reason")

    async def _stop(self) -> None:
        began = time.monotonic()
        if self.profile:
            await _closed(self.profile)
        await self._close_parts()
        for task in self._tasks:
            task.cancel()
        left = max(_LEAVE_SECONDS, _STOP_SECONDS - (time.monotonic() - began))
        try:
            await asyncio.wait_for(self.app.stop(), left)
        except TimeoutError:
            log.warning("Faust did not stop in time; everything counted is written, so leaving it")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LEAVE_SECONDS)

    async def _close_parts(self) -> None:
        """Close the parts that were started, each once, also where one of them could not start."""
        parts, self.parts = self.parts, []
        await asyncio.gather(*map(_closed, parts))


async def _closed(part: Part | ProfileStage) -> None:
    """Close a part, however long it wants to take, and whatever is wrong with it: all else is to end as well.

    Without that, Faust's threads would go on, and a process without its web server would never end.
    """
    try:
        await asyncio.wait_for(part.close(), _CLOSE_SECONDS)
    except TimeoutError:
        log.warning("%s could not write its last state: not in time", type(part).__name__)
    except Exception as error:  # noqa: BLE001 - a folder that is gone, a disk that is full: what it knows is in the topics
        why = " ".join(str(error).split())[:200] or type(error).__name__
        log.warning("%s could not write its last state: %s", type(part).__name__, why)


async def run_worker(settings: Settings, options: WorkerOptions) -> None:
    """Run a worker until SIGTERM or SIGINT, then stop in order.

    Raises:
        PandianError: one line for the user.
    """
    tune_process(options.roles)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    started = asyncio.Event()
    serving = asyncio.ensure_future(_serve(settings, options, stop, started))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not started.is_set():
        serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def _serve(
    settings: Settings, options: WorkerOptions, stop: asyncio.Event, started: asyncio.Event
) -> None:
    async with Worker(settings, options) as worker:
        started.set()
        tell(worker)
        ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(stop.wait()), worker.failed]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if worker.failed.done():
            raise PandianError(
                "the worker",
                f"stopped because of {' '.join(repr(worker.failed.exception()).split())}",
                "start it again: nothing is lost",
            ) from worker.failed.exception()
        log.info("stopping")


def tell(worker: Worker) -> None:
    """Say in one line each which broker is used and where the page is."""
    if worker.embedded:
        say(
            f"no PANDIAN_BROKER is set: started an embedded broker on {worker.embedded.address}, in memory only"
        )
    else:
        say(f"connected to {worker.settings.broker}")
    say(f"the page: {worker.url}")


def say(line: str) -> None:
    """Print one line for people to stderr."""
    print(line, file=sys.stderr, flush=True)


def _on_loop_trouble(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Pass over connections that Faust leaves open when it is stopped while it starts; the process ends anyway."""
    if not str(context.get("message", "")).startswith("Unclosed"):
        loop.default_exception_handler(context)


def _check_files(settings: Settings) -> None:
    """Read the user's files once, so that what is wrong with them is said before a broker is asked for anything."""
    read_overrides(settings.mapping)
    read_thresholds(settings.quality)


def _usable_port(host: str, port: int) -> int:
    """Return the port, or a free one for 0; a taken one is a usage error before anything was started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise UsageError(
                    f"PANDIAN_HOST={host}", f"cannot listen there ({error.strerror})", "choose another --host"
                ) from error
            raise UsageError(
                f"PANDIAN_PORT={port}",
                f"cannot listen on {host}:{port} ({error.strerror})",
                "choose another --port",
            ) from error
        return int(probe.getsockname()[1])
