import pytest

from streams.commands.producing.pacing import AsItHappened, AtOnce, SteadyRate


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def run(pace, clock, batches):
    """Return when each row was let go, in seconds since the start."""
    start, moments = clock.now, []
    for rows, times in batches:
        covered = 0
        for part in pace.slices(rows, times):
            assert part.start == covered
            covered = part.stop
            moments += [clock.now - start] * (part.stop - part.start)
        assert covered == rows
    return moments


def test_at_once(clock):
    assert run(AtOnce(), clock, [(3, ()), (2, ())]) == [0.0] * 5


@pytest.mark.parametrize("rate", [0.5, 1, 7, 1000, 123456])
def test_steady_rate_over_batches(clock, rate):
    rows = 200 if rate < 100 else 5000
    moments = run(SteadyRate(rate, clock, clock.sleep), clock, [(rows // 2, ()), (rows - rows // 2, ())])
    for row, moment in enumerate(moments):
        assert row / rate - 0.06 <= moment <= row / rate + 1e-6


def test_steady_rate_catches_up_after_a_slow_send(clock):
    pace = SteadyRate(100, clock, clock.sleep)
    run(pace, clock, [(100, ())])
    clock.now += 2
    start = clock.now
    run(pace, clock, [(100, ())])
    assert clock.now == start


def test_replay_keeps_the_gaps_divided_by_the_speed(clock):
    times = [1000.0, 1000.0, 1100.0, 1105.0, 1500.0]
    moments = run(AsItHappened(10, clock, clock.sleep), clock, [(3, times[:3]), (2, times[3:])])
    for moment, due in zip(moments, [0, 0, 10, 10.5, 50], strict=True):
        assert due - 0.06 <= moment <= due + 0.06


def test_replay_sends_what_is_early_or_without_time_with_the_one_before(clock):
    times = [None, 1000.0, 1010.0, 990.0, None, 1020.0]
    moments = run(AsItHappened(1, clock, clock.sleep), clock, [(6, times)])
    assert moments == pytest.approx([0, 0, 10, 10, 10, 20], abs=0.06)
