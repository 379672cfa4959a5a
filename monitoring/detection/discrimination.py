"""The AUC has fallen: found by an e-detector that ranks each positive label against fresh negative ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from monitoring.auc import auc, measured
from monitoring.detection.base import Alarm, Detector, Flags, Floats, Labels, Whole
from monitoring.detection.eprocess import ShiryaevRoberts, scaled
from monitoring.detection.onset import Onset
from monitoring.detection.ranks import GROUP, FreshRanks
from monitoring.detection.reference import Reference
from monitoring.edges import Edges

#: Labels that are worked on at once: what is in between fits 100 MiB.
_PIECE = 1 << 20
#: Bets by which the start of the change is told.
_ONSETS = (0.1, 0.4, 1.5)
#: Deviations to each side of the fall. An alarm picks the worst stretch of labels: with 1.96 of them the true fall was
#: inside in 60 to 95 % of simulated streams, with 3.5 in 98 % (benchmarks/results/alarm.json).
_REACH = 3.5


@dataclass(frozen=True, slots=True)
class AucSettings:
    """What counts as a fall of the AUC, and how rare false alarms are."""

    run_length: float = 100_000.0
    """Positive labels to a false alarm, on average, at the least."""
    labels: int = 10_000
    """Labels of the rarer kind, which are the positive ones as a rule, that make the reference."""
    alpha: float = 0.05
    """Chance that the reference is taken too high, all looks at it together."""
    tolerance: float = 0.005
    """A fall by no more than this is no fault: it is taken off the reference's lower bound."""
    bets: tuple[float, ...] = (0.1, 0.15, 0.22, 0.32, 0.47, 0.69, 1.0, 1.5)
    """Lambda, up to 1.5. About gap / .07 is best for a gap between the AUC and the reference's floor."""


