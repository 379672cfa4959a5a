"""Numbers become the text that datetime has for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decode.moments import utc_text
from streams.decode.plain import plain

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)))
def test_it_is_what_datetime_says(moment: datetime) -> None:
    assert utc_text((moment - EPOCH) // timedelta(microseconds=1)) == plain(moment)


@pytest.mark.parametrize(
    "microseconds", [-(2**63), 2**63, 253_402_300_800_000_000, -62_135_596_800_000_001, 10**40]
)
def test_beyond_the_calendar(microseconds: int) -> None:
    assert utc_text(microseconds) is None
