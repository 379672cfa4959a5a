"""An alert when retraining as a service fails: after an hour of nothing but failures, until an attempt gets through.

What has failed stands in the work folder, so a service that is killed in each attempt, as for want of memory, and
started anew each time is told of too.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from export.registry import RegistryError
from export.registry.folders import replace_file
from models.retraining.base import Said
from pandian.errors import PandianError
from pandian.events import RETRAINING_FAILS, Alert, encode
from pandian.kafka_writing import write
from pandian.moments import moment
from pandian.settings import Settings
from pandian.topics import ALERTS

#: What failed so often in turn, and for so long, is told: a broker that is started anew is none of it.
ATTEMPTS, AFTER_MS = 3, 3_600_000
_FILE = "failing.json"
_KILLED = "its process ended without a word, as when it is killed for want of memory"


@dataclass
class _Trouble:
    """What has failed since an attempt got through."""

    since: int
    """Epoch milliseconds: when the first attempt that failed began."""
    attempts: int = 0
    """That failed."""
    why: str = ""
    """The last of them did."""
    under_way: bool = False
    """Whether another one has begun; what is found so at a start was killed."""
    alert_id: str | None = None
    """Of the alert that tells it; None: nobody was told."""


def _now() -> int:
    return time.time_ns() // 1_000_000


class Failing:
    """Counts what fails in turn, and tells it on ``pandian.alerts``.

    Args:
        folder: where it is remembered; where it cannot be written, it is remembered until the process ends.
        subject: whom the alert is about: the address of the registry.
        settings: the broker; where none is set nobody is told.
        said: is told when an alert cannot be written.
        now: returns the time, epoch milliseconds.
    """

    def __init__(
        self, folder: Path, subject: str, settings: Settings, said: Said, now: Callable[[], int] = _now
    ) -> None:
        self._path = folder / _FILE
        self._subject = subject
        self._settings = settings
        self._said = said
        self._now = now
        self._trouble = self._read()
        if self._trouble is not None and self._trouble.under_way:
            self._failed(self._trouble, _KILLED)

    def begun(self) -> None:
        """An attempt begins."""
        found = self._trouble or _Trouble(self._now())
        found.under_way = True
        self._keep(found)

    def interrupted(self) -> None:
        """A person or a restart has ended the service: what was under way has not failed."""
        if self._trouble is not None and self._trouble.under_way:
            self._trouble.under_way = False
            self._keep(self._trouble if self._trouble.attempts else None)

    def failed(self, why: str) -> None:
        """Something came to nothing: an attempt, or the look whether there is a reason to."""
        self._failed(self._trouble or _Trouble(self._now()), why)

    def over(self) -> None:
        """An attempt got through, or there is no reason for one any more.

        Raises:
            BrokerError: when the end of an alert cannot be written; it is tried again the next time.
        """
        found = self._trouble
        if found is None:
            return
        if found.alert_id is not None:
            text = f"Retraining for {self._subject} works again, or there is no reason for it any more."
            self._write(found, "resolved", text, text)
        self._keep(None)

    def _failed(self, found: _Trouble, why: str) -> None:
        found.attempts, found.why, found.under_way = found.attempts + 1, why, False
        long = self._now() - found.since >= AFTER_MS
        if (
            found.alert_id is None
            and long
            and found.attempts >= ATTEMPTS
            and self._settings.bootstrap_servers
        ):
            self._tell(found)
        self._keep(found)

    def _tell(self, found: _Trouble) -> None:
        since = moment(found.since)
        evidence = f"{found.attempts} attempts since {since}, and none came to its end; the last: {found.why}"
        found.alert_id = uuid.uuid4().hex
        try:
            self._write(found, "firing", evidence, f"Retraining for {self._subject} fails: {evidence}.")
        except PandianError as error:
            found.alert_id = None
            self._said(f"nobody can be told that retraining fails: {error}")

    def _write(self, found: _Trouble, state: str, evidence: str, text: str) -> None:
        alert = Alert(
            alert_id=str(found.alert_id),
            kind=RETRAINING_FAILS,
            state=state,
            subject=self._subject,
            evidence=evidence,
            size=float(found.attempts),
            since=found.since,
            time=self._now(),
            text=text,
            runbook=f"docs/runbooks/{RETRAINING_FAILS}.md",
        )
        write(self._settings, ALERTS, [(self._subject.encode(), encode(alert))])

    def _read(self) -> _Trouble | None:
        try:
            return _Trouble(**orjson.loads(self._path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None  # there is none, or nothing that we wrote

    def _keep(self, found: _Trouble | None) -> None:
        self._trouble = found
        try:
            if found is None:
                self._path.unlink(missing_ok=True)
            else:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                replace_file(self._path, orjson.dumps(asdict(found)))
        except (OSError, RegistryError):
            pass  # a full disk may be what is wrong: that is to be told, not to hinder it
