"""The probabilities are off: more or fewer labels are positive than the model says, by more than a tolerance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from monitoring.detection.base import Alarm, Detector, Floats, Labels
from monitoring.detection.eprocess import ShiryaevRoberts, scaled

_PIECE = 1 << 18
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class CalibrationSettings:
    """What counts as badly calibrated, and how rare false alarms are."""

    run_length: float = 100_000.0
    """Expected positive labels (the sum of the predicted probabilities) to a false alarm, on average, at the least."""
    tolerance: float = 0.1
    """By which share the rate of positive labels may differ from the mean predicted probability."""
    bets: tuple[float, ...] = (0.02, 0.05, 0.12, 0.3, 0.8)
    """Lambda, up to .8. About (share beyond the tolerance) / (1 - rate) is best."""


class _Side:
    """One direction of being off: its e-process, and sums since its evidence was lowest."""

    def __init__(self, bets: tuple[float, ...]) -> None:
        self.process = ShiryaevRoberts(bets)
        self.wealth = self.lowest = 0.0
        self.since = self.time = 0
        self.counted = self.positive = 0
        self.expected = 0.0
        """Sum of the predicted probabilities since then."""

    def begin(self, since: int, time: int) -> None:
        self.since, self.time = since, time
        self.counted = self.positive = 0
        self.expected = 0.0

    def follow(self, labels: Labels, part: slice, read: int, steps: Floats) -> None:
        walk = np.add.accumulate(np.concatenate(([self.wealth], steps)))[1:]
        place = len(walk) - 1 - int(walk[::-1].argmin())
        self.wealth, start = float(walk[-1]), 0
        if walk[place] <= self.lowest:
            lowest, start = float(walk[place]), place + 1
            self.begin(read + start, int(labels.times[part][place]))
            self.lowest = lowest
        scores = labels.scores[part][start:]
        # Added one after the other, as a sum in pairs would depend on the batches.
        self.expected = float(np.add.accumulate(np.concatenate(([self.expected], scores)))[-1])
        self.counted += len(scores)
        self.positive += int(np.count_nonzero(labels.positive[part][start:]))

    def state(self) -> list[Any]:
        sums = [self.wealth, self.lowest, self.since, self.time]
        return [self.process.state(), *sums, self.counted, self.positive, self.expected]

    def restore(self, stored: Any) -> None:
        process, self.wealth, self.lowest, self.since, self.time, *sums = stored
        self.process.restore(process)
        self.counted, self.positive, self.expected = sums


class CalibrationDetector(Detector):
    """Two Shiryaev-Roberts e-processes on label minus probability, one for too many positive labels, one for too few.

    Their steps are y - (1 + t) p and (1 - t) p - y for a label y, its predicted probability p and the tolerance t.
    Guarantee: while E[y | p, past] is within (1 - t) p and (1 + t) p, both have means of at most 0, and a false alarm
    comes after ``run_length`` expected positive labels on average, or later: each step has the weight p, so a label
    that could not be positive counts for nothing. The alarm is raised when the mean of the evidence of both reaches it.
    Labels may depend on each other in any way that keeps this.

    Args:
        settings: thresholds.
    """

    name: ClassVar[str] = "calibration"

    def __init__(self, settings: CalibrationSettings | None = None) -> None:
        super().__init__()
        self._settings = settings or CalibrationSettings()
        self._many, self._few = _Side(self._settings.bets), _Side(self._settings.bets)

    def _add(self, labels: Labels) -> None:
        for at in range(0, len(labels), _PIECE):
            self._add_piece(labels, at, min(at + _PIECE, len(labels)))

    def _add_piece(self, labels: Labels, at: int, end: int) -> None:
        scores, positive = labels.scores[at:end], labels.positive[at:end]
        tolerance = self._settings.tolerance
        # Where a bet's factor could come near 0, which takes a tolerance above .125, all are made smaller.
        scale = scaled(-1 - tolerance, max(self._settings.bets))
        many = (positive - (1 + tolerance) * scores) * scale
        few = ((1 - tolerance) * scores - positive) * scale
        both = self._many.process.add(many, scores), self._few.process.add(few, scores)
        evidence = (both[0] + both[1]) / 2
        reached = np.flatnonzero(evidence >= self._settings.run_length)
        first = int(reached[0]) + 1 if len(reached) and self.alarm is None else 0
        for start, stop in ((0, first), (first, end - at)):
            if start == stop:
                continue
            part = slice(at + start, at + stop)
            for side, steps in ((self._many, many), (self._few, few)):
                side.follow(labels, part, self.read, steps[start:stop])
            self.read += stop - start
            if stop == first:
                stronger = self._many if both[0][first - 1] > both[1][first - 1] else self._few
                self.alarm = self._found(stronger, float(evidence[first - 1]))

    def _found(self, side: _Side, evidence: float) -> Alarm:
        value = low = high = None
        if side.counted:
            value = side.positive / side.counted
            low, high = wilson(side.positive, side.counted)
        length = self._settings.run_length
        return Alarm(
            detector=self.name,
            evidence=evidence,
            threshold=length,
            run_length=length,
            unit="expected positive labels",
            at=self.read,
            since=side.since,
            since_time=side.time,
            reference=side.expected / max(1, side.counted),
            value=value,
            low=low,
            high=high,
        )

    def reset(self) -> None:
        """Take the alarm back and gather evidence anew."""
        self.alarm = None
        for side in (self._many, self._few):
            side.process.reset()
            side.wealth = side.lowest = 0.0
            side.begin(self.read, side.time)

    def _state(self) -> dict[str, Any]:
        return {"many": self._many.state(), "few": self._few.state()}

    def _restore(self, stored: dict[str, Any]) -> None:
        self._many.restore(stored["many"])
        self._few.restore(stored["few"])


def wilson(positive: int, labels: int) -> tuple[float, float]:
    """Return the 95 % interval of a share: E. B. Wilson, *Probable inference*, JASA 22, 1927."""
    share, square = positive / labels, _Z**2 / labels
    middle = share + square / 2
    reach = math.sqrt(square * share * (1 - share) + square**2 / 4)
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))
