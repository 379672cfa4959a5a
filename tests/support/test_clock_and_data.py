"""The fake clock and the real data behave as tests rely on."""

from __future__ import annotations

import pytest

from tests.support.clock import FakeClock
from tests.support.data import needs_data, online_retail_lines, online_retail_rows


async def test_the_clock_moves_only_when_turned(clock: FakeClock) -> None:
    start = clock()
    assert clock.time() == clock.monotonic() == start
    assert clock.advance(1.5) == start + 1.5
    await clock.sleep(10)
    assert clock.time_ms() == round((start + 11.5) * 1000)
    clock.set(start - 5)
    assert clock() == start - 5
    with pytest.raises(ValueError, match="goes forward"):
        clock.advance(-1)


@needs_data
def test_online_retail_is_read_in_file_order() -> None:
    rows = list(online_retail_rows(3))
    assert len(rows) == 3
    assert rows[0]["InvoiceNo"] == "536365"
    assert rows[0]["CustomerID"] == "17850.0"
    assert next(iter(online_retail_lines(1))).startswith("InvoiceNo,StockCode,Description,Quantity")
