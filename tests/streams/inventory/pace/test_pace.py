"""Rates, gaps, lateness and silence: the same whatever the batches, and an alert only when it is unusual."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode.base import Decoded
from streams.inventory.pace import PacePart
from streams.inventory.pace.arrivals import MINUTE_MS, Arrivals
from streams.inventory.pace.documents import document, rate
from streams.inventory.pace.lateness import Durations
from streams.inventory.pace.silence import alert, silence
from streams.inventory.profile import BatchMeta, PartitionProfile
from streams.inventory.profile.codec import BlobReader, BlobWriter
from tests.streams.inventory.windows.streams import POLICY, group, state_of

#: A Monday, 0:00 UTC.
MONDAY = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000)
HOUR = 60 * MINUTE_MS
NOW = MONDAY + 10**11


def arrivals(times: Any, size: int = 10**9) -> Arrivals:
    found = Arrivals()
    whole = np.array(times, dtype=np.int64)
    for start in range(0, len(whole), size):
        found.add(whole[start : start + size], NOW)
    return found


def poisson(per_minute: float, hours: int, seed: int = 1, start: int = MONDAY) -> list[int]:
    chance = random.Random(seed)
    times, at = [], float(start)
    while at < start + hours * HOUR:
        times.append(int(at))
        at += chance.expovariate(per_minute) * MINUTE_MS
    return times


def whole(found: Arrivals) -> Any:
    blobs = BlobWriter()
    return found.state(blobs), blobs.joined()


@given(
    st.lists(st.one_of(st.integers(-5, 10**6), st.integers(0, 10**10), st.just(2**62)), max_size=60),
    st.integers(1, 20),
)
@settings(max_examples=150, deadline=None)
def test_batches_and_restarts_change_nothing(steps: list[int], size: int) -> None:
    times = [MONDAY + step for step in steps]
    straight = arrivals(times)
    assert whole(arrivals(times, size)) == whole(straight)
    stopped = Arrivals()
    for time in times:
        stopped.add(np.array([time], dtype=np.int64), NOW)
        blobs = BlobWriter()
        state = orjson.loads(orjson.dumps(stopped.state(blobs)))
        stopped = Arrivals()
        stopped.restore(state, BlobReader(blobs.joined()))
    assert whole(stopped) == whole(straight)


def test_minutes_without_records_count() -> None:
    found = arrivals([MONDAY, MONDAY + 10 * HOUR, MONDAY + 10 * HOUR + MINUTE_MS])
    usual = found.rate(0)
    assert usual is not None
    assert usual.mean == pytest.approx(1 / 60)
    assert found.longest_gap_ms == 10 * HOUR


def test_a_year_of_nothing_is_counted_at_once() -> None:
    found = arrivals([MONDAY - 365 * 24 * HOUR, MONDAY])
    usual = found.rate(5)
    assert usual is not None
    assert usual.mean == 0


def test_rates_know_the_hour_of_the_week() -> None:
    times = [time for day in range(14) for time in poisson(20, 8, day, MONDAY + day * 24 * HOUR + 9 * HOUR)]
    found = arrivals(times)
    day, night = found.rate(12), found.rate(3)
    assert day is not None
    assert night is not None
    assert day.mean == pytest.approx(20, rel=0.05)
    assert night.mean == 0
    noon = MONDAY + 13 * 24 * HOUR + 12 * HOUR
    now = rate(arrivals([time for time in times if time < noon]), noon)
    assert now is not None
    assert now["low"] <= now["records_per_minute"] <= now["high"]


def test_the_probability_of_none_is_that_of_a_poisson_process() -> None:
    found = arrivals(poisson(1, 24 * 14))
    last = found.last_ms
    assert last is not None
    quiet = silence(found, last + 10 * MINUTE_MS)
    assert quiet is not None
    assert quiet.expected == pytest.approx(10, rel=0.1)
    # Of rates that do not vary only chance is left, and what of it looks like a varying rate.
    assert -10 / math.log(10) * 1.1 <= quiet.log10_tail <= -1.5


def test_silence_is_told_when_it_is_longer_than_ever_and_improbable() -> None:
    found = arrivals(poisson(30, 48))
    last = found.last_ms
    assert last is not None
    soon, late = silence(found, last + 20_000), silence(found, last + 20 * MINUTE_MS)
    assert soon is not None
    assert late is not None
    assert not soon.told
    assert alert("shop.orders", soon, last) is None
    told = alert("shop.orders", late, last + 20 * MINUTE_MS)
    assert told is not None
    assert (told["kind"], told["subject"], told["since"]) == ("silence", "shop.orders", last)
    assert told["size"] > 2
    assert told["text"].startswith("shop.orders has been silent for 20 min: about ")


def test_a_shop_that_sleeps_at_night_raises_no_alarm_but_one_that_sleeps_at_noon() -> None:
    times = [time for day in range(21) for time in poisson(30, 12, day, MONDAY + day * 24 * HOUR + 8 * HOUR)]
    night = silence(arrivals(times), times[-1] + 11 * HOUR)
    assert night is not None
    assert not night.told
    times = poisson(30, 24 * 21)
    noon = silence(arrivals(times), times[-1] + HOUR)
    assert noon is not None
    assert noon.told


@pytest.mark.parametrize("seed", range(5))
def test_bursts_are_usual_for_a_topic_of_bursts(seed: int) -> None:
    chance = random.Random(seed)
    times: list[int] = []
    at = MONDAY
    while at < MONDAY + 7 * 24 * HOUR:
        times += [at + i for i in range(200)]
        at += int(chance.expovariate(1 / 60) * MINUTE_MS)
    quiet = silence(arrivals(times), times[-1] + 3 * HOUR)
    assert quiet is not None
    assert not quiet.told


def test_little_history_tells_nothing() -> None:
    assert silence(Arrivals(), NOW) is None
    short = silence(arrivals(poisson(10_000, 1)[:2_000]), MONDAY + HOUR)
    assert short is not None
    assert not short.told


def test_partitions_add_up() -> None:
    one, other = arrivals(poisson(10, 24, 1)), arrivals(poisson(20, 24, 2))
    both = Arrivals()
    both.merge(one)
    both.merge(other)
    usual = both.rate(3)
    assert usual is not None
    assert usual.mean == pytest.approx(30, rel=0.1)
    assert both.records == one.records + other.records
    assert both.longest_gap_ms == other.longest_gap_ms
    assert both.last_ms == max(one.last_ms or 0, other.last_ms or 0)
    assert both.recent(MONDAY + 24 * HOUR, 5) == pytest.approx(30, rel=0.5)


@given(st.lists(st.floats(-1e3, 1e12), min_size=1, max_size=200))
@settings(max_examples=100, deadline=None)
def test_quantiles_of_durations_are_within_their_bounds(seconds: list[float]) -> None:
    one, other, both = Durations(), Durations(), Durations()
    one.add(seconds[::2])
    other.add(seconds[1::2])
    both.add(seconds)
    one.merge(other)
    assert one.document() == both.document()
    ordered = sorted(min(max(second, 0.0), 1e10) for second in seconds)
    for rank in (0.01, 0.5, 0.99, 1.0):
        found = both.quantile(rank)
        assert found is not None
        true = ordered[max(math.ceil(rank * len(ordered)), 1) - 1]
        assert found.low * (1 - 1e-9) <= true <= found.high * (1 + 1e-9)
        assert found.high <= max(found.low * 1.05, 1.1e-3)


def events(count: int, late_s: float) -> tuple[list[dict[str, Any]], np.ndarray[Any, np.dtype[np.int64]]]:
    times = MONDAY + np.arange(count, dtype=np.int64) * 100
    rows = [
        {
            "at": datetime.fromtimestamp(time / 1000 - late_s, UTC).isoformat(),
            "epoch": time - 1000 * late_s,
            "name": "anna",
            "price": 2.5,
            "email": "a@b.example",
        }
        for time in times.tolist()
    ]
    return rows, times


def paced(rows: list[dict[str, Any]], times: Any, size: int) -> PacePart:
    part, profile = PacePart(), PartitionProfile("t", POLICY)
    for start in range(0, len(rows), size):
        one = group(rows[start : start + size])
        about = BatchMeta(0, NOW, times[start : start + size])
        profile.add(Decoded([one], []), about)
        part.add(one, profile.assets["t"].fields, about)
    return part


def test_lateness_of_events_by_the_field_that_holds_the_time() -> None:
    rows, times = events(10_000, 40.0)
    part = paced(rows, times, 1_234)
    assert state_of(part) == state_of(paced(rows, times, 5_000))
    both = PacePart()
    both.merge(part)
    both.merge(part)
    found = document(both, ["price", "email", "at"], MONDAY + HOUR)
    assert found["event"]["by"] == "at"
    assert found["event"]["count"] == 2 * math.ceil(10_000 / 256)
    assert found["event"]["p50"]["low"] <= 40.0 <= found["event"]["p50"]["high"]
    assert part.event_times.lateness("epoch") is not None
    assert part.event_times.lateness("name") is None
    part.hide("at", "birth_date")
    assert document(part, ["at"], MONDAY + HOUR)["event"] is None


def test_what_an_envelope_says_comes_first() -> None:
    rows, times = events(2_000, 40.0)
    part = PacePart()
    one = group(rows)
    one.times = [int(time) - 5_000 for time in times]
    part.add(one, {}, BatchMeta(0, NOW, times))
    found = document(part, ["at"], MONDAY + HOUR)
    assert found["event"]["by"] == "envelope"
    assert found["event"]["p99"]["low"] <= 5.0 <= found["event"]["p99"]["high"]


def test_without_broker_times_nothing_is_known() -> None:
    part = PacePart()
    part.add(group([{"at": "2024-01-01"}]), {}, BatchMeta(0, NOW))
    assert document(part, ["at"], NOW) == {"event": None, "rate": None, "silence": None}
