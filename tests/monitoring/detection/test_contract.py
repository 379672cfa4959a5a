"""What every detector promises, each against its own fault."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import orjson
import pytest

from monitoring.detection.base import Detector, Labels
from monitoring.detection.calibration import CalibrationDetector
from monitoring.detection.discrimination import AucDetector, AucSettings
from monitoring.detection.exceptions import DetectorStateError, LabelsError
from monitoring.detection.famine import FamineDetector
from tests.monitoring.detection.streams import START_MS, joined, own_edges, part, stream

EDGES = own_edges()
COUNT = 60_000


class Case(NamedTuple):
    make: Callable[[], Detector]
    fault: Labels


def scaled(labels: Labels, factor: float) -> Labels:
    return Labels(labels.scores * factor, labels.positive, labels.times)


def barren(labels: Labels) -> Labels:
    return Labels(labels.scores, np.zeros(len(labels)), labels.times)


CASES = {
    "auc": Case(
        lambda: AucDetector(EDGES, AucSettings(labels=2_000)), stream(7, 30_000, fall=0.15, start=COUNT)
    ),
    "calibration": Case(CalibrationDetector, scaled(stream(8, 30_000, start=COUNT), 0.5)),
    "famine": Case(FamineDetector, barren(stream(9, 30_000, start=COUNT))),
}
each = pytest.mark.parametrize("name", CASES)


@each
def test_no_alarm_without_a_change(name: str) -> None:
    for seed in range(3):
        detector = CASES[name].make()
        assert detector.add(stream(seed, 300_000)) is None
        assert detector.alarm is None
        assert detector.read == 300_000


@each
def test_its_own_fault_is_found_and_stands_until_reset(name: str) -> None:
    detector = CASES[name].make()
    assert detector.add(stream(1, COUNT)) is None
    alarm = detector.add(CASES[name].fault)
    assert alarm is not None
    assert alarm is detector.alarm
    assert alarm.detector == detector.name == name
    assert alarm.evidence >= alarm.threshold
    assert COUNT < alarm.at <= COUNT + 20_000
    assert COUNT - 2_000 <= alarm.since < alarm.at
    assert START_MS + COUNT - 2_000 <= alarm.since_time < START_MS + alarm.at
    assert alarm.value is not None
    assert alarm.low is not None
    assert alarm.high is not None
    assert alarm.low <= alarm.value <= alarm.high
    assert detector.add(CASES[name].fault) is None, "it began before"
    assert detector.alarm is alarm
    detector.reset()
    assert detector.alarm is None
    assert detector.add(CASES[name].fault) is not None, "the fault is still there"


@each
def test_batches_and_saving_change_nothing(name: str) -> None:
    whole = joined(stream(2, COUNT), CASES[name].fault)
    once = CASES[name].make()
    once.add(whole)
    random = np.random.default_rng(5)
    for sizes in ((1, 40), (1_000, 9_000), (30_000, 30_001)):
        pieces, at, begun = CASES[name].make(), 0, []
        # Tiny batches are tried where it matters: about the end of the reference and in the fault.
        if sizes[1] == 40:
            pieces.add(part(whole, 0, at := 19_000))
        while at < len(whole):
            size = int(random.integers(*sizes)) if at < 22_000 or sizes[1] > 40 else 20_000
            found = pieces.add(part(whole, at, at + size))
            begun += [found] if found else []
            at += size
            if random.random() < 0.2:
                kept = orjson.loads(orjson.dumps(pieces.state()))
                pieces = CASES[name].make()
                pieces.restore(kept)
        assert pieces.state() == once.state()
        assert begun == [once.alarm]


@each
@pytest.mark.parametrize("label", [0, 1])
def test_labels_of_one_kind_neither_alarm_nor_grow(name: str, label: int) -> None:
    batch = 500_000
    labels = Labels(np.full(batch, float(label)), np.full(batch, label), np.arange(batch))
    detector = CASES[name].make()
    for _ in range(20 if (name, label) != ("calibration", 1) else 2):
        detector.add(labels)
        assert len(orjson.dumps(detector.state())) < 10_000
    assert detector.alarm is None
    tracemalloc.start()
    detector.add(part(labels, 0, 20_000))
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 200_000


@each
def test_an_empty_batch_is_nothing(name: str) -> None:
    detector = CASES[name].make()
    before = detector.state()
    assert detector.add(part(stream(3, 10), 0, 0)) is None
    assert detector.state() == before


@each
def test_a_state_of_something_else_is_refused(name: str) -> None:
    detector = CASES[name].make()
    kept = detector.state()
    with pytest.raises(DetectorStateError, match="this is a detector of"):
        detector.restore({**kept, "detector": "other"})
    with pytest.raises(DetectorStateError, match="cannot be read"):
        detector.restore({"detector": name})


@pytest.mark.parametrize("score", [np.nan, -0.1, 1.1, np.inf])
def test_scores_that_are_no_probabilities_are_refused(score: float) -> None:
    with pytest.raises(
        LabelsError, match=r"1 of 3 labels, the first at place 1: a score must be between 0 and 1"
    ):
        Labels([0.5, score, 0.5], [0, 1, 0], [1, 2, 3])


def test_labels_that_are_none_are_refused() -> None:
    with pytest.raises(LabelsError, match="a label must be 0 or 1"):
        Labels([0.5, 0.5], [0, 2], [1, 2])
    with pytest.raises(LabelsError, match="of one length"):
        Labels([0.5, 0.5], [0], [1, 2])
