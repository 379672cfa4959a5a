"""One retraining at a time: the registry's lease is taken, and the work folder, and the steps are done."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from export.registry import Lease, ModelRegistry
from models.config import TrainConfig
from models.progress import Reporter
from models.retraining.base import ALERT, Reason, Retraining, Said, ShadowWish, Task
from models.retraining.steps import Steps
from models.retraining.work import Work
from models.source import is_files, read_labels, read_names, read_source
from pandian.moments import moment
from pandian.settings import Settings


@dataclass(frozen=True)
class Runner:
    """Retrains as it is asked for.

    Args:
        settings: the broker.
        registry: has the champion, and gets what is trained, promoted or not.
        place: where a retraining goes on after a kill.
        source: where interactions are read from.
        items: where names of items are read from, as :func:`models.source.read_names` takes it.
        config: how to train.
        shadow: how long it is tried out; None: not at all.
        by: who does this; None: the user of this session.
        said: is told, in a line each, what a person should know.
        told: is given what came of each retraining, before it is ended.
    """

    settings: Settings
    registry: ModelRegistry
    place: Work
    source: tuple[str, ...]
    items: str | None
    config: TrainConfig
    shadow: ShadowWish | None
    by: str | None
    said: Said
    told: Callable[[Retraining], None]

    def once(self, reason: Reason, *, wait: bool, started: float) -> None:
        """Retrain now, or go on with what was not done.

        Args:
            reason: why; with the kind ``calibration`` the champion is calibrated anew, and nothing is trained.
            wait: until nobody else is at it.
            started: of ``time.monotonic``, when ``config.max_seconds`` began to run.

        Raises:
            BusyError: when somebody else is at it.
            PandianError: as :meth:`models.retraining.steps.Steps.run`.
        """
        with Lease(self.registry.leases(), self.by).acquire(wait=wait, said=self.said) as lease:
            started = time.monotonic() if wait else started
            with self.place.held():
                self._do(reason, lease.check, started)

    def try_out(self, *, started: float) -> None:
        """Train and compare; nothing is kept, and others may be at it."""
        with tempfile.TemporaryDirectory(prefix="pandian-retrain-") as folder:
            place = Work(Path(folder))
            with Reporter(self.config.max_seconds, started) as progress:
                found = self._steps(Reason(), place, progress, lambda: None, started, dry_run=True).run()
            self.told(found)
            place.clear()

    def when(self, why: Callable[[], Reason | None]) -> None:
        """Go on with what was not done; else retrain for a reason, if there still is one when it is our turn."""
        with (
            Lease(self.registry.leases(), self.by).acquire(wait=True, said=self.said) as lease,
            self.place.held(),
        ):
            task = self._task(Reason())
            now = self.registry.champion()
            champion = str(now.reference) if now else None
            begun = self.place.pending(self.registry.address, task, champion, self.said, again=True)
            reason = begun.reason if begun else why()
            if reason is not None:
                if begun is None:
                    self.said(_because(reason, champion))
                self._do(reason, lease.check, time.monotonic(), again=True)

    def _do(self, reason: Reason, check: Callable[[], None], started: float, *, again: bool = False) -> None:
        with Reporter(self.config.max_seconds, started) as progress:
            found = self._steps(reason, self.place, progress, check, started).run(again=again)
        self.told(found)
        self.place.end()

    def _steps(
        self,
        reason: Reason,
        place: Work,
        progress: Reporter,
        check: Callable[[], None],
        started: float,
        *,
        dry_run: bool = False,
    ) -> Steps:
        return Steps(
            self._task(reason, progress.rows, dry_run=dry_run),
            place,
            self.registry,
            self.settings,
            said=self.said,
            progress=progress,
            check=check,
            started=started,
        )

    def _task(
        self, reason: Reason, rows: Callable[[str, int], None] = lambda *_: None, *, dry_run: bool = False
    ) -> Task:
        return Task(
            lambda: read_source(self.source, self.said, rows),
            self.config,
            names=lambda: read_names(self.source, self.items, self.said),
            labels=cache(partial(read_labels, self.source)),
            source=(*self.source, *_stamps(self.source)),
            items=self.items,
            shadow=self.shadow,
            by=self.by,
            reason=reason,
            dry_run=dry_run,
        )


def _because(reason: Reason, champion: str | None) -> str:
    """Return why a retraining begins, for people."""
    if reason.what != ALERT:
        return "retraining: it is time again"
    since = "" if reason.since is None else f", since {moment(reason.since)}"
    return f"retraining: an alert {reason.kind} of {champion} fires{since}"


def _stamps(source: tuple[str, ...]) -> Iterator[str]:
    """Yield what tells a file from one of the same name that was written later."""
    for name in source if is_files(source) else ():
        if Path(name).is_file():
            found = Path(name).stat()
            yield f"{found.st_size} {found.st_mtime_ns}"


def work_folder(settings: Settings, registry: ModelRegistry) -> Path:
    """Return where retrainings of a registry go on, where nothing else is said."""
    return settings.datadir / "retrain" / sha256(registry.address.encode()).hexdigest()[:12]
