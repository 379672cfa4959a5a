"""Time is shared out so that what cannot be cut short still fits."""

import math
import time

import pytest

from models.budget import Budget
from models.choosing import together
from models.config import TrainConfig


def budget(seconds, n_items=1_000, used=0.0):
    return Budget(TrainConfig(max_seconds=seconds), time.monotonic() - used, n_items)


def test_without_a_limit_nothing_is_cut():
    free, config = budget(None), TrainConfig()
    assert free.first() == free.second() == free.last() == math.inf
    assert free.validation_targets == config.validation_targets
    assert free.comparing(1e-3) == 5 * config.validation_targets
    assert free.testing(1e-3) == config.test_targets
    assert free.calibrating(1e-3) == 4_000


@pytest.mark.parametrize("seconds", [5, 30, 300, 86_400])
@pytest.mark.parametrize("n_items", [10, 20_000, 1_000_000])
def test_each_step_ends_before_the_next_and_the_export_has_its_time(seconds, n_items):
    found = budget(seconds, n_items)
    end = found.started + seconds
    assert time.monotonic() - 0.1 < found.first() <= found.last() < end
    assert found.second() <= found.last()
    assert end - found.last() >= min(7, 0.39 * seconds)
    # What comes after the first learning is the comparison, the test, and learning on twice.
    assert end - found.first() > 0.2 * seconds


def test_when_time_is_over_there_is_none_left():
    late = budget(30, used=60)
    assert late.first() == pytest.approx(time.monotonic(), abs=0.1)
    assert late.last() == pytest.approx(time.monotonic(), abs=0.1)


@pytest.mark.parametrize("speed", [500.0, 5_000.0])
def test_targets_are_as_many_as_there_is_time_for(speed):
    found = budget(60)
    for targets, share in (
        (found.comparing(speed), 0.12),
        (found.testing(speed), 0.08),
        (found.calibrating(speed), 0.03),
    ):
        assert targets >= 500
        assert targets in (500, found.validation_targets, 4_000) or targets / speed < share * 60 + 1e-6


def test_a_table_of_many_targets_takes_as_long_as_all_models_take_together():
    assert together([100.0, 100.0]) == pytest.approx(50)
    assert together([1_000.0, math.inf]) == pytest.approx(1_000)
    assert together([math.inf]) > 1e6
