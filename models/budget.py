"""How much of the time each step of a training may take."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from models import calibration
from models.config import TrainConfig

#: Starting torch's exporter and exporting, in seconds: some for every model, more for a large catalogue.
_EXPORT_S, _EXPORT_ITEM_S = 7.0, 1e-4
#: Of the time for learning, what comes before models are compared, and before the test; the rest is for what is served.
_FIRST, _SECOND = 0.7, 0.5
#: Of all the time, what comparing models may take, the calibration, and the test.
_COMPARING, _CALIBRATING, _TESTING = 0.12, 0.03, 0.08


@dataclass(frozen=True)
class Budget:
    """Counts from when the command began. What cannot be cut short is set aside first."""

    config: TrainConfig
    started: float
    """Of ``time.monotonic``."""
    n_items: int

    @property
    def seconds(self) -> float:
        """Return all the time there is."""
        return math.inf if self.config.max_seconds is None else self.config.max_seconds

    @property
    def validation_targets(self) -> int:
        """Return how many targets settings are compared by."""
        return int(min(self.config.validation_targets, max(300, 30 * self.seconds)))

    def comparing(self, speed: float) -> int:
        """Return how many targets kinds are compared by; all of them take ``speed`` targets a second."""
        most = 5 * self.config.validation_targets
        return int(min(most, max(self.validation_targets, speed * _COMPARING * self.seconds)))

    def calibrating(self, speed: float) -> int:
        """Return how many targets scores are calibrated by, of a model that takes ``speed`` targets a second."""
        return int(
            min(calibration.TARGETS, max(self.validation_targets, speed * _CALIBRATING * self.seconds))
        )

    def testing(self, speed: float) -> int:
        """Return how many targets the test is of; all models in it take ``speed`` targets a second."""
        return int(min(self.config.test_targets, max(500, speed * _TESTING * self.seconds)))

    def first(self) -> float:
        """Return when the first learning ends, of ``time.monotonic``."""
        return self._share(_FIRST, _COMPARING + _CALIBRATING + _TESTING)

    def second(self) -> float:
        """Return when learning before the test ends."""
        return self._share(_SECOND, _TESTING)

    def last(self) -> float:
        """Return when learning for the model that is served ends."""
        return self._share(1.0, 0.0)

    def _share(self, share: float, reserved: float) -> float:
        if math.isinf(self.seconds):
            return math.inf
        now = time.monotonic()
        export = min(_EXPORT_S + _EXPORT_ITEM_S * self.n_items, 0.4 * self.seconds)
        left = self.started + self.seconds - export - reserved * self.seconds - now
        return now + share * max(0.0, left)
