"""The AUC's detector: ranks against the plain way, the reference, and what an alarm says."""

from __future__ import annotations

import time

import numpy as np
import pytest

from monitoring.auc import auc
from monitoring.detection.base import Labels
from monitoring.detection.discrimination import AucDetector, AucSettings
from monitoring.detection.exceptions import DetectorStateError
from monitoring.detection.ranks import GROUP, KEPT, FreshRanks
from monitoring.detection.reference import Reference
from monitoring.histogram import Histogram
from tests.monitoring.detection.streams import own_edges, stream

EDGES = own_edges()


@pytest.mark.parametrize("rate", [0.001, 0.05, 0.3, 0.8])
def test_shares_are_those_of_a_plain_loop(rate: float) -> None:
    random = np.random.default_rng(1)
    codes, positive = random.integers(0, 20, 30_000), random.random(30_000) < rate
    expected, ones, zeros, earlier = [], [], [], []
    for code, one in zip(codes.tolist(), positive.tolist(), strict=True):
        (ones if one else zeros).append(code)
        if len(ones) == GROUP:
            for number, mine in enumerate(ones):
                dealt = earlier[number * len(earlier) // GROUP : (number + 1) * len(earlier) // GROUP]
                beaten = sum((mine > other) + (mine == other) / 2 for other in dealt)
                expected.append(beaten / len(dealt) if dealt else np.nan)
            ones, zeros, earlier = [], [], zeros[-KEPT:]
    ranks, found, ends = FreshRanks(), [], []
    for cut in np.split(np.arange(30_000), [1, 2, 50, 7_000]):
        ranked = ranks.add(codes[cut], positive[cut])
        found.append(ranked.shares.ravel())
        ends.append(cut[0] + ranked.ends)
    np.testing.assert_array_equal(np.concatenate(found), expected)
    assert (np.cumsum(positive)[np.concatenate(ends) - 1] % GROUP == 0).all()


def test_shares_have_the_auc_as_their_mean() -> None:
    labels = stream(3, 400_000, rate=0.05)
    codes = np.searchsorted(EDGES.values, labels.scores, side="right")
    shares = FreshRanks().add(codes, labels.positive).shares[1:]
    counted = Histogram(EDGES.buckets)
    counted.add_batch(codes, labels.positive)
    whole = auc(counted)
    assert whole.value == pytest.approx(shares.mean(), abs=4 * shares.std() / shares.size**0.5)
    # Given the past: no share leans on those of its own group or of the group before.
    lagged = np.corrcoef(shares.ravel()[:-1], shares.ravel()[1:])[0, 1]
    assert abs(lagged) < 4 / shares.size**0.5


def test_the_floor_rises_with_more_labels_and_never_falls() -> None:
    reference = Reference(EDGES.buckets, 1_000, 0.05)
    floors = []
    for seed, fall in ((1, 0.0), (2, 0.0), (3, 0.1), (4, 0.1), (5, 0.0)):
        labels = stream(seed, 60_000, fall=fall)
        codes, at = np.searchsorted(EDGES.values, labels.scores, side="right"), 0
        while at < len(codes):
            end = at + reference.room(labels.positive[at:])
            reference.add(codes[at:end], labels.positive[at:end])
            at = end
            floors.append(reference.floor or 0.0)
    assert floors == sorted(floors)
    assert 0.70 < floors[0] < floors[-1] < 0.75
    assert reference.looks == 5
    assert reference.shown.positive in {2_000, 4_000, 8_000}, "what fell is not taken for what was promised"


def test_an_alarm_says_since_when_and_how_far() -> None:
    inside = 0
    for seed in range(12):
        detector = AucDetector(EDGES)
        detector.add(stream(seed, 150_000))
        read = detector.read
        alarm = detector.add(stream(100 + seed, 40_000, fall=0.08))
        assert alarm is not None
        assert abs(alarm.since - read) < 5_000
        assert alarm.reference == pytest.approx(0.75, abs=0.02)
        assert None not in (alarm.fall, alarm.fall_low, alarm.fall_high)
        inside += alarm.fall_low <= 0.08 <= alarm.fall_high  # type: ignore[operator] - they are numbers
        later = detector.found()
        assert later is not None
        assert later.fall == pytest.approx(0.08, abs=0.025), "more labels tell more"
        assert later.fall_high - later.fall_low < alarm.fall_high - alarm.fall_low  # type: ignore[operator]
    assert inside >= 10


def test_a_rise_and_a_small_fall_are_no_alarm() -> None:
    for fall in (-0.1, 0.004):
        detector = AucDetector(EDGES)
        detector.add(stream(1, 150_000))
        assert detector.add(stream(2, 300_000, fall=fall)) is None


@pytest.mark.parametrize("area", [0.5, 0.3])
def test_a_model_worse_than_chance_overflows_nothing(area: float) -> None:
    detector = AucDetector(EDGES, AucSettings(labels=1_000, bets=(1.5,)))
    detector.add(stream(1, 50_000, area=0.75, fall=0.75 - area))
    assert detector.alarm is None
    assert detector.add(stream(2, 50_000, fall=0.75 - area + 0.1)) is not None
    assert np.isfinite(detector.evidence)


def test_a_million_labels_take_no_loop_over_labels() -> None:
    labels = stream(5, 1_000_000, rate=0.5)
    began = time.process_time()
    AucDetector(EDGES).add(labels)
    assert time.process_time() - began < 5


def test_positive_labels_that_rank_against_nothing_are_no_evidence() -> None:
    detector = AucDetector(EDGES, AucSettings(labels=1_000))
    detector.add(stream(1, 20_000))
    before = detector.evidence
    labels = stream(2, 300_000, rate=0.5)
    ones = labels.positive
    detector.add(Labels(labels.scores[ones], labels.positive[ones], labels.times[ones]))
    assert detector.evidence <= 2 * before + 8, "one group had its negative labels"
    assert detector.alarm is None


def test_other_edges_are_refused() -> None:
    with pytest.raises(DetectorStateError, match="other edges"):
        AucDetector(EDGES).restore(AucDetector(own_edges(0.8)).state())


def test_the_start_of_a_change_is_found_where_few_negative_labels_fall_to_a_positive_one() -> None:
    random = np.random.default_rng(7)
    detector = AucDetector(EDGES, AucSettings(run_length=10_000, labels=500))
    for gap in (1.5, 0.0):
        positive = random.random(4_000) < 0.45
        scores = 1 / (1 + np.exp(-random.normal(gap * positive, 1.0)))
        detector.add(Labels(scores, positive, np.arange(4_000)))
    assert detector.alarm is not None
    assert abs(detector.alarm.since - 4_000) < 400
