"""The folder in which a retraining goes on after a kill, and which alerts were answered.

``journal.json``        which steps are done, and what was decided in each; replaced as a whole
``interactions.arrow``  what was read; ``entry/``, ``test.npz``: what was trained on it; ``checkpoints/``: what is being
``memory.json``         alerts that were answered, and when the last retraining ended
``lock``                held while somebody is at it; it ends with the process
"""

from __future__ import annotations

import fcntl
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from export.registry.folders import replace_file
from models.retraining.base import Reason, Task
from models.retraining.exceptions import WorkError
from models.retraining.kept import ENTRY, LOG, TEST

#: The steps, in their order.
READ, TRAINED, COMPARED, REGISTERED, SHADOW, TRIED, PROMOTED, DONE = (
    "read",
    "trained",
    "compared",
    "registered",
    "shadow",
    "tried",
    "promoted",
    "done",
)
_FORMAT = 1
_JOURNAL, _MEMORY, _LOCK, _CHECKPOINTS = "journal.json", "memory.json", "lock", "checkpoints"
#: What was read is not learned from any more after so long: people may have been forgotten since.
_FRESH_MS = 24 * 3_600_000
#: Alerts that are remembered.
_REMEMBERED = 10_000


@dataclass
class Journal:
    """What was done of one retraining."""

    id: str
    registry: str
    digest: str
    """Of what was asked for."""
    reason: Reason
    champion: str | None
    """Who answered when it began."""
    began: int
    """Epoch milliseconds."""
    steps: dict[str, Any] = field(default_factory=dict)
    """What was decided in each step that is done, by its name."""

    @property
    def last(self) -> str | None:
        """Return the last step that is done."""
        return next(reversed(self.steps), None)

    @classmethod
    def of(cls, found: Any) -> Journal:
        """Return what a JSON value is; raises LookupError or TypeError when it is none."""
        if found["format"] != _FORMAT:
            raise KeyError(found["format"])
        return cls(
            id=str(found["id"]),
            registry=str(found["registry"]),
            digest=str(found["digest"]),
            reason=Reason.of(found["reason"]),
            champion=found["champion"],
            began=int(found["began"]),
            steps=dict(found["steps"]),
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"format": _FORMAT, **asdict(self)}


