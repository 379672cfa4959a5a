"""Who is at something that only one may do at a time: named, since when, and until when unless it is renewed."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from export.registry.exceptions import BusyError, LeaseLostError, RegistryError
from pandian.who import current_user

#: How long a lease holds that nobody renews, and how often it is renewed within that time.
SECONDS = 60.0
_RENEWALS = 4
#: Clocks that agree to some seconds show no lease that ends later.
_FARTHEST_MS = 2 * SECONDS * 1000
#: Between two looks whether it is free.
_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds a lease, as it is written down."""

    id: str
    by: str
    """Who does it."""
    place: str
    """Machine, and the space in which its processes are numbered."""
    process: int
    born: str
    """When that process began, in the machine's own count: a number may come again; empty: it cannot be told."""
    since: int
    """Epoch milliseconds."""
    until: int
    """Epoch milliseconds: then it is free, unless it was renewed. 0: it was given back."""

    @classmethod
    def of(cls, found: Any) -> Holding:
        """Return what a JSON value is; raises KeyError, TypeError or ValueError when it is none."""
        return cls(
            id=str(found["id"]),
            by=str(found["by"]),
            place=str(found["place"]),
            process=int(found["process"]),
            born=str(found["born"]),
            since=int(found["since"]),
            until=int(found["until"]),
        )

    @property
    def is_held(self) -> bool:
        """Whether somebody is at it: its time is not over, and its process not known to have ended.

        Nobody writes a time that far ahead: a clock was wrong then, and whoever believes it waits for days.
        """
        left = self.until - _now()
        return 0 < left <= _FARTHEST_MS and not self._has_ended()

    def _has_ended(self) -> bool:
        """Tell whether a process of this machine is no more, so that nobody has to wait for the time to be over."""
        return bool(self.born) and self.place == _place() and _born(self.process) != self.born

    def told(self) -> str:
        """Return who it is, in words."""
        since = datetime.fromtimestamp(self.since / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"{self.by} (process {self.process} on {self.place.partition('/')[0]}) is at it since {since}"


class Leases(Protocol):
    """Keeps who holds the lease of a registry."""

    address: str
    """Of the registry, as people may see it."""

    def holding(self) -> Holding | None:
        """Return what was written last; None when nothing was."""

    def change(self, decide: Callable[[Holding | None], Holding | None]) -> None:
        """Write what ``decide`` makes of what holds just then; None: nothing. No other change comes between."""


class Lease:
    """Held inside a ``with`` block and renewed by a thread; free at its end, or a minute after the process was killed.

    Times are those of the clocks of the machines: they should agree to some seconds. Where they do not, two may be at
    it at once. That costs work and nothing else: the registry takes its changes one after the other.

    Args:
        leases: of the registry.
        by: who does it; None: the user of this session.
        seconds: how long it holds when it is not renewed.
    """

    def __init__(self, leases: Leases, by: str | None = None, seconds: float = SECONDS) -> None:
        self._leases = leases
        self._seconds = seconds
        process = os.getpid()
        self._own = Holding(uuid.uuid4().hex, by or current_user(), _place(), process, _born(process), 0, 0)
        self._valid_until = 0.0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self, *, wait: bool = False, said: Callable[[str], None] = lambda _: None) -> Lease:
        """Take it.

        Args:
            wait: until it is free.
            said: is told, once, who is waited for.

        Raises:
            BusyError: when somebody else has it, unless we wait.
            RegistryError: when the registry cannot be read or written.
        """
        told = ""
        while (other := self._taken()) is not None:
            if not wait:
                raise BusyError(
                    f"the registry {self._leases.address}",
                    f"is being retrained: {other.told()}",
                    "wait until it is done (--wait), or end it; one that was killed is at it for a minute at most",
                )
            if other.id != told:
                told = other.id
                said(f"waiting: {other.told()}")
            time.sleep(_LOOK_SECONDS)
        return self

    def _taken(self) -> Holding | None:
        """Take it if it is free; return who has it when it is not."""
        others: list[Holding] = []
        began = time.monotonic()

        def decide(found: Holding | None) -> Holding | None:
            others.clear()
            if found is not None and found.id != self._own.id and found.is_held:
                others.append(found)
                return None
            self._own = replace(self._own, since=_now(), until=self._ahead())
            return self._own

        self._leases.change(decide)
        if not others:
            self._valid_until = began + self._seconds
        return others[0] if others else None

    def __enter__(self) -> Lease:
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        try:
            self._write(0)
        except RegistryError:
            if kind is None:
                raise

    def check(self) -> None:
        """Make sure that nobody else can be at it.

        Raises:
            LeaseLostError: when it could not be renewed in time, or somebody else has taken it.
        """
        if time.monotonic() >= self._valid_until:
            raise LeaseLostError(
                f"the registry {self._leases.address}",
                f"could not be told for {self._seconds:.0f} s that it is being retrained, so another one may be at it",
                "run it again: it goes on from where it is",
            )

    def _renew(self) -> None:
        while not self._ended.wait(self._seconds / _RENEWALS):
            began = time.monotonic()
            try:
                if not self._write(self._ahead()):
                    self._valid_until = 0.0
                    return
            except RegistryError:
                continue  # it is tried again; check() tells when it was in vain for too long
            self._valid_until = began + self._seconds

    def _write(self, until: int) -> bool:
        """Write until when we hold it; False when we do not."""
        ours: list[bool] = []

        def decide(found: Holding | None) -> Holding | None:
            ours.append(found is not None and found.id == self._own.id)
            return replace(self._own, until=until) if ours[-1] else None

        self._leases.change(decide)
        return ours[-1]

    def _ahead(self) -> int:
        # Up to the next millisecond: it must not be free for others before it is over for us.
        return _now() + 1 + round(self._seconds * 1000)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _place() -> str:
    try:
        space = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        space = ""
    return f"{socket.gethostname()}/{space}"


def _born(process: int) -> str:
    """Return when a process of this machine began; empty when there is none, or it cannot be told."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name of the program, in brackets, may hold anything.
    state, *fields = told.rpartition(")")[2].split()
    return "" if state in {"Z", "X"} else fields[18]
