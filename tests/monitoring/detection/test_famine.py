"""Famine: runs without a positive label, and silence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from monitoring.detection.base import Alarm, Labels
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


def test_a_run_begins_when_it_was_shown_what_was_acted_on_last() -> None:
    lag = 1_800_000
    detector = FamineDetector(FamineSettings(slack=1.0))
    labels = stream(1, 20_000)
    came = np.arange(20_000) * 1_000 + lag
    detector.add_shown(Labels(labels.scores, labels.positive, came), came - lag)
    allowed = detector.allowed
    assert allowed is not None
    one = np.zeros(allowed + 1)
    one[3] = 1
    times = np.arange(20_000, 20_001 + allowed) * 1_000 + lag
    more = Labels(np.full(allowed + 1, 0.1), one, times)
    restored = FamineDetector(FamineSettings(slack=1.0))
    restored.restore(detector.state())
    for each in (detector, restored):
        each.add_shown(more, times - lag)
        alarm = each.add_shown(Labels([0.1] * 3, [0] * 3, [times[-1]] * 3), np.full(3, times[-1] - lag))
        assert alarm is not None
        assert (alarm.since, alarm.since_time, alarm.lag) == (20_004, 20_003_000, 0)


def test_what_silenced_labels_may_have_been_as_early_as_what_they_are_of() -> None:
    detector = FamineDetector(FamineSettings())
    labels = stream(1, 20_000)
    came = np.arange(20_000) * 1_000 + 1_800_000
    detector.add_shown(Labels(labels.scores, labels.positive, came), came - 1_800_000)
    restored = FamineDetector(FamineSettings())
    restored.restore(detector.state())
    alarm = restored.tick(int(came[-1]) + 600_001)
    assert alarm is not None
    assert (alarm.since_time, alarm.lag) == (came[-1], 1_800_000)
    assert Alarm.of(alarm.document()) == alarm
    # As it was written before.
    old = detector.state()
    old["gaps"] = old["gaps"][:4]
    restored.restore(old)
    assert restored.tick(int(came[-1]) + 600_001) is not None


@pytest.mark.parametrize(("positive", "labels"), [(1_000, 10_000), (1_000, 1_000), (30, 60_000)])
def test_the_rate_is_bounded_from_below(positive: int, labels: int) -> None:
    exact = beta.ppf(0.05, positive, labels - positive + 1)
    assert 0.8 * exact <= rate_bound(positive, labels, 0.05) <= exact