class Work:
    """One folder; at most one process is at it.

    Args:
        folder: is made when there is something to remember.
        stepped: is told of each step that is done, after it is remembered.
    """

    def __init__(self, folder: Path, stepped: Callable[[str], None] = lambda _: None) -> None:
        self.folder = folder
        self._stepped = stepped
        self._journal: Journal | None = None

    @property
    def checkpoints(self) -> Path:
        """Where a training keeps its checkpoints."""
        return self.folder / _CHECKPOINTS

    @property
    def is_begun(self) -> bool:
        """Whether something was begun and not ended."""
        return (self.folder / _JOURNAL).exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only one at it.

        Raises:
            WorkError: when somebody else is, or the folder cannot be written.
        """
        with _writing(self.folder):
            self._make()
            lock = (self.folder / _LOCK).open("a")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise WorkError(
                    str(self.folder), "somebody else works in it", "wait for them, or name another --work"
                ) from error
            yield

    def pending(
        self,
        registry: str,
        task: Task,
        champion: str | None,
        said: Callable[[str], None],
        *,
        again: bool = False,
    ) -> Journal | None:
        """Return what is not done yet of what is asked for; None when nothing is.

        Args:
            registry: its address.
            task: what is asked for; what was asked for otherwise, is too old or is done is removed.
            champion: who answers now; what has not been compared with it is removed.
            said: is told of what is removed though it was not done.
            again: return also what is done, and was not ended.

        Raises:
            WorkError: when it is another registry's, or cannot be read.
        """
        found = self._read()
        if found is None:
            return None
        if found.registry != registry:
            raise WorkError(
                f"{self.folder}: of the registry {found.registry}",
                f"must be of {registry}",
                "name another --work, or remove the folder",
            )
        done = DONE in found.steps
        why = _dropped(found, task, champion)
        if why is None and (again or not done):
            self._journal = found
            return found
        if done:
            self.end()
        else:
            said(f"the retraining that was at '{found.last or 'begun'}' is given up: {why}")
            self.clear()
        return None

    def begin(self, registry: str, task: Task, champion: str | None) -> Journal:
        """Forget what was, and begin anew."""
        with _writing(self.folder):
            self._make()
        self.clear()
        now = time.time_ns() // 1_000_000
        self._journal = Journal(uuid.uuid4().hex, registry, task.digest, task.reason, champion, now)
        self._write(_JOURNAL, self._journal.document())
        return self._journal

    def done(self, step: str, **decided: Any) -> None:
        """Remember that a step is done, and what was decided in it."""
        assert self._journal is not None  # noqa: S101 - there is no step before the beginning
        if step in self._journal.steps:
            return
        self._journal.steps[step] = decided
        self._write(_JOURNAL, self._journal.document())
        self._stepped(step)

    def end(self) -> None:
        """Remember that the alerts were answered, and remove what is not needed any more."""
        found = self._read()
        if found is not None and DONE in found.steps:
            memory = self._memory()
            alerts = [*memory["alerts"], *(one for one in found.reason.alerts if one not in memory["alerts"])]
            # When it began: what came since is what the next one learns.
            self._write(_MEMORY, {"alerts": alerts[-_REMEMBERED:], "last": found.began})
        self.clear()

    def clear(self) -> None:
        """Remove what was done; which alerts were answered stays known."""
        self._journal = None
        with _writing(self.folder):
            # The journal goes first: without it the rest is nothing.
            for name in (_JOURNAL, LOG, TEST):
                (self.folder / name).unlink(missing_ok=True)
            self.clear_entry()
            shutil.rmtree(self.checkpoints, ignore_errors=True)

    def _make(self) -> None:
        # What lies here names people: it is nobody else's to read.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def clear_entry(self) -> None:
        """Remove an entry of a training that was not remembered as done."""
        for path in (self.folder / ENTRY, *self.folder.glob(f".{ENTRY}.*")):
            if path.is_dir():
                path.chmod(0o755)
                shutil.rmtree(path)

    def answered(self, alert_id: str) -> bool:
        """Tell whether a retraining has answered an alert."""
        return alert_id in self._memory()["alerts"]

    def last(self) -> int | None:
        """Return when the last retraining began that came to its end, epoch milliseconds; None: none did."""
        found = self._memory()["last"]
        return None if found is None else int(found)

    def _memory(self) -> dict[str, Any]:
        found = self._json(_MEMORY)
        return {"alerts": [], "last": None} if found is None else {**found}

    def _read(self) -> Journal | None:
        found = self._json(_JOURNAL)
        try:
            return None if found is None else Journal.of(found)
        except (LookupError, TypeError) as error:
            raise self._damaged(_JOURNAL) from error

    def _json(self, name: str) -> Any:
        try:
            return orjson.loads((self.folder / name).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, orjson.JSONDecodeError) as error:
            raise self._damaged(name) from error

    def _damaged(self, name: str) -> WorkError:
        return WorkError(
            str(self.folder / name), "must be what `pandian retrain` wrote", "remove it, and begin anew"
        )

    def _write(self, name: str, document: dict[str, Any]) -> None:
        replace_file(self.folder / name, orjson.dumps(document))


def _dropped(found: Journal, task: Task, champion: str | None) -> str | None:
    """Say why what was begun is not gone on with; None when it is."""
    if found.digest != task.digest:
        return "it was asked for with other options"
    if COMPARED in found.steps:
        return None
    if found.champion != champion:
        return f"{champion or 'nothing'} became the champion meanwhile"
    late = time.time_ns() // 1_000_000 - found.began > _FRESH_MS
    return "what it has read is more than a day old" if late else None


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkError(
            f"{error.filename or folder}",
            f"cannot be written ({error.strerror or error})",
            "make room or give permission, or name another --work",
        ) from error
