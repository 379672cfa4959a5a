"""Calibration: both directions, and within the tolerance."""

from __future__ import annotations

import pytest

from monitoring.detection.base import Labels
from monitoring.detection.calibration import CalibrationDetector, CalibrationSettings, wilson
from tests.monitoring.detection.streams import stream


@pytest.mark.parametrize(("factor", "found"), [(0.6, True), (1.6, True), (0.93, False), (1.07, False)])
def test_probabilities_that_are_off_by_more_than_the_tolerance(factor: float, found: bool) -> None:
    labels = stream(1, 100_000)
    off = Labels(labels.scores.clip(0, 0.6) * factor, labels.positive, labels.times)
    alarm = CalibrationDetector().add(off)
    assert (alarm is not None) is found
    if alarm is not None and alarm.value is not None:
        assert alarm.value / alarm.reference == pytest.approx(1 / factor, rel=0.25)


def test_a_wide_tolerance_keeps_factors_above_zero() -> None:
    detector = CalibrationDetector(CalibrationSettings(tolerance=2.0))
    labels = stream(2, 20_000, rate=0.5)
    certain = Labels(labels.scores * 0 + 1, labels.positive, labels.times)
    assert detector.add(certain) is None


def test_wilson() -> None:
    low, high = wilson(10, 100)
    assert (low, high) == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))
    assert wilson(0, 10)[0] == 0.0
