"""Feedback has stopped: no positive label, or no label at all, for longer than chance allows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from monitoring.detection.base import Alarm, Detector, Labels, Whole


@dataclass(frozen=True, slots=True)
class FamineSettings:
    """How long there may be nothing, and how rare false alarms are."""

    run_length: float = 100_000.0
    """Positive labels to a false alarm for want of positive labels, on average, at the least."""
    positives: int = 1_000
    """Positive labels of the reference."""
    alpha: float = 0.05
    """Chance that the reference's rate of positive labels is taken too high."""
    tolerance: float = 0.5
    """By which share the rate may fall and be no famine."""
    patience: float = 3.0
    """Silence is longer than so many times the longest in the reference: nights and weekends are in there."""
    slack: float = 5.0
    """A run is longer than so many times what chance allows: labels of one page, and of one visitor, go together."""
    least_ms: int = 600_000
    """Silence is at least so long, however short the gaps of the reference were."""


class FamineDetector(Detector):
    """Bounds of the gap between positive labels, and between any labels.

    Positive labels: the reference gives r, a lower bound of their rate, less the tolerance. While each label is
    positive with a chance of at least r whatever came before, a run of k others has a chance of (1 - r)^k at most. The
    alarm is raised at five times the first k for which that is 1 / ``run_length``: each gap has less than that chance,
    so the false alarm comes after ``run_length`` positive labels on average, or later.

    Any labels: the longest time between neighbours in the reference, n of them, times the patience. If gaps were
    exchangeable, already without patience the next one would be longer with a chance of 1 / n only; the patience is for
    their going with the hour. It is asked for by :meth:`tick` alone: a gap that is over is no famine.

    A label is known long after its impression: what stopped it from being positive was there by then, so a run begins
    when the impression was shown that was acted on last. When silence began is known by when labels came; what brought
    it about lies between then and the last impression that has a label.

    Args:
        settings: thresholds.
    """

    name: ClassVar[str] = "famine"

    def __init__(self, settings: FamineSettings | None = None) -> None:
        super().__init__()
        self._settings = settings or FamineSettings()
        self._positives = 0
        self._first = 0
        """Labels of the reference; 0 while it is being gathered."""
        self._longest = self._newest = self._shown = 0
        """The longest gap of the reference, when the newest label came, and when the newest impression with a label was
        shown, milliseconds."""
        self._since = self._time = 0
        """The first label behind the last positive one, and when that one's impression was shown."""

    @property
    def rate(self) -> float | None:
        """r; None while the reference is being gathered."""
        if not self._first:
            return None
        bound = rate_bound(self._settings.positives, self._first, self._settings.alpha)
        return bound * (1 - self._settings.tolerance)

    @property
    def allowed(self) -> int | None:
        """How many labels in turn may be no positive ones."""
        rate = self.rate
        if rate is None:
            return None
        return math.ceil(self._settings.slack * math.log(self._settings.run_length) / -math.log1p(-rate))

    def add_shown(self, labels: Labels, shown: Whole) -> Alarm | None:
        """Read labels whose times say when they came, as :meth:`add` does, where it is known what they are of.

        Args:
            labels: in the order in which they came.
            shown: (n,), when their impressions were shown, epoch milliseconds; for :meth:`add` that is when they came.

        Returns:
            The alarm that began with one of them, if one did.
        """
        before = self.alarm
        self._take(labels, shown)
        return self.alarm if before is None else None

    def _add(self, labels: Labels) -> None:
        self._take(labels, labels.times)

    def _take(self, labels: Labels, shown: Whole) -> None:
        if not len(labels):
            return
        places = np.flatnonzero(labels.positive)
        start = 0
        if not self._first:
            start = self._refer(places, labels.times, shown)
        allowed = self.allowed
        if allowed is not None and self.alarm is None:
            self._watch(places[np.searchsorted(places, start) :], shown, allowed)
        if len(places):
            self._since = self.read + int(places[-1]) + 1
            self._time = int(shown[places[-1]])
        self._newest = max(self._newest, int(labels.times.max()))
        self._shown = max(self._shown, int(shown.max()))
        self.read += len(labels)

    def _refer(self, places: Whole, times: Whole, shown: Whole) -> int:
        """Take labels into the reference; return how many of them belong to it."""
        wanted = self._settings.positives - self._positives
        full = len(places) >= wanted
        end = int(places[wanted - 1]) + 1 if full else len(times)
        newest = np.maximum.accumulate(times[:end])
        if self.read:
            newest = np.maximum(newest, self._newest)
            newest = np.concatenate(([self._newest], newest))
        self._longest = max(self._longest, int(np.diff(newest).max(initial=0)))
        self._positives += min(wanted, len(places))
        if full:
            self._first, self._since, self._time = self.read + end, self.read + end, int(shown[end - 1])
        return end

    def _watch(self, places: Whole, shown: Whole, allowed: int) -> None:
        """Look for the first run that is too long: up to each positive label, and up to the end."""
        begins = np.concatenate(([self._since], self.read + places + 1))
        ends = np.concatenate((self.read + places, [self.read + len(shown)]))
        long = np.flatnonzero(ends - begins >= allowed)
        if not len(long):
            return
        which = int(long[0])
        time = self._time if not which else int(shown[places[which - 1]])
        self.alarm = Alarm(
            detector=self.name,
            evidence=self._settings.run_length,
            threshold=self._settings.run_length,
            run_length=self._settings.run_length,
            unit="positive labels",
            at=int(begins[which]) + allowed,
            since=int(begins[which]),
            since_time=time,
            reference=self._settings.positives / self._first,
            value=0.0,
            low=0.0,
            high=-math.expm1(math.log(0.05) / allowed),
        )

    def tick(self, now: int) -> Alarm | None:
        """Say what time it is (epoch milliseconds): there may have been no label for too long.

        Returns:
            The alarm that began with it, if one did.
        """
        if not self._first or self.alarm is not None:
            return None
        allowed = max(1.0, self._settings.least_ms, self._settings.patience * self._longest)
        silence = now - self._newest
        if silence <= allowed:
            return None
        self.alarm = Alarm(
            detector=self.name,
            evidence=silence / allowed,
            threshold=1.0,
            run_length=float(self._first),
            unit="labels",
            at=self.read,
            since=self.read,
            since_time=self._newest,
            reference=self._settings.positives / self._first,
            value=None,
            low=None,
            high=None,
            lag=max(self._newest - self._shown, 0),
        )
        return self.alarm

    def reset(self) -> None:
        """Take the alarm back; the next run begins with the next label."""
        self.alarm = None
        self._since, self._time = self.read, self._shown

    def _state(self) -> dict[str, Any]:
        gaps = [self._longest, self._newest, self._since, self._time, self._shown]
        return {"positives": self._positives, "first": self._first, "gaps": gaps}

    def _restore(self, stored: dict[str, Any]) -> None:
        self._positives, self._first = int(stored["positives"]), int(stored["first"])
        self._longest, self._newest, self._since, self._time, *shown = map(int, stored["gaps"])
        # An older state does not have it.
        self._shown = shown[0] if shown else self._time


def rate_bound(positive: int, labels: int, alpha: float) -> float:
    """Return what the rate of positive labels is above, except with a chance of alpha.

    Chernoff's bound (*A measure of asymptotic efficiency for tests of a hypothesis based on the sum of observations*,
    Annals of Mathematical Statistics 23, 1952): the r below the share s at which labels * KL(s, r) = log(1 / alpha).
    It holds for any number of labels, and where one stops at a positive label that was fixed beforehand.
    """
    share, limit = positive / labels, -math.log(alpha) / labels
    low, high = 0.0, share
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle <= 0 or _divergence(share, middle) > limit else (low, middle)
    return low


def _divergence(share: float, rate: float) -> float:
    found = share * math.log(share / rate)
    return found if share == 1 else found + (1 - share) * math.log((1 - share) / (1 - rate))