class AucDetector(Detector):
    """An e-detector for a fall of the AUC, after Shin, Ramdas and Rinaldo (https://arxiv.org/abs/2203.03532).

    The first 10,000 positive labels make the reference. Then each of them has V, the share of fresh negative
    labels that it beats (``ranks``), and M <- (1 + M) (1 + lambda (m0 - V)) for each lambda; the alarm is raised when
    the mean of M over lambda reaches the run length, looked at after every eighth positive label.

    Guarantee: while scores given labels are independent and their two distributions stay such that E[V] >= m0, a false
    alarm comes after ``run_length`` positive labels on average, or later, whatever the base rate does. m0 is the lower
    bound of ``reference`` less the tolerance: above an AUC that has not changed with a chance of ``alpha`` at most.

    Args:
        edges: between the buckets of scores. Ranks are of buckets, so m0 and V mean the same AUC, ties included.
        settings: thresholds.
    """

    name: ClassVar[str] = "auc"

    def __init__(self, edges: Edges, settings: AucSettings | None = None) -> None:
        super().__init__()
        self._settings = settings or AucSettings()
        self._edges, self._edges_id = np.array(edges.values), edges.id
        self.reference = Reference(edges.buckets, self._settings.labels, self._settings.alpha)
        self._ranks = FreshRanks()
        self._process = ShiryaevRoberts(self._settings.bets)
        self._onsets = [Onset(bet, edges.buckets) for bet in _ONSETS]

    @property
    def floor(self) -> float | None:
        """m0; None while the reference is being gathered."""
        floor = self.reference.floor
        return None if floor is None else floor - self._settings.tolerance

    @property
    def evidence(self) -> float:
        """The mean of M over the bets, now."""
        return self._process.evidence

    def _add(self, labels: Labels) -> None:
        codes = np.searchsorted(self._edges, labels.scores, side="right")
        at = 0
        while at < len(labels):
            part = slice(at, at + self.reference.room(labels.positive[at : at + _PIECE]))
            self._add_piece(codes[part], labels.positive[part], labels.times[part])
            at = part.stop

    def _add_piece(self, codes: Whole, positive: Flags, times: Whole) -> None:
        floor = self.floor
        if floor is not None:
            self._watch(codes, positive, times, floor)
        self.read += len(codes)
        self.reference.add(codes, positive)
        if floor != self.floor:
            # The scores of an unfinished group are in the new floor, which must be known before they are ranked.
            self._ranks.reset()
        if floor is None and self.floor is not None:
            self._begin(int(times[-1]))

    def _watch(self, codes: Whole, positive: Flags, times: Whole, floor: float) -> None:
        shares, ends = self._ranks.add(codes, positive)
        # Where the factor could come near 0, which takes a floor below .4, all bets are made smaller.
        steps = (floor - shares) * scaled(floor - 1, max(self._settings.bets))
        evidence = self._gather(steps)
        reached = np.flatnonzero(evidence >= self._settings.run_length)
        groups = int(reached[0]) + 1 if len(reached) and self.alarm is None else 0
        until = int(ends[groups - 1]) if groups else 0
        if groups:
            self._follow(codes[:until], positive[:until], times[:until], 0, steps[:groups], ends[:groups])
            self.alarm = self._found(float(evidence[groups - 1]), self.read + until)
        self._follow(
            codes[until:], positive[until:], times[until:], until, steps[groups:], ends[groups:] - until
        )

    def _gather(self, steps: Floats) -> Floats:
        """Return the evidence after each group. A positive label that was not ranked is no step."""
        ranked = ~np.isnan(steps.ravel())
        found = np.concatenate(([self.evidence], self._process.add(steps.ravel()[ranked])))
        after: Floats = found[np.cumsum(ranked)[GROUP - 1 :: GROUP]]
        return after

    def _follow(
        self, codes: Whole, positive: Flags, times: Whole, until: int, steps: Floats, ends: Whole
    ) -> None:
        for onset in self._onsets:
            onset.add(codes, positive, times, self.read + until, steps, ends)

    def found(self) -> Alarm | None:
        """Return what the labels say now of the change that is likeliest; None without a reference."""
        return None if self.floor is None else self._found(self.evidence, self.read)

    def _found(self, evidence: float, at: int) -> Alarm:
        onset = max(self._onsets, key=lambda one: one.risen)
        before, since, told = measured(self.reference.shown), measured(onset.labels), auc(onset.labels)
        assert before is not None  # noqa: S101 - a floor comes of labels of both kinds
        length = self._settings.run_length
        fall = low = high = None
        if since is not None:
            reach = _REACH * math.hypot(before.deviation, since.deviation) + before.bound + since.bound
            fall = before.value - since.value
            low, high = max(-1.0, fall - reach), min(1.0, fall + reach)
        return Alarm(
            detector=self.name,
            evidence=evidence,
            threshold=length,
            run_length=length,
            unit="positive labels",
            at=at,
            since=onset.since,
            since_time=onset.time,
            reference=before.value,
            value=told.value,
            low=told.low,
            high=told.high,
            fall=fall,
            fall_low=low,
            fall_high=high,
        )

    def _begin(self, time: int) -> None:
        for onset in self._onsets:
            onset.begin(self.read, time)

    def reset(self) -> None:
        """Take the alarm back and gather evidence anew, against the same reference."""
        self.alarm = None
        self._process.reset()
        self._ranks.reset()
        self._begin(max(onset.time for onset in self._onsets))

    def _state(self) -> dict[str, Any]:
        return {
            "edges": self._edges_id,
            "reference": self.reference.state(),
            "ranks": self._ranks.state(),
            "process": self._process.state(),
            "onsets": [onset.state() for onset in self._onsets],
        }

    def _restore(self, stored: dict[str, Any]) -> None:
        if stored["edges"] != self._edges_id:
            raise ValueError("scores were counted between other edges")
        self.reference.restore(stored["reference"])
        self._ranks.restore(stored["ranks"])
        self._process.restore(stored["process"])
        for onset, state in zip(self._onsets, stored["onsets"], strict=True):
            onset.restore(state)
