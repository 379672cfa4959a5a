"""Values become epoch milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.interactions.times import behind_of, epoch_ms, event_time

MS = 1_396_437_466_940
DAY = 86_400_000
#: Years and zones that no clock has, in the notation of mails.
HUGE = [f"1 Jan {'9' * 20} 00:00:00", f"Mon, 01 Jan 2024 00:00:00 +{'9' * 20}"]
NINE = int(datetime(2010, 12, 1, 8, 26, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("value", "reader", "wanted"),
    [
        (MS / 1000, "epoch", MS),
        (MS, "epoch", MS),
        (MS * 1000, "epoch", MS),
        (MS * 10**6, "epoch", MS),
        ("1396437466.94", "epoch", MS),
        ("2010-12-01 08:26:00", "iso", NINE),
        ("2010-12-01T08:26:00Z", "iso", NINE),
        ("2010-12-01T16:26:00+08:00", "iso", NINE),
        ("12/1/2010 8:26", "%m/%d/%Y %H:%M", NINE),
        ("1/12/2010 8:26", "%d/%m/%Y %H:%M", NINE),
        ("2010/12/01 08:26", None, NINE),
        ("2010年12月01日 08:26", None, NINE),
        ("Wed, 01 Dec 2010 08:26:00 GMT", None, NINE),
        ("2010-12-01T08:26:00Z", "epoch", NINE),
        (NINE, "iso", NINE),
    ],
)
def test_times(value: Any, reader: str | None, wanted: int) -> None:
    assert epoch_ms(value, reader) == wanted


@pytest.mark.parametrize(
    "value", ["", "soon", "-", True, False, -5, 7, 1e30, "9999-99-99", "2010-13-01", *HUGE]
)
@pytest.mark.parametrize("reader", [None, "epoch", "iso", "%m/%d/%Y %H:%M"])
def test_what_is_no_time(value: Any, reader: str | None) -> None:
    assert epoch_ms(value, reader) is None


def test_a_day_and_a_month_are_not_swapped_by_the_one_value_that_allows_it() -> None:
    assert epoch_ms("13/12/2010 08:26", "%m/%d/%Y %H:%M") is None


@pytest.mark.parametrize(
    ("own", "broker", "wanted"),
    [
        (NINE, MS, NINE),
        (MS + DAY, MS, MS + DAY),
        (MS + DAY + 1, MS, MS),
        (0, MS, MS),
        (600_000_000_000, MS, MS),
        (None, MS, MS),
        (NINE, -1, NINE),
        (NINE, None, NINE),
        (None, -1, None),
        (7, None, None),
    ],
)
def test_a_clock_that_is_far_off_is_not_believed_and_a_record_may_have_no_time(
    own: int | None, broker: int | None, wanted: int | None
) -> None:
    assert event_time(own, broker) == wanted


def test_without_a_time_of_its_own_it_is_as_far_behind_its_record_as_others_are() -> None:
    year = 365 * DAY
    own = [MS - year, None, MS - 3 * year, MS - 2 * year, 5, MS + 2 * DAY, MS]
    assert behind_of(own, [MS, MS, MS, MS, MS, MS, -1]) == 2 * year  # of three that can be told
    assert behind_of([None, 5, MS], [MS, MS, None]) is None
    assert event_time(None, MS, 2 * year) == MS - 2 * year
    assert event_time(NINE, MS, 2 * year) == NINE
    assert event_time(None, MS, MS) == 631_152_000_000  # no event is from before 1990
    assert event_time(None, MS, -DAY) == MS + DAY


def test_a_long_text_is_no_time_and_is_not_kept() -> None:
    assert epoch_ms("2010-12-01" + " " * 90, None) is None


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.datetimes()
)


@given(scalars, st.sampled_from([None, "epoch", "iso", "%m/%d/%Y %H:%M", "rfc2822"]))
def test_anything_is_a_time_or_none(value: Any, reader: str | None) -> None:
    found = epoch_ms(value, reader)
    assert found is None or 0 < found < 4_102_444_800_001
