"""Famine: runs without a positive label, and silence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from monitoring.detection.base import Labels
from monitoring.detection.famine import FamineDetector, FamineSettings, rate_bound
from tests.monitoring.detection.streams import stream


def fed(gap_ms: int = 1_000, least_ms: int = 0) -> FamineDetector:
    detector = FamineDetector(FamineSettings(least_ms=least_ms, slack=1.0))
    labels = stream(1, 20_000)
    detector.add(Labels(labels.scores, labels.positive, np.arange(20_000) * gap_ms))
    return detector


def test_the_run_is_as_long_as_its_chance_is_small() -> None:
    detector = fed()
    allowed, rate = detector.allowed, detector.rate
    assert allowed is not None
    assert rate is not None
    assert 0.04 < rate < 0.05, "half of .1, and less for what chance leaves open"
    assert (1 - rate) ** allowed <= 1e-5 < (1 - rate) ** (allowed - 1)
    last = np.zeros(allowed)
    last[0] = 1
    assert detector.add(Labels(np.full(allowed, 0.1), last, np.full(allowed, 20_000_000))) is None
    alarm = detector.add(Labels([0.1], [0], [20_000_001]))
    assert alarm is not None
    assert alarm.at - alarm.since == allowed
    assert (alarm.since, alarm.since_time) == (20_001, 20_000_000)


def test_silence_is_told_by_the_clock() -> None:
    detector = fed()
    end = 19_999_000
    assert detector.tick(end + 3_000) is None
    alarm = detector.tick(end + 3_001)
    assert alarm is not None
    assert alarm.since_time == 19_999_000
    assert detector.tick(end + 9_000) is None, "it began before"
    detector.reset()
    assert detector.tick(end + 9_000) is not None


def test_short_silence_is_none_however_dense_labels_were() -> None:
    detector = fed(gap_ms=1, least_ms=600_000)
    assert detector.tick(19_999 + 600_000) is None
    assert detector.tick(19_999 + 600_001) is not None


def test_silence_is_not_told_before_there_is_a_reference() -> None:
    assert FamineDetector().tick(10**15) is None


@pytest.mark.parametrize(("positive", "labels"), [(1_000, 10_000), (1_000, 1_000), (30, 60_000)])
def test_the_rate_is_bounded_from_below(positive: int, labels: int) -> None:
    exact = beta.ppf(0.05, positive, labels - positive + 1)
    assert 0.8 * exact <= rate_bound(positive, labels, 0.05) <= exact
