"""Streams of labels with a known AUC, what the AUC's detector does on them, and a fixed threshold on windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from monitoring.auc import measured
from monitoring.detection.base import Alarm, Floats, Labels
from monitoring.detection.discrimination import AucDetector, AucSettings
from monitoring.detection.ranks import FreshRanks
from monitoring.edges import Edges
from monitoring.histogram import Histogram

REFERENCE = AucSettings().labels
#: The fixed threshold: an AUC of a window that is lower than the reference by this.
WINDOW, THRESHOLD = 10_000, 0.03
_BATCH = 100_000


@dataclass(frozen=True)
class Kind:
    """What the labels of a stream are like."""

    area: float = 0.75
    """AUC."""
    rate: float = 0.05
    """Share of positive labels."""


@dataclass
class Drawn:
    """Labels whose scores are calibrated until the AUC falls: normal log odds, shifted for the positive ones."""

    kind: Kind
    seed: int

    def __post_init__(self) -> None:
        # Streams of two kinds share no draws either.
        kind = round(1_000 * self.kind.area), round(10_000 * self.kind.rate)
        self._random = np.random.default_rng((self.seed, *kind))

    def labels(self, count: int, fall: float = 0.0) -> Labels:
        """Return the next labels, of an AUC that is lower by the fall."""
        area, rate = self.kind.area, self.kind.rate
        meant, true = (2**0.5 * NormalDist().inv_cdf(one) for one in (area, area - fall))
        positive = self._random.random(count) < rate
        place = self._random.standard_normal(count) + true * positive
        odds = np.log(rate / (1 - rate)) + meant * place - meant**2 / 2
        return Labels(1 / (1 + np.exp(-odds)), positive, np.zeros(count, np.int64))

    def reference(self) -> Labels:
        """Return labels up to the 10,000th positive one, that included."""
        parts, missing = [], REFERENCE
        while missing > 0:
            part = self.labels(_BATCH)
            places = np.flatnonzero(part.positive)
            if len(places) >= missing:
                end = int(places[missing - 1]) + 1
                part = Labels(part.scores[:end], part.positive[:end], part.times[:end])
            missing -= len(places)
            parts.append(part)
        return joined(parts)


def joined(parts: list[Labels]) -> Labels:
    """Return one batch behind the other."""
    arrays = (
        np.concatenate([getattr(one, name) for one in parts]) for name in ("scores", "positive", "times")
    )
    return Labels(*arrays)


@cache
def own_edges(kind: Kind) -> Edges:
    """Return edges as a card has them: quantiles of the scores of other labels."""
    scores = Drawn(kind, 10**9).labels(200_000).scores
    return Edges(np.unique(np.quantile(scores, np.arange(1, 1024) / 1024)))


def false_alarms(kind: Kind, seed: int, labels: int) -> tuple[int, int, bool]:
    """Return false alarms, the positive labels that were watched, and whether the floor was above the AUC."""
    drawn, detector = Drawn(kind, seed), AucDetector(own_edges(kind))
    detector.add(drawn.reference())
    alarms = watched = 0
    for at in range(0, labels, _BATCH):
        part = drawn.labels(min(_BATCH, labels - at))
        watched += int(part.positive.sum())
        if detector.add(part):
            alarms += 1
            detector.reset()
    floor = detector.floor
    return alarms, watched, floor is not None and floor > kind.area


def delay(kind: Kind, seed: int, fall: float, cap: int) -> tuple[int, Alarm | None]:
    """Return how many labels after a fall the alarm comes, and the alarm; the cap where none comes.

    The AUC falls right behind the reference, when there is no evidence yet that it could add to.
    """
    drawn, detector = Drawn(kind, seed), AucDetector(own_edges(kind))
    detector.add(drawn.reference())
    read = detector.read
    while detector.read - read < cap:
        alarm = detector.add(drawn.labels(20_000, fall))
        if alarm:
            return alarm.at - read, alarm
    return cap, None


@dataclass(frozen=True)
class Ranked:
    """The same labels for others: shares of fresh negative labels that positive ones beat, and AUCs of windows."""

    shares: npt.NDArray[np.float32]
    """(positive labels,), the reference first."""
    labels: npt.NDArray[np.int64]
    """(positive labels,), how many labels had been read; below 0 in the reference, 0 at its end."""
    windows: Floats
    """(windows,), AUC of each 10,000 labels behind the reference."""
    reference: float
    """AUC of the reference."""


def ranked(kind: Kind, seed: int, labels: int, fall: float) -> Ranked:
    """Return what others are fed with: the reference, then so many labels of the lower AUC."""
    drawn = Drawn(kind, seed)
    before = drawn.reference()
    whole = joined([before, drawn.labels(labels, fall)])
    values = np.array(own_edges(kind).values)
    codes = np.searchsorted(values, whole.scores, side="right")
    found = FreshRanks().add(codes, whole.positive)
    behind = slice(len(before), None)
    return Ranked(
        np.nan_to_num(found.shares, nan=kind.area).ravel().astype(np.float32),
        np.repeat(found.ends - len(before), found.shares.shape[1]),
        np.array(list(_windows(codes[behind], whole.positive[behind], len(values) + 1))),
        next(_windows(codes[: len(before)], before.positive, len(values) + 1, len(before))),
    )


def _windows(
    codes: npt.NDArray[np.int64], positive: npt.NDArray[np.bool_], buckets: int, size: int = WINDOW
) -> Iterator[float]:
    for at in range(0, len(codes) - size + 1, size):
        counted = Histogram(buckets)
        counted.add_batch(codes[at : at + size], positive[at : at + size])
        found = measured(counted)
        yield found.value if found else 0.5


def threshold_alarms(one: Ranked) -> npt.NDArray[np.int64]:
    """Return after how many labels the fixed threshold was passed."""
    return (np.flatnonzero(one.windows < one.reference - THRESHOLD) + 1) * WINDOW
