"""Waits until an alert of the champion begins, or until it is time again, and retrains: for as long as it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from export.registry import ModelRegistry
from models.retraining.alerts import AlertFollower, reason
from models.retraining.base import SCHEDULE, Reason, Said
from models.retraining.failing import Failing
from models.retraining.work import Work
from pandian.errors import PandianError

_HOUR_MS = 3_600_000
#: Between two looks.
_LOOK_SECONDS = 1.0
#: After what went wrong it is tried again, later each time.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 15.0, 3_600.0


@dataclass
class Service:
    """Retrains whenever there is a reason to.

    Args:
        place: remembers which alerts were answered, and when the last retraining began.
        registry: says who the champion is.
        run: goes on with what was not done; else retrains for the reason that it is given when it is our turn, if there
            still is one.
        alerts: None: alerts are no reason.
        every: hours between two retrainings, also by hand; None: time is no reason.
        said: is told what goes wrong.
        failing: tells people when nothing but that happens for long.
        look: seconds between two looks.
    """

    place: Work
    registry: ModelRegistry
    run: Callable[[Callable[[], Reason | None]], None]
    alerts: AlertFollower | None
    every: float | None
    said: Said
    failing: Failing
    look: float = _LOOK_SECONDS
    _pause: float = field(default=0.0, init=False)
    _not_before: float = field(default=0.0, init=False)
    _told: str = field(default="", init=False)

    def serve(self, ended: Callable[[], bool] = lambda: False) -> None:
        """Look, and retrain when there is a reason, until it is interrupted.

        Args:
            ended: is asked before each look; True: no more.
        """
        while not ended():
            if time.monotonic() < self._not_before:
                time.sleep(self.look)
                continue
            try:
                self._listen()
                if self._is_due():
                    self.failing.begun()
                    self.run(self._still)
                self.failing.over()
                self._pause, self._told = 0.0, ""
            except PandianError as error:
                self._failed(error)
            except KeyboardInterrupt:
                self.failing.interrupted()
                raise

    def why(self) -> Reason | None:
        """Return why to retrain now; None when there is no reason.

        Raises:
            RegistryError: when the registry cannot be read.
            WorkError: when what was remembered cannot be read.
        """
        champion = self.registry.champion()
        if self.alerts is not None and champion is not None:
            firing = self.alerts.of(str(champion.reference))
            found = reason([one for one in firing if not self.place.answered(one.alert_id)])
            if found is not None:
                return found
        return Reason(SCHEDULE) if self._is_time() else None

    def _is_time(self) -> bool:
        if self.every is None:
            return False
        last = self.place.last()
        return last is None or time.time_ns() // 1_000_000 >= last + self.every * _HOUR_MS

    def _still(self) -> Reason | None:
        """Return why to retrain when we have waited for others: they may have done it."""
        if self.alerts is not None:
            self.alerts.poll(0.0)
        return self.why()

    def _is_due(self) -> bool:
        return self.place.is_begun or self.why() is not None

    def _listen(self) -> None:
        """Wait for a moment, and learn of alerts meanwhile; what there is to do is done at once."""
        began = time.monotonic()
        if self.alerts is not None:
            self.alerts.poll(self.look)
        if not self._is_due():
            time.sleep(max(0.0, self.look - (time.monotonic() - began)))

    def _failed(self, error: PandianError) -> None:
        self._pause = min(max(_FIRST_PAUSE_SECONDS, 2 * self._pause), _LONGEST_PAUSE_SECONDS)
        self._not_before = time.monotonic() + self._pause
        if str(error) != self._told:
            self._told = str(error)
            self.said(f"{error}; it is tried again in {self._pause:.0f} s")
        self.failing.failed(str(error))
